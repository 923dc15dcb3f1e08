import { joinCopies } from '../src/dockerfile/edit.ts';
import { mayFuseCopies } from '../src/legality/fuse-copies.ts';
import { ask, isRefused, type Allowed } from '../src/legality/question.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { neighbours } from '../src/steps/neighbours.ts';
import { declined, defineTransform, finding, type Decline, type Finding } from '../src/transform.ts';

export default defineTransform({
  id: 'merge-copies',
  title: 'Copy into one folder in one step',
  level: 'safe',
  benefit: 'Each COPY is a layer to store, push and check. Neighbours that bring files into the same folder, and are needed by the same steps, are one.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  asks: [mayFuseCopies],
  *find(facts) {
    for (const row of neighbours(facts, 'COPY')) yield* merged(facts, row);
  },
});

function* merged(facts: Facts, row: readonly Step[]): Iterable<Finding | Decline> {
  let group: Step[] = [];
  let allowed: Allowed | undefined;
  for (const step of row) {
    const first = group.at(-1);
    const verdict = first && ask(mayFuseCopies, { facts, first, second: step, earlier: group }, facts.without);
    if (verdict && !isRefused(verdict) && !step.instruction.json && !first.instruction.json) {
      allowed = verdict;
      group.push(step);
      continue;
    }
    if (verdict && isRefused(verdict) && verdict.refused !== 'other-folder') yield declined(step.instruction, verdict);
    yield* joined(facts, group, allowed);
    group = [step];
    allowed = undefined;
  }
  yield* joined(facts, group, allowed);
}

function* joined(facts: Facts, group: readonly Step[], allowed: Allowed | undefined): Iterable<Finding> {
  const [first] = group;
  if (!first || !allowed) return;
  const instructions = group.map((step) => step.instruction);
  yield finding(first.instruction, `join ${group.length} COPYs into ${first.copy?.destination ?? ''}`, allowed, joinCopies(facts.dockerfile, instructions));
}
