import { classify, type DifferenceClass } from './classes.ts';
import { compareImages, partVarying } from './compare.ts';
import type { Difference } from './difference.ts';
import { build, readImage, type Build, type BuildPlan, type Engine, type Texts } from './engine.ts';
import type { Image, Size, Smoke } from './image.ts';

export interface Question extends BuildPlan {
  readonly before: Texts;
  readonly after: Texts;
  /** What the patch announces beside what every patch may change. */
  readonly announced?: readonly DifferenceClass[] | undefined;
  /** A shell command that is run in both images. */
  readonly smoke?: string | undefined;
}

/** The worst comes last but for what could not be compared, which says nothing. */
export type Verdict = 'equal' | 'equal but for what was announced' | 'different' | 'not comparable';

/** Differences of one class. */
export interface Classed extends Pick<DifferenceClass, 'id' | 'title' | 'because'> {
  readonly differences: readonly Difference[];
}

/** What two builds showed. */
export interface Verification {
  readonly verdict: Verdict;
  /** In a sentence, where the differences do not say it: why it cannot be compared, which of both does not build. */
  readonly because?: string;
  /** The end of the log of the build that failed. */
  readonly log?: string;
  readonly differences: readonly Difference[];
  readonly announced: readonly Classed[];
  /** What is known to be another in every build. */
  readonly always: readonly Classed[];
  /** What differed between two builds of the original as well, and so tells nothing. */
  readonly varying: readonly Difference[];
  /** Where both were built. */
  readonly sizes?: { readonly before: Size; readonly after: Size };
  /** What it said in the new image. */
  readonly smoke?: Smoke;
}

/**
 * Builds two texts of one Dockerfile and compares the images. Where they differ in more than was announced, the original is built
 * twice more and the new text once, without cache: what differs between the two originals as well is no difference of the texts.
 * Rejects where the engine fails at something else than a build. The images stay until `removeAll`.
 */
export async function verify(question: Question, engine: Engine, say: (text: string) => void): Promise<Verification> {
  const built = async (text: Texts, what: string, cache: boolean): Promise<Build> => {
    say(`builds ${what}${cache ? '' : ' without cache'}`);
    return await build(engine, text, question, { cache });
  };
  const [before, after] = [await built(question.before, 'the original', true), await built(question.after, 'the new text', true)];
  if ('log' in before && 'log' in after) return failed('not comparable', 'the original does not build, nor does the new text', before.log);
  if ('tag' in before && 'tag' in after) {
    const [old, fresh] = await Promise.all([readImage(engine, before.tag, question.smoke), readImage(engine, after.tag, question.smoke)]);
    const first = judge(old, fresh, { announced: question.announced });
    if (first.verdict !== 'different') return first;
  }
  say('they differ; what differs by chance is told by building again');
  const again = [await built(question.before, 'the original', false), await built(question.before, 'the original once more', false)] as const;
  const fresh = await built(question.after, 'the new text', false);
  return await judgeAgain(again, fresh, { ...question, engine, failedAtFirst: 'log' in after });
}

interface Again extends Pick<Question, 'smoke' | 'announced'> {
  readonly engine: Engine;
  /** The new text did not build in the first round. */
  readonly failedAtFirst: boolean;
}

async function judgeAgain([first, second]: readonly [Build, Build], after: Build, { engine, smoke, announced, failedAtFirst }: Again): Promise<Verification> {
  if ('log' in first && 'log' in second) {
    if ('log' in after) return failed('not comparable', 'the original does not build without cache, nor does the new text', first.log);
    return failed('different', 'the original does not build, but the new text does: a failure is lost', first.log);
  }
  if ('log' in first || 'log' in second) {
    return failed('not comparable', 'the original builds at one time and not at another', 'log' in first ? first.log : 'log' in second ? second.log : '');
  }
  if ('log' in after) {
    if (!failedAtFirst) return failed('not comparable', 'the new text builds at one time and not at another', after.log);
    return failed('different', 'the original builds, but the new text does not', after.log);
  }
  const read = (tag: string): Promise<Image> => readImage(engine, tag, smoke);
  const [one, other, fresh] = await Promise.all([read(first.tag), read(second.tag), read(after.tag)]);
  return judge(one, fresh, { announced, between: compareImages(one, other) });
}

interface Allowance extends Pick<Question, 'announced'> {
  /** What differs between two builds of the original. */
  readonly between?: readonly Difference[];
}

/** What the comparison of two images says. */
export function judge(before: Image, after: Image, { announced = [], between = [] }: Allowance = {}): Verification {
  const { steady, varying } = partVarying(compareImages(before, after), between);
  const byClass = classify(steady, before, after, announced);
  const differences = byClass.get(undefined) ?? [];
  const classed = (always: boolean): Classed[] =>
    [...byClass].flatMap(([one, held]) =>
      one && (one.always ?? false) === always ? [{ id: one.id, title: one.title, because: one.because, differences: held }] : [],
    );
  const found = {
    differences,
    announced: classed(false),
    always: classed(true),
    varying,
    sizes: { before: before.size, after: after.size },
    ...(after.smoke ? { smoke: after.smoke } : {}),
  };
  if (differences.length > 0) return { verdict: 'different', ...found };
  if (before.smoke?.notRun !== undefined) return { verdict: 'not comparable', because: `the smoke command cannot be run: ${before.smoke.notRun}`, ...found };
  return { verdict: found.announced.length + varying.length > 0 ? 'equal but for what was announced' : 'equal', ...found };
}

/** Where no images could be compared. */
export const nothingFound = { differences: [], announced: [], always: [], varying: [] } as const;

const logEnd = 25;

function failed(verdict: Verdict, because: string, log: string): Verification {
  const needsPlatform = /exec format error/.test(log) ? ' (it needs the platform of its base; this engine runs another one)' : '';
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return { verdict, because: because + needsPlatform, log: lines.slice(-logEnd).join('\n'), ...nothingFound };
}
