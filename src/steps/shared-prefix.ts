import type { Instruction } from '../dockerfile/model.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import { once } from '../once.ts';
import { noFiles, type DockerfileText } from '../workspace/workspace.ts';
import type { Facts, RunFacts, StageFacts, Step } from './facts.ts';
import { onlyCommand } from './neighbours.ts';
import { readFacts } from './read.ts';

/** A stage of another Dockerfile of the repository that begins with the same steps, so that both store and push them once. */
export interface Sharer {
  readonly file: DockerfileText;
  /** The stage's index. */
  readonly stage: number;
  /** How many of the first steps are the same, those of the stages that it is built FROM counted in. */
  readonly shared: number;
}

/** The stages of other Dockerfiles that have a step, and all below it, word for word. */
export function* sharersOf(facts: Facts, step: Step): Iterable<Sharer> {
  const chain = chainOf(step.stage);
  const along = beginningsAlong(facts, step.stage, chain);
  for (const { file, stage, beginnings } of along[chain.indexOf(step) + 1]?.stages ?? []) {
    if (file.path === facts.context.ownPath) continue;
    const parted = along.findIndex((one, depth) => beginnings[depth] !== one);
    yield { file, stage, shared: (parted < 0 ? along.length : parted) - 1 };
  }
}

/** The steps of a stage behind those of the stages that it is built FROM. */
export function chainOf(stage: StageFacts): Step[] {
  const parts: (readonly Step[])[] = [];
  for (let one: StageFacts | undefined = stage; one; one = one.parent) parts.push(one.steps);
  return parts.toReversed().flat();
}

/** First steps that stages have in common: a node of the tree of all Dockerfiles' steps. */
interface Beginning {
  /** The stages that begin so, in the order of their Dockerfiles. */
  readonly stages: { readonly file: DockerfileText; readonly stage: number; readonly beginnings: readonly Beginning[] }[];
  /** With one step more, by what counts of it for the cache. */
  readonly longer: Map<string, Beginning>;
  /** Where that one step is, by what it does. */
  readonly meant: Map<string, Place[]>;
}

interface Place {
  readonly key: string;
  readonly path: string;
  readonly line: number;
}

/** What all Dockerfiles of a repository begin with, by base. Nothing of their facts is kept. */
const beginningsOf = once((files: readonly DockerfileText[]): ReadonlyMap<string, Beginning> => {
  const found = new Map<string, Beginning>();
  for (const file of files) {
    const reading = readDockerfile(file.text, 'own');
    if (!('dockerfile' in reading)) continue;
    for (const stage of readFacts(reading.dockerfile, { context: noFiles, path: file.path }).stages) {
      const base = baseOf(stage);
      if (base === undefined) continue;
      let beginning = entryOf(found, base, newBeginning);
      const beginnings = [beginning];
      for (const step of chainOf(stage)) {
        const key = keyOf(step.instruction);
        const meaning = meaningOf(step);
        if (meaning !== undefined) entryOf(beginning.meant, meaning, () => []).push({ key, path: file.path, line: step.instruction.startLine });
        beginning = entryOf(beginning.longer, key, newBeginning);
        beginnings.push(beginning);
      }
      for (const one of beginnings) one.stages.push({ file, stage: stage.stage.index, beginnings });
    }
  }
  return found;
});

function newBeginning(): Beginning {
  return { stages: [], longer: new Map(), meant: new Map() };
}

function entryOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** From none of a stage's steps to as many as some Dockerfile of the repository begins with. */
function beginningsAlong(facts: Facts, stage: StageFacts, chain: readonly Step[]): Beginning[] {
  const base = baseOf(stage);
  let beginning = base === undefined ? undefined : beginningsOf(facts.context.dockerfiles()).get(base);
  const along: Beginning[] = [];
  for (let depth = 0; beginning; depth++) {
    along.push(beginning);
    const step = chain[depth];
    beginning = step && beginning.longer.get(keyOf(step.instruction));
  }
  return along;
}

/** The image from elsewhere that a stage is built on, as its FROM asks for it; undefined where a variable stands in it. */
function baseOf(stage: StageFacts): string | undefined {
  let root = stage;
  while (root.parent) root = root.parent;
  const { image } = stage.base;
  return image.includes('$') ? undefined : JSON.stringify([image, flagsIn(root.stage.from)]);
}

/** What counts for the cache: neither the case of keywords nor how lines are continued. */
const keyOf = once((instruction: Instruction): string => {
  const { keyword, argument, heredocs } = instruction;
  return JSON.stringify([keyword, flagsIn(instruction), argument.text, heredocs.map(({ content }) => content)]);
});

function flagsIn({ flags }: Instruction): (string | undefined)[][] {
  return flags.map(({ name, value }) => [name, value]);
}

/** A RUN that does the same as one of another Dockerfile in the same place, and is written otherwise. */
export interface WrittenOtherwise {
  readonly step: Step;
  /** By path, with the line. */
  readonly first: string;
  /** How many there are beside that one. */
  readonly more: number;
}

/** The first steps of stages on which other Dockerfiles part from this one in their words alone. */
export function writtenOtherwise(facts: Facts): WrittenOtherwise[] {
  const found = new Map<Step, WrittenOtherwise>();
  for (const stage of facts.stages) {
    const chain = chainOf(stage);
    for (const [depth, { meant }] of beginningsAlong(facts, stage, chain).entries()) {
      const step = chain[depth];
      const meaning = step && meaningOf(step);
      if (!step || meaning === undefined) continue;
      const others = (meant.get(meaning) ?? []).filter(({ key, path }) => key !== keyOf(step.instruction) && path !== facts.context.ownPath);
      const places = [...new Set(others.map(({ path, line }) => `${path}:${line}`))];
      const [first] = places;
      if (first !== undefined) found.set(step, { step, first, more: places.length - 1 });
    }
  }
  return [...found.values()];
}

/** What a RUN does, whatever blanks are between its words and in whatever order packages are named; undefined where that is not known. */
const meaningOf = once(({ run, instruction }: Step): string | undefined => {
  if (!run?.script || run.form !== 'shell') return undefined;
  return JSON.stringify([flagsIn(instruction), run.script.items.map((item) => [item.connector, ...wordsOf(run, item)])]);
});

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
