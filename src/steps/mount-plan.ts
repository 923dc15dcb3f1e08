import { hasComment, removeItems, textBetween } from '../shell/edit.ts';
import type { ListItem, ShellWord } from '../shell/script.ts';
import { homeOf } from './commands.ts';
import { emptyEnvironment, type Environment } from './environment.ts';
import type { CommandFacts, RunFacts } from './facts.ts';
import type { CacheUse } from './cache-uses.ts';
import { endsWithFailures, isSeries, onlyCommand, positionOf, wordsAt } from './neighbours.ts';
import { expand } from './read.ts';
import { absolute, empties, isBelow, overlap } from './paths.ts';

/** What has to change in a RUN for mounts at the directories of its caches to be filled, and to be left alone. */
export interface MountPlan {
  /** Neighbouring items of the list, from and to, that only clean up what the mounts hold. */
  readonly removed: readonly (readonly [from: number, to: number])[];
  /** Words of a removal, and options with which a cache stays empty. */
  readonly dropped: readonly { readonly command: CommandFacts; readonly word: ShellWord }[];
  /** One option or several, to be put behind the word that says what to do. */
  readonly options: readonly { readonly behind: ShellWord; readonly option: string }[];
  /** Variables to be set in front of a call. */
  readonly sets: readonly { readonly before: ShellWord; readonly text: string }[];
  /** The first and the last command of the RUN. */
  readonly around: { readonly first: string; readonly last: string } | undefined;
}

/** Something that a plan cannot mend, by kind, and what it is about. */
export interface PlanProblem {
  readonly problem: 'busy' | 'covers-more' | 'out-of-reach';
  readonly what: string;
}

/** The plan for uses of one RUN; `text` is that of the file. */
export function mountPlan(text: string, run: RunFacts, uses: readonly CacheUse[]): { readonly plan: MountPlan; readonly problems: readonly PlanProblem[] } {
  const problems: PlanProblem[] = [];
  const cleanUps = cleanUpsIn(text, run, uses, problems);
  const dropped = [...cleanUps.dropped];
  const options: { behind: ShellWord; option: string }[] = [];
  const sets: { before: ShellWord; text: string }[] = [];
  const outOfReach = (what: string): void => void problems.push({ problem: 'out-of-reach', what });
  for (const { calls, identity } of uses) {
    for (const { command, caching } of calls) {
      for (const word of wordsAt(command, caching.against ?? [])) dropped.push({ command, word });
      const { sets: wanted = [], renews } = caching;
      const needed = [...(caching.options ?? []), ...(renews && !isUpdatedBefore(run, command) ? [renews] : [])];
      const missing = needed.filter((words) => !command.arguments.some(({ value = '' }) => words.includes(value))).map(([option]) => option);
      if (missing.length > 0) {
        const [behind] = wordsAt(command, [command.use?.actionAt ?? -1]);
        if (behind) options.push({ behind, option: missing.join(' ') });
        else outOfReach(shown(command));
      }
      for (const [name, given] of wanted) {
        const value = given.replace(/^~/, identity?.home ?? '~');
        if ((command.call?.environment(name) ?? '') === value) continue;
        const [before] = command.command.words;
        if (command.prefix !== '') outOfReach(shown(command));
        else if (before) sets.push({ before, text: `${name}=${value} ` });
      }
    }
  }
  const around = uses.flatMap(({ calls }) => calls.flatMap(({ caching }) => caching.around ?? [])).at(0);
  const foreign = around && uses.flatMap(({ calls }) => calls.filter(({ command, caching }) => caching.around && command.prefix !== '')).at(0);
  if (foreign) outOfReach(shown(foreign.command));
  const ending = around && run.commands.find(({ program }) => program === 'exit' || program === 'exec' || program === 'return');
  if (ending) outOfReach(shown(ending));
  if (around && !(isSeries(run) && isWritable(text, run))) outOfReach('not every command of the RUN runs behind the one before it');
  const last = run.script?.items.at(-1);
  if (around && last?.connector === ';' && !endsWithFailures(run) && cleanUps.removed.some(([from]) => run.script?.items[from] === last))
    outOfReach('the clean-up runs even where an install fails');
  if (!isWritable(text, run) && dropped.length + options.length + sets.length > 0) outOfReach('the RUN is no plain text for a shell');
  for (const { command, word } of dropped) {
    const before = command.command.words[command.command.words.indexOf(word) - 1];
    if (run.script && before && hasComment(textBetween(text, run.script, before, word))) outOfReach(`\`${word.text}\``);
  }
  return { plan: { removed: cleanUps.removed, dropped, options, sets, around }, problems };
}

