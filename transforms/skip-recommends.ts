import { insertStrings } from '../src/dockerfile/edit.ts';
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
  const { dockerfile } = facts;
  const [action] = wordsAt(command, [command.use?.actionAt ?? -1]);
  const named = wordsAt(command, packages ?? []);
  const { kept } = recommendationsOf(install, facts);
  if (!action) return [];
  if (step.run?.script)
    return [
      insertOption(dockerfile.text, step.run.script, command.command, action, option),
      ...insertAmong(dockerfile.text, step.run.script, command.command, named, kept),
    ];
  if (step.run?.form !== 'exec') return [];
  const { words } = command.command;
  const last = words.findIndex((word, i) => i >= words.indexOf(action) && words[i + 1]?.text.startsWith('-') !== true);
  return [
    ...insertStrings(dockerfile, step.instruction, last, [option]),
    ...insertStrings(dockerfile, step.instruction, words.indexOf(named.at(-1) ?? action), kept),
  ];
}
