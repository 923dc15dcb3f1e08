import type { Batch } from '../batch/batch.ts';
import type { Outcome } from '../outcome.ts';
import type { Unions } from './unions.ts';

/** Dockerfiles that change, or ask for changes of other files, with these: all of it or nothing. */
export interface ChangeSet {
  /** In the order of their paths. */
  readonly dockerfiles: readonly Outcome[];
  /** Paths of the ignore files and callers that several of them ask for. */
  readonly sharedFiles: readonly string[];
}

/** The change sets of a run, in the order of their first Dockerfile. */
export function changeSetsOf({ outcomes, ignoreFiles, callerFiles }: Batch, unions: Unions): ChangeSet[] {
  const changing = outcomes.filter(({ changes }) => changes.length > 0).toSorted(byPath);
  const files = [...ignoreFiles, ...callerFiles];
  for (const { askedBy } of files) unions.unite(askedBy);
  const sets = new Map<string, Outcome[]>();
  for (const outcome of changing) sets.set(unions.of(outcome.path), [...(sets.get(unions.of(outcome.path)) ?? []), outcome]);
  return [...sets].map(([first, dockerfiles]) => ({
    dockerfiles,
    sharedFiles: files.filter(({ askedBy }) => askedBy.length > 1 && askedBy.some((one) => unions.of(one) === first)).map(({ path }) => path),
  }));
}

/** What of a run some of its Dockerfiles bring about. */
export function partOf({ outcomes, ignoreFiles, callerFiles, callerNotes }: Batch, dockerfiles: ReadonlySet<string>): Batch {
  const isOurs = ({ askedBy }: { readonly askedBy: readonly string[] }): boolean => askedBy.some((path) => dockerfiles.has(path));
  return {
    outcomes: outcomes.filter(({ path }) => dockerfiles.has(path)),
    ignoreFiles: ignoreFiles.filter(isOurs),
    callerFiles: callerFiles.filter(isOurs),
    callerNotes: callerNotes.filter(({ dockerfile }) => dockerfiles.has(dockerfile)),
  };
}

/** Files that change, with their texts. */
export function changedFiles({ outcomes, ignoreFiles, callerFiles }: Batch): { path: string; original: string | undefined; text: string }[] {
  const dockerfiles = outcomes.filter(({ status }) => status === 'changed');
  return [...dockerfiles, ...ignoreFiles, ...callerFiles].map(({ path, original, text }) => ({ path, original, text })).toSorted(byPath);
}

export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
