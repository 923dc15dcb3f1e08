import { addFlag, keywordLike, putBefore } from '../src/dockerfile/edit.ts';
import { mayBuildNatively } from '../src/legality/build-natively.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { putBefore as putBeforeWord } from '../src/shell/edit.ts';
import type { Facts } from '../src/steps/facts.ts';
import { platformBuilds, type PlatformBuild } from '../src/steps/platform-builds.ts';
import { wordsAt } from '../src/steps/neighbours.ts';
import { variablesSet } from '../src/steps/variables.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'platform-build',
  title: 'Build on the platform of the builder, for that of the image',
  level: 'review',
  benefit:
    'For another platform each command of a stage runs emulated, several times slower. A compiler that builds for others runs on the platform of the builder; what runs on every platform is built once.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['builds natively'],
  asks: [mayBuildNatively],
  caveats: [
    'Found where a caller (compose, bake, a workflow, a script) builds for several platforms.',
    'Proven by the texts alone: nothing was built for another platform.',
  ],
  references: ['https://docs.docker.com/build/building/multi-platform/#cross-compilation'],
  *find(facts) {
    for (const build of platformBuilds(facts)) {
      const { from } = build.stage.stage;
      const verdict = ask(mayBuildNatively, { facts, build }, facts.without);
      if (isRefused(verdict)) yield declined(from, verdict);
      else yield finding(from, 'build on the platform of the builder', verdict, edits(facts, build));
    }
  },
});

function edits({ dockerfile }: Facts, { stage, calls }: PlatformBuild): Edit[] {
  const made = addFlag(stage.stage.from, '--platform=$BUILDPLATFORM');
  const [first] = calls;
  if (!first) return made;
  const declared = new Set(
    stage.steps.filter(({ instruction }) => instruction.index < first.step.instruction.index).flatMap(({ instruction }) => variablesSet(instruction)),
  );
  const needed = [...new Set(calls.flatMap(({ crossing }) => crossing.settings.map(({ argument }) => argument)))].filter((one) => !declared.has(one));
  const { instruction } = first.step;
  if (needed.length > 0) made.push(...putBefore(dockerfile, instruction, [`${keywordLike(dockerfile, instruction, 'ARG')} ${needed.join(' ')}`]));
  for (const { step, command, crossing } of calls) {
    const [word] = wordsAt(command, [-1]);
    const { script } = step.run ?? {};
    if (script && word) made.push(putBeforeWord(script, word, crossing.settings.map(({ name, value }) => `${name}=${value} `).join('')));
  }
  return made;
}
