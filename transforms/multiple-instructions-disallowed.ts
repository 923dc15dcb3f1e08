import { defineMend } from '../src/build-checks.ts';
import { removeInstruction } from '../src/dockerfile/edit.ts';
import { mayDropOverridden } from '../src/legality/drop-overridden.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { isFollowedByItsLike } from '../src/steps/neighbours.ts';
import { declined, finding } from '../src/transform.ts';

export default defineMend({
  id: 'multiple-instructions-disallowed',
  check: 'MultipleInstructionsDisallowed',
  title: 'Keep only the CMD, ENTRYPOINT and HEALTHCHECK that count',
  level: 'safe',
  benefit: 'Of several in a stage Docker keeps the last. The others never run, and look as if they did.',
  does: ['drops what is overridden'],
  asks: [mayDropOverridden],
  *find({ dockerfile, steps, without }) {
    for (const step of steps) {
      const { instruction } = step;
      const { keyword } = instruction;
      if ((keyword !== 'CMD' && keyword !== 'ENTRYPOINT' && keyword !== 'HEALTHCHECK') || !isFollowedByItsLike(step)) continue;
      const verdict = ask(mayDropOverridden, step, without);
      if (isRefused(verdict)) yield declined(instruction, verdict);
      else
        yield finding(instruction, `drop the ${keyword} that a later one replaces`, verdict, removeInstruction(dockerfile, instruction, { comments: false }));
    }
  },
});
