import type { CommandFacts, RunFacts, Step } from './facts.ts';
import { cleanedBy, onlyCleans } from './leavings.ts';
import { leavingOf, leavings } from '../ecosystems/index.ts';
import { installsNothing, publishedScript } from './known-scripts.ts';
import { onlyCommand } from './neighbours.ts';
import { overlap } from './paths.ts';

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

/** All of a RUN, in order. */
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
    const fetched = again.use.leaves.flatMap((id) => leavingOf(id) ?? []);
    const cleans = (command: CommandFacts | undefined): boolean => command !== undefined && fetched.some((leaving) => cleanedBy(command, leaving, step.state));
    let from = to;
    while (from - 1 > before && cleans(commands[from - 1])) from--;
    // What stays between the two cleans up: the second one fetches anew.
    if (commands.slice(before + 1, from).some(cleans)) continue;
    // What else it removes, and a clean-up that nothing repeats behind the second update, stay.
    const kept = commands.slice(from, to).some((command) => !command || !onlyCleans(command, fetched, step.state));
    if (kept || (from < to && !commands.some((command, position) => position > to && cleans(command)))) continue;
    const between = Array.from({ length: to - before - 1 }, (_, i) => before + 1 + i);
    found.push({ between, from, to });
  }
  return found;
}

/** A clean-up that the same RUN does again, behind a call that fetches anew what it removes. */
export interface RepeatedCleanUp {
  readonly title: string;
  /** Item of the list, and those from it to the one that cleans again. */
  readonly item: number;
  readonly between: readonly number[];
}

/** All of a RUN whose installs fetch by themselves what is cleaned up, in order. */
export function repeatedCleanUps({ run, state }: Step): RepeatedCleanUp[] {
  const items = run?.script?.items ?? [];
  if (!run || items.some((item, i) => item.negated || item.background || (i > 0 && item.connector !== '&&'))) return [];
  const commands = items.map((item) => onlyCommand(run, item));
  return commands.flatMap((command, item) => {
    const cleaned = command ? leavings.filter((leaving) => cleanedBy(command, leaving, state)) : [];
    if (!command || cleaned.length === 0 || !onlyCleans(command, cleaned, state)) return [];
    // What it says goes to a file.
    if (command.writes.length > 0 || command.unknownPaths) return [];
    // One that this RUN has fetched nothing before is there for what the base holds.
    if (!commands.slice(0, item).some((earlier) => cleaned.some(({ id }) => earlier?.use?.leaves.includes(id)))) return [];
    const again = commands.findIndex((later, to) => to > item && later && cleaned.every((leaving) => cleanedBy(later, leaving, state)));
    const between = Array.from({ length: Math.max(0, again - item - 1) }, (_, i) => item + 1 + i);
    const fetches = between.some((position) => {
      const use = commands[position]?.use;
      return use !== undefined && use.action !== 'update' && cleaned.some(({ id }) => use.leaves.includes(id));
    });
    return fetches ? [{ title: cleaned.map(({ title }) => title).join(', '), item, between }] : [];
  });
}

function callOf({ path, arguments: all }: CommandFacts): string {
  return [path, ...all.map((argument) => argument.text)].join(' ');
}

/** Installs of plain packages that bring no repository of their own, upgrades, and clean-up. */
export function changesNoSources({ use, kind, program, arguments: all }: CommandFacts): boolean {
  if (kind === 'file') return program === 'rm';
  if (use?.setsSources) return false;
  if (use?.action === 'clean' || use?.action === 'update' || use?.action === 'upgrade') return true;
  if (use?.action !== 'install') return false;
  const packages = use.packages?.map((position) => all[position]?.value) ?? plainWords(all.slice(use.actionAt + 1));
  return packages?.every((name) => !/release|repo|apt-config|keyring|(?<!software-properties)-common$/.test(name ?? 'repo')) === true;
}

/** What is no option, where none of it is a file, a URL, a group or an expansion. */
function plainWords(all: CommandFacts['arguments']): string[] | undefined {
  const words = all.flatMap(({ text, value = '' }) => (text.startsWith('-') ? [] : [value]));
  return words.length > 0 && words.every((word) => /^\w[\w.+:=~*-]*$/.test(word)) ? words : undefined;
}

/** Programs that build and fetch, and leave the manager's sources alone. */
const builders =
  /^(make|cmake|configure|autogen\.sh|autoreconf|autoheader|gcc|g\+\+|git|gem|bundle|go|rustup|cargo|composer|pecl|docker-php-ext-(install|configure|enable)|openssl|ssh-keygen|npm|npx|yarn|pnpm|mvn|gradle|javac|java|mix|conda|virtualenv|easy_install|service|rosdep|nproc|updatedb|dpkg-divert)$/;

/** What decides where a manager fetches from, and whether it gets there. */
const ways = [
  '/etc/apt',
  '/etc/apk',
  '/etc/yum.repos.d',
  '/etc/yum.conf',
  '/etc/dnf',
  '/etc/pki',
  '/etc/ssl',
  '/etc/hosts',
  '/etc/resolv.conf',
  '/etc/nsswitch.conf',
];
const otherWays = [
  '/etc/ld.so.preload',
  '/etc/ca-certificates.conf',
  '/etc/ca-certificates',
  '/usr/share/keyrings',
  '/usr/local/share/ca-certificates',
  '/usr/lib/apt',
];

/** True where a command is known to leave the manager's sources and the way to them as they are. */
export function leavesSourcesAlone(run: RunFacts, command: CommandFacts): boolean {
  const { kind, program, path, use } = command;
  if (kind === 'unknown')
    return builders.test(program ?? '') || (path !== undefined && installsNothing(path, run)) || publishedScript(run, command) !== undefined;
  if (kind === 'package') {
    // What has manifests is no manager of the system.
    if (command.ecosystem?.manifests.length !== 0 || use?.action === 'remove') return true;
    return use?.action === 'other' ? !use.setsSources : changesNoSources(command);
  }
  if (command.unknownPaths && !command.command.words.every((word) => word.pattern !== undefined || staysOutside(word.text))) return false;
  return ![...command.writes, ...command.removes].some((one) => [...ways, ...otherWays].some((way) => overlap(one, way)));
}

/** What the variables in a word stand for comes behind a folder, or a name, that is known. */
function staysOutside(text: string): boolean {
  const known = /^["']?([^"'$`]*)/.exec(text)?.[1] ?? '';
  return /^(\/(tmp|opt|home|root|srv|app|usr\/(src|local\/src)|var\/(www|tmp))\/|[\w.-]+)/.test(known);
}
