import { ecosystems, leavingOf, leavings } from '../ecosystems/index.ts';
import type { Leaving } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, RunFacts, State, Step } from './facts.ts';
import { homeOf } from './commands.ts';
import { usualCaches } from './cache-uses.ts';
import { earlierSteps } from './neighbours.ts';
import { empties } from './paths.ts';

/** The leavings that a command removes: by its manager's own clean-up, or by deleting the folders. */
export function cleanedBy(command: CommandFacts, leaving: Leaving, state: State): boolean {
  if (command.use?.cleans.includes(leaving.id)) return true;
  if (command.program !== 'rm' && command.program !== 'find') return false;
  const home = homeOf(state, command.prefix) ?? '~';
  const folders = leaving.directories.map((directory) => directory.replace(/^~/, home));
  if (folders.some((folder) => command.removes.some((path) => empties(path, folder)))) return true;
  // `rm -rf /var/{lib/apt,cache}`, `find /var/lib/apt/lists -delete`: what it means is not worked out, so it counts.
  return command.command.words.some((word) =>
    word.text.includes('{') || command.program === 'find' ? leaving.directories.some((one) => mentions(word.text, one)) : false,
  );
}

/** A command that removes leavings of these kinds and nothing else. */
export function onlyCleans(command: CommandFacts, kinds: readonly Leaving[], state: State): boolean {
  if (command.use?.action === 'clean') return true;
  if (command.program !== 'rm' || command.unknownPaths) return false;
  const home = homeOf(state, command.prefix) ?? '~';
  const folders = kinds.flatMap((leaving) => leaving.directories.map((directory) => directory.replace(/^~/, home)));
  return command.removes.length > 0 && command.removes.every((path) => folders.some((folder) => path === folder || path.startsWith(`${folder}/`)));
}

function mentions(text: string, directory: string): boolean {
  return text.includes(directory) || text.includes(directory.split('/').slice(-2)[0] ?? directory);
}

export interface Left {
  readonly leaving: Leaving;
  /** The calls that write it, the last of which nothing cleans up after. */
  readonly by: readonly CommandFacts[];
}

/** What a RUN leaves behind: written in it, not cleaned after that, not on a cache mount. */
export function leftBy(step: Step): Left[] {
  const { run, state } = step;
  if (!run) return [];
  const written = new Map<string, CommandFacts[]>();
  for (const command of run.commands) {
    for (const [id] of written) {
      const leaving = leavingOf(id);
      if (leaving && cleanedBy(command, leaving, state)) written.delete(id);
    }
    for (const id of command.use?.leaves ?? []) {
      const by = written.get(id);
      if (by) by.push(command);
      else written.set(id, [command]);
    }
  }
  const left: Left[] = [];
  for (const [id, by] of written) {
    const leaving = leavingOf(id);
    if (leaving && !mounted(step, run, leaving)) left.push({ leaving, by });
  }
  return left;
}

function mounted(step: Step, run: RunFacts, leaving: Leaving): boolean {
  const home = homeOf(step.state) ?? '~';
  const caches = new Set(usualCaches(step));
  return run.mounts.some(({ type, target }) => {
    if (type !== 'cache' && type !== 'tmpfs') return false;
    if (target === undefined || holds(target, leaving, home)) return true;
    // A place that no manager is known to use: somebody moved a cache there.
    return type === 'cache' && !caches.has(target) && !leavings.some((one) => holds(target, one, home));
  });
}

function holds(target: string, { directories }: Leaving, home: string): boolean {
  const place = target.replace(/\/$/, '');
  return directories.some(
    (directory) =>
      empties(place, directory.replace(/^~/, home)) || place.endsWith(directory.replace(/^~/, '')) || place.startsWith(`${directory.replace(/^~/, home)}/`),
  );
}

/** The first command of a step that lives on a leaving as an earlier step left it. */
export function livesOn(step: Step, leaving: Leaving): CommandFacts | undefined {
  const run = step.run;
  for (const command of run?.commands ?? []) {
    if (command.use?.needs.includes(leaving.id) && !removesInstalled(step, command)) return command;
    if (renewsIt(run, command, leaving)) return undefined;
    if (leaving.livedOn && !command.use && mayCallManager(command, leaving)) return command;
  }
  return undefined;
}

/** A step that surely fetches a leaving again. */
export function renews({ run }: Step, leaving: Leaving): boolean {
  return run !== undefined && run.opaque === undefined && run.commands.some((command) => renewsIt(run, command, leaving));
}

function renewsIt(run: RunFacts | undefined, command: CommandFacts, leaving: Leaving): boolean {
  return command.use?.renews.includes(leaving.id) === true && !command.command.nested && !isAlternative(run, command);
}

/** Without lists a package can be removed that is installed; that is known where an earlier command of the file installs it. */
function removesInstalled(step: Step, { use, ecosystem, arguments: all }: CommandFacts): boolean {
  if (use?.action !== 'remove') return false;
  const installed = new Set<string>();
  for (const earlier of [...earlierSteps(step), step]) {
    for (const command of earlier.run?.commands ?? []) {
      if (command.ecosystem !== ecosystem || command.use?.action !== 'install') continue;
      for (const { value } of command.arguments) if (value !== undefined) installed.add(value.replace(/[=:].*$/, ''));
    }
  }
  const removed = all.slice(use.actionAt + 1).filter(({ text }) => !text.startsWith('-'));
  return removed.every(({ value }) => value !== undefined && installed.has(value));
}

/** `… || apt-get update`: it runs only where something failed. */
function isAlternative(run: RunFacts | undefined, command: CommandFacts): boolean {
  return run?.script?.items.some((item) => item.connector === '||' && item.pipeline.includes(command.command)) ?? false;
}

/** `$INSTALL curl`, `apt-get $OPTIONS install`, `rosdep install`, `xargs apt-get install`, `sh -c 'apt-get install …'`. */
function mayCallManager(command: CommandFacts, leaving: Leaving): boolean {
  if (command.kind !== 'unknown' && command.kind !== 'shell') return false;
  if (command.ecosystem?.leavings.includes(leaving)) return true;
  if (command.program === undefined && isAnyProgram(command)) return true;
  if (leaving.usedBy?.includes(command.program ?? '')) return true;
  return mentionsInstall(command.command.words.map((word) => word.text).join(' '), leaving);
}

/** `$INSTALL`, not `$JAVA_HOME/bin/keytool`. */
function isAnyProgram({ command }: CommandFacts): boolean {
  const [name] = command.words;
  return (
    name !== undefined && !/\/[\w.-]+["']?$/.test(name.text) && /install|\badd\b|apt|apk|pkg|package/i.test(command.words.map((word) => word.text).join(' '))
  );
}

/** A text that installs with the leaving's manager and never fetches what it leaves. */
export function mentionsInstall(text: string, leaving: Leaving): boolean {
  const manager = ecosystems.find((ecosystem) => ecosystem.leavings.includes(leaving));
  if (!manager) return false;
  const call = new RegExp(`(?:^|[^\\w.-])(?:${manager.programs.join('|')})(?![\\w.-])(.*)`);
  let installs = false;
  for (const line of text.split('\n')) {
    const behind = line.length > 4096 ? undefined : call.exec(line)?.[1];
    if (behind === undefined) continue;
    if (/(^|[^\w-])update(?![\w-])/.test(behind)) return false;
    installs ||= /(^|[^\w-])(install|add|upgrade|build-dep)(?![\w-])/.test(behind);
  }
  return installs;
}
