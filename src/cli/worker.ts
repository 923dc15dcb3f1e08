import type { Selection } from './outcomes.ts';
import { configure, type Configured } from './configure.ts';
import { runFile } from '../run.ts';
import { carried, type CarriedOutcome } from '../batch/carried.ts';

/** Dockerfiles by their absolute paths, and what the command line says. */
export interface Task {
  readonly given: Selection;
  readonly cwd: string;
  readonly paths: readonly string[];
}

let configured: Promise<Configured> | undefined;

/** Runs over Dockerfiles in a thread of its own; one that asks a registry says so in its outcome. */
export default async function runInThread({ given, cwd, paths }: Task): Promise<CarriedOutcome[]> {
  configured ??= configure(given, cwd);
  const { optionsOf } = await configured;
  const outcomes: CarriedOutcome[] = [];
  for (const path of paths) outcomes.push(carried(await runFile(path, { ...optionsOf(path), registry: undefined })));
  return outcomes;
}
