import { ask, isRefused, type Allowed, type Refused, type Verdict } from '../legality/question.ts';
import { mayHide } from '../legality/hide.ts';
import type { Change, Declined, Level } from '../outcome.ts';
import type { Facts } from '../steps/facts.ts';
import { lossOf } from '../ignore-lines.ts';
import type { IgnoreLine } from '../transform.ts';
import { hideWhatComesBack } from '../workspace/ignore.ts';
import { distinctLines, extended } from './ignore-text.ts';

/** A Dockerfile for which an ignore file is in force. */
export interface Sharer {
  readonly path: string;
  /** Of the text that it is to have; undefined where it is not understood. */
  readonly facts: Facts | undefined;
  /** Its context is a guess, and another folder than the one guessed: it can only refuse. */
  readonly perhaps: boolean;
  readonly level: Exclude<Level, 'advice'>;
  readonly changes: readonly Change[];
}

/** What becomes of the changes of one Dockerfile that ask for lines. */
export interface Settled {
  readonly changes: readonly Change[];
  /** Lines that another Dockerfile allows at `review` only. */
  readonly judgement: readonly Change[];
  readonly declined: readonly Declined[];
}

export interface MergedIgnoreFile {
  readonly text: string;
  readonly added: readonly IgnoreLine[];
  /** By the Dockerfile's path. */
  readonly settled: ReadonlyMap<string, Settled>;
  /** By the Dockerfile's path and the finding's id: changes whose lines cannot all stand. The Dockerfile has to run again with these. */
  readonly outside: ReadonlyMap<string, ReadonlyMap<string, Verdict>>;
}

/** Merges what Dockerfiles ask of one ignore file: every line holds for all of them. */
export function mergeIgnoreFile(existing: string | undefined, sharers: readonly Sharer[]): MergedIgnoreFile {
  const settled = new Map<string, Settled>();
  const outside = new Map<string, Map<string, Verdict>>();
  const lines: IgnoreLine[] = [];
  const verdicts = new Map<string, Verdict>();
  const verdictOn = (line: IgnoreLine): Verdict => {
    const known = verdicts.get(line.pattern) ?? worstVerdict(line, sharers);
    verdicts.set(line.pattern, known);
    return known;
  };
  for (const sharer of sharers) {
    const own: { changes: Change[]; judgement: Change[]; declined: Declined[] } = { changes: [], judgement: [], declined: [] };
    for (const change of sharer.changes) {
      if (change.ignores.length === 0) own.changes.push(change);
      else if (change.edits.length > 0) {
        const line = change.ignores.find((one) => !standsAt(verdictOn(one), change.level));
        own.changes.push(change);
        if (line) {
          const verdict = verdictOn(line);
          const said: Verdict = { ...verdict, because: `\`${line.pattern}\`: ${verdict.because}` };
          outside.set(sharer.path, (outside.get(sharer.path) ?? new Map<string, Verdict>()).set(change.finding, said));
        } else lines.push(...change.ignores);
      } else lines.push(...settleHiding(change, sharer, verdictOn, own));
    }
    if (!sharer.perhaps) settled.set(sharer.path, own);
  }
  const added = distinctLines(existing ?? '', lines);
  return { text: extended(existing ?? '', added), added, settled, outside };
}

/** What is said outside of Dockerfiles of their findings, by the Dockerfile's path and the finding's id. */
export type Outside = Map<string, ReadonlyMap<string, Verdict>>;

/** Adds what ignore files say of changes whose lines cannot all stand; the paths of the Dockerfiles that have to run again with it. */
export function refusedBy(merged: readonly MergedIgnoreFile[], outside: Outside): ReadonlySet<string> {
  const again = new Set<string>();
  for (const [path, verdicts] of merged.flatMap((one) => [...one.outside])) {
    again.add(path);
    outside.set(path, new Map([...(outside.get(path) ?? []), ...verdicts]));
  }
  return again;
}

