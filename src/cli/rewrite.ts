import { relative, resolve } from 'node:path';
import type { Outcome } from '../outcome.ts';
import { checkoutOf } from '../root.ts';
import { writeChangeSet } from '../write.ts';
import { findOutcomes, say, type Selection } from './outcomes.ts';
import { report } from './report.ts';

export interface RewriteArguments extends Selection {
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
  const found = await findOutcomes(given, cwd, format === 'patch');
  if (!found) return 3;
  const { outcomes, troubled } = found;
  const written = given.write && writeAll(outcomes, cwd);
  if (format === 'patch') sayHowToApply(outcomes, cwd);
  process.stdout.write(report(outcomes, format, { ...given, written }));
  if (troubled || (given.write && !written)) return 3;
  return given.check && outcomes.some(({ status }) => status === 'changed') ? 1 : 0;
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
