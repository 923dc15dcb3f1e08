import { relative } from 'node:path';
import type { Batch } from '../batch/batch.ts';
import { changeSets } from '../batch/change-sets.ts';
import { changedPaths } from '../report/names.ts';
import { noteText } from '../report/caller-notes.ts';
import { checkoutOf } from '../root.ts';
import { writeChangeSet } from '../write.ts';
import { findOutcomes, say, type Selection } from './outcomes.ts';
import type { PortionArguments } from './portions.ts';
import { report, type Format } from './report.ts';

export interface RewriteArguments extends Selection, PortionArguments {
  readonly write: boolean;
  readonly check: boolean;
  readonly why: boolean;
  /** As given; undefined: what suits stdout. */
  readonly format: Format | undefined;
  /** The arguments as they were typed. */
  readonly typed: readonly string[];
}

/** Finds, rewrites, writes and reports; returns the exit code. Throws a UsageError. */
export async function rewrite(given: RewriteArguments, cwd: string): Promise<number> {
  const format = given.format ?? (given.check || (given.write && !process.stdout.isTTY) ? 'names' : process.stdout.isTTY ? 'pretty' : 'patch');
  const parted = given.groupBy !== undefined || given.patchDir !== undefined || given.commit ? await import('./portions.ts') : undefined;
  const handOut = await parted?.prepare(given, cwd);
  const found = await findOutcomes(given, cwd, format === 'patch' || given.patchDir !== undefined);
  if (!found) return 3;
  if (handOut) return handOut(found);
  const portions = format === 'pretty' ? await parted?.portionsIn(found, given, cwd) : undefined;
  const written = given.write && writeAll(found, cwd);
  const paths = changedPaths(found);
  if (format === 'patch') sayHowToApply(paths, cwd);
  // The other forms show them.
  if (format === 'names') for (const note of found.callerNotes) say(noteText(note));
  process.stdout.write(await report(found, format, { ...given, written, portions }));
  if (found.troubled || (given.write && !written)) return 3;
  return given.check && paths.length > 0 ? 1 : 0;
}

/** In a folder `x`, git takes `a/x/y` for the path `y`, unless it is told how much to strip. */
function sayHowToApply(paths: readonly string[], cwd: string): void {
  if (wantsStrip(paths, cwd)) say('apply this patch with `git apply -p1`');
}

export function wantsStrip(paths: readonly string[], cwd: string): boolean {
  const below = relative(checkoutOf(cwd) ?? cwd, cwd).replaceAll('\\', '/');
  return below !== '' && paths.some((path) => path.startsWith(`${below}/`));
}

/** Writes what changed, an ignore file together with the Dockerfiles that need it; true where all of it could be written. */
function writeAll(batch: Batch, cwd: string): boolean {
  let written = true;
  for (const set of changeSets(batch, cwd)) {
    const error = writeChangeSet(set, cwd);
    if (!error) continue;
    written = false;
    const others = set.length > 1 ? ', and nothing that goes with it' : '';
    say(`${relative(cwd, error.path)} was not written${others}: ${error.because}`);
  }
  return written;
}
