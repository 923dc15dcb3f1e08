import { plainName } from '../ecosystems/build-packages.ts';
import { mayNeedBuildPackages } from '../steps/builds.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { commandsWithin } from '../steps/package-scripts.ts';

/** An install as one event a package, libraries left out, whether or not it is told apart. */
export function installedBy(command: CommandFacts): string[] {
  const { program, prefix, arguments: all } = command;
  const apart = apartOf(command);
  const options = all.filter(({ text }) => text.startsWith('-') && !apart.includes(text)).map(({ text }) => text);
  return wordsOf(command)
    .filter((word) => !isLibrary(command, word))
    .map((name) => `${prefix}${program ?? ''} ${options.toSorted().join(' ')} ${name}`);
}

/** Libraries that are installed by name: a transform may add some, and take none away. */
export function librariesNamed({ stages }: Facts): string[] {
  return stages.flatMap(({ stage, steps }) =>
    commandsOf(steps).flatMap((command) =>
      command.use?.action === 'install'
        ? wordsOf(command)
            .filter((word) => isLibrary(command, word))
            .map((word) => `stage ${stage.index}: ${word}`)
        : [],
    ),
  );
}

/** It takes out what the same RUN installed, and nothing but what only builds need. */
export function isRemovalOfOwn(step: Step, command: CommandFacts): boolean {
  const { call, ecosystem } = command;
  if (!call || !ecosystem?.buildPackages?.isRemoval(call)) return false;
  const installed = installedBefore(step, command);
  const place = { base: step.stage.base, others: [] };
  return removedBy(command, installed).every((name) => {
    const from = installed.find((one) => wordsOf(one).some((word) => plainName(word) === plainName(name)));
    return from !== undefined && ecosystem.buildPackages?.read(plainName(name), place) !== undefined;
  });
}

/** Each command that may need a compiler, scripts of the project looked into, with the packages for builds that are there when it runs. */
export function buildsWithPackages(facts: Facts, steps: readonly Step[]): string[] {
  const there = new Set<string>();
  return steps.flatMap((step) => {
    const events: string[] = [];
    const place = { base: step.stage.base, others: [] };
    for (const command of step.run?.commands ?? []) {
      const manager = command.ecosystem?.buildPackages;
      if (manager && command.call && manager.isRemoval(command.call)) {
        for (const word of removedBy(command, installedBefore(step, command))) there.delete(plainName(word));
      } else if (manager && command.use?.action === 'install') {
        for (const word of wordsOf(command)) if (manager.read(plainName(word), place)) there.add(plainName(word));
      } else if (commandsWithin(facts, step).includes(command) && mayNeedBuildPackages(command)) {
        events.push(`${command.command.words.map(({ text }) => text).join(' ')} with ${[...there].toSorted().join(' ')}`);
      }
    }
    return events;
  });
}

/** What a removal names, or else what was installed under its name. */
function removedBy(command: CommandFacts, installed: readonly CommandFacts[]): string[] {
  const apart = apartOf(command);
  if (apart.length > 0) return installed.filter((one) => apart.every((word) => one.arguments.some(({ text }) => text === word))).flatMap(wordsOf);
  return command.arguments.slice(1).flatMap(({ text }) => (text.startsWith('-') ? [] : [text]));
}

function installedBefore({ run }: Step, command: CommandFacts): CommandFacts[] {
  return (run?.commands ?? []).filter(
    (one) => one.ecosystem === command.ecosystem && one.use?.action === 'install' && one.command.start < command.command.start,
  );
}

/** The packages of an install, as written. */
function wordsOf(command: CommandFacts): string[] {
  const apart = apartOf(command);
  return command.arguments.slice((command.use?.actionAt ?? -1) + 1).flatMap(({ text }) => (text.startsWith('-') || apart.includes(text) ? [] : [text]));
}

function apartOf({ ecosystem }: CommandFacts): string[] {
  return ecosystem?.buildPackages?.apart?.split(' ') ?? [];
}

function isLibrary({ ecosystem }: CommandFacts, word: string): boolean {
  return ecosystem?.buildPackages?.isLibrary(plainName(word)) === true;
}

function commandsOf(steps: readonly Step[]): CommandFacts[] {
  return steps.flatMap(({ run }) => (run?.commands ?? []).filter(({ ecosystem }) => ecosystem?.buildPackages));
}