/** Gives a Dockerfile's result, and its path, back with what became of its changes in each of its ignore files. */
export function settledBy(merged: readonly MergedIgnoreFile[]): <Result extends Settled>(result: Result, path: string) => Result {
  const byPath = new Map<string, (Settled & { readonly added: readonly IgnoreLine[] })[]>();
  for (const { settled, added } of merged) for (const [path, own] of settled) byPath.set(path, [...(byPath.get(path) ?? []), { ...own, added }]);
  return (result, path) => {
    const all = byPath.get(path);
    if (!all) return result;
    let changes: readonly Change[] = [];
    for (const one of all) {
      const known = changes;
      changes = [...known, ...one.changes.filter(({ finding, level }) => !known.some((other) => other.finding === finding && other.level === level))];
    }
    const added = all.flatMap((one) => one.added);
    return {
      ...result,
      changes,
      judgement: [...all.flatMap((one) => one.judgement), ...result.judgement].filter((one) => !isAdded(one, added)),
      declined: [...result.declined, ...all.flatMap((one) => one.declined)],
    };
  };
}

/** The lines that it would add are there already, for another Dockerfile. */
function isAdded({ edits, ignores }: Change, added: readonly IgnoreLine[]): boolean {
  return edits.length === 0 && ignores.length > 0 && ignores.every(({ pattern }) => added.some((line) => line.pattern === pattern));
}

/** Parts a change to the ignore file alone by what the others say of its lines; returns those that stand. */
function settleHiding(
  change: Change,
  { level }: Sharer,
  verdictOn: (line: IgnoreLine) => Verdict,
  into: { changes: Change[]; judgement: Change[]; declined: Declined[] },
): readonly IgnoreLine[] {
  const { id, finding, line } = change;
  const standing: IgnoreLine[] = [];
  const refused = new Map<string, { verdict: Refused; patterns: string[] }>();
  const judged = new Map<string, { verdict: Allowed; ignores: IgnoreLine[] }>();
  for (const one of change.ignores) {
    const verdict = verdictOn(one);
    if (isRefused(verdict)) refused.set(verdict.because, { verdict, patterns: [...(refused.get(verdict.because)?.patterns ?? []), `\`${one.pattern}\``] });
    else if (standsAt(verdict, change.level)) add(standing, one);
    else {
      const key = `${verdict.because} ${verdict.differs ?? ''}`;
      const { ignores } = judged.get(key) ?? { ignores: [] };
      add(ignores, one);
      judged.set(key, { verdict, ignores });
    }
  }
  for (const { verdict, patterns } of refused.values())
    into.declined.push({ id, finding, refusal: verdict.refused, because: `${patterns.join(', ')}: ${verdict.because}`, line });
  const withLines = (ignores: readonly IgnoreLine[]): Change =>
    ignores.length === change.ignores.length ? change : { ...change, message: lossOf(ignores), ignores };
  if (standing.length > 0) into.changes.push(withLines(standing));
  for (const { verdict, ignores } of judged.values()) {
    if (ignores.length === 0) continue;
    const demoted: Change = { ...withLines(ignores), level: verdict.allowed, because: verdict.because, differs: verdict.differs };
    (level === 'review' ? into.changes : into.judgement).push(demoted);
  }
  return level === 'review' ? [...standing, ...[...judged.values()].flatMap(({ ignores }) => ignores)] : standing;
}

/** Adds a line; one that brings back only where there is something to bring back. */
function add(lines: IgnoreLine[], one: IgnoreLine): void {
  if (!one.pattern.startsWith('!') || hideWhatComesBack(lines, one)) lines.push(one);
}

function standsAt(verdict: Verdict, level: Level): boolean {
  return !isRefused(verdict) && (verdict.allowed === 'safe' || level === 'review');
}

function worstVerdict(line: IgnoreLine, sharers: readonly Sharer[]): Verdict {
  let worst: Verdict = { allowed: 'safe', because: 'no build step reads it' };
  for (const { path, facts, perhaps } of sharers) {
    const verdict = facts ? ask(mayHide, { facts, line }, facts.without) : unread;
    const said = `it would be hidden from ${path}, too: ${verdict.because}`;
    if (isRefused(verdict)) return { refused: verdict.refused, because: said };
    if (verdict.allowed !== 'safe' && !perhaps) worst = { ...verdict, because: said };
  }
  return worst;
}

const unread: Allowed = { allowed: 'review', because: 'it is not understood', differs: 'what it needs of its context is not known' };