/** A call in front renews the index of the same manager, and where that fails nothing behind it runs. */
function isUpdatedBefore(run: RunFacts, { ecosystem, command }: CommandFacts): boolean {
  const items = run.script?.items ?? [];
  const place = items.findIndex(({ end }) => command.start < end);
  return items.slice(0, Math.max(0, place)).some((item, i) => {
    const update = onlyCommand(run, item);
    if (update?.ecosystem !== ecosystem || (update?.use?.renews ?? []).length === 0 || item.connector === '||') return false;
    return items.slice(i + 1, place + 1).every(({ connector }) => connector === '&&');
  });
}

/** Its text stands in the file as the shell gets it: that of a heredoc without the tabs that `<<-` takes away. */
function isWritable(text: string, { form, script }: RunFacts): boolean {
  if (form !== 'heredoc') return form === 'shell';
  const source = script && !script.opensHeredoc ? script.source : undefined;
  return source !== undefined && Array.from(source.text, (character, i) => text[source.at[i] ?? -1] === character[0]).every(Boolean);
}

function shown({ command }: CommandFacts): string {
  return `\`${command.words.map((word) => word.text).join(' ')}\``;
}

/** What of a RUN only cleans up what the mounts hold. */
function cleanUpsIn(text: string, run: RunFacts, uses: readonly CacheUse[], problems: PlanProblem[]): Pick<MountPlan, 'removed' | 'dropped'> {
  const removed: number[] = [];
  const dropped: { command: CommandFacts; word: ShellWord }[] = [];
  const managers = new Set(uses.flatMap(({ calls }) => calls.map(({ command }) => command.ecosystem)));
  const directories = uses.flatMap((use) => use.directories);
  for (const command of run.commands) {
    const home = uses[0] && homeOf(uses[0].step.state, command.prefix);
    if (deletesUnseen(command, directories)) {
      problems.push({ problem: 'busy', what: shown(command) });
      continue;
    }
    const environment = uses[0]?.step.state.environment ?? emptyEnvironment();
    const cleanUp = cleanUpOf(run, command, home, { managers, directories, environment });
    if (cleanUp === undefined) continue;
    if ('problem' in cleanUp) {
      problems.push(cleanUp);
      continue;
    }
    const position = positionOf(run, command);
    const user = run.commands.slice(run.commands.indexOf(command) + 1).find((later) => command.program === 'rm' && makesAnew(later, directories));
    if (user) problems.push({ problem: 'busy', what: shown(user) });
    // What it says may go to a file.
    const isHeard = command.writes.length > 0 || (command.program !== 'rm' && command.unknownPaths);
    if (isHeard || !isWritable(text, run) || position === undefined || isAlternative(run, position))
      problems.push({ problem: 'out-of-reach', what: shown(command) });
    else if (cleanUp.words === 'all') removed.push(position);
    else for (const word of cleanUp.words) dropped.push({ command, word });
  }
  const blocks = neighbouring(removed);
  for (const [from, to] of blocks)
    if (run.script && removeItems(text, run.script, from, to) === undefined)
      problems.push({ problem: 'out-of-reach', what: 'a comment belongs to the clean-up' });
  return { removed: blocks, dropped };
}

/** A call that does nothing else than to empty its manager's caches. */
export function onlyClears({ use, ecosystem, arguments: all }: CommandFacts): boolean {
  return use?.action === 'clean' || ecosystem?.clearsCaches?.test(all.map(({ text }) => text).join(' ')) === true;
}

