import { plainName, type BuildPackages } from '../ecosystems/build-packages.ts';
import type { ListItem } from '../shell/script.ts';
import { removalPosition } from '../steps/build-packages.ts';
import { mayBuild } from '../steps/builds.ts';
import type { CommandFacts, Facts, RunFacts, Step } from '../steps/facts.ts';
import { commandMeetsInstalls, goesWithInstalls, meetsInstalls } from '../steps/install-moves.ts';
import { isPlainList, laterSteps, onlyCommand, positionOf } from '../steps/neighbours.ts';

/**
 * What the manager of the distribution does in a stage, in order, each with how many commands and steps come behind it that may hang on its
 * packages; a removal at the end of the RUN that installed is none, unless it was there before, wherever. An install is one event a package, whether or not it is told apart; libraries that stay by name are left out.
 */
export function installEvents(facts: Facts, steps: readonly Step[], flagsOf: (step: Step) => string, removedBefore: ReadonlySet<string>): string[] {
  const groups: string[][] = [];
  let behind = 0;
  let installing = false;
  for (const step of steps.toReversed()) {
    const items = step.run?.form === 'shell' ? step.run.script?.items : undefined;
    if (!items) {
      if (meetsInstalls(facts, step)) [behind, installing] = [behind + 1, false];
      continue;
    }
    const removal = removalOfOwn(facts, step);
    for (const item of items.toReversed()) {
      const command = apart(step, item);
      if (!command) {
        if (meets(step, item)) [behind, installing] = [behind + 1, false];
        continue;
      }
      if (removal.includes(command) && !removedBefore.has(removalText(step, command))) continue;
      const isInstall = command.use?.action === 'install';
      const said = (isInstall ? installedBy(command) : [textOf(command)]).map((one) => `${step.state.user ?? ''} ${flagsOf(step)} ${one} before ${behind}`);
      if (isInstall && installing) groups.at(-1)?.push(...said);
      else groups.push(said);
      installing = isInstall;
    }
  }
  return groups.toReversed().flatMap((group) => group.toSorted());
}

/** The command of an item that may move with the installs of its stage. */
export function apart({ run, state }: Step, item: ListItem): CommandFacts | undefined {
  const command = run && onlyCommand(run, item);
  if (!run?.script || !command || !goesWithInstalls(command, state)) return undefined;
  const { items, tail } = run.script;
  const next = items[(positionOf(run, command) ?? items.length) + 1];
  const joints = [item.connector, next ? next.connector : tail === '' ? undefined : tail];
  return joints.every((joint) => joint === undefined || joint === '&&') ? command : undefined;
}

/** Libraries that are installed by name, and removals: a transform may add some, and take none away. */
export function librariesAndRemovals({ stages }: Facts): string[] {
  return stages.flatMap(({ stage, steps }) =>
    steps
      .flatMap(({ run }) => run?.commands ?? [])
      .flatMap((command) => {
        const manager = command.ecosystem?.buildPackages;
        if (!manager || !command.call) return [];
        if (command.use?.action === 'remove' || manager.isRemoval(command.call)) return [textOf(command)];
        return command.use?.action === 'install' ? wordsOf(manager, command).filter((word) => manager.isLibrary(plainName(word))) : [];
      })
      .map((one) => `stage ${stage.index}: ${one}`),
  );
}

/** The removals of all stages, whoever wrote them. */
export function removalsIn({ steps }: Facts): ReadonlySet<string> {
  return new Set(steps.flatMap((step) => (step.run?.commands ?? []).map((command) => removalText(step, command))));
}

function removalText({ stage }: Step, command: CommandFacts): string {
  return `${stage.stage.index} ${textOf(command)}`;
}

/** The commands that end a RUN, but for clean-up, and take out all of one of its installs that only builds need, where nothing builds any more. */
function removalOfOwn(facts: Facts, step: Step): readonly CommandFacts[] {
  const { run } = step;
  const end = (removalPosition(step) ?? -1) + 1;
  if (!run?.script || !isPlainList(run)) return [];
  const { items } = run.script;
  const installs = run.commands.filter(({ use }) => use?.action === 'install');
  for (const install of installs) {
    const removal = removalOf(step, install) ?? [];
    const last = items.slice(end - removal.length, end);
    const commands = last.flatMap((item) => onlyCommand(run, item) ?? []);
    const first = last[0];
    if (first && commands.map(textOf).join('\n') === removal.join('\n') && install.command.end <= first.start)
      return [...laterSteps(facts, step)].some((later) => mayBuild(facts, later) !== undefined) ? [] : commands;
  }
  return [];
}

/** undefined for an install of none of them, or that tells others apart together with them. */
function removalOf({ stage }: Step, install: CommandFacts): readonly string[] | undefined {
  const manager = install.ecosystem?.buildPackages;
  if (!manager || !install.call) return undefined;
  const words = wordsOf(manager, install);
  const gone = words.filter((word) => manager.read(plainName(word), { base: stage.base, others: [] }));
  const isApart = apartWords(manager).every((word) => install.arguments.some(({ text }) => text === word));
  if (gone.length === 0 || !isApart || (manager.apart !== undefined && gone.length < words.length)) return undefined;
  return manager.removal(install.call.calledAs, gone);
}

function meets({ run, state }: Step, item: ListItem): boolean {
  const commands = run ? commandsIn(run, item) : [];
  return commands.length === 0 || commands.some((command) => !goesWithInstalls(command, state) && commandMeetsInstalls(command));
}

function commandsIn({ commands }: RunFacts, { start, end }: ListItem): CommandFacts[] {
  return commands.filter(({ command }) => command.start >= start && command.end <= end);
}

function installedBy(command: CommandFacts): string[] {
  const { program, prefix, arguments: all, ecosystem } = command;
  const manager = ecosystem?.buildPackages;
  if (!manager) return [textOf(command)];
  const options = all.filter(({ text }) => text.startsWith('-') && !apartWords(manager).includes(text)).map(({ text }) => text);
  const set = command.command.assignments.map((one) => `${one.name}=${one.value ?? '?'} `).join('');
  return wordsOf(manager, command)
    .filter((word) => !manager.isLibrary(plainName(word)))
    .map((word) => `${set}${prefix}${program ?? ''} ${options.toSorted().join(' ')} INSTALL ${word}`);
}

/** The packages of an install, as written. */
function wordsOf(manager: BuildPackages, { arguments: all, use }: CommandFacts): string[] {
  return all.slice((use?.actionAt ?? -1) + 1).flatMap(({ text }) => (text.startsWith('-') || apartWords(manager).includes(text) ? [] : [text]));
}

function apartWords({ apart: options }: BuildPackages): string[] {
  return options?.split(' ') ?? [];
}

function textOf({ command: { assignments, words } }: CommandFacts): string {
  return [...assignments.map((one) => `${one.name}=${one.value ?? '?'}`), ...words.map(({ text }) => text)].join(' ');
}
