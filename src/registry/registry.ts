import type { Digest, DigestOf } from '../bases/digests.ts';

/** What a registry says, or why it gave no answer at all: then it is asked no more. */
export type Answer = Digest | { readonly unreached: string };

/** How long one question may take. */
export const mostMilliseconds = 30_000;

export const noAnswer: Answer = { unreached: `no answer within ${mostMilliseconds / 1000} seconds` };
export const notThere: Answer = { because: 'the registry has no such image, or shows it only to those who are logged in (`docker login`)' };

/** What registries were asked in one run of the program, each image once. */
export interface Registry {
  readonly digestOf: DigestOf;
  /** Afterwards something is known of each of these images. */
  ask(images: Iterable<string>): Promise<void>;
  /** The registries that gave no answer, and why. */
  readonly unreached: ReadonlyMap<string, string>;
}

const atATime = 4;

export function newRegistry(answerOf: (image: string) => Promise<Answer>): Registry {
  const known = new Map<string, Digest>();
  const unreached = new Map<string, string>();
  const first = new Map<string, Promise<void>>();
  const askOne = async (image: string, host: string): Promise<void> => {
    const answer = unreached.has(host) ? undefined : await answerOf(image).catch((error: unknown) => ({ unreached: String(error) }));
    if (answer && 'unreached' in answer) unreached.set(host, answer.unreached);
    known.set(image, answer && !('unreached' in answer) ? answer : { because: `${host} could not be asked: ${unreached.get(host) ?? ''}` });
  };
  return {
    digestOf: (image) => known.get(image),
    unreached,
    async ask(images) {
      const waiting = [...new Set(images)].filter((image) => !known.has(image));
      const work = async (): Promise<void> => {
        for (let image = waiting.shift(); image !== undefined; image = waiting.shift()) {
          const host = hostOf(image);
          const before = first.get(host);
          // The first answer shows whether there are others to be had.
          if (before) await before;
          const asking = askOne(image, host);
          if (!before) first.set(host, asking);
          await asking;
        }
      };
      await Promise.all(Array.from({ length: atATime }, work));
    },
  };
}

/** https://github.com/distribution/reference/blob/main/normalize.go */
export function hostOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}
