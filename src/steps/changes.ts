import { isKnownToSystem, isStamp } from '../ecosystems/variables.ts';
import type { Facts, Step } from './facts.ts';
import { moveDown, names, variablesSet } from './variables.ts';

/** Of an image: what has more is not built. https://docs.docker.com/engine/storage/drivers/overlayfs-driver/ */
const mostLayers = 127;

/** ARGs and ENVs above a RUN that does not name them, whose value is another one with each build, by their names, or often, by the history of the file. */
export function changingIn(facts: Facts): Step[] {
  return facts.stages.flatMap((stage) => {
    if (stage.base.family === 'windows' || stage.steps.filter(({ run }) => run).length > mostLayers) return [];
    const found: Step[] = [];
    let next: Step | undefined;
    for (const step of stage.steps.toReversed()) {
      if (step.run) next = step;
      if (next && isChanging(facts, step, next)) found.push(step);
    }
    return found.toReversed();
  });
}

function isChanging(facts: Facts, step: Step, next: Step): boolean {
  const set = variablesSet(step.instruction);
  if (set.length === 0 || set.some((name) => names(next.instruction, name))) return false;
  if (step.instruction.keyword === 'ARG' && set.every(isStamp)) return true;
  return !set.some(isKnownToSystem) && changesOf(facts, step) !== undefined && moveDown([step], Infinity)?.passed.some((one) => !isQuick(one)) === true;
}

/** Fewer changes than this say little. */
const fewest = 3;

export interface Changes {
  readonly name: string;
  readonly changes: number;
  readonly commits: number;
}

/** How often commits gave a variable another value, where that is often enough to go by. */
export function changesOf(facts: Facts, { instruction }: Step): Changes | undefined {
  const history = facts.context.history();
  if (!history || history.written.length < fewest) return undefined;
  for (const name of variablesSet(instruction)) {
    const values = history.written.flatMap((lines) => lines.flatMap((line) => valueIn(line, name) ?? []).slice(0, 1));
    // What it was before the first of them is another one as well.
    const changes = values.filter((value, i) => value !== values[i + 1]).length;
    if (changes >= fewest) return { name, changes, commits: history.commits };
  }
  return undefined;
}

/** `ARG NAME=value`, `ENV NAME value`, or `NAME=value` on a line of its own. */
function valueIn(line: string, name: string): string | undefined {
  const words = line.trim().split(/\s+/);
  const declares = /^(ARG|ENV)$/i.test(words[0] ?? '');
  const set = words.find((word, i) => (declares || i === 0) && word.startsWith(`${name}=`));
  if (set !== undefined) return set.slice(name.length + 1);
  return declares && words[1] === name ? words.slice(2).join(' ') : undefined;
}

/** A RUN that only makes, marks and looks at files. */
export function isQuick({ run }: Step): boolean {
  const { commands = [] } = run ?? {};
  return commands.length > 0 && commands.every(({ kind, program }) => ['file', 'look', 'user'].includes(kind) || program === 'cd' || program === 'set');
}
