import { hunksOf, linesOf } from '../report/hunks.ts';

/** Lines that take the place of others. */
export interface Splice {
  /** Index of the first line of the original. */
  readonly start: number;
  readonly removed: number;
  readonly lines: readonly string[];
}

/** How one text becomes another, in the order of the lines. */
export function splicesOf(original: string, text: string): Splice[] {
  if (original === text) return [];
  const old = linesOf(original);
  const young = linesOf(text);
  return hunksOf(original, text, 0).map(({ oldStart, oldLines, newStart, newLines }) => ({
    start: Math.min(oldStart - 1, old.length),
    removed: oldLines,
    lines: young.slice(newStart - 1, newStart - 1 + newLines),
  }));
}

/** All of them on the original; undefined where two touch. */
export function spliced(original: string, splices: readonly Splice[]): string | undefined {
  const old = linesOf(original);
  const parts: string[] = [];
  let at = 0;
  for (const [index, { start, removed, lines }] of splices.toSorted((a, b) => a.start - b.start).entries()) {
    if (index > 0 && start <= at) return undefined;
    parts.push(...old.slice(at, start), ...lines);
    at = start + removed;
  }
  return [...parts, ...old.slice(at)].join('');
}
