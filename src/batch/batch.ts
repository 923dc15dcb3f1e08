import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Images } from '../bases/likened.ts';
import { builtWith, shownFrom, type Built } from '../contexts.ts';
import type { Dockerfile } from '../dockerfile/model.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import type { Outcome } from '../outcome.ts';
import { isBelow, realPath } from '../root.ts';
import { runFile, runsAgainOf, type RunOptions } from '../run.ts';
import { readFacts } from '../steps/read.ts';
import type { IgnoreLine } from '../transform.ts';
import { contextFiles, dockerfilesOf, repositoryOf, type Repository } from '../workspace/repository.ts';
import { noCallerFiles, wantsOf, type CallerFiles } from './caller-outcome.ts';
import { mergeIgnoreFile, refusedBy, settledBy, type MergedIgnoreFile, type Outside, type Sharer } from './ignore-file.ts';

/** What became of an ignore file. */
export interface IgnoreFileOutcome {
  /** Relative to the working directory, with forward slashes. */
  readonly path: string;
  /** The build context that it is in force for, in the same form. */
  readonly context: string;
  /** undefined where there is none yet. */
  readonly original: string | undefined;
  readonly text: string;
  readonly added: readonly IgnoreLine[];
  /** Dockerfiles of this run that ask for lines of it, by path. */
  readonly askedBy: readonly string[];
}

export interface Batch extends CallerFiles {
  /** In the order of the paths. */
  readonly outcomes: readonly Outcome[];
  readonly ignoreFiles: readonly IgnoreFileOutcome[];
}

/** Runs the chosen transforms over Dockerfiles (absolute paths), and settles what they have in common. `othersOf`: where there are several runs, how they share what they read. */
export async function runAll(paths: readonly string[], optionsOf: (path: string) => RunOptions, othersOf: OthersOf = othersThan): Promise<Batch> {
  const outcomes = new Map<string, Outcome>();
  for (const path of paths) outcomes.set(path, await runFile(path, optionsOf(path)));
  return settle(outcomes, optionsOf, othersOf);
}

/**
 * Merges what Dockerfiles, given by their absolute paths with what became of each by itself, ask of the ignore files that they share with
 * all others of the repository, and writes what they want into the files that build them. `between` is awaited between two Dockerfiles or ignore files: what it
 * throws ends this.
 */
