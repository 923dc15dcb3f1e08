import { setImmediate } from 'node:timers/promises';
import { relative } from 'node:path';
import type { Preference } from '../bases/preferred-rows.ts';
import { settle, type Batch } from '../batch/batch.ts';
import type { CommitTexts } from '../config/config.ts';
import type { OnlyNewOptions } from '../batch/only-new.ts';
import { runEach } from '../batch/run-each.ts';
import { discover, type Discovery, type FoundFile } from '../discover.ts';
import type { LoadedTransform } from '../load.ts';
import type { Outcome } from '../outcome.ts';
import type { Registry } from '../registry/registry.ts';
import { counted } from '../report/layout.ts';
import { isBelow } from '../root.ts';
import type { RunOptions } from '../run.ts';
import { suggestion } from '../suggestion.ts';
import { UsageError } from '../usage-error.ts';
import { configure, type Configured } from './configure.ts';
import type { Course, Kept, KeptJournal } from './course.ts';
import { Progress } from './progress.ts';
import { startThreads } from './threads.ts';

/** Which Dockerfiles are looked at, and what is done with them. */
export interface Selection {
  readonly paths: readonly string[];
  /** As given; undefined: what the configuration says, else `safe`. */
  readonly level: 'safe' | 'review' | undefined;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly context: string | undefined;
  readonly target: string | undefined;
  readonly prefer: Preference | undefined;
  readonly transform: readonly string[];
  readonly opt: readonly string[];
  /** A configuration file; undefined: the nearest. */
  readonly config: string | undefined;
  /** Code of the repository may be loaded. */
  readonly code: boolean;
  /** A revision: only Dockerfiles that changed since, or whose inputs did. */
  readonly onlyNew: string | undefined;
  /** A file with accepted findings; undefined: as the configuration says; false: none. */
  readonly baseline: string | false | undefined;
}

/** The selection alone, of more arguments: data that goes to threads and into journals. */
export function selected({ paths, level, only, skip, context, target, prefer, transform, opt, config, code, onlyNew, baseline }: Selection): Selection {
  return { paths, level, only, skip, context, target, prefer, transform, opt, config, code, onlyNew, baseline };
}

export interface Found extends Batch {
  /** Something went wrong that makes the exit code a 3. */
  readonly troubled: boolean;
  readonly journal: KeptJournal | undefined;
  /** An unfinished run may have written some of it. */
  readonly resumed: boolean;
  /** What the configuration says of commits. */
  readonly commit: CommitTexts;
  /** What held for the Dockerfile at an absolute path. */
  readonly optionsOf: (path: string) => RunOptions;
}

/** How Dockerfiles are looked for and at. */
export interface FindOptions {
  /** All must lie below the working directory. */
  readonly relativePaths: boolean;
  readonly course?: Course | undefined;
  /** Progress of a long run is told. */
  readonly progress: boolean;
  /** Asked between Dockerfiles. */
  readonly isStopped: () => boolean;
}

/**
 * Finds the Dockerfiles and runs the transforms; what went wrong is said on stderr. Undefined where a transform of the user's own
 * failed, or where it was stopped: then nothing may be done. Throws a UsageError.
 */
