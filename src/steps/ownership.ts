import { posix } from 'node:path';
import type { Facts, CommandFacts, Step } from './facts.ts';
import { isPlainList, positionOf } from './neighbours.ts';
import { absolute, isBelow } from './paths.ts';
import { unquoted } from './read.ts';

/** Which flag of COPY does what the command does. */
type Flag = 'chown' | 'chmod';

/** `chown -R app:app /srv` or `chmod -R 755 bin`: one command that sets owner or mode of one folder with all that is in it. */
export interface RecursiveChange {
  readonly step: Step;
  readonly command: CommandFacts;
  /** Its place in the list of the RUN. */
  readonly position: number;
  readonly flag: Flag;
  /** As written: `app:app`, `1000`, `755`. */
  readonly given: string;
  /** What the flag of COPY says for the same: an owner alone leaves the group as it was, root's. */
  readonly value: string;
  /** Absolute. */
  readonly folder: string;
  /** The word that makes it recursive. */
  readonly recursive: string;
}

/** The recursive changes of a RUN that are items of an `&&` list. */
export function recursiveChanges(step: Step): RecursiveChange[] {
  const { run } = step;
  if (!run || !isPlainList(run)) return [];
  return run.commands.flatMap((command): RecursiveChange[] => {
    const { program, arguments: all, prefix, workdir } = command;
    const position = positionOf(run, command);
    const [recursive, given, path, ...more] = all.map(({ value }) => value);
    if ((program !== 'chown' && program !== 'chmod') || prefix !== '' || position === undefined || more.length > 0) return [];
    if ((recursive !== '-R' && recursive !== '--recursive') || given === undefined || path === undefined) return [];
    const folder = absolute(path.replace(/(?<=.)\/+$/, ''), workdir, undefined);
    const value = program === 'chmod' ? modeOf(given) : ownerOf(given);
    return folder === undefined || value === undefined ? [] : [{ step, command, position, flag: program, given, value, folder, recursive }];
  });
}

function modeOf(given: string): string | undefined {
  return /^0?[0-7]{3}$/.test(given) ? given : undefined;
}

function ownerOf(given: string): string | undefined {
  const [, user = '', group] = /^([\w-]+)(?:[:.]([\w-]+))?$/.exec(given) ?? [];
  if (user === '') return undefined;
  return `${user}:${group ?? 'root'}`;
}

/** The COPYs and ADDs of the stage before a step that bring something into a folder. */
export function copiesInto({ step, folder }: RecursiveChange): Step[] {
  return before(step).filter(({ copy }) => copy?.path !== undefined && isBelow(copy.path, folder));
}

/** The steps of the stage before a step, in order. */
function before(step: Step): readonly Step[] {
  return step.stage.steps.slice(0, step.stage.steps.indexOf(step));
}

/** The steps from the first COPY into the folder up to the change, these COPYs not among them. */
export function stepsSinceCopies(change: RecursiveChange): Step[] {
  const copies = copiesInto(change);
  const earlier = before(change.step);
  const first = copies[0] ? earlier.indexOf(copies[0]) : earlier.length;
  return earlier.slice(first).filter((one) => !copies.includes(one));
}

/** A folder that is there before a step because a WORKDIR or a COPY of the stage made it, or what is in it. */
export function isMadeBefore(step: Step, folder: string): boolean {
  return before(step).some(({ instruction, copy, state }) => {
    const made =
      instruction.keyword === 'WORKDIR' ? absolute(unquoted(instruction.argument.text), state.workdir, undefined) : copy?.directory ? copy.path : undefined;
    return made !== undefined && isBelow(made, folder);
  });
}

/** The COPY makes the folder itself, in one that is there: its flags hold for the folder, too, and for none above it. */
export function makesFolder(change: RecursiveChange): boolean {
  const [first] = copiesInto(change);
  return first?.copy?.path === change.folder && !isMadeBefore(first, change.folder) && isThere(first, posix.dirname(change.folder));
}

/** Folders that every distribution has, or that the stage made. */
export function isThere(step: Step, folder: string): boolean {
  return /^\/((usr|var|opt|srv|home|etc|root|tmp)(\/(local|lib|share|src|bin|log|cache))?)?$/.test(folder) || isMadeBefore(step, folder);
}

/** Who owns, and what may be done with, what each COPY brings and each folder that is named, at the end of each stage: for the check. */
export function ownershipIn(facts: Facts): string[] {
  const found: string[] = [];
  for (const [index, stage] of facts.stages.entries()) {
    const set = new Map<string, string>();
    for (const step of stage.steps) {
      const { copy, instruction } = step;
      const brought = copy?.path;
      if (brought !== undefined)
        for (const { name, value } of instruction.flags)
          if (name === 'chown' || name === 'chmod') for (const source of copy?.sources ?? []) set.set(`${name} ${source} ${brought}`, value ?? '');
      for (const change of recursiveChanges(step))
        for (const one of copiesInto(change))
          for (const source of one.copy?.sources ?? []) set.set(`${change.flag} ${source} ${one.copy?.path ?? ''}`, change.value);
    }
    for (const [what, value] of set) found.push(`${index} ${what} = ${value.replace(/^0(?=\d{3}$)/, '')}`);
  }
  return found.toSorted();
}