export async function settle(
  byPath: ReadonlyMap<string, Outcome>,
  optionsOf: (path: string) => RunOptions,
  othersOf: OthersOf = othersThan,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<Batch> {
  const done = await settleIgnoreFiles(byPath, optionsOf, othersOf, between);
  const paths = [...byPath.keys()];
  const [first] = paths;
  if (first === undefined || done.outcomes.every((outcome) => wantsOf(outcome).length === 0)) return { ...done, ...noCallerFiles };
  const asking = done.outcomes.map((outcome, index) => ({ place: realPath(paths[index] ?? ''), outcome }));
  const { writeCallers } = await import('./caller-files.ts');
  return { ...done, ...(await writeCallers(asking, optionsOf(first).cwd)) };
}

async function settleIgnoreFiles(
  byPath: ReadonlyMap<string, Outcome>,
  optionsOf: (path: string) => RunOptions,
  othersOf: OthersOf,
  between: () => Promise<void>,
): Promise<Omit<Batch, keyof CallerFiles>> {
  const outcomes = new Map(byPath);
  const members: Member[] = [];
  const some = [...outcomes.values()].some(asks);
  for (const [path, outcome] of outcomes) {
    if (outcome.status === 'failed' || !(some || isToComplete(outcome))) continue;
    await between();
    const member = await memberOf(path, outcome, optionsOf(path));
    members.push(member);
    outcomes.set(path, member.outcome);
  }
  if (!some) return { outcomes: [...outcomes.values()], ignoreFiles: [] };

  const others = new Map<Repository, ByIgnoreFile>();
  const ran: ReadonlySet<string> = new Set(members.map(({ place }) => place));
  const outside: Outside = new Map();
  for (;;) {
    const files: (Group & { readonly merged: MergedIgnoreFile })[] = [];
    const own = byIgnoreFile(members.map(candidateOf));
    for (const group of groups(members)) {
      await between();
      const { folder, ignoreFile, original } = group;
      const repository = repositoryOf(folder);
      const known = others.get(repository) ?? (await othersOf(repository, ran));
      others.set(repository, known);
      const rest = (known.get(ignoreFile) ?? []).filter(({ place }) => !ran.has(place));
      files.push({ ...group, merged: mergeIgnoreFile(original, sharersOf(group, [...(own.get(ignoreFile) ?? []), ...rest])) });
    }
    const merged = files.map((file) => file.merged);
    const again = refusedBy(merged, outside);
    for (const member of members) {
      const { path, options, outcome } = member;
      await between();
      if (again.has(outcome.path)) member.outcome = await runFile(path, { ...options, outside: outside.get(outcome.path) });
    }
    if (again.size > 0) continue;
    const settled = settledBy(merged);
    const mergedOf = new Map(files.map(({ ignoreFile, merged: one }) => [ignoreFile, one]));
    for (const { path, place, outcome, built } of members) {
      const ofFirst = mergedOf.get(ignoreFileFor(place, built.contexts[0].folder));
      const text = ofFirst && ofFirst.added.length > 0 ? ofFirst.text : undefined;
      outcomes.set(path, { ...settled(outcome, outcome.path), runsAgain: outcome.runsAgain && (() => outcome.runsAgain?.(text) ?? []) });
    }
    return {
      outcomes: [...outcomes.values()],
      ignoreFiles: files.flatMap(({ ignoreFile, folder, original, askers, merged: { text, added } }) => {
        const [first] = askers;
        if (!first || added.length === 0) return [];
        const { cwd } = first.options;
        const askedBy = askers.map(({ outcome }) => outcome.path);
        return [{ path: shownFrom(cwd, ignoreFile), context: shownFrom(cwd, folder), original, text, added, askedBy }];
      }),
    };
  }
}

function asks({ changes }: Outcome): boolean {
  return changes.some(({ ignores }) => ignores.length > 0);
}

/** A Dockerfile of the run. */
interface Member {
  readonly path: string;
  readonly place: string;
  readonly options: RunOptions;
  readonly built: Built;
  /** Another one after it ran again. */
  outcome: Outcome;
}

/** An ignore file of which something is asked. */
interface Group {
  /** Absolute. */
  readonly ignoreFile: string;
  readonly original: string | undefined;
  /** The build context, absolute. */
  readonly folder: string;
  readonly askers: readonly Member[];
}

async function memberOf(path: string, outcome: Outcome, options: RunOptions): Promise<Member> {
  const place = realPath(path);
  const built = await builtWith(place, dockerfileIn(outcome.original), options);
  const complete = isToComplete(outcome) ? { ...outcome, runsAgain: runsAgainOf(outcome, place, built, options) } : outcome;
  return { path, place, outcome: complete, options, built };
}

/** It comes from another thread, or out of a journal. */
function isToComplete({ changes, runsAgain }: Outcome): boolean {
  return changes.length > 0 && !runsAgain;
}

/** What is asked of a Dockerfile with several contexts is asked of each one's ignore file. */
function groups(members: readonly Member[]): Group[] {
  const found = new Map<string, Group & { readonly askers: Member[] }>();
  for (const member of members) {
    if (!asks(member.outcome)) continue;
    for (const ignoreFile of new Set(member.built.contexts.map(({ folder }) => ignoreFileFor(member.place, folder)))) {
      const folder = member.built.contexts.find((context) => ignoreFileFor(member.place, context.folder) === ignoreFile)?.folder ?? '';
      const group = found.get(ignoreFile);
      if (group) group.askers.push(member);
      else found.set(ignoreFile, { ignoreFile, original: existsSync(ignoreFile) ? readFileSync(ignoreFile, 'utf8') : undefined, folder, askers: [member] });
    }
  }
  return [...found.values()];
}

function ignoreFileFor(dockerfile: string, context: string): string {
  const own = `${dockerfile}.dockerignore`;
  return existsSync(own) ? own : join(context, '.dockerignore');
}

/** A Dockerfile for which an ignore file may be in force. */
interface Candidate extends Pick<Sharer, 'level' | 'changes'> {
  /** undefined where it is not of this run. */
  readonly path?: string | undefined;
  readonly place: string;
  readonly built: Built;
  /** With a context. */
  readonly factsIn: (folder: string, decided: boolean) => Sharer['facts'];
}

function candidateOf({ place, outcome, options, built }: Member): Candidate {
  const { path, text, changes } = outcome;
  return { path, place, built, level: options.level, changes, factsIn: factsOf(place, text, built, options.images) };
}

function factsOf(place: string, text: string, { repository, stages }: Built, images?: Images): Candidate['factsIn'] {
  const known = new Map<string, Sharer['facts']>();
  return (folder, decided) => {
    const key = `${decided} ${folder}`;
    if (!known.has(key)) {
      const dockerfile = dockerfileIn(text);
      known.set(key, dockerfile && readFacts(dockerfile, { context: contextFiles(repository, folder, place, decided), images, targets: stages }));
    }
    return known.get(key);
  };
}

type ByIgnoreFile = ReadonlyMap<string, readonly Candidate[]>;

/** The Dockerfiles of a repository but for some, by real path, at least. */
export type OthersOf = (repository: Repository, without: ReadonlySet<string>) => Promise<ByIgnoreFile>;

const othersThan: OthersOf = async (repository, without) => byIgnoreFile(await candidatesOf(repository, without));

/** For several runs over some Dockerfiles of the same repositories: reads each repository's once, and keeps them. */
export function readOnce(): OthersOf {
  const known = new Map<Repository, Promise<ByIgnoreFile>>();
  return async (repository) => {
    const all = known.get(repository) ?? othersThan(repository, new Set());
    known.set(repository, all);
    return all;
  };
}

async function candidatesOf(repository: Repository, without: ReadonlySet<string>): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const { path, text } of dockerfilesOf(repository)) {
    const place = resolve(repository.root, path);
    if (without.has(place)) continue;
    const built = await builtWith(place, dockerfileIn(text), { cwd: repository.root });
    found.push({ place, built, level: 'safe', changes: [], factsIn: factsOf(place, text, built) });
  }
  return found;
}

