import { once } from '../once.ts';
import type { StageFacts, State, Step } from './facts.ts';
import { lineOf } from './neighbours.ts';
import { stateAtEnd } from './read.ts';
import { startCommand } from './starts.ts';

/** What a container of the image starts. */
export interface Start {
  /** The program and its arguments, as ENTRYPOINT and CMD give them together; undefined where a shell or a variable decides. */
  readonly words: readonly string[] | undefined;
  /** Where it starts. */
  readonly state: State;
  /** The instructions that say so. */
  readonly steps: readonly Step[];
}

/** What the last ENTRYPOINT and CMD of a stage and of those that it is built FROM start; undefined where its base decides. */
export const startOf = once((stage: StageFacts): Start | undefined => {
  const steps = lineOf(stage).flatMap((one) => one.steps);
  const at = steps.findLastIndex(({ instruction }) => instruction.keyword === 'ENTRYPOINT');
  const entrypoint = steps[at];
  const own = (step: Step): boolean => step.instruction.keyword === 'CMD' && (step.stage === entrypoint?.stage || steps.indexOf(step) > at);
  const command = steps.findLast(own);
  if (!entrypoint && !command) return undefined;
  const entry = entrypoint && wordsOf(entrypoint);
  const words = entrypoint && !entrypoint.instruction.json ? entry : entrypoint && !entry ? undefined : joined(entry, command);
  return { words, state: stateAtEnd(stage), steps: [entrypoint, command].filter((step) => step !== undefined) };
});

function joined(entry: readonly string[] | undefined, command: Step | undefined): readonly string[] | undefined {
  if (!command) return entry;
  const words = wordsOf(command);
  return words && [...(entry ?? []), ...words];
}

function wordsOf(step: Step): readonly string[] | undefined {
  const words = step.instruction.json ?? startCommand(step)?.command.words.flatMap(({ value }) => value ?? []);
  if (!words || words.length === 0) return undefined;
  return !step.instruction.json && words[0] === 'exec' ? words.slice(1) : words;
}
