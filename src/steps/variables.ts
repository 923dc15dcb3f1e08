import type { Instruction } from '../dockerfile/model.ts';
import { once } from '../once.ts';
import type { Step } from './facts.ts';

/** Names that an ARG or ENV sets. */
export function variablesSet(instruction: Instruction): string[] {
  return instruction.keyword === 'ARG' || instruction.keyword === 'ENV' ? namesSet(instruction) : [];
}

function namesSet({ keyword, words }: Instruction): string[] {
  const [first] = words;
  // `ENV NAME the rest` sets one.
  if (keyword !== 'ARG' && first && !first.text.includes('=')) return [first.text];
  return words.map(({ text }) => text.split('=')[0] ?? '');
}

/** Of two instructions the later one decides: the same label, or the signal. */
function overrides(one: Instruction, { instruction: other }: Step): boolean {
  if (one.keyword !== other.keyword) return false;
  return one.keyword === 'STOPSIGNAL' || (one.keyword === 'LABEL' && namesSet(one).some((name) => namesSet(other).includes(name)));
}

/** True where the builder expands the variable in an instruction, or sets it again; in what a shell or a program runs the name as a word is enough. */
export function names(instruction: Instruction, variable: string): boolean {
  if (!expanded.has(instruction.keyword)) return wordsOf(instruction).has(variable);
  return expansionsIn(instruction).has(variable) || variablesSet(instruction).includes(variable);
}

/** https://docs.docker.com/reference/dockerfile/#environment-replacement */
const expanded: ReadonlySet<string> = new Set(['ADD', 'ARG', 'COPY', 'ENV', 'EXPOSE', 'FROM', 'LABEL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR']);

const wordsOf = once((instruction: Instruction): ReadonlySet<string> => new Set(textOf(instruction).match(/\w+/g)));

const expansionsIn = once((instruction: Instruction): ReadonlySet<string> => {
  const text = textOf(instruction);
  // `${A:-$B}` and `${A#$B}` hold others.
  return new Set([...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name));
});

function textOf({ joined, heredocs }: Instruction): string {
  return [joined.text, ...heredocs.map(({ content }) => content)].join('\n');
}

/** Config that a RUN reads nothing of; what it expands it has to stand behind. */
const carried: ReadonlySet<string> = new Set(['ARG', 'ENV', 'LABEL', 'EXPOSE', 'STOPSIGNAL']);
/** What runs or is expanded later, with the variables that are set in the end. */
const later: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ONBUILD', 'MAINTAINER', 'SHELL']);

/** Neighbouring ARGs with all that only expands them, on their way down past RUNs that do not name them. */
export interface MoveDown {
  readonly declared: readonly Step[];
  /** What the ARGs set, and what is set by what goes along. */
  readonly variables: readonly string[];
  /** What stands above the last of the RUNs, in order. */
  readonly moved: readonly Step[];
  /** RUNs that no longer have the variables. */
  readonly passed: readonly Step[];
  /** The step above which they come; undefined where nothing of the stage needs them. */
  readonly above: Step | undefined;
  /** The last step passed that makes a layer. */
  readonly behind: Step;
}

/** Every way down of an ARG, the longest first: each one passes a RUN less. */
export function movesDown(declared: Step): MoveDown[] {
  const moves: MoveDown[] = [];
  for (let move = moveDown([declared], Infinity); move; move = moveDown([declared], move.passed.length - 1)) moves.push(move);
  return moves;
}

/** The way down past RUNs that name none of what neighbouring ARGs lead to, and past no more than `most` of them; undefined where there is none. */
export function moveDown(declared: readonly Step[], most: number, companions: readonly Step[] = []): MoveDown | undefined {
  const seeds = [...declared, ...companions].toSorted((a, b) => a.instruction.index - b.instruction.index);
  const [first] = seeds;
  const steps = first?.stage.steps ?? [];
  const members = [...seeds];
  const variables = new Set(seeds.flatMap(({ instruction }) => variablesSet(instruction)));
  const passed: Step[] = [];
  let behind = first;
  let stop: Step | undefined;
  for (const step of first ? steps.slice(steps.indexOf(first) + 1) : []) {
    const { instruction } = step;
    if (members.includes(step)) continue;
    const set = variablesSet(instruction);
    const named = [...variables].some((variable) => names(instruction, variable));
    if (carried.has(instruction.keyword) && (named || members.some((member) => overrides(instruction, member)))) {
      members.push(step);
      for (const variable of set) variables.add(variable);
      continue;
    }
    const changes = set.some((variable) => members.some((member) => names(member.instruction, variable)));
    if (changes || (named && !later.has(instruction.keyword)) || (step.run && passed.length >= most)) {
      stop = step;
      break;
    }
    if (step.run) passed.push(step);
    if (step.run || step.copy || instruction.keyword === 'WORKDIR') behind = step;
  }
  const last = passed.at(-1);
  if (!last || !behind) return undefined;
  const isAbove = (step: Step): boolean => step.instruction.index < last.instruction.index;
  const below = members.find((step) => !isAbove(step)) ?? stop;
  return {
    declared,
    variables: [...variables],
    moved: steps.filter((step) => isAbove(step) && members.includes(step)),
    passed,
    above: below && firstOfRow(below, last),
    behind,
  };
}

/** ARGs in a row with those that are moved, which nothing expands but what is moved as well. */
export function companionsOf({ declared, moved }: MoveDown): Step[] {
  const [first] = declared;
  const steps = first?.stage.steps ?? [];
  const isCompanion = (step: Step): boolean => {
    const namers = steps.slice(steps.indexOf(step) + 1).filter(({ instruction }) => variablesSet(step.instruction).some((name) => names(instruction, name)));
    return namers.length > 0 && namers.every((one) => moved.includes(one));
  };
  const from = first ? steps.indexOf(first) : 0;
  const before = steps.slice(0, from).toReversed();
  const row = [...upToOther(before), ...upToOther(steps.slice(from))];
  return row.filter((step) => !moved.includes(step) && isCompanion(step));
}

function upToOther(steps: readonly Step[]): readonly Step[] {
  const end = steps.findIndex(({ instruction }) => instruction.keyword !== 'ARG');
  return end < 0 ? steps : steps.slice(0, end);
}

/** Declarations right above a step stay together with it, from the first ARG on. */
function firstOfRow(step: Step, last: Step): Step {
  const { steps } = step.stage;
  let first = step;
  for (let at = steps.indexOf(step) - 1; at >= 0; at--) {
    const above = steps[at];
    if (!above || above === last || !carried.has(above.instruction.keyword)) break;
    if (above.instruction.keyword === 'ARG') first = above;
  }
  return first;
}
