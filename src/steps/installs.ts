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

/** An `update` that repeats an earlier one of its RUN, with the clean-up right before it that made it necessary. */
export function repeatedUpdate(step: Step): { readonly between: readonly number[]; readonly from: number; readonly to: number } | undefined {
  const run = step.run;
  const items = run?.script?.items ?? [];
  if (!run || items.some((item, i) => i > 0 && item.connector !== '&&')) return undefined;
  for (let to = 1; to < items.length; to++) {
    const again = onlyCommand(run, items[to]);
    if (again?.use?.action !== 'update') continue;
    const before = items.findLastIndex((item, i) => i < to && sameCall(onlyCommand(run, item), again));
    if (before < 0) continue;
    const leavings = again.use.leaves.flatMap((id) => leavingOf(id) ?? []);
    const cleanUps = items
      .map((item) => onlyCommand(run, item))
      .map((command) => command !== undefined && leavings.some((leaving) => cleanedBy(command, leaving, step.state)));
    let from = to;
    while (from - 1 > before && cleanUps[from - 1]) from--;
    // What else it removes, and a clean-up that nothing repeats behind the second update, stay.
    const kept = items.slice(from, to).some((item) => {
      const command = onlyCommand(run, item);
      return !command || !onlyCleans(command, leavings, step.state);
    });
    if (kept || (from < to && !cleanUps.slice(to + 1).includes(true))) continue;
    const between = items.map((_item, position) => position).filter((position) => position > before && position < to);
    return { between, from, to };
  }
  return undefined;
}

/** Installs of plain packages that bring no repository of their own, and clean-up. */
export function changesNoSources({ use, kind, program, arguments: all }: CommandFacts): boolean {
  if (kind === 'file') return program === 'rm';
  if (use?.action === 'clean' || use?.action === 'update') return true;
  if (use?.action !== 'install' || !use.packages) return false;
  return use.packages.every((position) => !/release|repo|apt-config|keyring|software-properties|-common$/.test(all[position]?.value ?? 'repo'));
}

function sameCall(one: CommandFacts | undefined, other: CommandFacts): boolean {
  return one?.path === other.path && one?.arguments.map((argument) => argument.text).join(' ') === other.arguments.map((argument) => argument.text).join(' ');
}
