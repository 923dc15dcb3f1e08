import { createTwoFilesPatch } from 'diff';
import type { Measured } from './measure.ts';
import type { Table, Tally } from './tally.ts';

/** What another code made of the same files: patches from its results to these, and the counts that differ. */
export function comparison(before: { tally: Tally; measured: readonly Measured[] }, after: { tally: Tally; measured: readonly Measured[] }): string {
  const old = new Map(before.measured.map((one) => [one.name, one.result.text]));
  const other = after.measured.filter(({ name, result }) => old.get(name) !== result.text);
  const patches = other.map(({ name, result }) => createTwoFilesPatch(`before/${name}`, `after/${name}`, old.get(name) ?? '', result.text));
  const tables = (['counts', 'lines', 'not understood', 'findings', 'declined'] as const).flatMap((title) => {
    const rows = differences(before.tally[title], after.tally[title]);
    return rows.length > 0 ? [`${title}\n${rows.join('\n')}\n`] : [];
  });
  return [...patches, `${other.length} files with another result\n`, ...tables].join('\n');
}

function differences(before: Table, after: Table): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    const [old, now] = [before[key] ?? 0, after[key] ?? 0];
    return old === now ? [] : [`${String(old).padStart(8)} → ${String(now).padStart(6)}  ${key}`];
  });
}
