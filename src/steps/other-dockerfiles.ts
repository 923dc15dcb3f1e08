import { readDockerfile } from '../dockerfile/read.ts';
import { once, onceForText } from '../once.ts';
import { noFiles, type DockerfileText } from '../workspace/workspace.ts';
import type { Facts, StageFacts } from './facts.ts';
import { readFacts } from './read.ts';

/** A stage of another Dockerfile of the repository. */
export interface StageElsewhere {
  readonly path: string;
  readonly stage: StageFacts;
}

/** Stages of the repository's other Dockerfiles whose base may be an image built from this one. */
export function* stagesOnThisImage({ context }: Facts): Iterable<StageElsewhere> {
  for (const { file, image, index } of stagesByPart(context.dockerfiles())(context.names)) {
    const stage = file.path !== context.ownPath && mayBeNamed(image, context.names) ? stagesOf(file.text)[index] : undefined;
    if (stage) yield { path: file.path, stage };
  }
}

/** `acme/api-base:1.2` may be what the Dockerfile in `api/` or `Dockerfile.base` builds. */
export function mayBeNamed(image: string, names: readonly string[]): boolean {
  const last = lastOf(image);
  if (last.includes('$')) return true;
  return names.some((name) => name === last || partsOf(last).includes(name) || partsOf(name).includes(last));
}

function lastOf(image: string): string {
  const plain = image.replaceAll(/["']|@.*$|:[^/{}]*(\$\{[^}]*\}[^/{}]*)*$/g, '');
  return plain.split('/').at(-1)?.toLowerCase() ?? '';
}

function partsOf(name: string): string[] {
  return name.split(/[-_.]/);
}

/** A stage on an image that none of the official ones is. */
interface Upon {
  readonly file: DockerfileText;
  readonly image: string;
  readonly index: number;
  /** Among all of them. */
  readonly order: number;
}

/** Of all stages on unofficial images those that can have one of some names, in the order of their Dockerfiles. */
const stagesByPart = once((files: readonly DockerfileText[]) => {
  const byPart = new Map<string, Upon[]>();
  let order = 0;
  for (const file of files) {
    for (const [index, { base, parent }] of stagesOf(file.text).entries()) {
      if (base.official || parent) continue;
      const last = lastOf(base.image);
      const upon = { file, image: base.image, index, order: order++ };
      for (const part of new Set(last.includes('$') ? ['$'] : [last, ...partsOf(last)])) byPart.set(part, [...(byPart.get(part) ?? []), upon]);
    }
  }
  return (names: readonly string[]): readonly Upon[] => {
    const parts = new Set(['$', ...names, ...names.flatMap(partsOf)]);
    return [...new Set([...parts].flatMap((part) => byPart.get(part) ?? []))].toSorted((a, b) => a.order - b.order);
  };
});

const stagesOf = onceForText((text): readonly StageFacts[] => {
  const reading = readDockerfile(text, 'own');
  return 'dockerfile' in reading ? readFacts(reading.dockerfile, { context: noFiles }).stages : [];
});
