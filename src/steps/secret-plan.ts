import { posix } from 'node:path';
import type { CredentialVariable } from './credential-variables.ts';
import type { Ecosystem } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { isManagersFile } from './credential-uses.ts';
import { filesBefore } from './image-files.ts';
import { namingOf } from './secret-values.ts';
import { isTakenBack, isUnset, keptIn, type CloneAddress, type KeptCredential } from './kept-credentials.ts';
import { earlierSteps, isCommentedInPart, isPlainList, itemsOf, laterSteps, onlyCommand, positionOf, type ItemOfStep } from './neighbours.ts';
import { isBelow, overlap } from './paths.ts';
import type { Deletion } from './passing-files.ts';
import type { ListItem, ShellWord } from '../shell/script.ts';

/** What has to be done so that no layer keeps what a RUN writes of a credential. */
export interface SecretPlan {
  /** RUNs that need the secret afterwards. */
  readonly runs: readonly Step[];
  /** Items that go to the front of the RUN that needs what they write. */
  readonly moved: readonly { readonly from: Step; readonly kept: KeptCredential; readonly to: Step }[];
  /** Commands that take it back at the end of a RUN. */
  readonly appended: readonly { readonly step: Step; readonly command: string }[];
  /** Clones whose address is to be one without the credential. */
  readonly cloned: readonly { readonly step: Step; readonly clone: CloneAddress }[];
  /** Items that go: those that are moved, and later deletions for which nothing is left. */
  readonly taken: readonly ItemOfStep[];
  /** Words of later deletions that have more to delete. */
  readonly dropped: readonly Deletion[];
  /** What cannot be done, and why. */
  readonly obstacle: SecretObstacle | undefined;
}

export interface SecretObstacle {
  readonly is: 'stays' | 'there before' | 'no list' | 'needed later' | 'clone goes on' | 'not read';
  readonly what: string;
}

/** How RUNs keep nothing of a credential that stands in them as it is, or by the name of its variable. */
export function secretPlan(facts: Facts, { runs }: Pick<CredentialVariable, 'runs'>, written: string): SecretPlan {
  const credential = namingOf(written);
  const plan: {
    moved: SecretPlan['moved'][number][];
    appended: SecretPlan['appended'][number][];
    cloned: SecretPlan['cloned'][number][];
    dropped: Deletion[];
  } = {
    moved: [],
    appended: [],
    cloned: [],
    dropped: [],
  };
  const needing = new Set<Step>();
  let obstacle: SecretObstacle | undefined;
  for (const step of runs) {
    const { run } = step;
    if (!run || (run.form !== 'exec' && !run.script)) {
      obstacle ??= { is: 'not read', what: `line ${step.instruction.startLine}` };
      continue;
    }
    // The lines of a heredoc are no part of a command.
    const { source, items = [] } = run.script ?? {};
    if (source && items.every(({ start, end }) => !credential.test(source.text.slice(start, end))) && credential.test(source.text))
      obstacle ??= { is: 'not read', what: `line ${step.instruction.startLine}` };
    for (const kept of keptIn(step, credential)) {
      if (isTakenBack(run, kept)) continue;
      if (kept.clone) {
        const goesOn = goesByClone(facts, step, kept.clone);
        if (goesOn !== undefined) obstacle ??= { is: 'clone goes on', what: goesOn };
        plan.cloned.push({ step, clone: kept.clone });
        continue;
      }
      // The author takes the setting back and leaves the logs.
      if (isUnset(run, kept) && kept.logs !== undefined) {
        if (isPlainList(run)) plan.appended.push({ step, command: `rm -rf ${kept.logs}` });
        else obstacle ??= { is: 'no list', what: `line ${step.instruction.startLine}` };
        continue;
      }
      const handled = handle(facts, step, kept);
      if ('is' in handled) {
        obstacle ??= handled;
        continue;
      }
      const { to, append, dropped } = handled;
      if (to !== step) {
        plan.moved.push({ from: step, kept, to });
        needing.add(to);
      }
      const command = [shorter(kept, to), ...(kept.logs === undefined ? [] : [`rm -rf ${kept.logs}`])].join(' && ');
      if (append && !plan.appended.some((one) => one.step === to && one.command === command)) plan.appended.push({ step: to, command });
      plan.dropped.push(...dropped.filter(({ word }) => !plan.dropped.some((one) => one.word === word)));
    }
  }
  const moved = plan.moved.map(({ from, kept }) => ({ step: from, item: kept.item }));
  for (const step of runs) if (isNamedOutside(step, itemsOf(moved, step), credential)) needing.add(step);
  const whole = plan.dropped.filter(({ command }) => isWhole(command, plan.dropped));
  const taken = [...moved, ...whole.flatMap(({ step, command }) => itemOf(step, command))];
  const commented = taken.find(({ step }) => isCommentedInPart(step, itemsOf(taken, step)));
  if (commented) obstacle ??= { is: 'no list', what: `line ${commented.step.instruction.startLine}` };
  const inOrder = [...needing].toSorted((one, other) => one.instruction.index - other.instruction.index);
  return { ...plan, dropped: plan.dropped.filter((one) => !whole.includes(one)), taken, runs: inOrder, obstacle };
}

