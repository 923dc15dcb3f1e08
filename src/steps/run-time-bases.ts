import type { Linking } from '../bases/preferred-rows.ts';
import { runTimeTwin, type RunTimeTwin } from '../bases/run-time.ts';
import { plainName } from '../ecosystems/build-packages.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';
import type { OnTwin } from './lost-uses.ts';
import { descendsFrom } from './neighbours.ts';

/** Each shipped stage whose base has a run-time twin, once for each twin, as `first`, with the last one that is built FROM it and shipped, and all steps that run on it, those of stages built FROM it among them. */
export function stagesWithTwin(facts: Facts): (OnTwin & { readonly first: StageFacts })[] {
  return facts.stages.flatMap((first) => {
    const twins = first.shipped ? twinsInPlace(first) : [];
    if (twins.length === 0) return [];
    const steps = facts.steps.filter((step) => descendsFrom(step.stage, first));
    const stage = facts.stages.findLast((one) => one.shipped && descendsFrom(one, first)) ?? first;
    return twins.map((twin) => ({ facts, first, stage, steps, twin }));
  });
}

/** The twin of the image that a stage is built FROM, for a program that is linked so; undefined for one that is built FROM another stage. */
export function twinOf({ stage, parent, base, prefers }: StageFacts, links?: Linking): RunTimeTwin | undefined {
  return parent ? undefined : runTimeTwin(stage.base, base.image, { prefers, links });
}

/** The twins on which all of a stage may run as it stands, the preferred one first: none without a shell. */
export function twinsInPlace(stage: StageFacts): RunTimeTwin[] {
  const wishes = stage.prefers === 'alpine' ? [stage.prefers, undefined] : [undefined];
  const twins = wishes.flatMap((prefers) => twinOf({ ...stage, prefers }) ?? []);
  return twins.filter(({ image }, i) => twins.findIndex((one) => one.image === image) === i);
}

/** The first install of the distribution's packages of a stage where nothing but the manager of packages has run before it, as root. */
export function firstInstall({ steps }: StageFacts): { readonly step: Step; readonly command: CommandFacts } | undefined {
  for (const step of steps) {
    if (step.state.user !== undefined) return undefined;
    for (const command of step.run?.commands ?? []) {
      const { ecosystem, use } = command;
      if (!ecosystem?.adding && command.kind !== 'shell') return undefined;
      if (use?.action === 'install') return use.packages && step.run?.form === 'shell' ? { step, command } : undefined;
    }
  }
  return undefined;
}

/** Words of an install that name one of the packages. */
export function wordsNaming({ ecosystem, use, command }: CommandFacts, packages: ReadonlySet<string>): CommandFacts['command']['words'] {
  return ecosystem?.adding && use?.action === 'install' ? command.words.filter(({ text }) => packages.has(plainName(text))) : [];
}
