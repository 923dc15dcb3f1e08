import { once } from '../once.ts';
import type { ListItem, ShellWord } from '../shell/script.ts';
import { firstWhere } from '../text.ts';
import type { CommandFacts, Facts, RunFacts, StageFacts, Step } from './facts.ts';

/** Steps of one keyword with nothing but comments between them, two or more. */
export function neighbours(facts: Facts, keyword: string): Step[][] {
  const found: Step[][] = [];
  for (const stage of facts.stages) {
    let row: Step[] = [];
    for (const step of stage.steps) {
      if (step.instruction.keyword === keyword) {
        row.push(step);
        continue;
      }
      if (row.length > 1) found.push(row);
      row = [];
    }
    if (row.length > 1) found.push(row);
  }
  return found;
}

/** Of steps in the order of the file (all, where none are given) those that run on what a step left: later ones of its stage and of stages built FROM it. */
export function* laterSteps(facts: Facts, step: Step, among: readonly Step[] = facts.steps): Iterable<Step> {
  const { index } = step.instruction;
  const heirs = heirsIn(facts)(step.stage);
  for (let at = firstWhere(among.length, (i) => (among[i]?.instruction.index ?? 0) > index); at < among.length; at++) {
    const one = among[at];
    if (one && heirs.has(one.stage)) yield one;
  }
}

/** A stage is another one, or is, or by a variable may be, built FROM it. */
export function mayRunOn(facts: Facts, stage: StageFacts, ancestor: StageFacts): boolean {
  return stage === ancestor || heirsIn(facts)(ancestor).has(stage);
}

/** A stage is another one, or is built FROM it. */
export function descendsFrom(stage: StageFacts, ancestor: StageFacts): boolean {
  for (let one: StageFacts | undefined = stage; one && one.stage.index >= ancestor.stage.index; one = one.parent) if (one === ancestor) return true;
  return false;
}

/** A stage and every stage that is, or by a variable may be, built FROM it. */
const heirsIn = once((facts: Facts) =>
  once((stage: StageFacts): ReadonlySet<StageFacts> => {
    const heirs = new Set([stage]);
    for (const one of facts.stages)
      if ((one.parent && heirs.has(one.parent)) || (one.stage.base.includes('$') && one.stage.index > stage.stage.index)) heirs.add(one);
    return heirs;
  }),
);

/** A stage behind those that it is built FROM, the first of them first. */
export function lineOf(stage: StageFacts): StageFacts[] {
  const line = [stage];
  for (let { parent } = stage; parent; parent = parent.parent) line.push(parent);
  return line.toReversed();
}

/** The steps that ran before a step on the same files: of its stage and of the stages it is built FROM. */
export function earlierSteps(step: Step): Step[] {
  const before = step.stage.steps.slice(0, step.instruction.index - step.stage.stage.from.index - 1);
  return lineOf(step.stage).flatMap((stage) => (stage === step.stage ? before : stage.steps));
}

/** The keyword stands in front of a step, in its stage or in one that this is built FROM. */
export function isPreceded({ instruction, stage }: Step, keyword: string): boolean {
  if ((keywordsOf(stage).get(keyword)?.first ?? Infinity) < instruction.index) return true;
  for (let { parent } = stage; parent; parent = parent.parent) if (keywordsOf(parent).has(keyword)) return true;
  return false;
}

/** A later step of its stage has the same keyword. */
export function isFollowedByItsLike({ instruction, stage }: Step): boolean {
  return (keywordsOf(stage).get(instruction.keyword)?.last ?? 0) > instruction.index;
}

/** Where each keyword stands first and last in a stage, by the index of the instruction. */
const keywordsOf = once(({ steps }: StageFacts) => {
  const found = new Map<string, { readonly first: number; readonly last: number }>();
  for (const { instruction } of steps) {
    const { keyword, index } = instruction;
    found.set(keyword, { first: found.get(keyword)?.first ?? index, last: index });
  }
  return found;
});

/** What is known of an item that is one simple command; undefined for a pipeline or something compound. */
export function onlyCommand(run: RunFacts, item: ListItem | undefined): CommandFacts | undefined {
  const [command] = item?.pipeline ?? [];
  return command && item?.pipeline.length === 1 && !item.negated && !item.background ? factsByCommand(run.commands).get(command) : undefined;
}

