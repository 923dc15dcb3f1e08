import { posix } from 'node:path';
import { isObstacle, type Closure, type ClosureRead, type Obstacle } from '../ecosystems/closure.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { once } from '../once.ts';
import { broughtBy, filesBefore, projectFiles, type Origin } from './image-files.ts';
import { earlierSteps, onlyCommand } from './neighbours.ts';

/** An install of the project, and the COPYs that brought the project before it. */
export interface ProjectInstall {
  readonly step: Step;
  readonly command: CommandFacts;
  /** What fetches for it, to be put before the source instead of the install itself. */
  readonly fetch: string | undefined;
  /** Its position in the RUN's list; undefined where it is no item of its own. */
  readonly position: number | undefined;
  /** Absolute. */
  readonly folder: string;
  readonly read: ClosureRead;
  /** The files of its closure: where they lie in the image and in the build context. */
  readonly needed: ReadonlyMap<string, Origin>;
  /** COPYs of its stage, before it, that bring more than the closure, in order. */
  readonly sources: readonly Step[];
  /** Steps between the first of the sources and the install, in order, the sources not among them. */
  readonly between: readonly Step[];
}

/** The first install of the project behind each source, with what it would take to put the source behind it. */
export function projectInstalls(facts: Facts): ProjectInstall[] {
  return allInstalls(facts).filter(({ sources }) => sources.length > 0);
}

/** The first install of the project in each RUN, those that have the manifests alone before them as well. */
export function allInstalls(facts: Facts): ProjectInstall[] {
  return facts.steps.flatMap((step) => {
    const command = step.run?.commands.find((one) => one.use?.closure ?? one.fetch);
    return (command && installOf(facts, step, command)) ?? [];
  });
}

function installOf(facts: Facts, step: Step, command: CommandFacts): ProjectInstall | undefined {
  const folder = command.workdir;
  if (folder === undefined || !step.run) return undefined;
  const files = filesBefore(facts, step);
  const project = projectFiles(facts, files, folder);
  const own = command.use?.closure?.(project);
  const fetch = own === undefined || isObstacle(own) ? command.fetch : undefined;
  const read = fetch?.closure(project) ?? own;
  if (!read) return undefined;
  const needed = new Map<string, Origin>();
  for (const file of isObstacle(read) ? [] : read.files) {
    const path = posix.resolve(folder, file);
    const origin = files.get(path);
    if (origin) needed.set(path, origin);
  }
  if (fetch && isFetched(facts, step, command, needed)) return undefined;
  const before = step.stage.steps.slice(0, step.stage.steps.indexOf(step));
  const there = new Set([...needed.keys(), ...before.flatMap((one) => [...(neededBy(facts, one) ?? [])])]);
  const folders = new Set(needed.size === 0 ? [folder] : [...needed.keys()].map((path) => posix.dirname(path)));
  const sources = before.filter((one) => bringsMore(facts, one, folders, there));
  const between = sources[0] ? before.slice(before.indexOf(sources[0])).filter((one) => !sources.includes(one)) : [];
  const position = step.run.script?.items.findIndex((item) => step.run && onlyCommand(step.run, item) === command);
  return { step, command, fetch: fetch?.command, position: position === -1 ? undefined : position, folder, read, needed, sources, between };
}

/** An earlier step, or an earlier command of the RUN, fetched already what this one needs. */
function isFetched(facts: Facts, step: Step, { ecosystem, command, workdir }: CommandFacts, needed: ReadonlyMap<string, Origin>): boolean {
  return [...earlierSteps(step), step].some((earlier) =>
    earlier.run?.commands.some((one) => {
      if (!one.use?.fetches || one.ecosystem !== ecosystem || (earlier === step && one.command.start >= command.start)) return false;
      if (one.workdir === workdir) return true;
      const known = neededBy(facts, earlier);
      return known === undefined || [...needed.keys()].every((path) => known.has(path));
    }),
  );
}

/** Absolute paths of what the installs of a step read; undefined where that of one is not known. */
const neededBy = (facts: Facts, step: Step): ReadonlySet<string> | undefined => neededIn(facts)(step);

const neededIn = once((facts: Facts) =>
  once((step: Step): ReadonlySet<string> | undefined => {
    const found = new Set<string>();
    for (const { use, workdir } of step.run?.commands ?? []) {
      if (!use?.closure) continue;
      const read = workdir === undefined ? undefined : use.closure(projectFiles(facts, filesBefore(facts, step), workdir));
      if (read === undefined || workdir === undefined || isObstacle(read)) return undefined;
      for (const file of read.files) found.add(posix.resolve(workdir, file));
    }
    return found;
  }),
);

/** True for a COPY from the build context that is not there for installs alone, and goes to where the project lies: what it brings elsewhere may be what they run with. */
function bringsMore(facts: Facts, step: Step, folders: ReadonlySet<string>, needed: ReadonlySet<string>): boolean {
  if (!step.copy || step.copy.from !== undefined) return false;
  const brought = broughtBy(facts, step);
  if (!brought || brought.size === 0) return true;
  const paths = [...brought.keys()];
  return paths.some((path) => !needed.has(path)) && paths.some((path) => [...folders].some((folder) => isOfProject(path, folder)));
}

/** A project that lies in the root shares it with the system. */
function isOfProject(path: string, folder: string): boolean {
  return folder === '/' ? !/^\/(bin|boot|etc|home|lib\w*|media|opt|root|run|sbin|srv|tmp|usr|var)\//.test(path) : path.startsWith(`${folder}/`);
}

/** What an install of the project reads where it runs; undefined for what is none, or runs in a folder that is not known. */
export function closureRead(facts: Facts, step: Step, { use, workdir }: CommandFacts): ClosureRead | undefined {
  return workdir === undefined ? undefined : use?.closure?.(projectFiles(facts, filesBefore(facts, step), workdir));
}

export function closureOf({ read }: ProjectInstall): Closure | undefined {
  return isObstacle(read) ? undefined : read;
}

export function obstacleOf({ read }: ProjectInstall): Obstacle | undefined {
  return isObstacle(read) ? read : undefined;
}
