import { ask, isRefused } from '../src/legality/question.ts';
import { mayStartDirectly } from '../src/legality/start-directly.ts';
import { isFollowedByItsLike } from '../src/steps/neighbours.ts';
import { scriptStart } from '../src/steps/starts.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'direct-command',
  title: 'Start the program itself, not the package manager that runs it',
  level: 'review',
  benefit: 'A package manager that runs a script stands between Docker and the program: signals may end in it, it takes memory, and it has to be in the image.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['starts directly'],
  asks: [mayStartDirectly],
  references: ['https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd'],
  *find(facts) {
    for (const step of facts.steps) {
      if (!step.stage.shipped || isFollowedByItsLike(step)) continue;
      const start = scriptStart(facts, step);
      if (!start) continue;
      const { instruction } = step;
      const verdict = ask(mayStartDirectly, { facts, ...start }, facts.without);
      if (isRefused(verdict)) {
        yield declined(instruction, verdict);
        continue;
      }
      const text = JSON.stringify(start.started.words).replaceAll('","', '", "');
      const edit = { start: instruction.argument.at[0] ?? instruction.contentEnd, end: instruction.contentEnd, text };
      yield finding(instruction, `\`${start.started.words.join(' ')}\` instead of \`${start.started.call}\``, verdict, [edit]);
    }
  },
});
