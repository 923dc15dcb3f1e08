import { relative, resolve } from 'node:path';
import { statSync } from 'node:fs';
import transforms from '../../transforms/index.ts';
import { discover, type Discovery } from '../discover.ts';
import type { LoadedTransform } from '../load.ts';
import { readOptions } from '../options.ts';
import type { Outcome } from '../outcome.ts';
import { checkoutOf, isBelow } from '../root.ts';
import { runFile, type RunOptions } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { writeChangeSet } from '../write.ts';
import { assertKnown, suggestion } from './ids.ts';
import { Progress } from './progress.ts';
import { report } from './report.ts';

export interface RewriteArguments {
  readonly paths: readonly string[];
  readonly level: 'safe' | 'review';
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly context: string | undefined;
  readonly target: string | undefined;
  readonly transform: readonly string[];
  readonly opt: readonly string[];
  readonly write: boolean;
  readonly check: boolean;
  readonly why: boolean;
  /** As given; undefined: what suits stdout. */
  readonly format: 'pretty' | 'patch' | 'json' | undefined;
  /** The arguments as they were typed. */
  readonly typed: readonly string[];
}

/** Finds, rewrites, writes and reports; returns the exit code. Throws a UsageError. */
export async function rewrite(given: RewriteArguments, cwd: string): Promise<number> {
  const format = given.format ?? (given.check || (given.write && !process.stdout.isTTY) ? 'names' : process.stdout.isTTY ? 'pretty' : 'patch');
  const own = await ownTransforms(given, cwd);
  const options = runOptions(given, own, cwd);
  const discovery = discover(given.paths.length > 0 ? given.paths : ['.'], cwd);
  assertUsable(discovery, cwd, format === 'patch');
  for (const note of discovery.notes) say(note);

  const outcomes: Outcome[] = [];
  const progress = new Progress(discovery.files.length);
  for (const file of discovery.files) {
    progress.show();
    outcomes.push(await runFile(file.path, options));
  }
  progress.end();

  if (given.target !== undefined && !outcomes.some((outcome) => outcome.hasTarget))
    throw new UsageError(`--target ${given.target}: no Dockerfile here has a stage of that name`);
  if (sayFaultsOf(own, outcomes)) return 3;
  const troubled = sayTroubles(outcomes, discovery);
  const written = given.write && writeAll(outcomes, cwd);
  sayUnmatched(given.only, outcomes);
  sayCounts(outcomes);
  if (format === 'patch') sayHowToApply(outcomes, cwd);
  process.stdout.write(report(outcomes, format, { ...given, written }));
  if (troubled || (given.write && !written)) return 3;
  return given.check && outcomes.some(({ status }) => status === 'changed') ? 1 : 0;
}

async function ownTransforms({ transform, only, skip }: RewriteArguments, cwd: string): Promise<readonly LoadedTransform[]> {
  const builtIn = transforms.map(({ id }) => id);
  const loaded = transform.length === 0 ? [] : await import('../load.ts').then(({ loadTransforms }) => loadTransforms(transform, cwd, new Set(builtIn)));
  const known = [...builtIn, ...loaded.map((one) => one.transform.id)];
  assertKnown(only, known, '--only');
  assertKnown(skip, known, '--skip');
  return loaded;
}

function runOptions({ level, only, skip, context, target, opt }: RewriteArguments, own: readonly LoadedTransform[], cwd: string): RunOptions {
  if (context !== undefined && (context === '' || !statSync(resolve(cwd, context), { throwIfNoEntry: false })?.isDirectory()))
    throw new UsageError(`--context ${context}: there is no such folder`);
  const mine = own.map(({ transform }) => transform);
  return { level, only, skip, context, target, transforms: mine, options: opt.length > 0 ? readOptions(opt, [...mine, ...transforms]) : undefined, cwd };
}

function assertUsable({ files, missing }: Discovery, cwd: string, relativePaths: boolean): void {
  const [first] = missing;
  if (first !== undefined) {
    const command = suggestion(first, ['list', 'explain']);
    throw new UsageError(`${first}: there is no such file or folder${command}`);
  }
  if (files.length === 0) throw new UsageError('no Dockerfile found; name one, or the folder that holds it');
  const outside = files.find(({ path }) => !isBelow(path, cwd));
  if (relativePaths && outside)
    throw new UsageError(
      `${outside.path} lies outside the working directory, to which the paths of a patch are relative; go there, or choose --format pretty or json`,
    );
}

/** A transform of the user's own that fails leaves every file alone. */
function sayFaultsOf(own: readonly LoadedTransform[], outcomes: readonly Outcome[]): boolean {
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
function sayTroubles(outcomes: readonly Outcome[], { files }: Discovery): boolean {
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

function sayUnmatched(only: readonly string[], outcomes: readonly Outcome[]): void {
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

/** In a folder `x`, git takes `a/x/y` for the path `y`, unless it is told how much to strip. */
function sayHowToApply(outcomes: readonly Outcome[], cwd: string): void {
  const below = relative(checkoutOf(cwd) ?? cwd, cwd).replaceAll('\\', '/');
  if (below !== '' && outcomes.some(({ path, status }) => status === 'changed' && path.startsWith(`${below}/`))) say('apply this patch with `git apply -p1`');
}

/** Writes what changed; true where all of it could be written. */
function writeAll(outcomes: readonly Outcome[], cwd: string): boolean {
  let written = true;
  for (const { path, status, original, text } of outcomes) {
    if (status !== 'changed') continue;
    const error = writeChangeSet([{ path: resolve(cwd, path), before: original, after: text }], cwd);
    if (!error) continue;
    written = false;
    say(`${path} was not written: ${error.because}`);
  }
  return written;
}

function say(text: string): void {
  process.stderr.write(`dockopt: ${text}\n`);
}
