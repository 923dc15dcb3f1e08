import { maySkipRecommends, namesIn } from '../src/legality/skip-recommends.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { insertAmong, insertOption } from '../src/shell/edit-words.ts';
import { wordsAt } from '../src/steps/neighbours.ts';
import { recommendationsOf, recommendingInstalls, type RecommendingInstall } from '../src/steps/recommends.ts';
import type { Facts } from '../src/steps/facts.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'skip-recommends',
  title: 'Install no packages that others only recommend',
  level: 'review',
  benefit:
    'Packages that others only recommend are often larger than what was asked for. They are left out, and those that the steps or the command visibly use are named.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['skips recommended packages'],
  asks: [maySkipRecommends],
  *find(facts) {
    for (const install of recommendingInstalls(facts)) {
      const { instruction } = install.step;
      const verdict = ask(maySkipRecommends, { facts, install }, facts.without);
      if (isRefused(verdict)) {
        yield declined(instruction, verdict);
        continue;
      }
      const { names, manager } = install;
      const { kept } = recommendationsOf(install, facts);
      const named = kept.length > 0 ? `; ${kept.join(', ')} by name` : '';
      yield finding(instruction, `install ${namesIn(names)} without what is only recommended${named}`, verdict, editsFor(facts, install), manager.saves);
    }
  },
});

function editsFor(facts: Facts, install: RecommendingInstall): Edit[] {
  const { step, command, option, packages } = install;
  const script = step.run?.script;
  if (!script) return [];
  const { text } = facts.dockerfile;
  const [action] = wordsAt(command, [command.use?.actionAt ?? -1]);
  return action
    ? [
        insertOption(text, script, command.command, action, option),
        ...insertAmong(text, script, command.command, wordsAt(command, packages ?? []), recommendationsOf(install, facts).kept),
      ]
    : [];
}
