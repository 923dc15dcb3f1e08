import { existsSync, rmSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Batch } from '../batch/batch.ts';
import { carried, type CarriedOutcome } from '../batch/carried.ts';
import { fingerprintOfConfiguration, fingerprintOfContent } from '../batch/fingerprint.ts';
import { readJournal, writeJournal, type JournalHead, type JournalRead, type JournalWriter, type Settled } from '../batch/journal.ts';
import type { Shard } from '../batch/shard.ts';
import { git } from '../git.ts';
import type { Outcome } from '../outcome.ts';
import { UsageError } from '../usage-error.ts';
import type { Configured } from './configure.ts';
import { say, type Selection } from './outcomes.ts';

/** How a run is kept, so that another one may go on with it. */
export interface Course {
  /** As given. */
  readonly journal: string | undefined;
  readonly resume: boolean;
  readonly shard: Shard | undefined;
  /** Files are written at the end. */
  readonly write: boolean;
  /** What other runs found, which has to hold here. */
  readonly joined: Joined | undefined;
}

export type Joined = Pick<JournalRead, 'head' | 'outcomes'>;

/** What is known from before, and where what follows is kept. */
export interface Kept {
  /** By absolute path. */
  readonly known: ReadonlyMap<string, Outcome>;
  /** Where the run before came as far as writing. */
  readonly settled: Settled | undefined;
  readonly journal: KeptJournal | undefined;
}

export interface KeptJournal {
  add(path: string, outcome: Outcome): void;
  settle(batch: Batch): void;
  /** All is done: what nobody asked for goes. */
  end(): void;
}

/** Fewer Dockerfiles are looked at again sooner than a journal is read. */
const many = 20;

/** Opens the journal of a run over Dockerfiles (absolute paths, those of other shards among them), where one is to be kept. Throws a UsageError. */
export function keep(
  course: Course,
  paths: readonly string[],
  { optionsOf, own }: Pick<Configured, 'optionsOf' | 'own'>,
  selection: Selection,
  cwd: string,
): Kept {
  const place = course.journal === undefined ? (course.write || course.resume ? usualPlace(cwd) : undefined) : resolve(cwd, course.journal);
  const isAsked = course.journal !== undefined || course.resume;
  if (place === undefined || (!isAsked && paths.length <= many)) {
    if (course.resume) throw new UsageError('--resume needs a git checkout, which holds the journal, or --journal FILE');
    if (!course.joined) return { known: new Map(), settled: undefined, journal: undefined };
  }
  const head: JournalHead = {
    journal: 1,
    configuration: fingerprintOfConfiguration(paths, optionsOf, own),
    content: fingerprintOfContent(cwd),
    shard: course.shard,
    selection,
  };
  if (course.joined) assertSame(course.joined.head, head);
  const before = place !== undefined && course.resume ? usable(place, head, cwd) : undefined;
  const { outcomes = new Map<string, CarriedOutcome>() } = before ?? course.joined ?? {};
  const journal = place === undefined ? undefined : journalAt(place, head, before?.length, course.journal !== undefined, cwd);
  const known = new Map<string, Outcome>([...outcomes].map(([path, outcome]) => [resolve(cwd, path), outcome]));
  if (!before) for (const [path, outcome] of known) journal?.add(path, outcome);
  return { known, settled: before?.settled, journal };
}

function journalAt(place: string, head: JournalHead, behind: number | undefined, isToStay: boolean, cwd: string): KeptJournal | undefined {
  const nameOf = (path: string): string => relative(cwd, path).replaceAll(sep, '/');
  let writer: JournalWriter;
  try {
    writer = writeJournal(place, head, behind);
  } catch (error) {
    if (isToStay) throw new UsageError(`--journal ${nameOf(place)} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
  return {
    add: (path, outcome) => writer.add(nameOf(path), carried(outcome)),
    settle: (batch) => writer.settle({ ...batch, outcomes: batch.outcomes.map(carried) }),
    end: () => {
      if (!isToStay) rmSync(place, { force: true });
    },
  };
}

function usualPlace(cwd: string): string | undefined {
  try {
    return join(git(cwd, 'rev-parse', '--absolute-git-dir').trim(), 'dockopt-journal.jsonl');
  } catch {
    return undefined;
  }
}

/** The journal to go on with, where what it was written under still holds. */
function usable(place: string, head: JournalHead, cwd: string): JournalRead | undefined {
  const shown = relative(cwd, place);
  if (!existsSync(place)) {
    say(`there is no journal of an unfinished run at ${shown}: starting at the beginning`);
    return undefined;
  }
  let before: JournalRead | undefined;
  try {
    before = readJournal(place);
  } catch (error) {
    throw new UsageError(`--resume: ${error instanceof Error ? error.message : String(error)}; name another with --journal, or delete it`);
  }
  if (!before) return undefined;
  const { configuration, content, shard } = before.head;
  const changed = [
    ...(configuration === head.configuration ? [] : ['the options, the configuration or the Dockerfiles that they hold for have changed']),
    ...(JSON.stringify(shard) === JSON.stringify(head.shard) ? [] : ['the shard has changed']),
    // What that run wrote itself is held against each file.
    ...(before.settled || content === head.content ? [] : ['files of the repository have changed']),
  ];
  if (changed.length > 0) {
    say(`${changed.join(', and ')} since the unfinished run: starting over`);
    return undefined;
  }
  say(before.settled ? 'going on with writing' : `${before.outcomes.size} Dockerfiles were looked at before`);
  return before;
}

function assertSame(joined: JournalHead, head: JournalHead): void {
  if (joined.content !== head.content) throw new UsageError('the journals are of another state of the repository than this checkout');
  if (joined.configuration !== head.configuration) throw new UsageError('another configuration is in force here than in the journals, or another dockopt');
}
