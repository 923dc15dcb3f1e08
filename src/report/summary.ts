import { posix } from 'node:path';
import type { Outcome } from '../outcome.ts';
import { columns, counted, printable } from './layout.ts';
import type { PrettyOptions } from './pretty.ts';

/** One line a folder, for runs that change more files than a person reads. */
export function byFolder(changed: readonly Outcome[], { width, paint }: PrettyOptions): string[] {
  const folders = new Map<string, Outcome[]>();
  for (const outcome of changed) {
    const folder = posix.dirname(outcome.path);
    folders.set(folder, [...(folders.get(folder) ?? []), outcome]);
  }
  return [...folders].flatMap(([folder, outcomes]) => {
    const changes = outcomes.flatMap((outcome) => outcome.changes);
    const ids = [...new Set(changes.map(({ id }) => id))].join(', ');
    const files = outcomes.length === 1 ? posix.basename(outcomes[0]?.path ?? '') : counted(outcomes.length, 'file');
    return columns(`${printable(folder)}/  ${printable(files)}: ${ids}`, [counted(changes.length, 'change')], '  ', width, paint);
  });
}
