import type { Instruction } from '../dockerfile/model.ts';
import type { Level } from '../outcome.ts';
import type { Facts } from '../steps/facts.ts';
import { declined, type Decline, type Finding, type Found, type Transform } from '../transform.ts';
import type { ContextFiles } from '../workspace/workspace.ts';

/** A build context, and what reports call it: its folder and who says so. */
export interface NamedContext {
  readonly name: string;
  readonly files: ContextFiles;
}

/** What is known of one text with each of its contexts. */
export type FactsByContext = readonly [Facts, ...Facts[]];

/**
 * What a transform finds in a Dockerfile. With several contexts these are the findings that it makes with each of them in the same
 * way, at their worst level, and a decline for every other one. Throws where the transform does, or yields what is no finding.
 */
export function findWithAll(transform: Transform, [first, ...rest]: FactsByContext, others: readonly NamedContext[]): Found[] {
  const found = find(transform, first);
  const foundWith = rest.map((facts, index): FoundWith => ({ name: others[index]?.name ?? '', found: find(transform, facts) }));
  const places = new Set(found.flatMap((one) => (one.kind === 'count' ? [] : [one.at])));
  const shared = found.map((one) => (one.kind === 'finding' ? sharedFinding(one, foundWith) : one));
  for (const { name, found: more } of foundWith) {
    for (const one of more) {
      if (one.kind !== 'finding') continue;
      if (one.edits.length === 0) shared.push(one);
      if (one.edits.length === 0 || places.has(one.at)) continue;
      places.add(one.at);
      shared.push(otherContext(one.at, `it would hold with the context ${name}, but not with each other one that this is built with`));
    }
  }
  return shared;
}

interface FoundWith {
  readonly name: string;
  readonly found: readonly Found[];
}

const worse: Readonly<Record<Level, number>> = { safe: 0, review: 1, advice: 2 };

/** Each context has an ignore file of its own: what one of them needs hidden is asked of all, and a change to them alone need not hold with each. */
function sharedFinding(finding: Finding, foundWith: readonly FoundWith[]): Finding | Decline {
  if (finding.edits.length === 0) return finding;
  let worst = finding;
  let ignores = finding.ignores ?? [];
  const key = keyOf(finding);
  for (const { name, found } of foundWith) {
    const same = found.find((one): one is Finding => one.kind === 'finding' && keyOf(one) === key);
    if (!same) return otherContext(finding.at, `with the context ${name} it would not hold: ${whyNot(finding.at, found)}`);
    if (worse[same.level] > worse[worst.level]) worst = same;
    ignores = [...ignores, ...(same.ignores ?? [])];
  }
  return { ...worst, ignores };
}

function whyNot(at: Instruction, found: readonly Found[]): string {
  const decline = found.find((one): one is Decline => one.kind === 'decline' && one.at === at);
  if (decline) return decline.because;
  return found.some((one) => one.kind === 'finding' && one.at === at) ? 'there it would be another change' : 'there is nothing to change';
}

function keyOf({ at, edits }: Finding): string {
  return JSON.stringify([at.range.start, edits]);
}

function otherContext(at: Instruction, because: string): Decline {
  return declined(at, { refused: 'other-context', because });
}

function find(transform: Transform, facts: Facts): Found[] {
  const all: Found[] = [];
  for (const found of transform.find(facts, transform.options ?? {})) {
    const wrong = whatIsWrong(found, transform);
    if (wrong !== undefined) throw new Error(wrong);
    all.push(found);
  }
  return all;
}

/** What a finding or a decline lacks: a transform may come from a person without a type checker. */
function whatIsWrong(found: Found, { level }: Transform): string | undefined {
  if (typeof found !== 'object' || found === null || !['finding', 'decline', 'count'].includes(found.kind))
    return '`find` yields something that none of `finding`, `declined` and `counted` made';
  if (found.kind === 'count') return typeof found.name === 'string' && Number.isFinite(found.quantity) ? undefined : '`counted` takes a name and a number';
  if (typeof found.at?.range?.start !== 'number') return 'a finding or decline names no instruction as its place';
  if (typeof found.because !== 'string' || found.because === '') return 'a finding or decline gives no reason: `because` is missing';
  if (found.kind === 'decline')
    return /^[a-z][a-z0-9-]*$/.test(found.refusal) ? undefined : `\`refused\` is no id of lower-case letters, digits and dashes: ${found.refusal}`;
  if (!['safe', 'review', 'advice'].includes(found.level)) return `\`allowed\` is none of safe, review and advice: ${found.level}`;
  if (worse[found.level] < worse[level]) return `a finding is at \`${found.level}\`, which is better than the \`level\` of its transform: ${level}`;
  return found.level === 'review' && !found.differs ? 'a finding at `review` does not say what may differ: `differs` is missing' : undefined;
}
