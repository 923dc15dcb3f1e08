import type { CommandFacts, RunFacts, Step } from './facts.ts';
import { cleanedBy, onlyCleans } from './leavings.ts';
import { leavingOf } from '../ecosystems/index.ts';
import { onlyCommand } from './neighbours.ts';

/** Installs of one manager right behind each other in the `&&` list of a RUN, that could be one: rows of two or more. */
export function neighbouringInstalls(run: RunFacts): CommandFacts[][] {
  const items = run.script?.items ?? [];
  const rows: CommandFacts[][] = [];
  // A failure of the second must not be hidden where the first would have stayed installed.
  if (items.some((item, i) => item.background || (i > 0 && item.connector !== '&&'))) return rows;
  let row: CommandFacts[] = [];
  for (const item of items) {
    const command = onlyCommand(run, item);
    const plain = command?.use?.action === 'install' && command.use.packages && command.ecosystem?.unites;
    if (plain && row.length > 0 && item.connector === '&&' && row[0]?.ecosystem === command.ecosystem) row.push(command);
    else {
      if (row.length > 1) rows.push(row);
      row = plain ? [command] : [];
    }
  }
  if (row.length > 1) rows.push(row);
  return rows;
}

/** Updates that repeat an earlier one of their RUN, each with the clean-up right before it that made it necessary. */
export interface RepeatedUpdates {
  readonly between: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** All of a RUN, in order; neighbours that go together are one. */
export function repeatedUpdates(step: Step): RepeatedUpdates[] {
  const run = step.run;
  const items = run?.script?.items ?? [];
  const found: RepeatedUpdates[] = [];
  if (!run || items.some((item, i) => i > 0 && item.connector !== '&&')) return found;
  const commands = items.map((item) => onlyCommand(run, item));
  const last = new Map<string, number>();
  for (const [to, again] of commands.entries()) {
    if (again?.use?.action !== 'update') continue;
    const call = callOf(again);
    const before = last.get(call);
    last.set(call, to);
    if (before === undefined) continue;
    const leavings = again.use.leaves.flatMap((id) => leavingOf(id) ?? []);
    const cleans = (command: CommandFacts | undefined): boolean => command !== undefined && leavings.some((leaving) => cleanedBy(command, leaving, step.state));
    let from = to;
    while (from - 1 > before && cleans(commands[from - 1])) from--;
    // What else it removes, and a clean-up that nothing repeats behind the second update, stay.
    const kept = commands.slice(from, to).some((command) => !command || !onlyCleans(command, leavings, step.state));
    if (kept || (from < to && !commands.some((command, position) => position > to && cleans(command)))) continue;
    const between = Array.from({ length: to - before - 1 }, (_, i) => before + 1 + i);
    const previous = found.at(-1);
    if (previous && previous.to + 1 === from) found[found.length - 1] = { between: [...previous.between, ...between], from: previous.from, to };
    else found.push({ between, from, to });
  }
  return found;
}

function callOf({ path, arguments: all }: CommandFacts): string {
  return [path, ...all.map((argument) => argument.text)].join(' ');
}

/** Installs of plain packages that bring no repository of their own, and clean-up. */
export function changesNoSources({ use, kind, program, arguments: all }: CommandFacts): boolean {
  if (kind === 'file') return program === 'rm';
  if (use?.action === 'clean' || use?.action === 'update') return true;
  if (use?.action !== 'install' || !use.packages) return false;
  return use.packages.every((position) => !/release|repo|apt-config|keyring|software-properties|-common$/.test(all[position]?.value ?? 'repo'));
}
