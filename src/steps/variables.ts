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

/** What the last of several instructions decides: a label, the signal. */
function decides(instruction: Instruction): string[] {
  if (instruction.keyword === 'STOPSIGNAL') return ['STOPSIGNAL'];
  return instruction.keyword === 'LABEL' ? namesSet(instruction).map((name) => `LABEL ${name}`) : [];
}

/** True where the builder expands the variable in an instruction, or sets it again; in what a shell or a program runs the name as a word is enough. */
export function names(instruction: Instruction, variable: string): boolean {
  return namedIn(instruction).has(variable);
}

const namedIn = once((instruction: Instruction): ReadonlySet<string> => {
  const text = [instruction.joined.text, ...instruction.heredocs.map(({ content }) => content)].join('\n');
  if (!expanded.has(instruction.keyword)) return new Set(text.match(/\w+/g));
  // `${A:-$B}` and `${A#$B}` hold others.
  return new Set([...variablesSet(instruction), ...[...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name)]);
});

/** Variables that the builder expands in an instruction. */
export function variablesExpanded({ keyword, joined }: Instruction): string[] {
  return expanded.has(keyword) ? [...joined.text.matchAll(/(?<!\\)\$\{?(\w+)/g)].map(([, name = '']) => name) : [];
}

function hasAny(wanted: Iterable<string>, among: ReadonlySet<string>): boolean {
  for (const name of wanted) if (among.has(name)) return true;
  return false;
}

/** https://docs.docker.com/reference/dockerfile/#environment-replacement */
const expanded: ReadonlySet<string> = new Set(['ADD', 'ARG', 'COPY', 'ENV', 'EXPOSE', 'FROM', 'LABEL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR']);

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

/** The way down past RUNs that name none of what neighbouring ARGs lead to, and past no more than `most` of them; undefined where there is none. */
export function moveDown(declared: readonly Step[], most: number, companions: readonly Step[] = []): MoveDown | undefined {
  const seeds = [...declared, ...companions].toSorted((a, b) => a.instruction.index - b.instruction.index);
  const [first] = seeds;
  const steps = first?.stage.steps ?? [];
  const members = new Set<Step>();
  const variables = new Set<string>();
  const read = new Set<string>();
  const decided = new Set<string>();
  const take = (step: Step): void => {
    members.add(step);
    for (const name of variablesSet(step.instruction)) variables.add(name);
    for (const name of namedIn(step.instruction)) read.add(name);
    for (const what of decides(step.instruction)) decided.add(what);
  };
  for (const seed of seeds) take(seed);
  const passed: Step[] = [];
  let behind = first;
  let stop: Step | undefined;
  for (const step of first ? steps.slice(steps.indexOf(first) + 1) : []) {
    const { instruction } = step;
    if (members.has(step)) continue;
    const named = hasAny(namedIn(instruction), variables);
    if (carried.has(instruction.keyword) && (named || hasAny(decides(instruction), decided))) {
      take(step);
      continue;
    }
    const changes = hasAny(variablesSet(instruction), read);
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
  const below = steps.find((step) => members.has(step) && !isAbove(step)) ?? stop;
  return {
    declared,
    variables: [...variables],
    moved: steps.filter((step) => isAbove(step) && members.has(step)),
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
