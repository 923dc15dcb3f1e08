import { isKnownToSystem } from '../ecosystems/variables.ts';
import { leavings } from '../ecosystems/index.ts';
import type { CommandFacts, Facts, State, Step } from './facts.ts';
import { isSmall, isSmallCommand } from './gain.ts';
import { onlyCleans } from './leavings.ts';
import { variablesSet } from './variables.ts';

const systemFolders = /^\/(etc|usr(?!\/(src|local|app)(\/|$))|lib\w*|bin|sbin|var\/lib|boot)?(\/|$)/;
const only = /^(COPY|ADD|WORKDIR|ENV|ARG|LABEL|EXPOSE|CMD|ENTRYPOINT|STOPSIGNAL)$/;

/** What a step does hangs on the packages of the distribution that are there, or their install on it. */
export function meetsInstalls(facts: Facts, { instruction, run, copy }: Step): boolean {
  if (run) return !isSmall(run) || run.commands.some(commandMeetsInstalls);
  if (copy) return copy.path === undefined || (copy.path === '/' ? !isOfFiles(facts, copy.sources) : systemFolders.test(copy.path));
  if (instruction.keyword !== 'ENV' && instruction.keyword !== 'ARG') return !only.test(instruction.keyword);
  return variablesSet(instruction).some((name) => isKnownToSystem(name) || /^(DEBIAN|APT|APK)/.test(name));
}

/** The same of a command. */
export function commandMeetsInstalls(command: CommandFacts): boolean {
  return !isSmallCommand(command) || command.writes.some((path) => systemFolders.test(path));
}

/** A call of the distribution's manager, or clean-up: with an install it moves past what does not meet that. */
export function goesWithInstalls(command: CommandFacts, state: State): boolean {
  return command.ecosystem?.buildPackages !== undefined || onlyCleans(command, leavings, state);
}

/** Each is a file by its plain name: no folder whose content goes over those of the system. */
function isOfFiles({ context }: Facts, sources: readonly string[]): boolean {
  return sources.every((source) => /^[\w.-]+$/.test(source) && context.size(source) !== undefined);
}
