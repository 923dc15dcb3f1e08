import { resolve } from 'node:path';
import type { Batch, IgnoreFileOutcome } from '../batch/batch.ts';
import type { CallerFileOutcome, CallerNote } from '../batch/caller-outcome.ts';
import { sentFromClone, type Sent } from '../batch/sent.ts';
import type { Change, Outcome, RunsAgain } from '../outcome.ts';
import { patchOf } from './patch.ts';

/** The report for programs, described in docs/report.schema.json. Within a version fields are added, never changed or taken away. Lines count from 1 in the original text. */
export interface JsonReport {
  readonly version: 1;
  readonly files: readonly JsonFile[];
  readonly ignoreFiles: readonly JsonIgnoreFile[];
  /** Files that build Dockerfiles and change with them. */
  readonly callerFiles: readonly JsonCallerFile[];
  /** What whoever keeps such a file has to do, or should know. */
  readonly callerNotes: readonly CallerNote[];
}

export interface JsonCallerFile extends Omit<CallerFileOutcome, 'original' | 'leaked'> {
  /** Unified, for `git apply`. */
  readonly patch: string;
}

export interface JsonFile extends Omit<Outcome, 'status' | 'original' | 'changes' | 'judgement' | 'context' | 'runsAgain' | 'secrets'> {
  readonly context: Outcome['context'] | null;
  readonly outcome: Outcome['status'];
  readonly changes: readonly JsonChange[];
  readonly judgement: readonly JsonChange[];
  /** Which RUNs run again after typical edits; empty where nothing changes. */
  readonly runsAgain: readonly RunsAgain[];
  /** Unified, for `git apply`; empty where nothing changes. */
  readonly patch: string;
}

export type JsonChange = Omit<Change, 'seen' | 'edits'>;

export interface JsonIgnoreFile extends Omit<IgnoreFileOutcome, 'original'> {
  /** What a build sends of a fresh clone, its `.git` not counted. */
  readonly clone: { readonly before: Sent | undefined; readonly after: Sent | undefined };
  /** Unified, for `git apply`. */
  readonly patch: string;
}

export function jsonReport({ outcomes, ignoreFiles, callerFiles, callerNotes }: Batch, cwd: string): string {
  const report: JsonReport = {
    version: 1,
    files: outcomes.map(jsonFile),
    ignoreFiles: ignoreFiles.map((file) => jsonIgnoreFile(file, cwd)),
    callerFiles: callerFiles.map(jsonCallerFile),
    callerNotes,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function jsonFile(outcome: Outcome): JsonFile {
  const { path, context, contexts, status, changes, judgement, declined, counts, faults, unusedSuppressions, suppressionDates, notUnderstood, error, text } =
    outcome;
  return {
    path,
    context: context ?? null,
    contexts,
    outcome: status,
    changes: changes.map(jsonChange),
    judgement: judgement.map(jsonChange),
    declined,
    counts,
    faults,
    unusedSuppressions,
    suppressionDates,
    notUnderstood,
    error,
    runsAgain: outcome.runsAgain?.() ?? [],
    patch: patchOf(outcome),
    text,
  };
}

function jsonIgnoreFile(outcome: IgnoreFileOutcome, cwd: string): JsonIgnoreFile {
  const { original, ...shown } = outcome;
  const [before, after] = sentFromClone(resolve(cwd, outcome.context), [original, outcome.text]);
  return { ...shown, clone: { before, after }, patch: patchOf(outcome) };
}

function jsonCallerFile(outcome: CallerFileOutcome): JsonCallerFile {
  const { path, text, askedBy } = outcome;
  return { path, text, askedBy, patch: patchOf(outcome) };
}

function jsonChange({ seen: _seen, edits: _edits, ...change }: Change): JsonChange {
  return change;
}
