import { once } from '../once.ts';
import { readScript } from '../shell/read.ts';
import type { StageFacts, State, Step } from './facts.ts';
import { stateAtEnd } from './read.ts';

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
  const chain: StageFacts[] = [];
  for (let one: StageFacts | undefined = stage; one; one = one.parent) chain.unshift(one);
  const steps = chain.flatMap((one) => one.steps);
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

function wordsOf({ instruction }: Step): readonly string[] | undefined {
  if (instruction.json) return instruction.json.length > 0 ? instruction.json : undefined;
  const script = readScript(instruction.argument);
  const [only, ...more] = script?.items ?? [];
  const [command] = only?.pipeline ?? [];
  if (!script || !command || more.length > 0 || only?.pipeline.length !== 1 || only.negated || only.background || script.tail !== '') return undefined;
  if (command.assignments.length > 0 || command.redirections.length > 0) return undefined;
  const words = command.words.map(({ value }) => value);
  const known = words.filter((word) => word !== undefined);
  if (known.length < words.length) return undefined;
  return known[0] === 'exec' ? known.slice(1) : known;
}
