import { removeItems } from '../shell/edit.ts';
import type { ListItem, Script } from '../shell/script.ts';
import { leavings } from '../ecosystems/index.ts';
import type { Leaving } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, RunFacts, State, Step } from './facts.ts';
import { onlyCleans, type Left } from './leavings.ts';
import { earlierSteps, isPlainList, onlyCommand } from './neighbours.ts';

/** How a RUN comes to leave nothing behind. */
export type Way =
  /** The RUN does nothing else than fetch it. */
  | { readonly by: 'dropping the RUN' }
  /** An option for each call, and updates (items of the list) that nobody needs then. */
  | {
      readonly by: 'option';
      readonly option: string;
      readonly replaces: readonly string[];
      readonly calls: readonly CommandFacts[];
      readonly updates: readonly number[];
    }
  | { readonly by: 'command'; readonly command: string; readonly connector: '&&' | ';' }
  /** A folder more for an `rm -rf` that the RUN has behind its last call. */
  | { readonly by: 'removal'; readonly removal: CommandFacts; readonly folder: string }
  /** The manager's own clean-up right behind its last call (item of the list): later the program or its folder may be gone. */
  | { readonly by: 'command behind the call'; readonly command: string; readonly item: number }
  /** An update (item of the list) behind which the RUN reads nothing of it. */
  | { readonly by: 'dropping the update'; readonly update: number };

/** The way in which experts would do it here; undefined where none is sure to work. `text` is that of the file. */
export function wayToCleanUp(text: string, step: Step, { leaving, by }: Left): Way | undefined {
  const run = step.run;
  if (!run) return undefined;
  if (isPlainList(run) && run.commands.length > 0 && run.commands.every((command) => onlyFetches(command) && command.use?.leaves.includes(leaving.id)))
    return { by: 'dropping the RUN' };
  if (run.script && leaving.avoidedBy !== undefined) {
    const way = wayByOption(text, run, run.script, leaving, leaving.avoidedBy);
    if (way) return way;
  }
  return idleUpdate(text, run, leaving.id) ?? wayByCommand(step, { leaving, by });
}

/** An update that does nothing more than to fetch the index. */
function onlyFetches({ use }: CommandFacts): boolean {
  return use?.action === 'update' && !use.setsSources;
}

/** True where commands before the call, in steps on whose files it runs, brought a release that knows the option. */
export function knowsOption(step: Step, call: CommandFacts, { brings }: Leaving): boolean {
  const { program, path } = call;
  if (!brings || program === undefined || path === undefined || path.includes('/')) return false;
  let known = false;
  for (const earlier of earlierSteps(step)) {
    // Another one may come first from here on.
    if (earlier.instruction.keyword === 'ENV' && /\bPATH\b/.test(earlier.instruction.argument.text)) known = false;
    for (const item of sureItems(earlier)) known = brings(wordsOf(item), program) ?? known;
  }
  const own = step.run?.commands ?? [];
  // A virtual environment has a pip of its own.
  if (own.some((command) => command.program === 'workon' || (command.kind === 'shell' && !['cd', 'set'].includes(command.program ?? '')))) return false;
  for (const item of sureItems(step)) {
    if (item.end > call.command.start) break;
    // The shell goes on with the program that it found before.
    const stale = !/^(python|pypy)/.test(program) && own.some((one) => one.path === path && one.command.start < item.end);
    const brought = brings(wordsOf(item), program);
    known = brought === true && stale ? known : (brought ?? known);
  }
  return known;
}

/** The items without whose success a RUN fails. */
function sureItems(step: Step): ListItem[] {
  const items = step.run?.script?.items ?? [];
  const sure = items.every((item) => (item.connector ?? '&&') === '&&' || (item.connector === ';' && hasErrexit(step)));
  return sure ? items.filter((item) => !item.negated && !item.background) : [];
}

function wordsOf({ pipeline }: ListItem): string[] {
  return pipeline.flatMap(({ words }) => words.map((word) => word.value ?? word.text));
}

/** Variables that do not change where a manager keeps its cache, or which one runs. */
const harmlessVariables = /^(NODE_ENV|CI|DEBIAN_FRONTEND|ADBLOCK|NO_UPDATE_NOTIFIER|HUSKY|CYPRESS_\w+|PUPPETEER_\w+|PLAYWRIGHT_\w+|LANG|LC_ALL)$/;

function wayByCommand(step: Step, { leaving, by }: Left): Way | undefined {
  const writer = by.at(-1);
  if (!leaving.cleanUp || writer?.path === undefined) return undefined;
  // `sudo -E bash -` cleans up with `sudo`.
  const command = writer.prefix.replace(/^sudo -E $/, 'sudo ') + leaving.cleanUp(writer.path);
  const removes = leaving.cleanUp(writer.path).startsWith('rm ');
  const removal = removes && step.run ? removalBehind(step.run, writer, leaving) : undefined;
  if (removal) return { by: 'removal', removal, folder: leaving.cleanUp(writer.path).replace('rm -rf ', '') };
  if (removes || !step.run?.script) return { by: 'command', command, connector: connectorBehind(step) };
  const { run } = step;
  const { items } = step.run.script;
  const item = items.findIndex((one) => onlyCommand(run, one) === writer);
  const next = items[item + 1];
  if (item < 0 || writer.command.assignments.some((one) => !harmlessVariables.test(one.name))) return undefined;
  if (!next) return { by: 'command', command, connector: connectorBehind(step) };
  return items[item]?.connector !== '||' && next.connector === '&&' ? { by: 'command behind the call', command, item } : undefined;
}

