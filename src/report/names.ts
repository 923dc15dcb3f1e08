import type { Batch } from '../batch/batch.ts';

/** Paths of the files that would change. */
export function changedPaths({ outcomes, ignoreFiles, callerFiles }: Batch): string[] {
  const dockerfiles = outcomes.filter(({ status }) => status === 'changed');
  return [...dockerfiles, ...ignoreFiles, ...callerFiles].map(({ path }) => path);
}
