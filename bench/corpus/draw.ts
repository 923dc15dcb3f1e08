import { noCallerFiles } from '../../src/batch/caller-outcome.ts';
import { patchReport } from '../../src/report/patch.ts';
import { randomNumbers } from '../random.ts';
import type { Measured } from './measure.ts';

/** So many of the changed files, always the same ones for a seed. */
export function draw(measured: readonly Measured[], seed: number, most: number): Measured[] {
  const changed = measured.filter(({ text, result }) => result.text !== text);
  return [...drawn(seed, changed)].slice(0, most);
}

/** All of them one after the other, always in the same order for a seed. */
export function* drawn<Named extends { readonly name: string }>(seed: number, named: readonly Named[]): Generator<Named> {
  const left = named.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const random = randomNumbers(seed);
  while (left.length > 0) yield* left.splice(Math.floor(random() * left.length), 1);
}

/** The patch of a file, the reasons of its findings above it. */
export function patchWithReasons({ name, text, result }: Measured): string {
  const outcome = {
    path: name,
    context: undefined,
    contexts: [],
    status: 'changed',
    original: text,
    ...result,
    judgement: [],
    declined: [],
    secrets: [],
  } as const;
  return patchReport({ outcomes: [outcome], ignoreFiles: [], ...noCallerFiles }, true);
}
