import { once } from '../once.ts';
import type { CommandFacts, Facts, RunFacts, Step } from './facts.ts';
import type { ListItem, ShellWord } from '../shell/script.ts';

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

/** The steps that run on what a step left: the later ones of its stage, and those of every stage built FROM it. */
export function laterSteps(facts: Facts, step: Step): readonly Step[] {
  return stepsBehind(step, facts);
}

const stepsBehind = once((step: Step, facts: Facts): readonly Step[] => {
  const heirs = new Set([step.stage]);
  // What a variable names may be any earlier stage.
  for (const stage of facts.stages)
    if ((stage.parent && heirs.has(stage.parent)) || (stage.stage.base.includes('$') && stage.stage.index > step.stage.stage.index)) heirs.add(stage);
  const own = step.stage.steps.slice(step.stage.steps.indexOf(step) + 1);
  return [...own, ...[...heirs].filter((stage) => stage !== step.stage).flatMap((stage) => stage.steps)];
});

/** The steps that ran before a step on the same files: of its stage and of the stages it is built FROM. */
export function earlierSteps(step: Step): Step[] {
  const own = step.stage.steps.slice(0, step.stage.steps.indexOf(step));
  const inherited: Step[] = [];
  for (let stage = step.stage.parent; stage; stage = stage.parent) inherited.unshift(...stage.steps);
  return [...inherited, ...own];
}

/** What is known of an item that is one simple command; undefined for a pipeline or something compound. */
export function onlyCommand(run: RunFacts, item: ListItem | undefined): CommandFacts | undefined {
  return item?.pipeline.length === 1 && !item.negated && !item.background ? run.commands.find((command) => command.command === item.pipeline[0]) : undefined;
}

/** The words of a command at positions among its arguments. */
export function wordsAt({ command, arguments: all }: CommandFacts, positions: readonly number[]): ShellWord[] {
  const shift = command.words.length - all.length;
  return positions.flatMap((position) => command.words[position + shift] ?? []);
}

/** A RUN that is nothing but simple commands joined by `&&`. */
export function isPlainList(run: RunFacts): boolean {
  const items = run.form === 'shell' ? run.script?.items : undefined;
  if (!items || run.script?.tail !== '') return false;
  return items.every((item) => item.pipeline.length === 1 && !item.negated && !item.background && (item.connector ?? '&&') === '&&');
}

/** The flags of an instruction in an order of their own, to be compared. */
export function flagsOf({ instruction }: Step): string {
  return instruction.flags
    .map((flag) => `${flag.name}=${flag.value ?? ''}`)
    .toSorted()
    .join(' ');
}
