import { lesserUser } from '../bases/users.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { stateAtEnd } from '../steps/read.ts';
import { rootStarts } from '../steps/root-starts.ts';

/** A USER, and a RUN that does nothing but make the user that a base lacks. */
export function isOfLesserUser({ instruction, stage }: Step): boolean {
  const made = lesserUser(stage.base)?.made ?? [];
  const isMaking = instruction.keyword === 'RUN' && made.length > 0 && instruction.argument.text.replaceAll(/\s+/g, ' ') === made.join(' && ');
  return isMaking || (instruction.keyword === 'USER' && instruction.argument.text === lesserUser(stage.base)?.name);
}

/** What is wrong where stages came to another user: theirs is the one that their base has or got, and sets in for the program alone. */
export function wronglyDropped(before: Facts, after: Facts): string | undefined {
  const starting = new Set(rootStarts(before).map(({ stage }) => stage.stage.index));
  for (const [i, stage] of after.stages.entries()) {
    const { user } = stateAtEnd(stage);
    const old = before.stages[i];
    if (!old || stateAtEnd(old).user === user) continue;
    const lesser = lesserUser(stage.base);
    if (!starting.has(i) || !lesser || user !== lesser.name) return `a stage is run by another user: ${user ?? 'root'}`;
    const at = stage.steps.findIndex(({ instruction }) => instruction.keyword === 'USER');
    const makes = stage.steps.findIndex((step) => step.run !== undefined && isOfLesserUser(step));
    if (lesser.made.length > 0 && (makes < 0 || makes > at)) return `nobody makes the user: ${user}`;
    const acting = stage.steps.slice(at).find(({ run, copy, instruction }) => run ?? copy ?? (instruction.keyword === 'WORKDIR' ? instruction : undefined));
    if (acting) return `a step is another user's now: line ${acting.instruction.startLine}`;
  }
  return undefined;
}
