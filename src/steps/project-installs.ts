import { posix } from 'node:path';
import { isObstacle, type Closure, type ClosureRead, type Obstacle } from '../ecosystems/closure.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
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
  return facts.steps.flatMap((step) => {
    const command = step.run?.commands.find((one) => one.use?.closure ?? one.fetch);
    const found = command && installOf(facts, step, command);
    return found && found.sources.length > 0 ? [found] : [];
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
  if (!read || (fetch && isFetched(step, command))) return undefined;
  const needed = new Map<string, Origin>();
  for (const file of isObstacle(read) ? [] : read.files) {
    const path = posix.resolve(folder, file);
    const origin = files.get(path);
    if (origin) needed.set(path, origin);
  }
  const before = step.stage.steps.slice(0, step.stage.steps.indexOf(step));
  const sources = before.filter((one) => bringsMore(facts, one, needed));
  const between = sources[0] ? before.slice(before.indexOf(sources[0])).filter((one) => !sources.includes(one)) : [];
  const position = step.run.script?.items.findIndex((item) => step.run && onlyCommand(step.run, item) === command);
  return { step, command, fetch: fetch?.command, position: position === -1 ? undefined : position, folder, read, needed, sources, between };
}

/** An earlier step of the stage, or an earlier command of the RUN, fetched already. */
function isFetched(step: Step, { ecosystem, command, workdir }: CommandFacts): boolean {
  return [...earlierSteps(step), step].some(({ run }) =>
    run?.commands.some(
      (one) =>
        one.use?.fetches && one.ecosystem === ecosystem && one.workdir === workdir && (!step.run?.commands.includes(one) || one.command.start < command.start),
    ),
  );
}

/** True for a COPY from the build context that is not there for the install alone. */
function bringsMore(facts: Facts, step: Step, needed: ReadonlyMap<string, Origin>): boolean {
  if (!step.copy || step.copy.from !== undefined) return false;
  const brought = broughtBy(facts, step);
  return !brought || brought.size === 0 || [...brought.keys()].some((path) => !needed.has(path));
}

export function closureOf({ read }: ProjectInstall): Closure | undefined {
  return isObstacle(read) ? undefined : read;
}

export function obstacleOf({ read }: ProjectInstall): Obstacle | undefined {
  return isObstacle(read) ? read : undefined;
}
