import type { ListItem } from '../shell/script.ts';
import { leavings } from '../ecosystems/index.ts';
import type { Leaving } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, RunFacts, State, Step } from './facts.ts';
import { onlyCleans, type Left } from './leavings.ts';
import { onlyCommand } from './neighbours.ts';

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
  /** An update (item of the list) behind which the RUN reads nothing of it. */
  | { readonly by: 'dropping the update'; readonly update: number };

/** The way in which experts would do it here; undefined where none is sure to work. */
export function wayToCleanUp(step: Step, { leaving, by }: Left): Way | undefined {
  const run = step.run;
  if (!run) return undefined;
  if (run.script && run.commands.length > 0 && run.commands.every((command) => command.use?.action === 'update' && command.use.leaves.includes(leaving.id)))
    return { by: 'dropping the RUN' };
  if (run.script && leaving.avoidedBy !== undefined) {
    const way = wayByOption(run, run.script.items, leaving, leaving.avoidedBy);
    if (way) return way;
  }
  return idleUpdate(run, leaving.id) ?? wayByCommand(step, { leaving, by });
}

/** The clean-up command behind all others. */
export function wayByCommand(step: Step, { leaving, by }: Left): Way | undefined {
  const writer = by.at(-1);
  if (!leaving.cleanUp || !writer?.program) return undefined;
  return { by: 'command', command: writer.prefix + leaving.cleanUp(writer.program), connector: connectorBehind(step) };
}

/** `… && apt-get update` at the end of what the RUN does with the manager: a clean-up right behind it would be absurd. */
function idleUpdate(run: RunFacts, id: string): Way | undefined {
  const items = run.script?.items ?? [];
  const last = run.commands.findLast((command) => command.use?.leaves.includes(id) || command.use?.needs.includes(id));
  const update = items.findIndex((item) => last !== undefined && onlyCommand(run, item) === last);
  const behind = last ? run.commands.slice(run.commands.indexOf(last) + 1) : [];
  if (last?.use?.action !== 'update' || update < 0 || items.length < 2 || behind.some((command) => command.kind === 'unknown')) return undefined;
  return items.some((item, i) => i > 0 && item.connector !== '&&') ? undefined : { by: 'dropping the update', update };
}

function wayByOption(run: RunFacts, items: readonly ListItem[], { id, replaces = [] }: Leaving, option: string): Way | undefined {
  const calls: CommandFacts[] = [];
  const updates: number[] = [];
  for (const command of run.commands) {
    const { use } = command;
    if (!use?.leaves.includes(id) && !use?.needs.includes(id)) continue;
    if (use.action === 'update') {
      const position = items.findIndex((item) => onlyCommand(run, item) === command);
      // Only in a list of nothing but && does nobody see that it is gone.
      if (position < 0 || items.some((item, i) => i > 0 && item.connector !== '&&')) return undefined;
      updates.push(position);
    } else if (use.action === 'install' || use.action === 'upgrade' || (use.action === 'other' && use.leaves.includes(id))) calls.push(command);
    else return undefined;
  }
  return calls.length > 0 ? { by: 'option', option, replaces, calls, updates } : undefined;
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
  return (
    run.form === 'shell' &&
    run.script !== undefined &&
    run.commands.length > 0 &&
    run.commands.every((command) => !command.command.nested && onlyCleans(command, leavings, state))
  );
}
