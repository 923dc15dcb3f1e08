import { linesOf } from '../report/hunks.ts';

interface Hunk {
  /** As the patch has them. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: { readonly mark: string; text: string }[];
}

/**
 * What `git apply` makes of a text by the patch of one file; undefined where it refuses. As there, a hunk is looked for at its line
 * and then ever further away, at the beginning alone where it begins with line 1, and at the end alone where nothing stands behind
 * its last change (apply.c, `find_pos` and `apply_one_fragment`).
 */
export function gitApply(text: string, patch: string): string | undefined {
  let image = linesOf(text).map((line) => ({ line, patched: false }));
  for (const { oldStart, newStart, lines } of hunksIn(patch)) {
    const before = lines.flatMap((line) => (line.mark === '+' ? [] : [line.text]));
    const after = lines.flatMap((line) => (line.mark === '-' ? [] : [line.text]));
    const endsChanged = lines.at(-1)?.mark !== ' ';
    const last = image.length - before.length;
    const matches = (at: number): boolean =>
      at >= 0 &&
      at <= last &&
      (oldStart > 1 || at === 0) &&
      (!endsChanged || at === last) &&
      before.every((line, i) => isTaken(line, image[at + i]?.line) && image[at + i]?.patched === false);
    const expected = oldStart <= 1 ? 0 : endsChanged ? last : newStart - 1;
    const at = nearest(Math.min(Math.max(expected, 0), image.length), image.length, matches);
    if (at === undefined) return undefined;
    image = image.toSpliced(at, before.length, ...after.map((line) => ({ line, patched: true })));
  }
  return image.map(({ line }) => line).join('');
}

/** Git takes a last line without an end for any line that begins so and goes on with blanks. */
function isTaken(line: string, present: string | undefined): boolean {
  return present === line || (present !== undefined && !line.endsWith('\n') && present.startsWith(line) && present.slice(line.length).trim() === '');
}

function nearest(start: number, most: number, matches: (at: number) => boolean): number | undefined {
  for (let away = 0; away <= Math.max(start, most - start); away++) {
    if (matches(start + away)) return start + away;
    if (matches(start - away)) return start - away;
  }
  return undefined;
}

function hunksIn(patch: string): Hunk[] {
  const hunks: Hunk[] = [];
  for (const line of patch.split('\n')) {
    const [, oldStart, newStart] = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line) ?? [];
    const lines = hunks.at(-1)?.lines;
    const above = lines?.at(-1);
    if (oldStart !== undefined) hunks.push({ oldStart: Number(oldStart), newStart: Number(newStart), lines: [] });
    else if (line.startsWith('\\') && above) above.text = above.text.slice(0, -1);
    else if (line !== '') lines?.push({ mark: line.slice(0, 1), text: `${line.slice(1)}\n` });
  }
  return hunks;
}
