import { posix } from 'node:path';
import { isKnownToSystem } from '../ecosystems/variables.ts';
import { once } from '../once.ts';
import type { CommandFacts, Facts, RunFacts, Step } from './facts.ts';
import { isPlainList, positionOf } from './neighbours.ts';
import { workdirOf } from './ownership.ts';
import { isBelow, overlap } from './paths.ts';
import { variablesSet } from './variables.ts';

/** A RUN that only handles files and deletes what an earlier RUN wrote, with other steps in between. */
export interface LateDeletion {
  readonly writing: Step;
  readonly deleting: Step;
  readonly between: readonly Step[];
  /** Absolute, what it deletes of that. */
  readonly path: string;
}

/** In shipped stages: what is deleted elsewhere stays out of every image. Neighbours are not among them, those are joined. */
export function lateDeletions(facts: Facts): LateDeletion[] {
  return facts.stages.flatMap(({ shipped, steps }) =>
    shipped
      ? steps.flatMap((deleting, to): LateDeletion[] => {
          const removed = deleting.run && onlyHandlesFiles(deleting.run) ? deleting.run.commands.flatMap(({ removes }) => removes) : [];
          if (removed.length === 0) return [];
          for (let from = to - 1; from >= 0; from--) {
            const writing = steps[from];
            const written = writing?.run && isPlainList(writing.run) ? writing.run.commands.flatMap(({ writes }) => writes) : [];
            const path = removed.find((one) => !/[*?[]/.test(one) && written.some((file) => isBelow(file, one)));
            const between = steps.slice(from + 1, to);
            if (writing && path !== undefined) return between.every(({ run }) => run && onlyHandlesFiles(run)) ? [] : [{ writing, deleting, between, path }];
          }
          return [];
        })
      : [],
  );
}

function onlyHandlesFiles(run: RunFacts): boolean {
  return run.commands.length > 0 && isPlainList(run) && run.commands.every((command) => handlesFiles(command) && positionOf(run, command) !== undefined);
}

/** All that it does is done to files whose names are known. */
export function handlesFiles({ kind, command, unknownPaths, prefix }: CommandFacts): boolean {
  if (kind !== 'file' && kind !== 'archive' && kind !== 'look') return false;
  return !unknownPaths && prefix === '' && command.redirections.length === 0 && command.words.every(({ value }) => value !== undefined);
}

/** What a step does may change, or hang on, what the command does. */
export function meets(step: Step, command: CommandFacts): boolean {
  const { run, copy, instruction } = step;
  const own = touched(command);
  if (run) return run.script === undefined || run.commands.some((other) => meetsCommand(other, command));
  if (copy) return copy.path === undefined || own.some((path) => overlap(path, copy.path ?? '')) || isNamed(instruction.joined.text, command);
  if (instruction.keyword === 'WORKDIR') return own.some((path) => overlap(path, workdirOf(step) ?? path));
  if (instruction.keyword === 'ENV' || instruction.keyword === 'ARG') return variablesSet(instruction).some(isKnownToSystem);
  return !only.has(instruction.keyword);
}

/** What they say is for the image, and is told by no command that names its files. */
const only: ReadonlySet<string> = new Set(['LABEL', 'MAINTAINER', 'EXPOSE', 'CMD', 'ENTRYPOINT', 'STOPSIGNAL', 'HEALTHCHECK']);

/** The same of two commands. An install of named packages reads and writes what is its own. */
export function meetsCommand(other: CommandFacts, command: CommandFacts): boolean {
  if (other.kind === 'unknown' || isNamed(wordsOf(other), command)) return true;
  if (other.kind === 'package' ? !isOfNamedPackages(other) : other.unknownPaths) return true;
  return (
    touched(command).some((path) => changed(other).some((one) => overlap(one, path))) ||
    changed(command).some((path) => other.reads.some((one) => overlap(one, path)))
  );
}

function isOfNamedPackages({ use }: CommandFacts): boolean {
  if (use === undefined || (use.reads ?? []).length > 0) return false;
  return (use.packages ?? []).length > 0 || use.action === 'update' || use.action === 'clean';
}

// Each command is held against each other one of its stage.
const wordsOf = once(({ command }: CommandFacts): string => command.words.map(({ text }) => text).join(' '));

const changed = once(({ writes, removes }: CommandFacts): string[] => [...writes, ...removes]);

const touched = once(({ reads, writes, removes }: CommandFacts): string[] => [...reads, ...writes, ...removes]);

const namesRemoved = once(({ removes }: CommandFacts): string[] => removes.map((path) => posix.basename(path)));

/** A name that it removes stands in the text. */
function isNamed(text: string, command: CommandFacts): boolean {
  return namesRemoved(command).some((name) => text.includes(name));
}
