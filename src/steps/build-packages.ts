import { plainName, type BuildPackage, type BuildPackages } from '../ecosystems/build-packages.ts';
import { once } from '../once.ts';
import { isBuild } from './builds.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';
import { onlyCleans } from './leavings.ts';
import { leavings } from '../ecosystems/index.ts';
import { earlierSteps, onlyCommand, positionOf } from './neighbours.ts';

/** A package of an install, by its position among the arguments. */
export interface InstalledPackage {
  readonly position: number;
  /** Without its version. */
  readonly name: string;
  /** undefined where it is not known to serve builds alone. */
  readonly build: BuildPackage | undefined;
}

/** An install of packages that builds of its stage need, with the steps from it to the last build. */
export interface BuildInstall {
  readonly step: Step;
  readonly command: CommandFacts;
  readonly manager: BuildPackages;
  readonly packages: readonly InstalledPackage[];
  /** Names of libraries that have to stay and that nothing installs by name. */
  readonly libraries: readonly string[];
  /** The last step that builds. */
  readonly last: Step;
  /** What stands between the two. */
  readonly between: readonly Step[];
}

/** All of the shipped stages. A stage in which nothing builds has none. */
export const buildInstalls = once((facts: Facts): readonly BuildInstall[] =>
  facts.stages.filter(({ shipped }) => shipped).flatMap((stage) => stage.steps.flatMap((step) => installsIn(facts, stage, step))),
);

function installsIn(facts: Facts, stage: StageFacts, step: Step): BuildInstall[] {
  return (step.run?.commands ?? []).flatMap((command): BuildInstall[] => {
    const manager = command.ecosystem?.buildPackages;
    const positions = command.use?.action === 'install' ? command.use.packages : undefined;
    if (!manager || !positions) return [];
    const names = positions.map((position) => plainName(command.arguments[position]?.value ?? ''));
    if (!names.some((name) => isWorthIt(manager.read(name, { base: stage.base, others: [] })))) return [];
    const last = stage.steps.findLast((one) => one.instruction.index >= step.instruction.index && isBuild(facts, one));
    // It is removed by its author.
    if (!last || removes(stage, step)) return [];
    const installed = namesInstalled([...earlierSteps(step), step]);
    const others = installed.filter((name) => manager.read(name, { base: stage.base, others: [] }) === undefined);
    const packages = positions.map((position, i): InstalledPackage => {
      const name = names[i] ?? '';
      return { position, name, build: manager.read(name, { base: stage.base, others }) };
    });
    const libraries = [...new Set(packages.flatMap(({ build }) => build?.libraries ?? []))].filter((name) => !installed.includes(name));
    const between = stage.steps.slice(stage.steps.indexOf(step) + 1, stage.steps.indexOf(last));
    return [{ step, command, manager, packages, libraries, last, between }];
  });
}

/** A tool alone is small. */
function isWorthIt(build: BuildPackage | undefined): boolean {
  return build !== undefined && build.kind !== 'tool';
}

function removes(stage: StageFacts, step: Step): boolean {
  const later = stage.steps.slice(stage.steps.indexOf(step));
  return later.some(({ run }) =>
    run?.commands.some(
      ({ ecosystem, use, call }) => (use?.action === 'remove' && ecosystem?.buildPackages) || (call && ecosystem?.buildPackages?.isRemoval(call)),
    ),
  );
}

/** Names of packages that steps install, in whatever way that is read. */
export function namesInstalled(steps: readonly Step[], but?: CommandFacts): string[] {
  return steps.flatMap(({ run }) => (run?.commands ?? []).flatMap((command) => (command === but ? [] : namesOfInstall(command))));
}

/** The same of one command. */
export function namesOfInstall({ ecosystem, use, arguments: all }: CommandFacts): string[] {
  if (!ecosystem?.buildPackages || use?.action !== 'install') return [];
  return all.slice(use.actionAt + 1).flatMap(({ value }) => (value === undefined || value.startsWith('-') ? [] : [plainName(value)]));
}

/** The position of the install in the list of its RUN; undefined where it stands in something compound. */
export function positionIn({ step, command }: BuildInstall): number | undefined {
  return step.run && positionOf(step.run, command);
}

/** The item of a RUN's list behind which only clean-up follows. */
export function removalPosition({ run, state }: Step): number | undefined {
  return run?.script?.items.findLastIndex((item) => {
    const command = onlyCommand(run, item);
    return !command || !onlyCleans(command, leavings, state);
  });
}
