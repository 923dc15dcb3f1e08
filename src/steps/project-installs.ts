import { posix } from 'node:path';
import { isObstacle, type Closure, type ClosureRead, type Obstacle } from '../ecosystems/closure.ts';
import type { Flag } from '../dockerfile/model.ts';
import type { Fetch } from '../ecosystems/ecosystem.ts';
import { isManifest } from '../ecosystems/index.ts';
import { namingCode, namingSettings, ofSystem, settingsOfSystem } from '../ecosystems/named-files.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';
import { once } from '../once.ts';
import { broughtBy, filesBefore, projectFiles, type Origin } from './image-files.ts';
import { earlierSteps, positionOf } from './neighbours.ts';
import { outputsOf } from './outputs.ts';
import { overlap } from './paths.ts';
import { stageNamed } from './sources.ts';

/** An install, and the COPYs that brought before it what it does not need. */
export interface ProjectInstall {
  readonly step: Step;
  readonly command: CommandFacts;
  /** What fetches for it, to be put before the source instead of the install itself. */
  readonly fetch: Fetch | undefined;
  /** Its position in the RUN's list; undefined where it is no item of its own. */
  readonly position: number | undefined;
  /** Absolute. */
  readonly folder: string;
  readonly read: ClosureRead;
  /** The files of its closure: where they lie in the image and in the build context. */
  readonly needed: ReadonlyMap<string, Origin>;
  /** COPYs of its stage, before it, that bring more than the closure, in order; source alone where it reads nothing of the project. */
  readonly sources: readonly Step[];
  /** What can come behind it, in order: the sources, and COPYs into the project of what another stage makes of the source. */
  readonly moved: readonly Step[];
  /** Steps between the first of what is moved and the install, in order, the moved ones not among them. */
  readonly between: readonly Step[];
}

/** The first install of each RUN behind a source, with what it would take to put the source behind it: one that reads the project goes before others. */
export function projectInstalls(facts: Facts): ProjectInstall[] {
  return allInstalls(facts).filter(({ moved }) => moved.length > 0);
}

/** The first install of the project in each RUN, those that have the manifests alone before them as well. */
export const allInstalls = once((facts: Facts): readonly ProjectInstall[] =>
  facts.steps.flatMap((step) => {
    const found = step.run?.commands.flatMap((command) => installOf(facts, step, command) ?? []) ?? [];
    const ofProject = found.find(({ read }) => readsProject(read));
    const [first] = found;
    // In front of one that has to wait for the source, another may do without.
    const waits = ofProject !== undefined && ofProject !== first && isObstacle(ofProject.read);
    return [waits ? first : undefined, ofProject ?? first].filter((one) => one !== undefined);
  }),
);

/** It installs what the project names, not only packages that it names itself. */
export function readsProject(read: ClosureRead): boolean {
  return isObstacle(read) || read.files.length > 0;
}

/** What a command reads of the files that are there before its step; undefined where it is not known. */
export const closureRead = once(({ use, workdir }: CommandFacts, facts: Facts, step: Step): ClosureRead | undefined =>
  workdir === undefined ? undefined : use?.closure?.(projectFiles(facts, filesBefore(step, facts), workdir)),
);

