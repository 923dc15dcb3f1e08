import type { RunsAgain, RunsAfterEdit } from '../outcome.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { fatesAfter, type Fate } from './runs-again.ts';
import { typicalEdits } from './typical-edits.ts';

/** Which RUNs run again after typical edits, with the Dockerfile and the context as they were and as they are to be. */
export function compareRuns(before: Facts, after: Facts): RunsAgain[] {
  return typicalEdits(before).map(({ edit, path }) => {
    const [old, now] = [runsByFate(before, path), runsByFate(after, path)];
    return { edit, path, before: told(old), after: told(now), spared: lessOften(old, now), added: lessOften(now, old) };
  });
}

type ByFate = Readonly<Record<Fate, readonly Step[]>>;

function runsByFate(facts: Facts, path: string): ByFate {
  const runs: Record<Fate, Step[]> = { again: [], unknown: [], cached: [] };
  for (const [step, fate] of fatesAfter(facts, path)) if (step.run) runs[fate].push(step);
  return runs;
}

function told({ again, unknown, cached }: ByFate): RunsAfterEdit {
  return { again: linesOf(again), perhaps: linesOf(unknown), of: again.length + unknown.length + cached.length };
}

function linesOf(steps: readonly Step[]): number[] {
  return steps.map(({ instruction }) => instruction.startLine);
}

/** Names of the commands that surely run again in one and are surely cached in the other; so is a fetch that only the other has. */
function lessOften(one: ByFate, other: ByFate): string[] {
  const [again, wasCached] = [named(one.again), named(one.cached)];
  const [perhaps, cached] = [named([...other.again, ...other.unknown]), named(other.cached)];
  const seen = named([...one.again, ...one.unknown, ...one.cached]);
  const names: string[] = [];
  for (const [name, commands] of cached) {
    const count = (of: ReadonlyMap<string, readonly CommandFacts[]>): number => of.get(name)?.length ?? 0;
    const fetched = again.size > 0 && !seen.has(name) && commands.every(({ use }) => use?.fetches);
    if (fetched || (count(again) > count(perhaps) && commands.length > count(wasCached))) names.push(name);
  }
  return names;
}

/** The commands of RUNs that are worth a word, by their names. */
function named(runs: readonly Step[]): Map<string, CommandFacts[]> {
  const found = new Map<string, CommandFacts[]>();
  for (const command of runs.flatMap(({ run }) => run?.commands ?? [])) {
    const name = command.kind === 'shell' || command.kind === 'look' || command.kind === 'file' ? undefined : nameOf(command);
    const same = name === undefined ? undefined : found.get(name);
    if (same) same.push(command);
    else if (name !== undefined) found.set(name, [command]);
  }
  return found;
}

/** `npm install`: what is called, up to the first option, path or package. A fetch is told from the install that it goes before by its options. */
function nameOf({ program, arguments: all, use }: CommandFacts): string | undefined {
  if (program === undefined) return undefined;
  const from = Math.max(use?.actionAt ?? 0, 0);
  const words = all.slice(from).map(({ value = '$' }, i) => (use?.packages?.includes(i + from) ? '$' : value));
  const end = words.findIndex((word) => !(use?.fetches ? /^(--?)?\w[\w:.=-]*$/ : /^\w[\w:.-]*$/).test(word));
  const plain = words.slice(0, end < 0 ? words.length : end);
  return [program, ...(use?.fetches ? plain : plain.slice(0, 2))].join(' ');
}
