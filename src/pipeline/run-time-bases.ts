import { broughtPackages } from '../bases/run-time.ts';
import { addingOn } from '../ecosystems/index.ts';
import { namesInstalled } from '../steps/build-packages.ts';
import type { Facts, StageFacts, Step } from '../steps/facts.ts';
import { lostUses } from '../steps/lost-uses.ts';
import { lineOf } from '../steps/neighbours.ts';
import { stagesWithTwin, twinsInPlace, wordsNaming } from '../steps/run-time-bases.ts';

/** A FROM as it is written, on the run-time twin of its base where there is one. */
export function onTwin(stage: StageFacts, written: string): string {
  const [twin] = twinsInPlace(stage);
  return twin ? written.replace(` ${stage.stage.base} AS `, () => ` ${twin.image} AS `) : written;
}

/** A RUN with its installs as they would be without packages that a run-time image may lack: none where that is all it does. undefined where it installs nothing. */
export function withoutBrought({ run, instruction, stage }: Step, flags: string): string[] | undefined {
  const script = run?.script;
  const words = run?.form === 'shell' ? run.commands.flatMap((command) => wordsNaming(command, broughtPackages)) : [];
  if (!script || !run.commands.some(({ ecosystem, use }) => ecosystem?.adding && use?.action === 'install')) return undefined;
  let text = script.source.text;
  for (const { start, end } of words.toReversed()) text = text.slice(0, start) + text.slice(end);
  const left = text.replaceAll(/\s+/g, ' ').trim();
  const alone = addingOn(stage.base.family)?.commands([], true).join(' && ');
  return left === alone ? [] : [`${instruction.keyword} ${flags} ${left}`];
}

/** A stage that came to another image than its base or the twin of that. */
export function anotherBase(before: Facts, after: Facts): string | undefined {
  for (const stage of before.stages) {
    const base = after.stages[stage.stage.index]?.stage.base;
    if (base !== stage.stage.base && !twinsInPlace(stage).some(({ image }) => image === base))
      return `a stage is built on another image than the run-time variant of its base: ${base ?? 'none'}`;
  }
  return undefined;
}

/** Packages, by stage, that must be installed: those that were, and where a stage changed to the twin of its base those that it needs there. */
export function neededOnTwin(before: Facts, after: Facts): string[] {
  const lost = stagesWithTwin(before).flatMap((on) => {
    const { stage, twin } = on;
    const changed = after.stages[on.first.stage.index]?.stage.base === twin.image;
    return changed ? lostUses(on).map((use) => `stage ${stage.stage.index}: ${use.package ?? use.lost}`) : [];
  });
  return [...lost, ...installedOnTwin(before)];
}

/** Packages of the distribution that each stage installs by name, with what is installed in the stages that it is built FROM. */
export function installedOnTwin({ stages }: Facts): string[] {
  return stages.flatMap((stage) => namesInstalled(lineOf(stage).flatMap(({ steps }) => steps)).map((name) => `stage ${stage.stage.index}: ${name}`));
}
