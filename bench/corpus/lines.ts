import { diffArrays } from 'diff';

/** Lines that two texts do not share: the larger of those removed and those added. */
export function changedLines(before: string, after: string): number {
  const hunks = hunksOf(before, after);
  const sum = (side: 'removed' | 'added'): number => hunks.reduce((total, hunk) => total + hunk[side].length, 0);
  return Math.max(sum('removed'), sum('added'));
}

/** Removed lines that come back in the same hunk with other white space, comments apart: these take the indentation of the RUN they move into. */
export function blankLines(before: string, after: string): { code: number; comments: number } {
  const count = { code: 0, comments: 0 };
  for (const { removed, added } of hunksOf(before, after)) {
    const left = [...added];
    // A line that only moved is paired with itself first.
    const gone = removed.filter((line) => !taken(left, (other) => other === line));
    for (const line of gone) if (taken(left, (other) => squeezed(other) === squeezed(line))) count[/^\s*#/.test(line) ? 'comments' : 'code']++;
  }
  return count;
}

function taken(lines: string[], fits: (line: string) => boolean): boolean {
  const at = lines.findIndex(fits);
  if (at >= 0) lines.splice(at, 1);
  return at >= 0;
}

interface Hunk {
  removed: string[];
  added: string[];
}

function hunksOf(before: string, after: string): Hunk[] {
  const hunks: Hunk[] = [];
  let hunk: Hunk | undefined;
  for (const part of diffArrays(before.split('\n'), after.split('\n'))) {
    if (!part.added && !part.removed) {
      hunk = undefined;
      continue;
    }
    if (!hunk) hunks.push((hunk = { removed: [], added: [] }));
    (part.added ? hunk.added : hunk.removed).push(...part.value);
  }
  return hunks;
}

function squeezed(line: string): string {
  return line.replace(/\s+/g, '');
}