/** The words of a command that remove what the mounts hold; undefined where it removes nothing of that. */
function cleanUpOf(
  run: RunFacts,
  command: CommandFacts,
  home: string | undefined,
  {
    managers,
    directories,
    environment,
  }: { readonly managers: ReadonlySet<CommandFacts['ecosystem']>; readonly directories: readonly string[]; readonly environment: Environment },
): { readonly words: readonly ShellWord[] | 'all' } | PlanProblem | undefined {
  if (managers.has(command.ecosystem) && onlyClears(command)) return { words: 'all' };
  if (command.program !== 'rm') {
    return command.removes.some((path) => directories.some((directory) => empties(path, directory))) ? { problem: 'busy', what: shown(command) } : undefined;
  }
  const words = command.command.words.slice(command.command.words.length - command.arguments.length).filter((word) => !word.text.startsWith('-'));
  const own: ShellWord[] = [];
  for (const word of words) {
    const paths = pathsNamed(word, command, home, environment);
    if (paths === undefined) {
      if (isRecursive(command) && mayName(run, word.text, directories)) return { problem: 'busy', what: shown(command) };
      continue;
    }
    const all = paths.map((path) => touched(run, path, directories));
    const problem =
      all.find((one) => one === 'busy' || one === 'covers-more') ?? (all.includes('held') && !all.every((one) => one === 'held') ? 'busy' : undefined);
    if (problem === 'busy' || problem === 'covers-more') return { problem, what: shown(command) };
    if (all.includes('held')) own.push(word);
  }
  if (own.length === 0) return undefined;
  return { words: own.length === words.length ? 'all' : own };
}

