import type { DigestOf } from '../bases/digests.ts';
import type { Images } from '../bases/likened.ts';
import type { ColdBuilds } from '../build-input.ts';
import type { Preference } from '../bases/preferred-rows.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import type { Dockerfile, Instruction, NotUnderstood } from '../dockerfile/model.ts';
import { touchedBy } from '../dockerfile/touched.ts';
import { isRefused, type Verdict } from '../legality/question.ts';
import { once } from '../once.ts';
import type { Change, Counted, Declined, Fault, Level, SuppressionDate } from '../outcome.ts';
import type { Given } from '../steps/facts.ts';
import { readFacts } from '../steps/read.ts';
import { addEdits, applyEdits, Lines, shiftsOf, type Edit, type Shifts } from '../text.ts';
import type { Found, Transform } from '../transform.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import { check } from './check.ts';
import { findWithAll, type FactsByContext, type NamedContext } from './find.ts';
import { back, type Trail } from './positions.ts';
import { readSuppressions, silencedBy } from './suppressions.ts';

export interface PipelineOptions {
  /** As it is named in finding ids. */
  readonly path: string;
  readonly transforms: readonly Transform[];
  readonly level: Exclude<Level, 'advice'>;
  readonly context: ContextFiles;
  /** What else it is built with: a change must hold with each. */
  readonly otherContexts?: readonly NamedContext[] | undefined;
  /** The stages that `--target` or a caller names. */
  readonly targets?: readonly string[] | undefined;
  /** What images that dockopt cannot know are like. */
  readonly images?: Images | undefined;
  /** What people want what is shipped to be built FROM. */
  readonly prefers?: Preference | undefined;
  /** What callers build for. */
  readonly platforms?: readonly string[] | undefined;
  /** What callers give to the build. */
  readonly given?: Given | undefined;
  /** What registries say of images. */
  readonly digestOf?: DigestOf | undefined;
  /** Builds in CI that begin without a cache. */
  readonly cold?: ColdBuilds | undefined;
  /** Ids of findings (`id@path:line`); where some are given only they are made. */
  readonly onlyFindings?: ReadonlySet<string> | undefined;
  readonly skipFindings?: ReadonlySet<string> | undefined;
  /** What is said outside of this Dockerfile of findings, by id: another one shares its context, or is built in another one, too. */
  readonly outside?: ReadonlyMap<string, Verdict> | undefined;
  /** As `2027-01-01`: from when on comments with an earlier `until` silence no more; without it all of them hold. */
  readonly today?: string | undefined;
  /** Refusals that tests switch off. */
  readonly without?: ReadonlySet<string> | undefined;
}

export interface PipelineResult {
  readonly text: string;
  readonly changes: readonly Change[];
  readonly judgement: readonly Change[];
  readonly declined: readonly Declined[];
  readonly counts: readonly Counted[];
  readonly faults: readonly Fault[];
  readonly unusedSuppressions: readonly number[];
  readonly suppressionDates: readonly SuppressionDate[];
  readonly notUnderstood?: NotUnderstood | undefined;
}

const mostRounds = 10;

/** Runs transforms over one Dockerfile until nothing changes; at level `safe` tells what `review` would add. */
export function runPipeline(original: string, options: PipelineOptions): PipelineResult {
  const reading = readDockerfile(original);
  return 'dockerfile' in reading ? rewriteDockerfile(reading.dockerfile, options) : { ...unchanged(original), notUnderstood: reading.notUnderstood };
}

/** The same for one that is read already. */
export function rewriteDockerfile(dockerfile: Dockerfile, options: PipelineOptions): PipelineResult {
  const result = rewrite(dockerfile, options, 'own');
  // Whose edits they are that the two readings disagree about is known where each text on the way is read twice.
  return result.text === dockerfile.text || 'dockerfile' in readDockerfile(result.text) ? result : rewrite(dockerfile, options, 'both');
}

