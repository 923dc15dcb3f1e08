import type { Dockerfile, Instruction } from '../dockerfile/model.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import { once } from '../once.ts';
import type { Facts, RunFacts, StageFacts, Step } from './facts.ts';
import { onlyCommand } from './neighbours.ts';
import { readFacts } from './read.ts';
import { noFiles } from '../workspace/workspace.ts';

/** A stage of another Dockerfile of the repository that begins with the same steps, so that both store and push them once. */
export interface Sharer {
  readonly path: string;
  /** Read without its build context. */
  readonly stage: StageFacts;
  readonly dockerfile: Dockerfile;
  /** How many of the first steps are the same, those of the stages that it is built FROM counted in. */
  readonly shared: number;
}

/** The stages of other Dockerfiles that have a step, and all below it, word for word. */
export function sharersOf(facts: Facts, step: Step): Sharer[] {
  const own = chainOf(step.stage);
  return sharersIn(facts)(step.stage).filter(({ shared }) => shared > own.indexOf(step));
}

/** The steps of a stage behind those of the stages that it is built FROM. */
export function chainOf(stage: StageFacts): Step[] {
  const parts: (readonly Step[])[] = [];
  for (let one: StageFacts | undefined = stage; one; one = one.parent) parts.push(one.steps);
  return parts.toReversed().flat();
}

const sharersIn = once((facts: Facts) =>
  once((stage: StageFacts): readonly Sharer[] => {
    const found: Sharer[] = [];
    const { image } = stage.base;
    for (const other of facts.context.otherDockerfiles()) {
      if (!imagesIn(other).has(image)) continue;
      const read = factsAlone(other);
      for (const one of read?.stages ?? []) {
        if (!read || !isOnSameBase(stage, one)) continue;
        const [own, steps] = [chainOf(stage), chainOf(one)];
        const first = own.findIndex(({ instruction }, i) => keyOf(instruction) !== keyOf(steps[i]?.instruction));
        found.push({ path: other.path, stage: one, dockerfile: read.dockerfile, shared: first < 0 ? own.length : first });
      }
    }
    return found;
  }),
);

const imagesIn = once((other: { readonly path: string; readonly text: string }) => new Set(factsAlone(other)?.stages.map(({ base }) => base.image)));

const factsAlone = once(({ path, text }: { readonly path: string; readonly text: string }): Facts | undefined => {
  const reading = readDockerfile(text);
  return 'dockerfile' in reading ? readFacts(reading.dockerfile, { context: noFiles, path }) : undefined;
});

function isOnSameBase(one: StageFacts, other: StageFacts): boolean {
  const { image } = one.base;
  return image === other.base.image && !image.includes('$') && flagsIn(rootOf(one)).join() === flagsIn(rootOf(other)).join();
}

/** The FROM that names an image from elsewhere. */
function rootOf(stage: StageFacts): Instruction {
  let root = stage;
  while (root.parent) root = root.parent;
  return root.stage.from;
}

/** What counts for the cache: neither the case of keywords nor how lines are continued. */
function keyOf(instruction: Instruction | undefined): string | undefined {
  if (!instruction) return undefined;
  const { keyword, argument, heredocs } = instruction;
  return JSON.stringify([keyword, flagsIn(instruction), argument.text, heredocs.map(({ content }) => content)]);
}

function flagsIn({ flags }: Instruction): (string | undefined)[][] {
  return flags.map(({ name, value }) => [name, value]);
}

/** A RUN that does the same as one of another Dockerfile in the same place, and is written otherwise. */
export interface WrittenOtherwise {
  readonly step: Step;
  /** By path, with the line. */
  readonly others: readonly string[];
}

/** The first steps of stages on which other Dockerfiles part from this one in their words alone. */
export function writtenOtherwise(facts: Facts): WrittenOtherwise[] {
  const found = new Map<Step, string[]>();
  for (const stage of facts.stages) {
    for (const { path, stage: one, shared } of sharersIn(facts)(stage)) {
      const [step, other] = [chainOf(stage)[shared], chainOf(one)[shared]];
      if (!step || !other || meaningOf(step) === undefined || meaningOf(step) !== meaningOf(other)) continue;
      found.set(step, [...new Set([...(found.get(step) ?? []), `${path}:${other.instruction.startLine}`])]);
    }
  }
  return [...found].map(([step, others]) => ({ step, others }));
}

/** What a RUN does, whatever blanks are between its words and in whatever order packages are named; undefined where that is not known. */
function meaningOf({ run, instruction }: Step): string | undefined {
  if (!run?.script || run.form !== 'shell') return undefined;
  return JSON.stringify([flagsIn(instruction), run.script.items.map((item) => [item.connector, ...wordsOf(run, item)])]);
}

function wordsOf(run: RunFacts, item: Parameters<typeof onlyCommand>[1] & object): string[] {
  const command = onlyCommand(run, item);
  const text = run.script?.source.text.slice(item.start, item.end) ?? '';
  if (command?.use?.packages && command.command.redirections.length === 0) {
    const { prefix, program = '', use, command: call, arguments: all } = command;
    const set = call.assignments.map(({ name, value }) => `${name}=${value ?? text}`);
    const packages = all.filter((_argument, position) => use.packages?.includes(position));
    const others = all.filter((argument) => !packages.includes(argument)).map((argument) => argument.text);
    // Beside the action there are only options, none of which takes a value.
    const anyOrder = others.filter((one) => !one.startsWith('-')).length === 1;
    return [prefix, ...set, program, ...(anyOrder ? others.toSorted() : others), ...packages.map((argument) => argument.text).toSorted()];
  }
  // Blanks in quotes are what they are.
  return [/["'\\]/.test(text) ? text : text.replaceAll(/\s+/g, ' ')];
}
