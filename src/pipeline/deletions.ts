import { isPlainList, positionOf } from '../steps/neighbours.ts';
import { handlesFiles, meets, meetsCommand } from '../steps/late-deletions.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import type { Does } from '../transform.ts';
import { writtenFlags } from './readings.ts';
import { isPassing, withoutDeletions } from './passing.ts';

/** A command, or a step that is no RUN. */
interface Unit {
  readonly step: Step;
  /** Those of an item of the list; the first is its own where it is nothing but that. */
  readonly commands: readonly CommandFacts[];
  readonly text: string;
}

/** Deletions and other work on files, wherever it stands: each with all that comes before it and behind it and may have to do with it. */
export function deletionEvents(facts: Facts, does: readonly Does[]): string[] {
  return facts.stages.flatMap(({ stage, steps }) => {
    const units = steps.flatMap((step) => unitsOf(facts, step));
    return units
      .flatMap(({ step, commands: [command, ...more], text }, at) => {
        if (!command || more.length > 0 || !isMovable(step, command)) return [];
        const met = (others: readonly Unit[]): string =>
          others
            .filter((other) => touches(other, command))
            .map((other) => other.text)
            .join(' & ');
        return [
          `${stage.index} ${step.state.user ?? ''} ${folderOf(command)} ${writtenFlags(step.instruction, does)}: ${text} behind ${met(units.slice(0, at))} before ${met(units.slice(at + 1))}`,
        ];
      })
      .toSorted();
  });
}

/** Where it runs, but for what goes by absolute paths alone. */
function folderOf({ program, arguments: all, workdir }: CommandFacts): string {
  return program === 'rm' && all.every(({ value }) => /^[-/]/.test(value ?? '')) ? '' : (workdir ?? '');
}

/** Work on files alone, as an item of a list. */
export function isMovable({ run }: Step, command: CommandFacts): boolean {
  return run?.form === 'shell' && isPlainList(run) && positionOf(run, command) !== undefined && handlesFiles(command);
}

function touches({ step, commands }: Unit, other: CommandFacts): boolean {
  if (!step.run) return meets(step, other);
  return commands.length === 0 || commands.some((one) => meetsCommand(one, other) || meetsCommand(other, one));
}

function unitsOf(facts: Facts, step: Step): Unit[] {
  const { run, instruction } = step;
  if (isPassing(facts, step)) return [];
  const { script } = run ?? {};
  if (!run || !script || run.form !== 'shell') return [{ step, commands: [], text: instruction.joined.text }];
  return script.items.flatMap((item): Unit[] => {
    const text = withoutDeletions(facts, step, item, script.source.text.slice(item.start, item.end));
    const commands = run.commands.filter(({ command: { words } }) => words[0] && words[0].start >= item.start && words[0].start < item.end);
    return text === '' ? [] : [{ step, commands, text: text.replace(/\s+/g, ' ') }];
  });
}
