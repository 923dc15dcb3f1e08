import { setImmediate } from 'node:timers/promises';
import type { Outcome } from '../outcome.ts';
import { runFile, type RunOptions } from '../run.ts';
import type { CarriedOutcome } from './carried.ts';

/** Runs over Dockerfiles, given by their absolute paths, somewhere else. */
export type RunElsewhere = (paths: readonly string[]) => Promise<readonly CarriedOutcome[]>;

export interface EachOptions {
  readonly optionsOf: (path: string) => RunOptions;
  /** What is known already, by path. */
  readonly known: ReadonlyMap<string, Outcome>;
  /** As each ends, in no order. */
  readonly onOutcome: (path: string, outcome: Outcome) => void;
  /** How many are run elsewhere at a time, and where; undefined: all are run here, one after the other. */
  readonly elsewhere: { readonly atATime: number; readonly run: RunElsewhere } | undefined;
  /** Asked between Dockerfiles. */
  readonly isStopped: () => boolean;
}

/** So many are handed out together. */
const handful = 16;

/** Runs the chosen transforms over Dockerfiles (absolute paths), each by itself; undefined where it was stopped. */
export async function runEach(paths: readonly string[], options: EachOptions): Promise<ReadonlyMap<string, Outcome> | undefined> {
  const { optionsOf, known, onOutcome, elsewhere, isStopped } = options;
  const found = new Map(known);
  const keep = (path: string, outcome: Outcome): void => {
    onOutcome(path, outcome);
    found.set(path, outcome);
  };
  const runHere = async (path: string): Promise<void> => {
    const outcome = await runFile(path, optionsOf(path));
    keep(path, outcome);
    // Else nothing that comes from outside would be heard.
    await setImmediate();
  };
  const left = paths.filter((path) => !known.has(path));
  const work = async (): Promise<void> => {
    for (let some = left.splice(0, handful); some.length > 0 && !isStopped(); some = left.splice(0, handful)) {
      if (!elsewhere) {
        for (const path of some) if (!isStopped()) await runHere(path);
        continue;
      }
      for (const [index, outcome] of (await elsewhere.run(some)).entries()) {
        const path = some[index] ?? '';
        if (outcome.asksRegistry) await runHere(path);
        else keep(path, outcome);
      }
    }
  };
  await Promise.all(Array.from({ length: elsewhere?.atATime ?? 1 }, work));
  if (isStopped()) return undefined;
  const inOrder = new Map<string, Outcome>();
  for (const path of paths) {
    const outcome = found.get(path);
    if (outcome) inOrder.set(path, outcome);
  }
  return inOrder;
}