/** What goes on by the address that a clone keeps: a later call of git there that names none, or what the container starts. */
function goesByClone(facts: Facts, step: Step, { address, folder }: CloneAddress): string | undefined {
  for (const one of [step, ...laterSteps(facts, step)]) {
    const { instruction, run } = one;
    const line = `line ${instruction.startLine}`;
    if (!run && startsLater.has(instruction.keyword) && goingOn.test(instruction.joined.text)) return line;
    const calls = run?.commands.filter(({ program, command }) => program === 'git' && (one !== step || command.start > address.end)) ?? [];
    for (const { command, workdir } of calls) {
      const text = command.words.map((word) => word.value ?? word.text).join(' ');
      const elsewhere = folder !== undefined && workdir !== undefined && !isBelow(workdir, folder) && !/ -C /.test(text);
      if (goingOn.test(text) && !text.includes('://') && !elsewhere) return line;
    }
  }
  return undefined;
}

const startsLater: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ONBUILD']);
/** https://git-scm.com/docs */
const goingOn = /\bgit\b.*\b(fetch|pull|push|submodule|lfs|ls-remote|remote (update|show))\b/;

interface Handled {
  /** The RUN in which it is written and taken back. */
  readonly to: Step;
  readonly append: boolean;
  readonly dropped: readonly Deletion[];
}

function handle(facts: Facts, step: Step, kept: KeptCredential): Handled | SecretObstacle {
  const line = `line ${step.instruction.startLine}`;
  if (kept.takenBack === undefined) return { is: 'stays', what: `${kept.what}, ${line}` };
  const byFile = kept.takenBack.startsWith('rm ');
  if (byFile && kept.path !== undefined && wasThere(facts, step, kept.path)) return { is: 'there before', what: `${kept.path}, ${line}` };
  const later = [...laterSteps(facts, step)];
  const deleting = later.find(({ run }) =>
    run?.commands.some(({ removes }) => kept.path !== undefined && removes.some((one) => overlap(one, kept.path ?? ''))),
  );
  const until = deleting ? later.slice(0, later.indexOf(deleting) + 1) : later;
  const fetched = new Set<Ecosystem>();
  if (consumesItself(step, kept)) noteFetched(step, fetched);
  const consumers = until.filter((one) => {
    const consumes = mayConsume(one, kept, fetched);
    if (consumes) noteFetched(one, fetched);
    return consumes;
  });
  // What nothing of the build lives on is there for the program.
  const lived = consumers.length > 0 || consumesItself(step, kept);
  if (!deleting && (!lived || (byFile && !isManagersFile(posix.basename(kept.path ?? ''))))) return { is: 'stays', what: `${kept.what}, ${line}` };
  const dropped = deleting ? deletionsOf(deleting, kept.path ?? '') : [];
  if (dropped === undefined) return { is: 'no list', what: `line ${deleting?.instruction.startLine ?? 0}` };
  const [consumer, ...more] = consumers;
  if (!consumer) return step.run && isPlainList(step.run) ? { to: step, append: true, dropped } : { is: 'no list', what: line };
  if (more.length > 0 || consumesItself(step, kept) || !mayMove(step, kept, consumer))
    return { is: 'needed later', what: `${kept.what}, line ${(more[0] ?? consumer).instruction.startLine}` };
  return consumer === deleting ? { to: consumer, append: false, dropped: [] } : { to: consumer, append: true, dropped };
}

function wasThere(facts: Facts, step: Step, path: string): boolean {
  return filesBefore(step, facts).has(path) || earlierSteps(step).some(({ run }) => run?.commands.some(({ writes }) => writes.includes(path)));
}

