import { defineMend } from '../src/build-checks.ts';
import { mayDropShell, wordsOf } from '../src/legality/drop-shell.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { isFollowedByItsLike, isPreceded } from '../src/steps/neighbours.ts';
import { declined, finding } from '../src/transform.ts';

export default defineMend({
  id: 'json-args-recommended',
  check: 'JSONArgsRecommended',
  title: 'Run the program itself, without a shell around it',
  level: 'review',
  benefit: 'In shell form a shell is process 1, which does not pass signals on: `docker stop` waits ten seconds and kills.',
  does: ['runs without a shell'],
  asks: [mayDropShell],
  *find(facts) {
    for (const step of facts.steps) {
      const { instruction } = step;
      if ((instruction.keyword !== 'CMD' && instruction.keyword !== 'ENTRYPOINT') || instruction.json) continue;
      // Whoever names the shell wants it, and one that a later one replaces never counts.
      if (isPreceded(step, 'SHELL') || isFollowedByItsLike(step)) continue;
      const verdict = ask(mayDropShell, { facts, step }, facts.without);
      const text = JSON.stringify(wordsOf(step)).replaceAll('","', '", "');
      const edit = { start: instruction.argument.at[0] ?? instruction.contentEnd, end: instruction.contentEnd, text };
      yield isRefused(verdict) ? declined(instruction, verdict) : finding(instruction, `${instruction.keyword} in JSON form`, verdict, [edit]);
    }
  },
});