function installOf(facts: Facts, step: Step, command: CommandFacts): ProjectInstall | undefined {
  const folder = command.workdir;
  if (folder === undefined || !step.run) return undefined;
  const files = filesBefore(step, facts);
  const own = closureRead(command, facts, step);
  const fetch = own === undefined || isObstacle(own) ? command.fetch : undefined;
  const closure = fetch?.closure(projectFiles(facts, files, folder)) ?? own;
  if (!closure) return undefined;
  const read = codeLoaded(step, files, folder) ?? closure;
  const paths = isObstacle(read) ? [] : [...read.files.map((file) => posix.resolve(folder, file)), ...filesNamed(namingSettings, step, files, folder)];
  const needed = new Map<string, Origin>();
  for (const path of paths) {
    const origin = files.get(path);
    if (origin) needed.set(path, origin);
  }
  if (fetch && isFetched(facts, step, command, needed)) return undefined;
  const copies = contextCopies(step.stage).filter(({ instruction }) => instruction.index < step.instruction.index);
  const sources = copies.length === 0 ? [] : copies.filter(sourcesOf(facts, step, read, needed, folder));
  const built = isObstacle(read) || read.files.length === 0 ? [] : copiesOfBuilt(facts, step);
  const touched = [...paths, ...outputsOf({ read, folder })];
  const follows = ({ copy }: Step): boolean =>
    copy?.path !== undefined && isOfProject(copy.path, folder) && !touched.some((one) => overlap(one, copy.path ?? '/'));
  const moved = [...sources, ...built.filter(follows)].toSorted((one, other) => one.instruction.index - other.instruction.index);
  const between = moved[0] ? stepsBetween(moved[0], step).filter((one) => !moved.includes(one)) : [];
  const written = isObstacle(closure) ? undefined : closure.command;
  return {
    step,
    command,
    fetch: fetch && written !== undefined ? { ...fetch, command: written } : fetch,
    position: positionOf(step.run, command),
    folder,
    read,
    needed,
    sources,
    moved,
    between,
  };
}

/** COPYs and ADDs of a stage from the build context. */
const contextCopies = once(({ steps }: StageFacts): readonly Step[] => steps.filter(({ copy }) => copy && copy.from === undefined));

/** COPYs before a step from stages of the file that change with the source. */
function copiesOfBuilt(facts: Facts, { stage, instruction }: Step): Step[] {
  return stage.steps.filter((one) => {
    const from = one.instruction.index < instruction.index ? stageNamed(facts, stage, one.copy?.from) : undefined;
    return from !== undefined && changesWithSource(from, facts);
  });
}

/** More of the context than manifests comes into a stage, or into one that it lives on. */
const changesWithSource: (stage: StageFacts, facts: Facts) => boolean = once((stage: StageFacts, facts: Facts): boolean => {
  if (stage.parent && changesWithSource(stage.parent, facts)) return true;
  return stage.steps.some((step) => {
    const mounted = step.run?.mounts.filter(({ type }) => type === 'bind') ?? [];
    if (mounted.some(({ from }) => from === undefined)) return true;
    const others = [step.copy?.from, ...mounted.map(({ from }) => from)].map((from) => stageNamed(facts, stage, from));
    if (others.some((other) => other && changesWithSource(other, facts))) return true;
    if (!step.copy || step.copy.from !== undefined) return false;
    const brought = broughtBy(facts, step);
    return brought === undefined || [...brought.values()].some((source) => !isManifest(source));
  });
});

/** The steps of a stage from one on, up to another one. */
function stepsBetween(first: Step, end: Step): Step[] {
  const { steps } = first.stage;
  return steps.slice(steps.indexOf(first), steps.indexOf(end));
}

/** What fetches for an install, from the working directory in which a RUN in its place would start, and the flags of its RUN that it needs. */
export function fetchRun({ step, folder }: ProjectInstall, { command, unused }: Fetch): { readonly flags: readonly Flag[]; readonly command: string } {
  const { workdir = '/' } = step.state;
  const below = posix.relative(workdir, folder);
  const useless = step.run?.mounts.map(({ type, target }) => type === 'cache' && unused?.test(target ?? '') === true) ?? [];
  const mounts = step.instruction.flags.filter(({ name }) => name === 'mount');
  return {
    flags: step.instruction.flags.filter((flag) => useless[mounts.indexOf(flag)] !== true),
    command: below === '' ? command : `cd ${workdir === '/' || below.startsWith('../') ? folder : below} && ${command}`,
  };
}

