import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { EachOptions, RunElsewhere } from '../batch/run-each.ts';
import type { Selection } from './outcomes.ts';

/** With fewer Dockerfiles a thread costs what it saves: each reads what all of the repository have in common for itself (docs/large-repositories.md). */
const enough = 200;
const most = 8;

export interface Threads extends NonNullable<EachOptions['elsewhere']> {
  end(): Promise<void>;
}

/** Threads that run over Dockerfiles as the command line says; undefined where one is as fast. */
export async function startThreads(dockerfiles: number, given: Selection, cwd: string): Promise<Threads | undefined> {
  const threads = Math.min(availableParallelism(), most, Math.floor(dockerfiles / (enough / 2)));
  const file = fileURLToPath(new URL('../worker.js', import.meta.url));
  // Beside the built program only.
  if (dockerfiles < enough || threads < 2 || !existsSync(file)) return undefined;
  const { default: Pool } = await import('tinypool');
  const pool = new Pool({ filename: file, minThreads: threads, maxThreads: threads, idleTimeout: 60_000 });
  const run: RunElsewhere = async (paths) => pool.run({ given, cwd, paths });
  // One handful more lies ready for whoever ends first.
  return { atATime: threads + 1, run, end: async () => pool.destroy() };
}
