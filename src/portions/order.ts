import { readDockerfile } from '../dockerfile/read.ts';
import { patchOf } from '../report/patch.ts';
import { gitApply } from './git-apply.ts';
import { spliced, splicesOf } from './splices.ts';

/** With more, not every set of them is tried. */
const fewPieces = 4;

/**
 * Tries whether texts, each of which is what one patch makes of the original Dockerfile, can be had one after the other in any order: every
 * patch applies on what some of the others made, and what comes out is all of their lines and a Dockerfile. Returns the first
 * few, by index, with which that is not so.
 */
export async function firstQuarrel(
  original: string,
  texts: readonly string[],
  isRight: (indexes: readonly number[], text: string) => Promise<boolean> | boolean = () => true,
): Promise<readonly number[] | undefined> {
  const patches = texts.map((text) => patchOf({ path: 'Dockerfile', original, text }));
  const splices = texts.map((text) => splicesOf(original, text));
  const made = (indexes: readonly number[]): string | undefined =>
    spliced(
      original,
      indexes.flatMap((index) => splices[index] ?? []),
    );
  for (const indexes of setsOf(texts.length)) {
    const text = made(indexes);
    const inAnyOrder = indexes.every((last) => {
      const before = made(indexes.filter((index) => index !== last));
      return before !== undefined && gitApply(before, patches[last] ?? '') === text;
    });
    if (text === undefined || !inAnyOrder || !('dockerfile' in readDockerfile(text)) || !(await isRight(indexes, text))) return indexes;
  }
  return undefined;
}

/** Sets of two and more of so many, the smallest first; of many only pairs, all but one, and all. */
function setsOf(count: number): number[][] {
  const all = Array.from({ length: count }, (_, index) => index);
  if (count <= fewPieces)
    return Array.from({ length: 2 ** count }, (_, mask) => all.filter((index) => (mask >> index) & 1))
      .filter(({ length }) => length > 1)
      .toSorted((a, b) => a.length - b.length);
  const pairs = all.flatMap((one) => all.slice(one + 1).map((other) => [one, other]));
  return [...pairs, ...all.map((without) => all.filter((index) => index !== without)), all];
}