export async function findOutcomes(
  given: Selection,
  cwd: string,
  { relativePaths, course, progress: shown, isStopped }: FindOptions,
): Promise<Found | undefined> {
  const { discovery, baseline, ...configured } = await findDockerfiles(given, cwd, relativePaths);
  const { own, registry, commit } = configured;
  const { files } = discovery;
  const all = files.map(({ path }) => path);
  const optionsOf = baseline === undefined ? configured.optionsOf : await withoutAccepted(baseline, all, configured.optionsOf, cwd);
  const { known, settled, journal } = course ? (await import('./course.ts')).keep(course, all, { own, optionsOf }, given, cwd) : nothingKept;
  const shard = course?.shard;
  const looked = shard ? await import('../batch/shard.ts').then(({ isInShard }) => files.filter(({ path }) => isInShard(path, shard))) : files;
  if (shard) say(`shard ${shard.number} of ${shard.of}: ${looked.length} of ${all.length} Dockerfiles`);

  const paths = looked.map(({ path }) => path);
  const progress = await Progress.start(paths.filter((path) => !known.has(path)).length, shown && !settled);
  // Threads know neither transforms of the user's own nor what a baseline accepts.
  const threads = settled || own.length > 0 || baseline !== undefined ? undefined : await startThreads(progress.total, given, cwd);
  let byPath: ReadonlyMap<string, Outcome> | undefined;
  try {
    byPath = settled
      ? known
      : await runEach(paths, {
          optionsOf,
          known,
          elsewhere: threads,
          isStopped,
          onOutcome: (path, outcome) => {
            journal?.add(path, outcome);
            progress.show(outcome.changes.length);
          },
        });
  } finally {
    progress.end();
    await threads?.end();
  }
  const batch = settled ?? (byPath && (await unlessStopped(byPath, optionsOf, isStopped)));
  if (!batch) {
    say(`stopped, and nothing was written${journal ? '; with --resume another run goes on from here' : ''}`);
    return undefined;
  }
  const { outcomes } = batch;
  sayUnreached(registry);

  assertTarget(given.target, outcomes);
  if (sayFaultsOf(own, outcomes)) return undefined;
  const troubled = sayTroubles(outcomes, looked);
  sayUnmatched(given.only, outcomes);
  sayCounts(outcomes);
  return { ...batch, troubled, journal, resumed: settled !== undefined, commit, optionsOf };
}

/** undefined where the run is stopped on the way. */
async function unlessStopped(byPath: ReadonlyMap<string, Outcome>, optionsOf: OptionsOf, isStopped: () => boolean): Promise<Batch | undefined> {
  const stopped = new Error('stopped');
  const hear = async (): Promise<void> => {
    // An interruption is heard where the program waits.
    await setImmediate();
    if (isStopped()) throw stopped;
  };
  try {
    return await settle(byPath, optionsOf, undefined, hear);
  } catch (error) {
    if (error !== stopped) throw error;
    return undefined;
  }
}

const nothingKept: Kept = { known: new Map(), settled: undefined, journal: undefined };
/** The Dockerfiles that are looked at, and what holds for them. Throws a UsageError. */
export async function findDockerfiles(given: Selection, cwd: string, relativePaths: boolean): Promise<Configured & { readonly discovery: Discovery }> {
  const configured = await configure(given, cwd);
  const { notes, optionsOf, exclusion, settings } = configured;
  const found = discover(given.paths.length > 0 ? given.paths : ['.'], cwd);
  for (const note of [...notes, ...found.notes]) say(note);
  assertUsable(found, cwd, relativePaths);
  const included = found.files.filter(({ path }) => exclusion(path) === undefined);
  for (const { path, named } of found.files) if (named || included.length === 0) sayExclusion(path, exclusion(path), cwd);
  const files = given.onlyNew === undefined ? included : await filesChangedSince(given.onlyNew, included, { cwd, optionsOf, settings });
  return { ...configured, discovery: { ...found, files } };
}

type OptionsOf = Configured['optionsOf'];

const mostStale = 5;

/** The same options, with what a baseline (an absolute path) accepts left out; what it holds in vain is told. `given`: bytes that stand in for what lies there. */
export async function withoutAccepted(baseline: string, paths: readonly string[], optionsOf: OptionsOf, cwd: string, given?: Uint8Array): Promise<OptionsOf> {
  const { acceptedBy, readBaseline } = await import('../batch/baseline.ts');
  const { accepted, stale } = await acceptedBy(readBaseline(baseline, { cwd, writing: false }), paths, optionsOf, given);
  const file = relative(cwd, baseline).replaceAll('\\', '/');
  for (const { path, id, count } of stale.slice(0, mostStale))
    say(`${file}: ${id} is accepted in ${path} and no longer found there${count > 1 ? `, ${count} times` : ''}`);
  if (stale.length > mostStale) say(`${file}: and ${counted(stale.length - mostStale, 'other stale entry', 'other stale entries')}`);
  if (stale.length > 0) say(`${file}: take out what is stale with --write-baseline`);
  return (path) => {
    const options = optionsOf(path);
    const ids = accepted.get(path);
    return ids ? { ...options, skip: [...(options.skip ?? []), ...ids] } : options;
  };
}

async function filesChangedSince(revision: string, files: Discovery['files'], options: OnlyNewOptions): Promise<Discovery['files']> {
  const { changedSince } = await import('../batch/only-new.ts');
  const paths = files.map(({ path }) => path);
  const changed = new Set(await changedSince(revision, paths, options));
  say(`${changed.size} of ${counted(files.length, 'Dockerfile')} changed since ${revision}, or what goes into them`);
  return files.filter(({ path }) => changed.has(path));
}

