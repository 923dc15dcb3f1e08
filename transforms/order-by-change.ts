import { lowerInstructions } from '../src/dockerfile/edit.ts';
import { lowered, mayMoveDown, type Lowered } from '../src/legality/move-down.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import type { Facts } from '../src/steps/facts.ts';
import { writtenOtherwise } from '../src/steps/shared-prefix.ts';
import { companionsOf, moveDown, names, stampsIn, variablesSet, type MoveDown } from '../src/steps/variables.ts';
import { declined, defineTransform, finding, type Decline, type Finding } from '../src/transform.ts';

export default defineTransform({
  id: 'order-by-change',
  title: 'Declare what changes with each build below what has no use for it',
  level: 'safe',
  benefit:
    'Each RUN has the ARGs and ENVs above it in its cache key, whether it reads them or not: with a revision or a date declared on top, nothing below it is found in the cache again.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['moves variables'],
  asks: [mayMoveDown],
  *find(facts) {
    // The last first: what stood above it comes above it again.
    let row: Lowered[] = [];
    for (const declared of stampsIn(facts).toReversed()) {
      const one = lowered(facts, declared);
      if (!one) continue;
      if (!goesWith(one, row[0])) {
        yield* together(facts, row);
        row = [];
      }
      row.unshift(one);
    }
    yield* together(facts, row);
    for (const { step, others } of writtenOtherwise(facts)) {
      const because = 'steps that are the same word for word, from FROM on, are built, stored and pulled once for all images';
      yield finding(step.instruction, `this RUN does in other words what ${listed(others)} does`, { allowed: 'advice', because }, []);
    }
  },
});

function listed([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? `the one in ${first}` : `the one in ${first} and ${more.length} more`;
}

/** They go past the same RUNs, and nothing else stands between them. */
function goesWith({ move, verdict }: Lowered, next: Lowered | undefined): boolean {
  const [one, other] = [move.declared[0], next?.move.declared[0]];
  if (!next || !one || !other || isRefused(verdict) || isRefused(next.verdict) || verdict.allowed !== next.verdict.allowed) return false;
  const { steps } = one.stage;
  const between = steps.slice(steps.indexOf(one) + 1, steps.indexOf(other));
  return one.stage === other.stage && move.passed.length === next.move.passed.length && between.every((step) => move.moved.includes(step));
}

function* together(facts: Facts, row: readonly Lowered[]): Iterable<Finding | Decline> {
  const [first] = row;
  if (!first) return;
  const { move, verdict } = withCompanions(
    facts,
    moveDown(
      row.flatMap(({ move: { declared } }) => declared),
      first.move.passed.length,
    ) ?? first.move,
  );
  const at = (move.moved[0] ?? move.behind).instruction;
  if (isRefused(verdict)) {
    yield declined(at, verdict);
    return;
  }
  const { above, behind, moved, variables } = move;
  const used = variables.some((variable) => above !== undefined && names(above.instruction, variable));
  const edits = lowerInstructions(facts.dockerfile, {
    moved: moved.map(({ instruction }) => instruction),
    above: above?.instruction,
    behind: behind.instruction,
    used,
  });
  yield finding(at, messageOf(move), verdict, edits);
}

/** ARGs beside them that only what is moved expands come along where that changes nothing else. */
function withCompanions(facts: Facts, move: MoveDown): Lowered {
  const verdict = ask(mayMoveDown, { facts, move }, facts.without);
  const all = moveDown(move.declared, move.passed.length, companionsOf(move));
  const verdictOnAll = all && ask(mayMoveDown, { facts, move: all }, facts.without);
  const alike = verdictOnAll && !isRefused(verdictOnAll) && !isRefused(verdict) && verdictOnAll.allowed === verdict.allowed;
  return all && alike ? { move: all, verdict: verdictOnAll } : { move, verdict };
}

function messageOf({ moved, passed }: MoveDown): string {
  const set = moved.flatMap(({ instruction }) => (instruction.keyword === 'ARG' ? variablesSet(instruction) : []));
  const verb = set.length === 1 ? 'comes' : 'come';
  return `${set.join(', ')} ${verb} below ${passed.length === 1 ? 'a RUN that does' : `${passed.length} RUNs that do`} not read ${set.length === 1 ? 'it' : 'them'}`;
}
