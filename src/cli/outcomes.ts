import { relative } from 'node:path';
import type { Preference } from '../bases/preferred-rows.ts';
import { runAll, type Batch } from '../batch/batch.ts';
import { discover, type Discovery } from '../discover.ts';
import type { CommitTexts } from '../config/config.ts';
import type { LoadedTransform } from '../load.ts';
import type { Outcome } from '../outcome.ts';
import type { Registry } from '../registry/registry.ts';
import { isBelow } from '../root.ts';
import type { RunOptions } from '../run.ts';
import { suggestion } from '../suggestion.ts';
import { UsageError } from '../usage-error.ts';
import { configure } from './configure.ts';
import { Progress } from './progress.ts';

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
}

export interface Found extends Batch {
  /** Something went wrong that makes the exit code a 3. */
  readonly troubled: boolean;
  /** What the configuration says of commits. */
  readonly commit: CommitTexts;
  /** What held for the Dockerfile at an absolute path. */
  readonly optionsOf: (path: string) => RunOptions;
}

/**
 * Finds the Dockerfiles and runs the transforms; what went wrong is said on stderr. Undefined where a transform of the user's own
 * failed: then nothing may be done. `relativePaths`: all must lie below `cwd`. Throws a UsageError.
 */
export async function findOutcomes(given: Selection, cwd: string, relativePaths: boolean): Promise<Found | undefined> {
  const { own, notes, registry, commit, optionsOf, exclusion } = await configure(given, cwd);
  const found = discover(given.paths.length > 0 ? given.paths : ['.'], cwd);
  for (const note of [...notes, ...found.notes]) say(note);
  assertUsable(found, cwd, relativePaths);
  const discovery = { ...found, files: found.files.filter(({ path }) => exclusion(path) === undefined) };
  for (const { path, named } of found.files) if (named || discovery.files.length === 0) sayExclusion(path, exclusion(path), cwd);

  const progress = new Progress(discovery.files.length);
  const paths = discovery.files.map(({ path }) => path);
  const batch = await runAll(paths, optionsOf, () => progress.show());
  const { outcomes } = batch;
  progress.end();
  sayUnreached(registry);

  assertTarget(given.target, outcomes);
  if (sayFaultsOf(own, outcomes)) return undefined;
  const troubled = sayTroubles(outcomes, discovery);
  sayUnmatched(given.only, outcomes);
  sayCounts(outcomes);
  return { ...batch, troubled, commit, optionsOf };
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

/** Tells what went wrong or was not understood; true where that makes the exit code a 3. */
export function sayTroubles(outcomes: readonly Outcome[], { files }: Pick<Discovery, 'files'>): boolean {
  let failed = false;
  outcomes.forEach(({ path, status, error, notUnderstood, faults, unusedSuppressions }, index) => {
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