/** A finding on a text that nothing has changed yet. */
export interface FirstFinding {
  readonly id: string;
  /** `id@path:line`. */
  readonly finding: string;
  readonly level: Level;
  readonly at: Instruction;
}

/** What each transform finds on the text as it stands, alone, but for what a comment silences; of one that fails nothing. */
export function firstFindings(dockerfile: Dockerfile, options: PipelineOptions): FirstFinding[] {
  const suppressions = readSuppressions(dockerfile, options.today);
  const facts = suppressions.wholeFile ? undefined : readingOnce(dockerfile, options, 'own')(dockerfile.text);
  if (!facts) return [];
  const lines = new Lines(dockerfile.text);
  return options.transforms.flatMap((transform) => {
    const { id } = transform;
    return foundOrNone(transform, facts, options).flatMap((found) => {
      if (found.kind !== 'finding') return [];
      const { at, edits, ignores = [], wants = [], level } = found;
      if (level !== 'advice' && edits.length + ignores.length + wants.length === 0) return [];
      if (silencedBy(suppressions, id, [at, ...touchedBy(dockerfile, edits)])) return [];
      return [{ id, finding: `${id}@${options.path}:${lines.lineOf(at.range.start)}`, level, at }];
    });
  });
}

function foundOrNone(transform: Transform, facts: FactsByContext, options: PipelineOptions): readonly Found[] {
  try {
    return findOnce(facts, options.otherContexts)(transform);
  } catch {
    return [];
  }
}

function rewrite(dockerfile: Dockerfile, options: PipelineOptions, readings: 'both' | 'own'): PipelineResult {
  const original = dockerfile.text;
  const suppressions = readSuppressions(dockerfile, options.today);
  if (suppressions.wholeFile) return { ...unchanged(original), suppressionDates: suppressions.dates };
  const faults: Fault[] = [];
  const lines = new Lines(original);
  const read = readingOnce(dockerfile, options, readings);
  const run = settle(original, [], lines, read, options, faults);
  // Where nothing waits for it and nothing is switched off, `review` finds what the last round at `safe` found.
  const judges = options.level === 'safe' && (run.heldBack || faults.length > 0);
  const judged = judges ? settle(run.text, run.trail, lines, read, { ...options, level: 'review' }, []) : undefined;
  const used = new Set([...run.used, ...(judged?.used ?? [])]);
  // What a comment keeps away may not have run this time.
  const ran = new Set(options.transforms.map(({ id }) => id));
  return {
    text: run.text,
    changes: [...run.changes, ...run.hides],
    judgement: [...(judged?.changes ?? []), ...(judged?.hides ?? []).filter(({ level }) => level === 'review'), ...(judged ?? run).advice],
    declined: run.declined,
    counts: [...run.counts].flatMap(([id, counts]) => [...counts].map(([name, quantity]) => ({ id, name, quantity }))),
    faults,
    unusedSuppressions: suppressions.comments.filter(({ line, ids }) => !used.has(line) && ids.every((id) => ran.has(id))).map(({ line }) => line),
    suppressionDates: suppressions.dates,
  };
}

function unchanged(original: string): PipelineResult {
  return { text: original, changes: [], judgement: [], declined: [], counts: [], faults: [], unusedSuppressions: [], suppressionDates: [] };
}

interface Run {
  text: string;
  trail: Shifts[];
  changes: Change[];
  /** Of the last round: changes to the ignore file, or to the files that build it, alone. */
  hides: Change[];
  declined: Declined[];
  advice: Change[];
  counts: Map<string, ReadonlyMap<string, number>>;
  /** The last round found what only `review` allows. */
  heldBack: boolean;
  /** Original lines of suppressions that silenced something. */
  used: Set<number>;
}

