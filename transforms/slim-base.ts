import { candidates } from '../src/bases/run-time.ts';
import { keywordLike, putBehind } from '../src/dockerfile/edit.ts';
import { addingOn } from '../src/ecosystems/index.ts';
import { mayRunOn, packagesOnTwin } from '../src/legality/run-on.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { putBehind as putWordsBehind } from '../src/shell/edit.ts';
import type { Facts, StageFacts } from '../src/steps/facts.ts';
import { pythonOfDistribution } from '../src/steps/distribution-languages.ts';
import { firstInstall, stagesWithTwin } from '../src/steps/run-time-bases.ts';
import { wordsAt } from '../src/steps/neighbours.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'slim-base',
  title: 'Ship from the run-time or slim variant of the base',
  level: 'review',
  benefit:
    'The full images of languages hold compilers, headers and tools that a program that is only run has no use for: the variant without them, of the same release of the same distribution, is smaller, for Node.js and Python a third of the size or less, and has less to be patched.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['takes the run-time base'],
  asks: [mayRunOn],
  caveats: [
    'What the run-time variant lacks and something here needs is installed where one package of the distribution brings it, as curl for a health check.',
    ...candidates.map(({ image, twin, loses, prefers }) => `${image} becomes ${twin}${prefers ? ` with --prefer ${prefers}` : ''}, without ${loses}.`),
  ],
  references: ['https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image'],
  *find(facts) {
    const all = stagesWithTwin(facts);
    for (const first of new Set(all.map((on) => on.first))) {
      const { from, base } = first.stage;
      const asked = all.filter((on) => on.first === first).map((on) => ({ on, verdict: ask(mayRunOn, on, facts.without) }));
      for (const { verdict } of asked) if (isRefused(verdict)) yield declined(from, verdict);
      const { on, verdict } = asked.find((one) => !isRefused(one.verdict)) ?? {};
      if (!on || !verdict || isRefused(verdict)) continue;
      const word = from.words.find(({ text }) => text === base);
      const packages = packagesOnTwin(on);
      if (word)
        yield finding(from, `${on.twin.image} instead of ${base}${packages.length > 0 ? `, with ${packages.join(', ')}` : ''}`, verdict, [
          { start: word.start, end: word.end, text: on.twin.image },
          ...installing(facts, on.first, packages),
        ]);
    }
    for (const { stage, image } of pythonOfDistribution(facts)) {
      const because = `a slim Python image holds what runs it and no more; it is another distribution release, so the program has to be tried on it`;
      yield finding(stage.stage.from, `${image} in place of ${stage.stage.base} with its python3`, { allowed: 'advice', because }, []);
    }
  },
});

/** Adds packages to the first install of the stage, or puts an install of them right behind FROM. */
function installing({ dockerfile }: Facts, stage: StageFacts, packages: readonly string[]): Edit[] {
  if (packages.length === 0) return [];
  const { step, command } = firstInstall(stage) ?? {};
  const [last] = command ? wordsAt(command, command.use?.packages?.slice(-1) ?? []) : [];
  if (step?.run?.script && command && last)
    return [putWordsBehind(dockerfile.text, step.run.script, command.command.words.slice(0, command.command.words.indexOf(last) + 1), packages)];
  const commands = addingOn(stage.base.family)?.commands(packages, true) ?? [];
  return putBehind(dockerfile, stage.stage.from, [`${keywordLike(dockerfile, stage.stage.from, 'RUN')} ${commands.join(' && ')}`]);
}
