import { addFlag } from '../src/dockerfile/edit.ts';
import { mayLinkCopies } from '../src/legality/link-copies.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { laterSteps } from '../src/steps/neighbours.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'link-copies',
  title: 'Link copies that need nothing of the layers below them',
  level: 'review',
  default: 'off',
  benefit:
    'A COPY is made again, stored and pushed again, when the base image or a step above it changes. With `--link` its layer stands by itself and is used as it is.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['links copies'],
  asks: [mayLinkCopies],
  caveats: [
    'Only where no RUN follows: that one would run again all the same.',
    'The classic image store of the Docker engine (overlay2) takes `--link` for a plain COPY: it gains nothing there.',
  ],
  references: ['https://docs.docker.com/reference/dockerfile/#copy---link'],
  *find(facts) {
    for (const step of facts.steps) {
      if (!standsAtTheEnd(facts, step)) continue;
      const verdict = ask(mayLinkCopies, { facts, step }, facts.without);
      if (isRefused(verdict)) yield declined(step.instruction, verdict);
      else yield finding(step.instruction, `link the COPY into ${step.copy?.destination ?? ''}`, verdict, addFlag(step.instruction, '--link'));
    }
  },
});

/** A COPY that could gain: of a shipped stage with a base image, no RUN behind it, not linked yet. */
function standsAtTheEnd(facts: Facts, step: Step): boolean {
  const { instruction, stage } = step;
  if (instruction.keyword !== 'COPY' || !stage.shipped || stage.base.family === 'scratch' || instruction.heredocs.length > 0) return false;
  if (instruction.flags.some(({ name }) => name === 'link')) return false;
  return ![...laterSteps(facts, step)].some(({ run }) => run);
}