/** Rounds over all transforms until a whole round changes nothing; those that never settle are switched off and it starts again. */
function settle(start: string, trail: Trail, lines: Lines, read: ReadFacts, options: PipelineOptions, faults: Fault[]): Run {
  const { acting, telling } = byEffect(options);
  const off = new Set<string>();
  for (;;) {
    const run: Run = { text: start, trail: [...trail], changes: [], hides: [], declined: [], advice: [], counts: new Map(), heldBack: false, used: new Set() };
    const seen = new Set([start]);
    let unsettled: string[] | undefined;
    for (let round = 0; ; round++) {
      run.hides = [];
      run.declined = [];
      run.advice = [];
      run.heldBack = false;
      const changed = oneRound(acting, run, read, options, off, faults, lines);
      if (changed.length === 0) {
        oneRound(telling, run, read, options, off, faults, lines);
        return run;
      }
      if (round + 1 < mostRounds && !seen.has(run.text) && run.text.length <= mostGrown(start)) {
        seen.add(run.text);
        continue;
      }
      unsettled = changed;
      break;
    }
    for (const id of unsettled) {
      off.add(id);
      faults.push({ id, message: 'it does not come to rest on this file and was switched off' });
    }
  }
}

/** Those that may change the text at this level, and those that can only tell what they would do: these are asked of the settled text alone. */
function byEffect({ transforms, level }: PipelineOptions): { acting: Transform[]; telling: Transform[] } {
  const acts = (transform: Transform): boolean => level === 'review' || transform.level === 'safe';
  return { acting: transforms.filter(acts), telling: transforms.filter((transform) => !acts(transform)) };
}

/** In characters: a text that grows beyond that does not come to rest. Mounts may make a short RUN several times as long. */
function mostGrown(text: string): number {
  return 2 * text.length + 256 * text.split('\n').length + 4096;
}

/** Each transform until it finds nothing more, so that none meets the half of what another one does; the ids of those that changed the text. */
function oneRound(
  transforms: readonly Transform[],
  run: Run,
  read: ReadFacts,
  options: PipelineOptions,
  off: Set<string>,
  faults: Fault[],
  lines: Lines,
): string[] {
  const changed = new Set<string>();
  const most = mostGrown(run.text);
  let facts: FactsByContext | undefined;
  for (const transform of transforms) {
    for (let turn = 0; turn < mostRounds && run.text.length <= most && !off.has(transform.id); turn++) {
      facts ??= read(run.text);
      if (!facts) return [...changed];
      const told = { hides: run.hides.length, declined: run.declined.length, advice: run.advice.length };
      const edits = oneTurn(run, facts, transform, options, off, faults, lines);
      if (!edits) break;
      const after = read(applyEdits(run.text, edits.all));
      const wrong = after ? checkWithAll(facts, after, edits.all, transform) : 'the result is no Dockerfile any more';
      if (!after || wrong !== undefined) {
        off.add(transform.id);
        faults.push({ id: transform.id, message: `its edits were undone, they fail the check: ${wrong ?? ''}` });
        break;
      }
      run.text = after[0].dockerfile.text;
      run.trail.push(shiftsOf(edits.all));
      run.changes.push(...edits.changes);
      facts = after;
      changed.add(transform.id);
      // The next turn tells it again.
      run.hides.length = told.hides;
      run.declined.length = told.declined;
      run.advice.length = told.advice;
    }
  }
  return [...changed];
}

