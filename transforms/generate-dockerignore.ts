import { lossOf } from '../src/ignore-lines.ts';
import { mayHide } from '../src/legality/hide.ts';
import { ask, isRefused, type Allowed, type Refused, type Verdict } from '../src/legality/question.ts';
import { contextSources, isWholesale } from '../src/steps/context-sources.ts';
import type { Facts } from '../src/steps/facts.ts';
import { ignorable, type Wanted } from '../src/steps/ignorable.ts';
import { hideWhatComesBack } from '../src/workspace/ignore.ts';
import { declined, defineTransform, finding, ignoreGroups, type IgnoreLine } from '../src/transform.ts';

export default defineTransform({
  id: 'generate-dockerignore',
  title: 'Hide from the build context what nobody needs',
  level: 'safe',
  benefit:
    'What lies in the build context is sent with each build, and `COPY . .` ships it: an edit of a README runs all that follows again, secrets and the packages of another machine come into the image.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  asks: [mayHide],
  *find(facts) {
    const wanted = ignorable(facts).toSorted((a, b) => ignoreGroups.indexOf(a.group) - ignoreGroups.indexOf(b.group));
    const at = contextSources(facts).find((source) => isWholesale(facts, source))?.step.instruction;
    if (!at) return;
    const safe: IgnoreLine[] = [];
    const review = new Map<string, { lines: IgnoreLine[]; verdict: Allowed }>();
    const refused: { line: IgnoreLine; verdict: Refused }[] = [];
    for (const one of wanted) {
      const { line, verdict } = asked(facts, one);
      if (isRefused(verdict)) refused.push({ line, verdict });
      else if (line.pattern.startsWith('!') && ![...review.values()].some(({ lines }) => hideWhatComesBack(lines, line))) continue;
      else if (verdict.allowed === 'safe') safe.push(line);
      else {
        const kind = review.get(verdict.differs ?? '') ?? { lines: [], verdict };
        kind.lines.push(line);
        review.set(verdict.differs ?? '', kind);
      }
    }
    const because = 'no step of the build reads it, or the build makes it again';
    if (safe.length > 0) yield { ...finding(at, lossOf(safe), { allowed: 'safe', because }, []), ignores: safe };
    for (const { lines, verdict } of review.values()) yield { ...finding(at, lossOf(lines), verdict, []), ignores: lines };
    for (const verdict of byReason(refused)) yield declined(at, verdict);
  },
});

/** The verdict on a line or, where git tracks something of what it would hide, on the narrower one. */
function asked(facts: Facts, wanted: Wanted): { line: IgnoreLine; verdict: Verdict } {
  const line: IgnoreLine = { pattern: wanted.pattern, group: wanted.group };
  const verdict = ask(mayHide, { facts, line }, facts.without);
  if (wanted.narrower === undefined || !isRefused(verdict) || verdict.refused !== 'tracked') return { line, verdict };
  const narrower: IgnoreLine = { pattern: wanted.narrower, group: wanted.group };
  return { line: narrower, verdict: ask(mayHide, { facts, line: narrower }, facts.without) };
}

/** A refusal for each reason, with all the lines that it is about, those together that the same stands in the way of. */
function* byReason(refused: readonly { line: IgnoreLine; verdict: Refused }[]): Iterable<Refused> {
  for (const { id, because } of mayHide.refusals) {
    const inTheWay = new Map<string, string[]>();
    for (const { line, verdict } of refused) {
      if (verdict.refused !== id) continue;
      const what = verdict.what === undefined ? '' : ` (${verdict.what})`;
      inTheWay.set(what, [...(inTheWay.get(what) ?? []), `\`${line.pattern}\``]);
    }
    const all = [...inTheWay].map(([what, patterns]) => patterns.join(', ') + what);
    if (all.length > 0) yield { refused: id, because: `${because}: ${all.join(', ')}` };
  }
}
