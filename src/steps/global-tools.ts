import { leavings } from '../ecosystems/index.ts';
import type { CommandFacts, Step } from './facts.ts';
import { onlyCleans } from './leavings.ts';

/** A call of a package manager of a language. */
export function isOfLanguage({ ecosystem }: CommandFacts): boolean {
  return ecosystem !== undefined && !ecosystem.ofDistribution;
}

/** It only installs packages globally by their names, one of them that the image starts. */
export function installsTools(step: Step, tools: readonly string[]): boolean {
  const { run, state, instruction } = step;
  if (!run || run.opaque !== undefined || instruction.innerComments.length > 0) return false;
  const others = run.commands.filter((command) => !isGlobalInstall(command));
  return others.every((command) => onlyCleans(command, leavings, state)) && tools.some((name) => installedGlobally(step).includes(name));
}

function isGlobalInstall(command: CommandFacts): boolean {
  const { use, arguments: all } = command;
  return (
    isOfLanguage(command) && use?.action === 'install' && use.packages !== undefined && all.some(({ value }) => /^(-g|--global|global)$/.test(value ?? ''))
  );
}

/** Names of packages, without the versions that are asked for. */
export function installedGlobally({ run }: Step): string[] {
  const installs = (run?.commands ?? []).filter(isGlobalInstall);
  return installs.flatMap(({ use, arguments: all }) => (use?.packages ?? []).map((position) => all[position]?.value?.replace(/(?<=.)@.*$/, '') ?? ''));
}
