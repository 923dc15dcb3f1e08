import { posix } from 'node:path';
import type { Word } from '../dockerfile/model.ts';
import { once } from '../once.ts';
import type { ListItem, ShellWord } from '../shell/script.ts';
import { contextPath } from '../workspace/context-path.ts';
import { credentialLiterals } from './credential-literals.ts';
import { holdsSecret, isCertainlySecret, isCredentialFile } from './credential-names.ts';
import { fileOfProgramNaming, isSettingsFile } from './credential-uses.ts';
import { settingsOf } from './credential-variables.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { bringsAgain, filesBefore } from './image-files.ts';
import { isTakenBack, keptIn } from './kept-credentials.ts';
import { earlierSteps, isCommentedInPart, isPlainList, itemsOf, laterSteps, onlyCommand, positionOf, type ItemOfStep } from './neighbours.ts';
import { isMadeWithout } from './ownership.ts';
import { overlap } from './paths.ts';
import { secretValuesIn } from './secret-values.ts';
import { readsSettings } from './secret-plan.ts';
import { identityOf } from './users.ts';

/** A credential that comes into a layer as a file. */
export interface CredentialFile {
  /** The COPY that brings it, with its source there, or the RUN that writes it, with all that it writes. */
  readonly brought: { readonly step: Step; readonly word: Word } | { readonly step: Step; readonly items: readonly ListItem[] };
  /** In the build context: where it is, or where whoever builds has to put what the RUN wrote. */
  readonly source: string;
  /** Absolute. */
  readonly path: string;
  /** RUNs that read it, in order, each with the user who has to be able to; undefined for one that is not known. */
  readonly readers: readonly { readonly step: Step; readonly uid: number | undefined }[];
  /** Items that write it, delete it or set its owner and mode, for which nothing is left. */
  readonly dropped: readonly ItemOfStep[];
  /** A later RUN deletes it. */
  readonly deleted: boolean;
  /** Another COPY brings it, too. */
  readonly again: boolean;
  readonly obstacle: FileObstacle | undefined;
}

interface FileObstacle {
  readonly is: 'needed at run time' | 'not read' | 'opaque' | 'changed' | 'stays' | 'no list' | 'folder goes' | 'there before';
  readonly what: string;
}

/** The credentials that COPYs of a Dockerfile bring from its build context, and those that RUNs write down as they stand there. */
export const credentialFiles = once((facts: Facts): CredentialFile[] => [...copiedFiles(facts), ...writtenFiles(facts)]);