/** Where what is removed is rubbish, among which a folder more looks right. */
const leftovers = /^\/(tmp|var\/(tmp|cache|lib|log)|usr\/share\/(doc|man|info|locale))\b|^(\/root|~)\/\.cache\b/;

/** The last `rm -rf` of rubbish behind all that writes the leaving or reads it, by the same user. */
function removalBehind(run: RunFacts, writer: CommandFacts, { id }: Leaving): CommandFacts | undefined {
  const last = run.commands.findLast((command) => command.use?.leaves.includes(id) || command.use?.needs.includes(id));
  const behind = run.commands.slice(run.commands.indexOf(last ?? writer) + 1);
  const items = run.script?.items ?? [];
  if (behind.some((command) => command.kind === 'unknown') || items.some((item) => item.connector === '||' || item.background)) return undefined;
  return behind.findLast((command) => {
    const [options, ...paths] = command.arguments.map(({ text }) => text);
    if (command.program !== 'rm' || command.prefix.trim().split(' ')[0] !== writer.prefix.trim().split(' ')[0]) return false;
    if (!/^-(rf|fr)$/.test(options ?? '') || paths.length === 0 || !paths.every((path) => leftovers.test(path))) return false;
    return command.command.redirections.length === 0 && items.some((item) => onlyCommand(run, item) === command);
  });
}

/** `… && apt-get update` at the end of what the RUN does with the manager: a clean-up right behind it would be absurd. */
function idleUpdate(text: string, run: RunFacts, id: string): Way | undefined {
  const items = run.script?.items ?? [];
  const last = run.commands.findLast((command) => command.use?.leaves.includes(id) || command.use?.needs.includes(id));
  const update = items.findIndex((item) => last !== undefined && onlyCommand(run, item) === last);
  const behind = last ? run.commands.slice(run.commands.indexOf(last) + 1) : [];
  if (!last || !onlyFetches(last) || update < 0 || items.length < 2 || behind.some((command) => command.kind === 'unknown')) return undefined;
  return run.script && isRemovable(text, run.script, update) ? { by: 'dropping the update', update } : undefined;
}

function wayByOption(text: string, run: RunFacts, script: Script, { id, replaces = [] }: Leaving, option: string): Way | undefined {
  const calls: CommandFacts[] = [];
  const updates: number[] = [];
  let avoided = false;
  for (const command of run.commands) {
    const { use } = command;
    avoided ||= use?.action === 'install' && command.arguments.some((argument) => argument.text === option);
    if (!use?.leaves.includes(id) && !use?.needs.includes(id)) continue;
    if (onlyFetches(command)) {
      const position = script.items.findIndex((item) => onlyCommand(run, item) === command);
      if (position < 0 || !isRemovable(text, script, position)) return undefined;
      updates.push(position);
    } else if (use.action === 'install' || use.action === 'upgrade' || (use.action === 'other' && use.leaves.includes(id))) calls.push(command);
    else return undefined;
  }
  return calls.length > 0 || (avoided && updates.length > 0) ? { by: 'option', option, replaces, calls, updates } : undefined;
}

/** Only from a list joined by `&&`, or from the head of such a list behind a `;`, can an item go, and only where no comment goes with it. */
function isRemovable(text: string, script: Script, position: number): boolean {
  const { items } = script;
  const connected = items.every((item, i) => (item.connector ?? '&&') === '&&' || (item.connector === ';' && i <= position));
  return connected && (items[position]?.connector !== ';' || position + 1 < items.length) && removeItems(text, script, position, position) !== undefined;
}

/** By what a command is joined to the end of a RUN: `&&`, or `;` where `set -e` ends the RUN at the first failure and its lists say so. */
export function connectorBehind(step: Step): '&&' | ';' {
  const items = step.run?.script?.items ?? [];
  const last = items.at(-1);
  if (!last || !hasErrexit(step) || last.connector === '&&' || last.connector === '||') return '&&';
  return last.pipeline.length === 0 || items.some((item) => item.connector === ';') ? ';' : '&&';
}

/** Neither `&&` nor `;` behind the RUN keeps every failure: Dockerfile facts 2.5, errexit. */
export function losesFailure(step: Step): boolean {
  const items = step.run?.script?.items ?? [];
  const last = items.at(-1);
  return hasErrexit(step) && (last?.connector === '&&' || last?.connector === '||') && compoundInLastList(items);
}

function hasErrexit({ run, state }: Step): boolean {
  return (
    state.errexit ||
    (run?.commands.some(({ program, arguments: all }) => program === 'set' && all.some((argument) => /^-[a-z]*e/.test(argument.text))) ?? false)
  );
}

/** errexit is off inside a group or a function that stands before `&&`. */
function compoundInLastList(items: readonly ListItem[]): boolean {
  for (const item of items.toReversed()) {
    if (item.pipeline.length === 0) return true;
    if (item.connector === ';') return false;
  }
  return false;
}

/** A RUN that does nothing but clean up after package managers. */
export function onlyCleansUp(run: RunFacts, state: State): boolean {
  return isPlainList(run) && run.commands.length > 0 && run.commands.every((command) => onlyCleans(command, leavings, state));
}
