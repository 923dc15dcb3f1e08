import { statSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { resolve } from 'node:path';
import type { Outcome } from '../outcome.ts';
import { wantsOf, type CallerNote } from '../batch/caller-outcome.ts';
import { noteText } from '../report/caller-notes.ts';
import { realPath } from '../root.ts';
import { runFile, type RunOptions } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { configure } from './configure.ts';
import { report } from './report.ts';
import { assertTarget, assertUsable, say, sayExclusion, sayFaultsOf, sayTroubles, sayUnmatched, sayUnreached, withoutAccepted } from './outcomes.ts';
import type { RewriteArguments } from './rewrite.ts';

/** Rewrites the Dockerfile on stdin as if it lay at a path, which need not be there; returns the exit code. Throws a UsageError. */
export async function rewriteStdin(name: string, given: RewriteArguments, cwd: string): Promise<number> {
  const path = resolve(cwd, name);
  if (name === '' || statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--stdin-filename ${name}: it is a folder; name a Dockerfile`);
  const files = [{ path, named: true }];
  assertUsable({ files, missing: [], notes: [] }, cwd, given.format === 'patch');
  const { own, notes, registry, baseline, exclusion, ...configured } = await configure(given, cwd);
  notes.forEach(say);
  const bytes = await buffer(process.stdin);
  const optionsOf = baseline === undefined ? configured.optionsOf : await withoutAccepted(baseline, [path], configured.optionsOf, cwd, bytes);
  const by = exclusion(path);
  sayExclusion(path, by, cwd);
  const outcomes = by === undefined ? [await runAlone(path, optionsOf(path), bytes)] : [];
  sayUnreached(registry);
  assertTarget(given.target, outcomes);
  if (sayFaultsOf(own, outcomes)) {
    await print(given, [], bytes, []);
    return 3;
  }
  const troubled = sayTroubles(outcomes, files);
  sayUnmatched(given.only, outcomes);
  // Where only a Dockerfile comes out, its callers are told what to do.
  const [outcome] = outcomes;
  const callerNotes =
    outcome && wantsOf(outcome).length > 0 ? await (await import('../batch/caller-files.ts')).tellCallers({ place: realPath(path), outcome }, cwd) : [];
  if (given.format === undefined) for (const note of callerNotes) say(noteText(note));
  await print(given, outcomes, bytes, callerNotes);
  if (troubled) return 3;
  return given.check && outcomes.some(({ status }) => status === 'changed') ? 1 : 0;
}

/** Runs over a Dockerfile beside which no ignore file can be written. */
async function runAlone(path: string, options: RunOptions, bytes: Uint8Array): Promise<Outcome> {
  const outcome = await runFile(path, options, bytes);
  const asking = outcome.changes.filter(({ ignores }) => ignores.length > 0);
  if (asking.length === 0) return outcome;
  const because = 'it goes with lines of the ignore file, which is written where dockopt reads the Dockerfile itself';
  return runFile(path, { ...options, outside: new Map(asking.map(({ finding }) => [finding, { refused: 'needs-ignore-file', because }])) }, bytes);
}

/** The report, where a form is asked for; else the new Dockerfile, byte for byte the old one where nothing changed. */
async function print(given: RewriteArguments, outcomes: readonly Outcome[], bytes: Uint8Array, callerNotes: readonly CallerNote[]): Promise<void> {
  if (given.format) process.stdout.write(await report({ outcomes, ignoreFiles: [], callerFiles: [], callerNotes }, given.format, { ...given, written: false }));
  else if (!given.check) process.stdout.write(outcomes.find(({ status }) => status === 'changed')?.text ?? bytes);
}
