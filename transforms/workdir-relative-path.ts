import { posix } from 'node:path';
import { defineMend } from '../src/build-checks.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { mayWriteAbsolutely } from '../src/legality/write-absolutely.ts';
import { isPreceded } from '../src/steps/neighbours.ts';
import { declined, finding } from '../src/transform.ts';

export default defineMend({
  id: 'workdir-relative-path',
  check: 'WorkdirRelativePath',
  title: 'Name the first working directory from the root',
  level: 'safe',
  benefit: 'A relative WORKDIR lies where the base image happens to end: another base, or a newer one, moves all that is copied and run.',
  does: ['writes folders absolutely'],
  asks: [mayWriteAbsolutely],
  *find({ steps, without }) {
    for (const step of steps) {
      const { instruction, state } = step;
      // What begins with a variable may be absolute.
      if (instruction.keyword !== 'WORKDIR' || /^["'\\`]*([/$]|\w:)/.test(instruction.argument.text)) continue;
      if (isPreceded(step, 'WORKDIR')) continue;
      const verdict = ask(mayWriteAbsolutely, step, without);
      if (isRefused(verdict)) yield declined(instruction, verdict);
      else
        for (const { text, start, end } of instruction.words) {
          const path = posix.resolve(state.workdir ?? '/', text);
          yield finding(instruction, `${text} is ${path}`, verdict, [{ start, end, text: path }]);
        }
    }
  },
});