/** Files of the image that variables name, by themselves or by their folder. */
function filesNamed(variables: readonly string[], { state }: Step, files: ReadonlyMap<string, Origin>, folder: string): string[] {
  const words = variables.flatMap((name) => state.environment.get(name)?.split(/[\s:=]/) ?? []).filter((word) => word !== '');
  const named = words.map((word) => posix.resolve(folder, word));
  return named.length === 0 ? [] : [...files.keys()].filter((path) => named.some((one) => path === one || path.startsWith(`${one}/`)));
}

function codeLoaded(step: Step, files: ReadonlyMap<string, Origin>, folder: string): Obstacle | undefined {
  const [path] = filesNamed(namingCode, step, files, folder);
  return path === undefined ? undefined : { because: 'the environment has each program load code of the project', file: files.get(path)?.source };
}

/** An earlier step, or an earlier command of the RUN, fetched already what this one needs. */
function isFetched(facts: Facts, step: Step, { ecosystem, command, workdir }: CommandFacts, needed: ReadonlyMap<string, Origin>): boolean {
  return [...earlierSteps(step), step].some((earlier) =>
    earlier.run?.commands.some((one) => {
      if (!one.use?.fetches || one.ecosystem !== ecosystem || (earlier === step && one.command.start >= command.start)) return false;
      if (one.workdir === workdir) return true;
      const known = neededBy(earlier, facts);
      return known === undefined || [...needed.keys()].every((path) => known.has(path));
    }),
  );
}

/** Absolute paths of what the installs of a step read; undefined where that of one is not known. */
const neededBy = once((step: Step, facts: Facts): ReadonlySet<string> | undefined => {
  const found = new Set<string>();
  for (const command of step.run?.commands ?? []) {
    if (!command.use?.closure) continue;
    const read = closureRead(command, facts, step);
    if (read === undefined || isObstacle(read)) return undefined;
    for (const file of read.files) found.add(posix.resolve(command.workdir ?? '/', file));
  }
  return found;
});

/** Steps of a stage whose installs read files of the project. */
const projectReaders = once((stage: StageFacts, facts: Facts): readonly Step[] => stage.steps.filter((step) => (neededBy(step, facts)?.size ?? 0) > 0));

/**
 * Knows a COPY from the build context that is not there for installs alone, and goes to where the project lies, for an install that reads nothing of it to
 * any place that is not the system's: what it brings elsewhere may be what they run with.
 */
function sourcesOf(facts: Facts, install: Step, read: ClosureRead, needed: ReadonlyMap<string, Origin>, folder: string): (step: Step) => boolean {
  const ofProject = readsProject(read);
  const before = projectReaders(install.stage, facts).filter(({ instruction }) => instruction.index < install.instruction.index);
  const there = new Set([...needed.keys(), ...before.flatMap((one) => [...(neededBy(one, facts) ?? [])])]);
  // Manifests of members that the install goes without: somebody copied them on their own.
  const names = new Set([...needed.values()].map(({ source }) => posix.basename(source)));
  const isSource = (source: string): boolean => !isManifest(source) || (ofProject && !names.has(posix.basename(source)));
  const folders = needed.size > 0 ? [...new Set([...needed.keys()].map((path) => posix.dirname(path)))] : [ofProject ? folder : '/'];
  return (step) => {
    const brought = broughtBy(facts, step);
    if (!brought?.size) return ofProject;
    const others = [...brought].filter(([path, source]) => !there.has(path) && isSource(source));
    if (others.some(([path]) => settingsOfSystem.test(path))) return false;
    return others.length > 0 && [...brought.keys()].some((path) => folders.some((one) => isOfProject(path, one)));
  };
}

/** A project that lies in the root shares it with the system. */
function isOfProject(path: string, folder: string): boolean {
  return folder === '/' ? !ofSystem.test(path) : path.startsWith(`${folder}/`);
}

export function closureOf({ read }: ProjectInstall): Closure | undefined {
  return isObstacle(read) ? undefined : read;
}

export function obstacleOf({ read }: ProjectInstall): Obstacle | undefined {
  return isObstacle(read) ? read : undefined;
}