/** What it does is not known, or it installs what a file with a credential may be for; or it names the file. */
function mayConsume({ run, instruction }: Step, { path }: KeptCredential, fetched: ReadonlySet<Ecosystem>): boolean {
  if (!run) return false;
  if (path !== undefined && instruction.joined.text.includes(posix.basename(path))) return run.commands.some(({ program }) => program !== 'rm');
  return run.commands.some((command) => readsSettings(command) && !(command.ecosystem && fetched.has(command.ecosystem))) || run.opaque !== undefined;
}

/** What a manager has fetched is there for its later calls. */
export function noteFetched({ run }: Step, fetched: Set<Ecosystem>): void {
  for (const { ecosystem, use } of run?.commands ?? []) if (ecosystem && (use?.fetches || use?.action === 'install')) fetched.add(ecosystem);
}

/** It may go by a file of settings: what it does is not known, or it fetches or installs something else than packages of the distribution. */
export function readsSettings({ kind, ecosystem, use, program }: CommandFacts): boolean {
  if (ecosystem?.ofDistribution) return false;
  return kind === 'unknown' || (kind === 'package' && use?.action !== 'other' && use?.action !== 'clean') || kind === 'fetch' || program === 'git';
}

function consumesItself({ run }: Step, { item }: KeptCredential): boolean {
  return run?.commands.some((command) => command.command.start >= item.end && readsSettings(command)) ?? true;
}

/** Both are plain lists that run in the same way. */
function mayMove(from: Step, { item, anywhere }: KeptCredential, to: Step): boolean {
  if (!from.run || !to.run || !isPlainList(from.run) || !isPlainList(to.run) || from.stage !== to.stage) return false;
  const command = onlyCommand(from.run, item);
  const same = from.state.user === to.state.user && (anywhere || from.state.workdir === to.state.workdir) && from.state.dialect === to.state.dialect;
  return command !== undefined && (anywhere || command.workdir === from.state.workdir) && same;
}

/** The words of plain `rm`s of a RUN that delete it; undefined where they cannot be taken out. */
function deletionsOf(step: Step, path: string): readonly Deletion[] | undefined {
  const { run } = step;
  if (!run || !isPlainList(run)) return undefined;
  const commands = run.commands.filter(({ removes }) => removes.some((one) => overlap(one, path)));
  const found: Deletion[] = [];
  for (const command of commands) {
    const named = command.removes.indexOf(path);
    const words = command.command.words.slice(command.command.words.length - command.arguments.length).filter(({ text }) => !text.startsWith('-'));
    const word: ShellWord | undefined = named < 0 || command.removes.length !== words.length ? undefined : words[named];
    // What takes more along, by a pattern or with the folder, finds nothing amiss.
    if (command.program !== 'rm' || positionOf(run, command) === undefined || (!word && !command.arguments.some(({ text }) => /^-\w*f/.test(text))))
      return undefined;
    if (word) found.push({ step, command, word });
  }
  return found;
}

/** The credential is named by more of the RUN than items of its list; a mount serves what reads it unnamed. */
function isNamedOutside({ run, instruction }: Step, items: readonly ListItem[], credential: RegExp): boolean {
  if (items.length === 0 || !run?.script) return true;
  const { source, items: all } = run.script;
  return all.some((item) => !items.includes(item) && credential.test(source.text.slice(item.start, item.end))) || instruction.heredocs.length > 0;
}

/** Nothing is left for it to delete. */
function isWhole(command: CommandFacts, dropped: readonly Deletion[]): boolean {
  return command.arguments.filter(({ text }) => !text.startsWith('-')).length === dropped.filter((one) => one.command === command).length;
}

function itemOf(step: Step, command: CommandFacts): ItemOfStep[] {
  const position = step.run && positionOf(step.run, command);
  const item = position === undefined ? undefined : step.run?.script?.items[position];
  return item ? [{ step, item }] : [];
}

/** `rm -f .npmrc` where the RUN ends in its folder. */
function shorter({ takenBack = '', path }: KeptCredential, { run }: Step): string {
  const folder = run?.commands.at(-1)?.workdir;
  return path !== undefined && takenBack.startsWith('rm ') && folder === posix.dirname(path) && !posix.basename(path).startsWith('-')
    ? `rm -f ${posix.basename(path)}`
    : takenBack;
}
