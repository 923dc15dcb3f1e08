import { relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { changeSets } from '../batch/change-sets.ts';
import { changedPaths } from '../report/names.ts';
import { noteText } from '../report/caller-notes.ts';
import { folderInCheckout } from '../root.ts';
import { UsageError } from '../usage-error.ts';
import { isWritten, writeChangeSet } from '../write.ts';
import type { Course, Joined } from './course.ts';
import { Interrupts } from './interrupts.ts';
import { findOutcomes, say, selected, type Found, type Selection } from './outcomes.ts';
import type { PortionArguments } from './portions.ts';
import { report, type Format } from './report.ts';

export interface RewriteArguments extends Selection, PortionArguments, Pick<Course, 'journal' | 'resume' | 'shard'> {
  readonly progress: boolean;
  readonly write: boolean;
  readonly check: boolean;
  readonly why: boolean;
  /** As given; undefined: what suits stdout. */
  readonly format: Format | undefined;
  /** The arguments as they were typed. */
  readonly typed: readonly string[];
}

/** Finds, rewrites, writes and reports; returns the exit code. `joined`: what other runs found. Throws a UsageError. */
export async function rewrite(given: RewriteArguments, cwd: string, joined?: Joined): Promise<number> {
  const format = given.format ?? (given.check || (given.write && !process.stdout.isTTY) ? 'names' : process.stdout.isTTY ? 'pretty' : 'patch');
  const parted = given.groupBy !== undefined || given.patchDir !== undefined || given.commit ? await import('./portions.ts') : undefined;
  const handOut = await parted?.prepare(given, cwd);
  const interrupts = new Interrupts();
  const { journal, resume, shard, write, progress } = given;
  const course = { journal, resume, shard, write, joined };
  const isStopped = (): boolean => interrupts.exitCode !== undefined;
  const found = await findOutcomes(selected(given), cwd, { relativePaths: format === 'patch' || given.patchDir !== undefined, course, progress, isStopped });
  if (!found) return interrupts.exitCode ?? 3;
  if (parted && found.resumed) throw new UsageError('an unfinished run has begun to write: end it with --write --resume alone');
  if (handOut) {
    interrupts.end();
    const code = await handOut(found);
    found.journal?.end();
    return code;
  }
  const portions = format === 'pretty' || format === 'markdown' ? await parted?.portionsIn(found, given, cwd) : undefined;
  if (write && !found.resumed) found.journal?.settle(found);
  const written = write && (await writeAll(found, cwd, isStopped));
  if (interrupts.exitCode !== undefined) return interrupts.exitCode;
  interrupts.end();
  found.journal?.end();
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
  const below = folderInCheckout(cwd);
  return below !== '' && paths.some((path) => path.startsWith(`${below}/`));
}

/** Writes what changed, an ignore file together with the Dockerfiles that need it; true where all of it could be written. A set that is begun is ended. */
async function writeAll(found: Found, cwd: string, isStopped: () => boolean): Promise<boolean> {
  let written = true;
  const sets = changeSets(found, cwd);
  for (const [index, whole] of sets.entries()) {
    await setImmediate();
    if (isStopped()) {
      say(
        `stopped: ${index} of ${sets.length} change sets are written, each of them whole${found.journal ? '; with --resume another run writes the others' : ''}`,
      );
      return false;
    }
    const set = found.resumed ? whole.filter((file) => !isWritten(file)) : whole;
    const error = writeChangeSet(set, cwd);
    if (!error) continue;
    written = false;
    const others = set.length > 1 ? ', and nothing that goes with it' : '';
    say(`${relative(cwd, error.path)} was not written${others}: ${error.because}`);
  }
  return written;
}