function copiedFiles(facts: Facts): CredentialFile[] {
  return facts.steps.flatMap((copy) => {
    const { instruction } = copy;
    const { from, sources = [], path: folder, directory = false } = copy.copy ?? {};
    if (from !== undefined || folder === undefined || instruction.json || instruction.heredocs.length > 0) return [];
    return sources.flatMap((written, i): CredentialFile[] => {
      const source = contextPath(written);
      const name = posix.basename(source);
      const word = instruction.words[i];
      const text = facts.context.text(source);
      if (!word || /[*?[$\\"']|:\/\//.test(written) || !isCredentialFile(name) || isKey(name) || name.endsWith('.pub')) return [];
      const path = directory || sources.length > 1 ? posix.join(folder, name) : folder;
      const found = fileOf(facts, { step: copy, word }, source, path);
      // What its text does not show its deletion does.
      const isSecret = text === undefined ? isCertainlySecret(name) || found.deleted : holdsSecret(text) || (found.deleted && !isOpen(text));
      return isSecret ? [found] : [];
    });
  });
}

function writtenFiles(facts: Facts): CredentialFile[] {
  return facts.steps.flatMap((step) => {
    const { run, state } = step;
    if (!run?.script || run.form !== 'shell') return [];
    const { items, source } = run.script;
    const writing = new Map<string, ListItem[]>();
    for (const item of items) {
      const command = onlyCommand(run, item);
      const [path, ...more] = command?.writes ?? [];
      if (!command || path === undefined || more.length > 0 || !writers.has(command.program ?? '') || command.unknownPaths) continue;
      writing.set(path, [...(writing.get(path) ?? []), item]);
    }
    return [...writing].flatMap(([path, own]) => {
      const texts = own.map(({ start, end }) => source.text.slice(start, end));
      if (!texts.some((text) => secretValuesIn(text).length > 0)) return [];
      const byVariable = credentialLiterals(facts).some(
        ({ words, obstacle }) => !obstacle && words.some(({ word }) => own.some((item) => isIn(step, item, word))),
      );
      if (byVariable) return [];
      const folder = `${state.workdir ?? '/'}/`;
      const place = path.startsWith(folder) ? path.slice(folder.length) : posix.basename(path);
      return [fileOf(facts, { step, items: own }, place, path)];
    });
  });
}

/** A word of the item. */
function isIn({ run }: Step, { start, end }: ListItem, word: ShellWord): boolean {
  return start <= word.start && word.end <= end && run?.commands.some(({ command }) => command.words.includes(word)) === true;
}

/** Programs that write down their arguments. */
const writers: ReadonlySet<string> = new Set(['echo', 'printf']);

/** A key for ssh, which an agent serves. */
function isKey(name: string): boolean {
  return /^id_(rsa|dsa|ecdsa|ed25519)/.test(name);
}

/** All that looks like a credential in it comes by a variable. */
function isOpen(text: string): boolean {
  return text.trim() === '' || /\$\{?\w+|%\w+%/.test(text);
}

function fileOf(facts: Facts, brought: CredentialFile['brought'], source: string, path: string): CredentialFile {
  const name = posix.basename(path);
  const { step: copy } = brought;
  const written = 'items' in brought ? (brought.items.at(-1)?.end ?? 0) : undefined;
  const later = [...(written === undefined ? [] : [copy]), ...laterSteps(facts, copy)];
  const deletion = later.find((step) => {
    const from = step === copy ? (written ?? 0) : 0;
    return step.run?.commands.some(({ command, removes }) => command.start >= from && removes.some((one) => overlap(one, path)));
  });
  const until = deletion ? later.slice(0, later.indexOf(deletion) + 1) : later;
  const dropped: ItemOfStep[] = [];
  const readers: { step: Step; uid: number | undefined }[] = [];
  let obstacle: FileObstacle | undefined;
  for (const step of until) {
    const { run, instruction } = step;
    const line = `line ${instruction.startLine}`;
    if (!run) continue;
    if (run.opaque !== undefined && instruction.joined.text.includes(name)) obstacle ??= { is: 'opaque', what: `${run.opaque}, ${line}` };
    const from = step === copy ? (written ?? 0) : 0;
    const about = run.commands.filter((command) => command.command.start >= from && isAbout(command, path, name));
    for (const command of about) {
      const position = positionOf(run, command);
      const item = position === undefined ? undefined : run.script?.items[position];
      if (!setsOrDeletes(command)) continue;
      if (!item || !isPlainList(run) || !isOnlyAbout(command, path)) obstacle ??= { is: 'no list', what: line };
      else dropped.push({ step, item });
    }
    const changing = about.find((command) => changes(command, path) && !setsOrDeletes(command));
    if (changing) obstacle ??= { is: 'changed', what: `\`${changing.program ?? '?'}\`, ${line}` };
    if (!reads(facts, step, path, name, from)) continue;
    const kept = keptIn(step, new RegExp(name.replaceAll('.', '\\.'))).find((one) => one.path !== path && one.item.start >= from && !isTakenBack(run, one));
    if (kept) obstacle ??= { is: 'stays', what: `${kept.what}, ${line}` };
    readers.push({ step, uid: identityOf(step)?.uid });
  }
  if (readers.length === 0 && deletion) obstacle ??= { is: 'not read', what: name };
  const program = deletion ? undefined : (starts(copy, name) ?? (readers.length > 0 && isSettingsFile(name) ? undefined : fileOfProgramNaming(facts, name)));
  if (!deletion && (program !== undefined || readers.length === 0)) obstacle ??= { is: 'needed at run time', what: program ?? name };
  if (written !== undefined && copy.run && !isPlainList(copy.run)) obstacle ??= { is: 'no list', what: `line ${copy.instruction.startLine}` };
  const gone = 'items' in brought ? [...brought.items.map((item) => ({ step: copy, item })), ...dropped] : dropped;
  const commented = gone.find(({ step }) => isCommentedInPart(step, itemsOf(gone, step)));
  if (commented) obstacle ??= { is: 'no list', what: `line ${commented.step.instruction.startLine}` };
  if (filesBefore(copy, facts).has(path) || earlierSteps(copy).some(({ run }) => run?.commands.some(({ writes }) => writes.includes(path))))
    obstacle ??= { is: 'there before', what: path };
  const folder = posix.dirname(path);
  const needed = later.find(
    ({ instruction, run }) => run && !readers.some(({ step }) => step.instruction === instruction) && instruction.joined.text.includes(folder),
  );
  if (needed && !isMadeWithout(copy, folder)) obstacle ??= { is: 'folder goes', what: `${folder}, line ${needed.instruction.startLine}` };
  const again = bringsAgain(facts, copy, source);
  return { brought, source, path, readers, dropped: gone, deleted: deletion !== undefined, again, obstacle };
}

/** It names the file, or removes it along with others. */
function isAbout({ command, removes }: CommandFacts, path: string, name: string): boolean {
  return (
    removes.some((one) => overlap(one, path)) ||
    command.assignments.some(({ value }) => value?.includes(name)) ||
    [...command.words, ...command.redirections.flatMap(({ target }) => target ?? [])].some(({ text }) => text.includes(name))
  );
}

function setsOrDeletes({ program }: CommandFacts): boolean {
  return program === 'rm' || program === 'unlink' || program === 'chmod' || program === 'chown' || program === 'shred';
}

function isOnlyAbout({ program, removes, writes, unknownPaths, arguments: all }: CommandFacts, path: string): boolean {
  if (unknownPaths) return false;
  if (program === 'shred') return all.filter(({ text }) => !text.startsWith('-')).length === 1;
  const named = program === 'rm' || program === 'unlink' ? removes : writes;
  return named.length > 0 && named.every((one) => one === path);
}

function changes({ program, removes, writes }: CommandFacts, path: string): boolean {
  return program === 'mv' || [...removes, ...writes].some((one) => one === path);
}

function reads(facts: Facts, step: Step, path: string, name: string, from: number): boolean {
  const { run, instruction } = step;
  const commands = run?.commands.filter((command) => command.command.start >= from && !setsOrDeletes(command)) ?? [];
  if (commands.some((command) => isAbout(command, path, name)) || (run?.opaque !== undefined && from === 0 && instruction.joined.text.includes(name)))
    return true;
  if (isSettingsFile(name)) return commands.some(readsSettings);
  if (isNamedByEnv(step, path)) return commands.some(({ kind }) => kind === 'unknown');
  return commands.some(({ kind }) => kind === 'unknown') && fileOfProgramNaming(facts, name) !== undefined;
}

/** `ENV GOOGLE_APPLICATION_CREDENTIALS=/app/key.json`: what runs may read it. */
function isNamedByEnv(step: Step, path: string): boolean {
  return earlierSteps(step).some(({ instruction }) => instruction.keyword === 'ENV' && settingsOf(instruction).some(({ value }) => value === path));
}

function starts({ stage }: Step, name: string): string | undefined {
  const later = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ENV']);
  const step = stage.steps.find(({ instruction }) => later.has(instruction.keyword) && instruction.joined.text.includes(name));
  return step && `line ${step.instruction.startLine}`;
}
