import type { Instruction } from '../dockerfile/model.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import { once } from '../once.ts';
import type { Facts, Step } from './facts.ts';
import { readFacts } from './read.ts';

/** Another Dockerfile of the repository that begins with the same steps, so that both store and push them once. */
export interface Sharer {
  readonly path: string;
  readonly facts: Facts;
  /** How many of the first steps of all stages are the same. */
  readonly steps: number;
}

/** The other Dockerfiles that have a step, and all in front of it, word for word. */
export function sharersOf(facts: Facts, step: Step | undefined): Sharer[] {
  const position = step ? facts.steps.indexOf(step) : 0;
  return sharersIn(facts).filter(({ steps }) => steps > position);
}

const sharersIn = once((facts: Facts): readonly Sharer[] =>
  facts.context.otherDockerfiles().flatMap(({ path, text }) => {
    const reading = readDockerfile(text);
    if (!('dockerfile' in reading)) return [];
    const steps = sameSteps(facts, reading.dockerfile.instructions.map(keyOf));
    return steps === 0 ? [] : [{ path, facts: readFacts(reading.dockerfile, { context: facts.context, path }), steps }];
  }),
);

/** How many steps stand in front of the first instruction that differs. */
function sameSteps({ dockerfile: { instructions }, steps }: Facts, others: readonly string[]): number {
  const first = instructions.findIndex((one, i) => keyOf(one) !== others[i]);
  return steps.filter(({ instruction }) => first < 0 || instruction.index < first).length;
}

/** What counts for the cache: neither the case of keywords nor how lines are continued. */
function keyOf({ keyword, flags, argument: { text }, heredocs }: Instruction): string {
  const set = flags.map(({ name, value }) => [name, value]);
  return JSON.stringify([keyword, set, keyword === 'FROM' ? text.toLowerCase() : text, heredocs.map(({ content }) => content)]);
}
