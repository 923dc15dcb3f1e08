import { posix } from 'node:path';
import { isObstacle } from '../ecosystems/closure.ts';
import { isManifestOf } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { broughtBy, filesBefore, projectFiles, type Origin } from './image-files.ts';
import type { Installing } from './outputs.ts';
import { closureRead, readsProject } from './project-installs.ts';

/** An install in front of the source that would read more of it, if it were there; what it then would read, and the later COPYs that bring it. */
export interface IncompleteInstall extends Installing {
  readonly step: Step;
  readonly command: CommandFacts;
  /** What it would read besides: where it will lie in the image, and the later COPY that brings it there. */
  readonly missing: ReadonlyMap<string, Origin>;
  /** What it does read. */
  readonly present: ReadonlyMap<string, Origin>;
}

/** Installs whose COPYs of manifests leave out what a later COPY of their stage brings: manifests, and what they cannot run without. One of each RUN. */
export function incompleteInstalls(facts: Facts): IncompleteInstall[] {
  return facts.steps.flatMap((step) => {
    const found = step.run?.commands.flatMap((command) => incomplete(facts, step, command) ?? []) ?? [];
    return found.slice(0, 1);
  });
}

function incomplete(facts: Facts, step: Step, command: CommandFacts): IncompleteInstall | undefined {
  const { workdir: folder, use, ecosystem } = command;
  if (folder === undefined || !use?.closure || !ecosystem) return undefined;
  const now = closureRead(command, facts, step);
  if (!now || !readsProject(now)) return undefined;
  const before = filesBefore(step, facts);
  const later = filesBehind(step, facts);
  if (later.size === 0) return undefined;
  const read = use.closure(projectFiles(facts, new Map([...later, ...before]), folder));
  if (isObstacle(read)) return undefined;
  const paths = read.files.map((file) => posix.resolve(folder, file));
  const present = originsIn(before, paths);
  // What it can do without may be left out on purpose.
  const wanted = paths.filter((path) => isObstacle(now) || isManifestOf(ecosystem, path));
  const missing = originsIn(later, wanted);
  // Without its first file there is no split that could be completed.
  if (missing.size === 0 || !present.has(paths[0] ?? '')) return undefined;
  return { step, command, folder, read, sources: [...new Set([...missing.values()].map((origin) => origin.step))], missing, present };
}

function originsIn(files: ReadonlyMap<string, Origin>, paths: readonly string[]): Map<string, Origin> {
  const found = new Map<string, Origin>();
  for (const path of paths) {
    const origin = files.get(path);
    if (origin) found.set(path, origin);
  }
  return found;
}

/** The files that only later COPYs of the stage bring. */
const filesBehind = once((step: Step, facts: Facts): ReadonlyMap<string, Origin> => {
  const { steps } = step.stage;
  const before = filesBefore(step, facts);
  const files = new Map<string, Origin>();
  for (const later of steps.slice(steps.indexOf(step) + 1))
    for (const [path, source] of (later.copy && broughtBy(facts, later)) ?? []) if (!before.has(path)) files.set(path, { step: later, source });
  return files;
});
