import { resolve } from 'node:path';
import * as v from 'valibot';
import type { CarriedOutcome } from '../batch/carried.ts';
import { readJournal, type JournalRead } from '../batch/journal.ts';
import { UsageError } from '../usage-error.ts';
import { joinedReports } from './merge-reports.ts';
import { say } from './outcomes.ts';
import { rewrite, type RewriteArguments } from './rewrite.ts';

/** Joins the journals of a run's shards (paths) and goes on as the one run would have, or their JSON reports into one; returns the exit code. Throws a UsageError. */
export async function merge(journals: readonly string[], given: Omit<RewriteArguments, keyof ChosenBefore>, cwd: string): Promise<number> {
  const reports = joinedReports(journals, cwd);
  if (reports !== undefined) {
    const { write, check, patchDir, groupBy, commit, journal, format = 'json' } = given;
    const wantsMore = write || check || commit || [patchDir, groupBy, journal].some((one) => one !== undefined) || format !== 'json';
    if (wantsMore) throw new UsageError('JSON reports are joined into one JSON report; for all else merge the journals of the shards (--journal)');
    process.stdout.write(reports);
    return 0;
  }
  const read = journals.map((path) => ({ path, journal: readOne(path, cwd) }));
  const [first, ...others] = read;
  if (!first) throw new UsageError('name the journals that the shards wrote (--journal)');
  for (const { path, journal } of others) {
    if (journal.head.content !== first.journal.head.content)
      throw new UsageError(`${path} is of another state of the repository than ${first.path}: run the shards on one commit`);
    if (journal.head.configuration !== first.journal.head.configuration)
      throw new UsageError(`${path} was written under other options, or another configuration or dockopt, than ${first.path}`);
  }
  assertAll(read.map(({ journal }) => journal));
  const chosen = v.safeParse(chosenBefore, first.journal.head.selection);
  if (!chosen.success) throw new UsageError(`${first.path} does not say what was chosen: it is of another dockopt`);
  const outcomes = new Map<string, CarriedOutcome>(read.flatMap(({ journal }) => [...journal.outcomes]));
  say(`${read.length === 1 ? 'one journal' : `${read.length} journals`} with ${outcomes.size} Dockerfiles`);
  const { level, context, target, prefer, config, onlyNew, baseline, ...more } = chosen.output;
  return rewrite({ ...given, ...more, level, context, target, prefer, config, onlyNew, baseline }, cwd, { head: first.journal.head, outcomes });
}

function readOne(path: string, cwd: string): JournalRead {
  try {
    const journal = readJournal(resolve(cwd, path));
    if (journal) return journal;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  throw new UsageError(`${path}: there is no such journal, or nothing in it`);
}

/** Every shard has to be there; a run that was not parted is one. */
function assertAll(journals: readonly JournalRead[]): void {
  const shards = journals.map(({ head }) => head.shard ?? { number: 1, of: 1 });
  const of = shards[0]?.of ?? 1;
  if (shards.some((shard) => shard.of !== of)) throw new UsageError('the journals are of runs with different numbers of shards');
  const numbers = new Set(shards.map(({ number }) => number));
  const missing = Array.from({ length: of }, (_none, index) => index + 1).filter((number) => !numbers.has(number));
  if (missing.length > 0) throw new UsageError(`the journal of shard ${missing.map((number) => `${number}/${of}`).join(', ')} is missing`);
}

const texts = v.array(v.string());

const chosenBefore = v.object({
  paths: texts,
  level: v.optional(v.picklist(['safe', 'review'])),
  only: texts,
  skip: texts,
  context: v.optional(v.string()),
  target: v.optional(v.string()),
  prefer: v.optional(v.picklist(['alpine', 'distroless'])),
  transform: texts,
  opt: texts,
  config: v.optional(v.string()),
  onlyNew: v.optional(v.string()),
  baseline: v.optional(v.union([v.string(), v.literal(false)])),
});

type ChosenBefore = v.InferOutput<typeof chosenBefore>;