/** By the ignore files that may be in force for them: one whose context is a guess may be built from any folder above it. */
function byIgnoreFile(candidates: readonly Candidate[]): ByIgnoreFile {
  const found = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const { place, built } = candidate;
    const folders = new Set(built.contexts.map(({ folder }) => folder));
    if (built.contexts.some(({ decided }) => !decided)) {
      for (let folder = dirname(place); isBelow(folder, built.repository.root); folder = dirname(folder)) {
        folders.add(folder);
        if (folder === dirname(folder)) break;
      }
    }
    for (const ignoreFile of new Set([...folders].map((folder) => ignoreFileFor(place, folder)))) {
      const known = found.get(ignoreFile) ?? [];
      known.push(candidate);
      found.set(ignoreFile, known);
    }
  }
  return found;
}

/** The Dockerfiles for which the ignore file is in force, those of this run with the text that they are to have. */
function sharersOf({ ignoreFile, folder, askers: [first] }: Group, candidates: readonly Candidate[]): Sharer[] {
  const cwd = first?.options.cwd ?? folder;
  return candidates.flatMap(({ path, place, built, level, changes, factsIn }): Sharer[] => {
    if (ignoreFileFor(place, folder) !== ignoreFile) return [];
    const context = built.contexts.find((one) => one.folder === folder);
    const perhaps = context === undefined;
    // One whose context is a guess may be built from any folder above it.
    if (perhaps && (built.contexts.every(({ decided }) => decided) || !isBelow(dirname(place), folder))) return [];
    const facts = factsIn(folder, context?.decided ?? false);
    return [{ path: path ?? shownFrom(cwd, place), facts, perhaps, level, changes: perhaps ? [] : changes }];
  });
}

function dockerfileIn(text: string): Dockerfile | undefined {
  const reading = readDockerfile(text);
  return 'dockerfile' in reading ? reading.dockerfile : undefined;
}
