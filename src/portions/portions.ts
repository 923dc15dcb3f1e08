import { posix, resolve } from 'node:path';
import { readOnce, settle, type Batch, type IgnoreFileOutcome, type OthersOf } from '../batch/batch.ts';
import type { Outcome } from '../outcome.ts';
import { patchOf } from '../report/patch.ts';
import type { RunOptions } from '../run.ts';
import { changedFiles, changeSetsOf, partOf, type ChangeSet } from './change-sets.ts';
import { gitApply } from './git-apply.ts';
import type { ByName, GroupBy } from './group-by.ts';
import type { Portion } from './portion.ts';
import { Unions } from './unions.ts';

/** A run over Dockerfiles, and how to run over some of them again. */
export interface Run {
  readonly batch: Batch;
  readonly optionsOf: (path: string) => RunOptions;
  readonly cwd: string;
}

/** Run again, it reads all other Dockerfiles once. */
export interface RunAgain extends Run {
  readonly othersOf: OthersOf;
}

/**
 * Parts what a run changes, in the order of the portions' names. Each portion applies alone, and all of them in any order come to what the
 * run comes to. Throws a UsageError where there is nothing to part by.
 */
export async function portionsOf(run: Run, groupBy: GroupBy): Promise<Portion[]> {
  const portions = await partedBy({ ...run, othersOf: readOnce() }, groupBy);
  assertWhole(portions, run.batch);
  return portions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function partedBy(run: RunAgain, groupBy: GroupBy): Promise<Portion[]> {
  if (groupBy.by === 'transform') return (await import('./by-transform.ts')).portionsByTransform(run);
  const sets = await setsThatStandAlone(run);
  if (groupBy.by === 'similarity') return (await import('./by-similarity.ts')).portionsBySimilarity(sets, run.batch);
  const nameOf = await namesBy(groupBy, run.cwd);
  const named = new Map<string, { set: ChangeSet; names: readonly string[] }[]>();
  for (const set of sets) {
    const names = set.dockerfiles.map((dockerfile) => nameOf(dockerfile));
    const name = commonest(names);
    named.set(name, [...(named.get(name) ?? []), { set, names }]);
  }
  return [...named].map(([name, some]) => {
    const batch = partOf(run.batch, new Set(some.flatMap(({ set }) => set.dockerfiles.map(({ path }) => path))));
    const notes = some.flatMap(({ set, names }) => noteOn(set, names, name));
    return { name, title: titleOf(name, batch), batch, notes, alike: [], shown: batch };
  });
}

async function namesBy(groupBy: ByName, cwd: string): Promise<(dockerfile: ChangeSet['dockerfiles'][number]) => string> {
  switch (groupBy.by) {
    case 'package': {
      const { packageOf } = await import('./packages.ts');
      return (dockerfile) => shownFolder(packageOf(dockerfile, cwd)) ?? '(no package)';
    }
    case 'owner': {
      const { ownersOf } = await import('./owners.ts');
      return ({ path }) => ownersOf(path, cwd).join(', ') || '(no owner)';
    }
    case 'directory':
      return ({ path }) => shownFolder(posix.dirname(path).split('/').slice(0, groupBy.depth).join('/'));
  }
}

function shownFolder(folder: string): string;
function shownFolder(folder: string | undefined): string | undefined;
function shownFolder(folder: string | undefined): string | undefined {
  return folder !== undefined && /^\.\.?(\/|$)/.test(folder) ? '(root)' : folder;
}

/** The first of those that are there most often. */
function commonest(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [first] = [...counts].toSorted(([a, often], [b, asOften]) => asOften - often || (a < b ? -1 : 1));
  return first?.[0] ?? '';
}

const mostNamed = 5;

function noteOn({ dockerfiles, sharedFiles }: ChangeSet, names: readonly string[], name: string): string[] {
  const strangers = dockerfiles.filter((_, index) => names[index] !== name).map(({ path }) => `\`${path}\``);
  if (strangers.length === 0) return [];
  const others = [...new Set(names.filter((one) => one !== name))].toSorted();
  const files = sharedFiles.map((path) => `\`${path}\``);
  const are = strangers.length === 1 ? 'is' : 'are';
  return [
    `${listed(strangers)} ${are} of ${listed(others.map((one) => `\`${one}\``))}, but ${strangers.length === 1 ? 'goes' : 'go'} with these, since ${listed(files)} ${
      files.length === 1 ? 'changes' : 'change'
    } for all of them.`,
  ];
}

/** `a, b and 3 others`. */
export function listed(names: readonly string[]): string {
  const rest = names.length - mostNamed;
  const shown = rest > 1 ? [...names.slice(0, mostNamed), `${rest} others`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

function titleOf(name: string, { outcomes }: Batch): string {
  const dockerfiles = outcomes.length === 1 ? 'Rewrite the Dockerfile' : 'Rewrite the Dockerfiles';
  switch (name) {
    case '(root)':
      return `${dockerfiles} of the root`;
    case '(no package)':
      return `${dockerfiles} outside of packages`;
    case '(no owner)':
      return `${dockerfiles} without an owner`;
    default:
      return `${dockerfiles} of ${name}`;
  }
}

/**
 * The change sets of a run, with all Dockerfiles put to one that its ignore file needs as they will be: what it hides another one may have
 * to see until it is rewritten as well.
 */
async function setsThatStandAlone({ batch, optionsOf, cwd, othersOf }: RunAgain): Promise<ChangeSet[]> {
  const unions = new Unions();
  for (const set of changeSetsOf(batch, unions)) {
    const paths = new Set(set.dockerfiles.map(({ path }) => path));
    const part = partOf(batch, paths);
    const others = batch.outcomes.filter(
      (outcome) => outcome.changes.length > 0 && !paths.has(outcome.path) && part.ignoreFiles.some((file) => mayShare(outcome, file)),
    );
    if (others.length === 0) continue;
    const known = set.dockerfiles.map((outcome) => [resolve(cwd, outcome.path), outcome] as const);
    const alone = await settle(new Map(known), optionsOf, othersOf);
    if (!isSame(alone, part)) unions.unite([...paths, ...others.map(({ path }) => path)]);
  }
  return changeSetsOf(batch, unions);
}

/** The ignore file may be in force for the Dockerfile. */
export function mayShare({ path, contexts }: Outcome, { context }: IgnoreFileOutcome): boolean {
  return context === '.' || path.startsWith(`${context}/`) || contexts.some((one) => one.path === context);
}

/** They change the same files, in the same way. */
export function isSame(one: Batch, other: Batch): boolean {
  return JSON.stringify(changedFiles(one)) === JSON.stringify(changedFiles(other));
}

/** Throws an Error where a patch does not lead to what its portion is to make, or a file that the run changes is not made by all of them together. */
function assertWhole(portions: readonly Portion[], batch: Batch): void {
  const made = new Map<string, number>();
  for (const { name, batch: part } of portions) {
    for (const file of changedFiles(part)) {
      if (gitApply(file.original ?? '', patchOf(file)) !== file.text) throw new Error(`the patch of ${file.path} in ${name} does not apply`);
      made.set(file.path, (made.get(file.path) ?? 0) + 1);
    }
  }
  const missing = changedFiles(batch).filter(({ path }) => !made.has(path));
  if (missing.length > 0) throw new Error(`no portion holds ${missing.map(({ path }) => path).join(', ')}`);
}