/** What the removal of a path does to directories of caches: it holds no more than they do, or more, or it is not known which of them; undefined where it is none of them. */
function touched(run: RunFacts, path: string, directories: readonly string[]): 'held' | PlanProblem['problem'] | undefined {
  const folder = path.replace(/\/\*$/, '');
  if (directories.some((directory) => isBelow(folder, directory))) return 'held';
  if (directories.some((directory) => empties(path, directory))) {
    const others = run.commands.find((one) => one.kind === 'unknown' && one.ecosystem === undefined);
    return others || !holdsOnlyCaches(folder, directories) ? 'covers-more' : 'held';
  }
  return /[*?[]/.test(path) && directories.some((directory) => overlap(path, directory)) ? 'busy' : undefined;
}

/** The absolute paths that a word of a removal comes to, as far as variables of ENV and braces say, patterns left in; undefined where something else decides. */
export function pathsNamed({ text, pattern }: ShellWord, { workdir }: CommandFacts, home: string | undefined, environment: Environment): string[] | undefined {
  // The home of another user.
  if (/^~[^/]/.test(text)) return undefined;
  const words = pattern === undefined ? bracesIn(text)?.map((one) => expandedIn(one, environment, home)) : [pattern];
  const paths = words?.map((word) => (word === undefined ? undefined : absolute(word, workdir, home))).filter((path) => path !== undefined);
  return words?.includes(undefined) === true ? undefined : paths;
}

/** The words that braces with commas make of one, as bash does: https://www.gnu.org/software/bash/manual/html_node/Brace-Expansion.html; undefined where they are not plain. */
function bracesIn(text: string): string[] | undefined {
  const [whole, before = '', inner = '', behind = ''] = /^((?:[^{}"'`\\]|\$\{\w+\})*)(?<!\$)\{([^{}"'`\\$]*)\}(.*)$/s.exec(text) ?? [];
  if (whole === undefined) return [text];
  const rest = bracesIn(behind);
  const parts = inner.split(',');
  if (parts.length < 2 || !rest || rest.length * parts.length > 64) return undefined;
  return parts.flatMap((part) => rest.map((end) => before + part + end));
}

/** A word with variables that ENV sets, and the home of the user; undefined where another expansion decides. */
function expandedIn(text: string, environment: Environment, home: string | undefined): string | undefined {
  const plain = /^"[^"`\\]*"$/.test(text) ? text.slice(1, -1) : text;
  if (/["'`\\{]|\$\(/.test(plain.replaceAll(/\$\{\w+\}/g, ''))) return undefined;
  return expand(plain, environment.has('HOME') ? environment : environment.with([['HOME', home]]));
}

function isRecursive({ arguments: all }: CommandFacts): boolean {
  return all.some(({ text }) => /^-\w*[rR]|^--recursive$/.test(text));
}

/** A word that a variable or a substitution decides may come to the folder of a cache, or to one above it: its last part tells, and a folder made for the RUN alone is none. */
function mayName({ script }: RunFacts, text: string, directories: readonly string[]): boolean {
  const word = text.replaceAll(/["']/g, '');
  const end = /[^$})`]*$/.exec(word.replaceAll(/\$(\w+)/g, '${$1}'))?.[0] ?? '';
  const segments = directories.flatMap((directory) => directory.split('/').filter((segment) => segment !== ''));
  if (end !== '' && end !== '/' && !/[*?[]/.test(end)) return segments.some((segment) => segment.endsWith(end.replace(/^.*\//, '')));
  const name = /^\$\{?(\w+)\}?\/?$/.exec(word)?.[1];
  return name === undefined || !new RegExp(`\\b${name}=["']?(\\$\\(|\`)mktemp`).test(script?.source.text ?? '');
}

const shells = /^(sh|bash|ash|dash|zsh|ksh|eval|su|runuser|gosu|su-exec)$/;
const interpreters = /^(node|nodejs|python[\d.]*|perl|ruby|php|deno|bun|pwsh)$/;
const deletion =
  /\brm\s+(-\w+\s+)*-?\w*[rR]|--recursive|\brm(Sync|dirSync|tree|dir)\b|\brimraf\b|\bremove(dirs|_tree|_entry)\b|\b(mod|test|build)?cache\b.*\bclean\b|\bclean\b.*cache/;

function depthOf(path: string): number {
  return path.split('/').filter((segment) => segment !== '').length;
}

const bytecode = /^(\*\.py(c|o|\[co\])|__pycache__)$/;

/** A command that deletes folders in a way that does not show which: text for a shell or an interpreter, `xargs`, `find` from above the cache, also of files alone. */
function deletesUnseen({ program = '', arguments: all, workdir }: CommandFacts, directories: readonly string[]): boolean {
  const words = all.map(({ value, text }) => value ?? text);
  const text = words.join(' ');
  if (shells.test(program) || interpreters.test(program))
    return words.some((word) => /^-\w*[ce]\w*$|^--eval$|^-r$/.test(word) || program === 'eval') && deletion.test(text);
  if (program === 'xargs' || program === 'parallel') return /\brm\b.*\s-\w*[rR]/.test(text);
  if (program !== 'find' || !/(^|\s)(-delete|-exec(dir)?|-ok)(\s|$)/.test(text) || !/(^|\s)-delete(\s|$)|\b(rm|rmdir|unlink)\b/.test(text)) return false;
  const staysOutside = /(^|\s)-(xdev|mount)(\s|$)/.test(text);
  const filesAlone = /(^|\s)-type\s+[fl](\s|$)/.test(text);
  const depth = Number(/(?:^|\s)-maxdepth\s+(\d+)/.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
  const from = words.slice(
    0,
    Math.max(
      0,
      words.findIndex((word) => /^[-(!]/.test(word)),
    ),
  );
  const names = words.flatMap((word, i) => (/^-i?name$/.test(word) ? [words[i + 1] ?? '*'] : []));
  return directories.some((directory) => {
    const start = (from.length > 0 ? from : ['.']).map((one) => absolute(one, workdir, undefined)).find((one) => one === undefined || isBelow(directory, one));
    const isReached = from.length === 0 ? workdir === undefined || isBelow(directory, workdir) : start !== undefined || from.some((one) => /[$~]/.test(one));
    const entersIt = !staysOutside && (start === undefined || depthOf(directory) - depthOf(start) < depth);
    if (!isReached || (filesAlone && !entersIt)) return false;
    // What is unpacked in there would be copied without them from then on: nothing keeps bytecode of Python.
    if (entersIt && !(names.length > 0 && names.every((name) => bytecode.test(name)))) return true;
    return names.length === 0 || names.some((name) => directory.split('/').some((segment) => segment !== '' && overlap(segment, name)));
  });
}

/** It makes a link or a folder where the RUN removed one. */
function makesAnew({ program, writes, command }: CommandFacts, directories: readonly string[]): boolean {
  const strict = program === 'ln' || program === 'mv' || (program === 'mkdir' && !command.words.some(({ text }) => /^-\w*p|^--parents$/.test(text)));
  return strict && writes.some((path) => directories.some((directory) => isBelow(directory, path)));
}

/** A folder in which, beside the caches, nothing is that known commands write. */
export function holdsOnlyCaches(folder: string, directories: readonly string[]): boolean {
  return folder.endsWith('/.cache') && directories.some((directory) => isBelow(directory, folder));
}

/** It runs only where something failed, or its failure is taken for none. */
function isAlternative(run: RunFacts, position: number): boolean {
  const items: readonly ListItem[] = run.script?.items ?? [];
  return items[position]?.connector === '||' || items[position + 1]?.connector === '||' || onlyCommand(run, items[position]) === undefined;
}

function neighbouring(positions: readonly number[]): [number, number][] {
  const blocks: [number, number][] = [];
  for (const position of positions.toSorted((a, b) => a - b)) {
    const last = blocks.at(-1);
    if (last && last[1] + 1 === position) last[1] = position;
    else blocks.push([position, position]);
  }
  return blocks;
}