/** An item of a RUN. */
export interface ItemOfStep {
  readonly step: Step;
  readonly item: ListItem;
}

/** Those of one RUN. */
export function itemsOf(all: readonly ItemOfStep[], step: Step): ListItem[] {
  return all.flatMap((one) => (one.step === step ? [one.item] : []));
}

/** Comments stand between the commands of the RUN, some of which are to go: it is not known which they speak of. */
export function isCommentedInPart({ instruction, run }: Step, items: readonly ListItem[]): boolean {
  return instruction.innerComments.length > 0 && (run?.script?.items.some((item) => !items.includes(item)) ?? true);
}

/** The position in the RUN's list of an item that is this command alone; undefined where there is none. */
export function positionOf(run: RunFacts, command: CommandFacts): number | undefined {
  return commandPositions(run).get(command);
}

const commandPositions = once(
  (run: RunFacts) => new Map((run.script?.items ?? []).flatMap((item, position) => (onlyCommand(run, item) ? [[onlyCommand(run, item), position]] : []))),
);

const factsByCommand = once((commands: readonly CommandFacts[]) => new Map(commands.map((one) => [one.command, one])));

/** The words of a command at positions among its arguments. */
export function wordsAt({ command, arguments: all }: CommandFacts, positions: readonly number[]): ShellWord[] {
  const shift = command.words.length - all.length;
  return positions.flatMap((position) => command.words[position + shift] ?? []);
}

/** A RUN that is nothing but simple commands joined by `&&`. */
export function isPlainList(run: RunFacts): boolean {
  const items = run.form === 'shell' ? run.script?.items : undefined;
  if (!items || run.script?.tail !== '' || continuesNowhere(run)) return false;
  return items.every((item) => item.pipeline.length === 1 && !item.negated && !item.background && (item.connector ?? '&&') === '&&');
}

/** A `\` that the builder does not take for the end of a line stands last: whatever came behind it would begin with it. */
function continuesNowhere({ script }: RunFacts): boolean {
  return script?.source.text.endsWith('\\') ?? false;
}

/** The same, or behind a `set -e` in front, joined by `;` alone: each command runs only where none before it failed. */
export function isStrictList(run: RunFacts): boolean {
  if (isPlainList(run)) return true;
  const items = run.form === 'shell' ? run.script?.items : undefined;
  return (
    run.script?.tail === '' &&
    endsWithFailures(run) &&
    items !== undefined &&
    items.every((item) => item.pipeline.length === 1 && !item.negated && !item.background && (item.connector ?? ';') === ';')
  );
}

/** `set -e` stands in front, and nothing sets it back. */
export function endsWithFailures(run: RunFacts): boolean {
  const [first, ...others] = (run.script?.items ?? []).map((item) => onlyCommand(run, item));
  if (first?.program !== 'set' || others.some((one) => one?.program === 'set')) return false;
  return first.arguments.some(({ value }, i, all) => /^-[a-df-z]*e[a-z]*$/.test(value ?? '') || (value === 'errexit' && all[i - 1]?.value === '-o'));
}

/** A RUN that is nothing but simple commands one behind the other, on one line, several, or those of a heredoc; none runs only where another failed. */
export function isSeries({ form, script }: RunFacts): boolean {
  if (!script || form === 'exec' || script.tail !== '') return false;
  return script.items.every((item) => item.pipeline.length === 1 && !item.negated && !item.background && item.connector !== '||');
}

/** Where a command may come first in a series: behind a `set` in front that is no part of its first list. */
export function firstPlace(run: RunFacts): number {
  const [first, second] = run.script?.items ?? [];
  return second?.connector === ';' && onlyCommand(run, first)?.program === 'set' ? 1 : 0;
}

/** The flags of an instruction in an order of their own, to be compared. */
export function flagsOf({ instruction }: Step): string {
  return instruction.flags
    .map((flag) => `${flag.name}=${flag.value ?? ''}`)
    .toSorted()
    .join(' ');
}
