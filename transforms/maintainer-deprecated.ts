import { defineMend } from '../src/build-checks.ts';
import { authorsLabel, labelMaintainer } from '../src/dockerfile/edit.ts';
import { mayLabelMaintainer } from '../src/legality/label-maintainer.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { declined, finding } from '../src/transform.ts';

export default defineMend({
  id: 'maintainer-deprecated',
  check: 'MaintainerDeprecated',
  title: 'Name the maintainer in a label',
  level: 'review',
  benefit: 'Registries and scanners read labels; what MAINTAINER sets hardly anything shows.',
  does: ['labels the maintainer'],
  asks: [mayLabelMaintainer],
  *find({ dockerfile, steps, without }) {
    for (const step of steps) {
      const { instruction } = step;
      if (instruction.keyword !== 'MAINTAINER') continue;
      const verdict = ask(mayLabelMaintainer, step, without);
      if (isRefused(verdict)) yield declined(instruction, verdict);
      else yield finding(instruction, `MAINTAINER becomes the label ${authorsLabel}`, verdict, labelMaintainer(dockerfile, instruction));
    }
  },
});