export function assertUsable({ files, missing }: Discovery, cwd: string, relativePaths: boolean): void {
  const [first] = missing;
  if (first !== undefined) {
    const command = suggestion(first, ['list', 'explain', 'init', 'targets', 'verify']);
    throw new UsageError(`${first}: there is no such file or folder${command}`);
  }
  if (files.length === 0) throw new UsageError('no Dockerfile found; name one, or the folder that holds it');
  const outside = files.find(({ path }) => !isBelow(path, cwd));
  if (relativePaths && outside)
    throw new UsageError(
      `${outside.path} lies outside the working directory, to which the paths of a patch are relative; go there, or choose --format pretty or json`,
    );
}

export function sayExclusion(path: string, by: string | undefined, cwd: string): void {
  if (by !== undefined) say(`${relative(cwd, path)} is left alone: ${by} excludes it`);
}

export function assertTarget(target: string | undefined, outcomes: readonly Outcome[]): void {
  if (target !== undefined && outcomes.length > 0 && !outcomes.some((outcome) => outcome.hasTarget))
    throw new UsageError(`--target ${target}: no Dockerfile here has a stage of that name`);
}

/** Nothing fails for that: what leans on a registry is left alone. */
export function sayUnreached({ unreached }: Registry): void {
  for (const [host, because] of unreached) say(`${host} could not be asked for digests, so none of its images was pinned: ${because}`);
}

/** A transform of the user's own that fails leaves every file alone. */
export function sayFaultsOf(own: readonly LoadedTransform[], outcomes: readonly Outcome[]): boolean {
  let some = false;
  for (const { path, faults } of outcomes) {
    for (const { id, message } of faults) {
      const file = own.find(({ transform }) => transform.id === id)?.file;
      if (file === undefined) continue;
      some = true;
      say(`${file} (${id}) failed on ${path}: ${message}`);
    }
  }
  if (some) say('nothing was changed');
  return some;
}

/** Tells what went wrong or was not understood in the files, in their order; true where that makes the exit code a 3. */
export function sayTroubles(outcomes: readonly Outcome[], files: readonly FoundFile[]): boolean {
  let failed = false;
  outcomes.forEach(({ path, status, error, notUnderstood, faults, unusedSuppressions, suppressionDates }, index) => {
    if (status === 'failed') {
      failed = true;
      say(`${path} could not be read: ${error ?? ''}`);
    }
    if (status === 'not understood') {
      failed ||= files[index]?.named ?? false;
      const line = notUnderstood?.line === undefined ? '' : `:${notUnderstood.line}`;
      say(`${path}${line} is left alone: ${notUnderstood?.because ?? ''}`);
    }
    for (const { id, message } of faults) {
      failed = true;
      say(`${path}: ${id} went wrong: ${message}. Please report it, with the file`);
    }
    for (const line of unusedSuppressions) say(`${path}:${line}: this dockopt-ignore silences nothing`);
    for (const { line, until, is } of suppressionDates)
      say(
        `${path}:${line}: ${is === 'over' ? `this dockopt-ignore held until ${until} and silences no more` : `until=${until} is no date like 2027-01-31, so this dockopt-ignore holds without end`}`,
      );
  });
  return failed;
}

export function sayUnmatched(only: readonly string[], outcomes: readonly Outcome[]): void {
  const found = new Set(outcomes.flatMap(({ changes, judgement, declined }) => [...changes, ...judgement, ...declined].map(({ finding }) => finding)));
  for (const id of only) if (id.includes('@') && !found.has(id)) say(`--only ${id}: there is no such finding now`);
}

/** The sums of what transforms counted. */
function sayCounts(outcomes: readonly Outcome[]): void {
  const sums = new Map<string, number>();
  for (const { id, name, quantity } of outcomes.flatMap(({ counts }) => counts)) {
    const key = `${id} counted ${name}`;
    sums.set(key, (sums.get(key) ?? 0) + quantity);
  }
  for (const [key, sum] of sums) say(`${key}: ${sum}`);
}

export function say(text: string): void {
  process.stderr.write(`dockopt: ${text}\n`);
}
