import { posix } from 'node:path';
import type { Facts, CommandFacts, Step } from './facts.ts';
import { filesBefore } from './image-files.ts';
import { earlierSteps, isPlainList, positionOf } from './neighbours.ts';
import { absolute, isBelow } from './paths.ts';
import { expand, unquoted } from './read.ts';

/** Which flag of COPY does what the command does. */
type Flag = 'chown' | 'chmod';

/** `chown -R app:app /srv`, `chmod 755 /start.sh` or `chmod +x /start.sh`: one command that sets owner or mode of one folder with all that is in it, or of files. */
export interface OwnershipChange {
  readonly step: Step;
  readonly command: CommandFacts;
  /** Its place in the list of the RUN. */
  readonly position: number;
  readonly flag: Flag;
  /** As written: `app:app`, `1000`, `755`, `+x`. */
  readonly given: string;
  /** What the flag of COPY says for the same: an owner alone leaves the group as it was, root's. */
  readonly value: string;
  /** Absolute: one folder where it is recursive, else each path that it names. */
  readonly paths: readonly string[];
  /** The word that makes it recursive. */
  readonly recursive: string | undefined;
}

/** The changes of a RUN that are items of an `&&` list. */
export function ownershipChanges(step: Step): OwnershipChange[] {
  const { run } = step;
  if (!run || !isPlainList(run)) return [];
  return run.commands.flatMap((command): OwnershipChange[] => {
    const { program, prefix, workdir } = command;
    if ((program !== 'chown' && program !== 'chmod') || prefix !== '') return [];
    const position = positionOf(run, command);
    const [first, ...others] = command.arguments.map(({ value, text }) => value ?? expand(text.replace(/^"(.*)"$/, '$1'), step.state.environment));
    const recursive = first === '-R' || first === '--recursive' ? first : undefined;
    const [given, ...named] = recursive === undefined ? [first, ...others] : others;
    const paths = named.map((path) => (path === undefined || /[*?[]/.test(path) ? undefined : absolute(path.replace(/(?<=.)\/+$/, ''), workdir, undefined)));
    const value = given === undefined ? undefined : program === 'chown' ? ownerOf(given) : modeOf(given, recursive === undefined);
    if (position === undefined || given === undefined || value === undefined || paths.length === 0) return [];
    if (!paths.every((path) => path !== undefined) || (recursive !== undefined && paths.length > 1)) return [];
    return [{ step, command, position, flag: program, given, value, paths, recursive }];
  });
}

/** An octal mode as it is; what `+x` makes of a file with the modes that git gives to files, 644 and 755. */
function modeOf(given: string, ofFiles: boolean): string | undefined {
  if (/^0?[0-7]{3}$/.test(given)) return given;
  return ofFiles && isAddedMode(given) ? '755' : undefined;
}

/** `+x`: what comes of it hangs on the mode that the file has. */
export function isAddedMode(given: string): boolean {
  return /^(a|ugo)?\+r?x$/.test(given);
}

function ownerOf(given: string): string | undefined {
  const [, user = '', group] = /^([\w-]+)(?:[:.]([\w-]+))?$/.exec(given) ?? [];
  if (user === '') return undefined;
  return `${user}:${group ?? 'root'}`;
}

/** The COPYs and ADDs of the stage that bring something into the folder, or the files. */
export function copiesInto(facts: Facts, { step, paths, recursive }: OwnershipChange): Step[] {
  const [folder] = paths;
  if (recursive !== undefined) return before(step).filter(({ copy }) => copy?.path !== undefined && folder !== undefined && isBelow(copy.path, folder));
  const files = filesBefore(step, facts);
  const earlier = before(step);
  const origins = new Set(
    paths.map((path) => {
      const passed = earlier.findLast((one) => passedFrom(one) === path);
      const origin = files.get(path)?.step;
      return passed && (!origin || origin.instruction.index < passed.instruction.index) ? passed : origin;
    }),
  );
  return earlier.filter((one) => origins.has(one));
}

/** Where a COPY puts the one thing that it brings from another stage or image, file or folder; undefined for any other. */
export function passedFrom({ copy, instruction }: Step): string | undefined {
  const [source, ...more] = copy?.sources ?? [];
  if (copy?.from === undefined || copy.path === undefined || source === undefined || more.length > 0 || instruction.heredocs.length > 0) return undefined;
  if (/[*?[$\\"']|\/$|(^|\/)\.\.?$/.test(source)) return undefined;
  return copy.directory ? posix.join(copy.path, posix.basename(source)) : copy.path;
}

/** The steps of the stage before a step, in order. */
function before(step: Step): readonly Step[] {
  return step.stage.steps.slice(0, step.stage.steps.indexOf(step));
}

/** The steps from the first COPY into the folder up to the change, these COPYs not among them. */
export function stepsSinceCopies(facts: Facts, change: OwnershipChange): Step[] {
  const copies = copiesInto(facts, change);
  const earlier = before(change.step);
  const first = copies[0] ? earlier.indexOf(copies[0]) : earlier.length;
  return earlier.slice(first).filter((one) => !copies.includes(one));
}

/** A folder that is there before a step because a WORKDIR or a COPY of the stage made it, or what is in it. */
export function isMadeBefore(step: Step, folder: string): boolean {
  return before(step).some((one) => {
    const { instruction, copy } = one;
    const made = instruction.keyword === 'WORKDIR' ? workdirOf(one) : copy?.directory ? copy.path : undefined;
    return made !== undefined && isBelow(made, folder);
  });
}

/** The folder that a WORKDIR makes; undefined where a variable that is not known decides. */
export function workdirOf({ instruction, state }: Step): string | undefined {
  const written = expand(unquoted(instruction.argument.text), state.environment);
  return written === undefined ? undefined : absolute(written, state.workdir, undefined);
}

/** Nothing is left for the command to do: it is about files, or the COPY makes the folder itself, in one that is there, so that its flags hold for the folder, too, and for none above it. */
export function isDoneByCopies(facts: Facts, change: OwnershipChange): boolean {
  const [first] = copiesInto(facts, change);
  const [folder] = change.paths;
  if (change.recursive === undefined) return true;
  return folder !== undefined && first?.copy?.path === folder && !isMadeBefore(first, folder) && isThere(first, posix.dirname(folder));
}

/** Folders that every distribution has, or that the stage made. */
export function isThere(step: Step, folder: string): boolean {
  if (/^\/(usr|usr\/bin|var|home|etc|root|tmp)?$/.test(folder) || isMadeBefore(step, folder)) return true;
  return step.stage.base.family !== 'busybox' && /^\/(opt|srv|usr\/(lib|local|share|src)|usr\/local\/(bin|lib|share)|var\/(cache|lib|log))$/.test(folder);
}

/** The same, or a RUN before it made it, whatever the step itself brings. */
export function isMadeWithout(step: Step, folder: string): boolean {
  const made = earlierSteps(step).some(
    ({ run }) =>
      run && isPlainList(run) && run.commands.some(({ program, command, writes }) => program === 'mkdir' && !command.nested && writes.includes(folder)),
  );
  return made || isThere(step, folder) || step.state.workdir === folder;
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
      for (const change of ownershipChanges(step))
        for (const one of copiesInto(facts, change))
          for (const source of one.copy?.sources ?? []) set.set(`${change.flag} ${source} ${one.copy?.path ?? ''}`, change.value);
    }
    for (const [what, value] of set) found.push(`${index} ${what} = ${value.replace(/^0(?=\d{3}$)/, '')}`);
  }
  return found.toSorted();
}