function checkWithAll(before: FactsByContext, after: FactsByContext, edits: readonly Edit[], transform: Transform): string | undefined {
  for (const [context, facts] of after.entries()) {
    const wrong = check(before[context] ?? before[0], facts, edits, transform);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

type ReadFacts = (text: string) => FactsByContext | undefined;

/** Reads each text once: the rounds, the check and the second run at `review` meet the same ones again. */
function readingOnce(original: Dockerfile, options: PipelineOptions, readings: 'both' | 'own'): ReadFacts {
  const { context, otherContexts = [] } = options;
  const withAll = (dockerfile: Dockerfile): FactsByContext => [
    readFacts(dockerfile, { ...options, context }),
    ...otherContexts.map(({ files }) => readFacts(dockerfile, { ...options, context: files })),
  ];
  const known = new Map<string, FactsByContext | undefined>([[original.text, withAll(original)]]);
  return (text) => {
    if (known.has(text)) return known.get(text);
    const reading = readDockerfile(text, readings);
    const facts = 'dockerfile' in reading ? withAll(reading.dockerfile) : undefined;
    known.set(text, facts);
    return facts;
  };
}

/** The last rounds and the run at `review` ask the same of the same text again. */
const findOnce = once((facts: FactsByContext, others: readonly NamedContext[] = []) => once((transform: Transform) => findWithAll(transform, facts, others)));

function skips({ skipFindings, path }: PipelineOptions, id: string, first: number, last: number): boolean {
  if (!skipFindings?.size) return false;
  for (let line = first; line <= Math.max(first, last); line++) if (skipFindings.has(`${id}@${path}:${line}`)) return true;
  return false;
}

/** What one transform finds on the text as it is: the edits to make now, declines and advice noted. */
function oneTurn(
  run: Run,
  facts: FactsByContext,
  transform: Transform,
  options: PipelineOptions,
  off: Set<string>,
  faults: Fault[],
  lines: Lines,
): { all: Edit[]; changes: Change[] } | undefined {
  const all: Edit[] = [];
  const changes: Change[] = [];
  const counts = new Map<string, number>();
  const { dockerfile } = facts[0];
  const suppressions = readSuppressions(dockerfile, options.today);
  const originalLine = (offset: number): number => lines.lineOf(Math.min(back(run.trail, offset), lines.text.length));
  try {
    for (const found of findOnce(facts, options.otherContexts)(transform)) {
      if (found.kind === 'count') {
        counts.set(found.name, (counts.get(found.name) ?? 0) + found.quantity);
        continue;
      }
      const line = originalLine(found.at.range.start);
      const id = `${transform.id}@${options.path}:${line}`;
      const places = found.kind === 'decline' ? [found.at] : [found.at, ...touchedBy(dockerfile, found.edits)];
      const silenced = silencedBy(suppressions, transform.id, places);
      if (silenced) {
        run.used.add(originalLine(silenced.instruction.comments.find((comment) => comment.line === silenced.line)?.start ?? 0));
        continue;
      }
      if (found.kind === 'decline') {
        run.declined.push({ id: transform.id, finding: id, refusal: found.refusal, because: found.because, line });
        continue;
      }
      if (options.onlyFindings?.size && !options.onlyFindings.has(id)) continue;
      // What several instructions became is skipped where one of them is.
      const last = options.skipFindings?.size ? originalLine(found.at.range.end - 1) : line;
      if (skips(options, transform.id, line, last)) continue;
      const outside = options.outside?.get(id);
      if (outside && isRefused(outside)) {
        run.declined.push({ id: transform.id, finding: id, refusal: outside.refused, because: outside.because, line });
        continue;
      }
      const { message, because, saves, edits, ignores = [], wants = [] } = found;
      const { level, differs } = outside && found.level === 'safe' ? { level: outside.allowed, differs: outside.differs } : found;
      const change: Change = { id: transform.id, finding: id, level, message, because, differs, saves, line, seen: run.text, edits, ignores, wants };
      if (level === 'advice') run.advice.push(change);
      if (level === 'advice' || edits.length + ignores.length + wants.length === 0) continue;
      if (level === 'review' && options.level === 'safe') {
        run.heldBack = true;
        continue;
      }
      if (edits.length === 0) run.hides.push(change);
      else if (addEdits(all, edits)) changes.push(change);
    }
    applyEdits(run.text, all);
    // What was counted in the text as it was.
    if (!run.counts.has(transform.id)) run.counts.set(transform.id, counts);
  } catch (error) {
    off.add(transform.id);
    faults.push({ id: transform.id, message: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
  return all.length > 0 ? { all, changes } : undefined;
}
