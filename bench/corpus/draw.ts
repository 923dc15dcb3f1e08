import { patchReport } from '../../src/report/patch.ts';
import type { Measured } from './measure.ts';

/** So many of the changed files, always the same ones for a seed. */
export function draw(measured: readonly Measured[], seed: number, most: number): Measured[] {
  const left = measured.filter(({ text, result }) => result.text !== text).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const random = mulberry32(seed);
  const drawn: Measured[] = [];
  while (drawn.length < most && left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}

/** The patch of a file, the reasons of its findings above it. */
export function patchWithReasons({ name, text, result }: Measured): string {
  const outcome = { path: name, context: undefined, contexts: [], status: 'changed', original: text, ...result, judgement: [], declined: [] } as const;
  return patchReport({ outcomes: [outcome], ignoreFiles: [] }, true);
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
