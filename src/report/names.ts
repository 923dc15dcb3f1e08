import type { Batch } from '../batch/batch.ts';

/** Paths of the files that would change. */
export function changedPaths({ outcomes, ignoreFiles }: Batch): string[] {
  const dockerfiles = outcomes.filter(({ status }) => status === 'changed');
  return [...dockerfiles, ...ignoreFiles].map(({ path }) => path);
}
