import { posix } from 'node:path';
import type { Instruction, Word } from '../dockerfile/model.ts';
import type { Ecosystem } from '../ecosystems/ecosystem.ts';
import { isManifest } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import { contextPath } from '../workspace/context-path.ts';
import { credentialVariables, type CredentialVariable } from './credential-variables.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { earlierSteps, isCommentedInPart, isPlainList, itemsOf, laterSteps, onlyCommand, type ItemOfStep } from './neighbours.ts';
import { bringsAgain } from './image-files.ts';
import { isMadeWithout } from './ownership.ts';
import { isBelow, overlap } from './paths.ts';
import { noteFetched, readsSettings } from './secret-plan.ts';
import { identityOf } from './users.ts';

/** A private key for ssh that a Dockerfile brings into a layer, where an agent could answer for it. */
export interface SshKey {
  readonly at: Instruction;
  /** As people call it: the file or the variable. */
  readonly name: string;
  /** The source of the COPY that brings it, the key itself or its folder; `others` are the names of what else that holds. */
  readonly copied: { readonly step: Step; readonly word: Word; readonly others: readonly string[] } | undefined;
  /** The variable that it comes in. */
  readonly variable: CredentialVariable | undefined;
  /** Absolute: it, others of its folder, and public halves that come with them. */
  readonly paths: readonly string[];
  /** Keys of the build context that another COPY brings as well. */
  readonly again: readonly string[];
  /** Items that write it, set its mode, delete it, or start an agent for it. */
  readonly dropped: readonly ItemOfStep[];
  /** RUNs that use it, with the user who does; undefined for one that is not known. */
  readonly users: readonly { readonly step: Step; readonly uid: number | undefined }[];
  readonly obstacle: { readonly is: 'used by name' | 'no list' | 'folder goes' | 'not used'; readonly what: string } | undefined;
}

const keyFile = /^id_(rsa|dsa|ecdsa|ed25519)$/;
const publicHalf = /^id_(rsa|dsa|ecdsa|ed25519)\.pub$/;
/** What else a folder of ssh has, and everyone may see: https://man.openbsd.org/ssh#FILES */
const openFile = /^(known_hosts2?|config|authorized_keys)$/;

/** Where ssh looks for it without being told: https://man.openbsd.org/ssh_config#IdentityFile */
function isKeyPath(path: string): boolean {
  return keyFile.test(posix.basename(path)) && posix.basename(posix.dirname(path)) === '.ssh';
}

/** The keys of a Dockerfile, by COPY or by an ARG or ENV that a RUN writes down. */
export const sshKeys = once((facts: Facts): SshKey[] => [...copiedKeys(facts), ...writtenKeys(facts)]);

function copiedKeys(facts: Facts): SshKey[] {
  return facts.steps.flatMap((step) => {
    const { from, sources = [], path: folder, directory = false } = step.copy ?? {};
    const { instruction } = step;
    if (from !== undefined || folder === undefined || instruction.json || instruction.heredocs.length > 0) return [];
    return sources.flatMap((written, i): SshKey[] => {
      const source = contextPath(written);
      const word = instruction.words[i];
      if (!word || /[*?[$\\"']/.test(written)) return [];
      const inside = posix.basename(folder) === '.ssh' ? keysInFolder(facts, source) : undefined;
      const path = directory || sources.length > 1 ? posix.join(folder, posix.basename(source)) : folder;
      if (!inside && !isKeyPath(path)) return [];
      const paths = inside ? inside.keys.map((name) => posix.join(folder, name)) : [path];
      const own = inside ? inside.keys.map((name) => posix.join(source, name)) : [source];
      const again = own.filter((one) => keyFile.test(posix.basename(one)) && bringsAgain(facts, step, one));
      return [
        keyOf(
          facts,
          {
            at: instruction,
            name: inside ? `the keys in ${source}` : source,
            copied: { step, word, others: inside?.others ?? [] },
            variable: undefined,
            paths,
            again,
          },
          [],
        ),
      ];
    });
  });
}

/** What a folder of the build context holds; undefined where that is not known, has no key or is more than ssh's own. */
function keysInFolder({ context }: Facts, folder: string): { readonly keys: readonly string[]; readonly others: readonly string[] } | undefined {
  const names = context.below(folder).map((file) => file.slice(folder.length + 1));
  const keys = names.filter((name) => keyFile.test(name) || publicHalf.test(name));
  const others = names.filter((name) => openFile.test(name));
  return keys.some((name) => keyFile.test(name)) && keys.length + others.length === names.length ? { keys, others } : undefined;
}

function writtenKeys(facts: Facts): SshKey[] {
  return credentialVariables(facts).flatMap((variable): SshKey[] => {
    const [at] = variable.declared;
    const named = new RegExp(`(?<!\\w)${variable.name}(?!\\w)`);
    const writing = variable.runs.flatMap((step) => commandsOf(step).filter(({ text, command }) => named.test(text) && writesKey(command) !== undefined));
    const [first] = writing;
    const path = first && writesKey(first.command);
    if (!at || path === undefined || variable.used) return [];
    const elsewhere = variable.runs.find((step) => {
      const own = writing.filter((one) => one.step === step).reduce((sum, { text }) => sum + text.split(named).length - 1, 0);
      return step.instruction.joined.text.split(named).length - 1 > own;
    });
    const key = keyOf(facts, { at, name: variable.name, copied: undefined, variable, paths: [path], again: [] }, writing);
    return [elsewhere ? { ...key, obstacle: { is: 'used by name', what: `line ${elsewhere.instruction.startLine}` } } : key];
  });
}

interface OwnItem extends ItemOfStep {
  readonly command: CommandFacts;
  readonly text: string;
}

function commandsOf(step: Step): OwnItem[] {
  const { run } = step;
  return (run?.script?.items ?? []).flatMap((item) => {
    const command = run && onlyCommand(run, item);
    return command ? [{ step, item, command, text: run.script?.source.text.slice(item.start, item.end) ?? '' }] : [];
  });
}

function writesKey({ writes, command, program }: CommandFacts): string | undefined {
  const [path = ''] = writes;
  return (program === 'echo' || program === 'printf') && command.redirections.length > 0 && isKeyPath(path) ? path : undefined;
}

function keyOf(facts: Facts, key: Pick<SshKey, 'at' | 'name' | 'copied' | 'variable' | 'paths' | 'again'>, writing: readonly OwnItem[]): SshKey {
  const { paths, copied } = key;
  const [path = ''] = paths;
  const folder = posix.dirname(path);
  const names = paths.map((one) => posix.basename(one));
  const first = copied?.step ?? writing[0]?.step;
  if (!first) return { ...key, dropped: [], users: [], obstacle: { is: 'not used', what: posix.basename(path) } };
  const stays = !copied || copied.others.length > 0 || isMadeWithout(first, folder) || holdsMore(first, folder);
  const left = [...(copied?.others ?? []).map((name) => posix.join(folder, name)), ...filesIn(facts, folder)].filter((one) => !paths.includes(one));
  const dropped: ItemOfStep[] = writing.map(({ step, item }) => ({ step, item }));
  const users: { step: Step; uid: number | undefined }[] = [];
  let obstacle: SshKey['obstacle'];
  const fetched = new Set<Ecosystem>();
  let gone = false;
  for (const step of [first, ...laterSteps(facts, first)]) {
    const { run, instruction } = step;
    if (!run || gone) continue;
    const line = `line ${instruction.startLine}`;
    const own = commandsOf(step).filter(({ item }) => !writing.some((one) => one.item === item));
    const about = own.filter(({ text, command }) => isAbout(text, command, { paths, left, folder: stays ? undefined : folder }));
    if ((about.length > 0 || writing.some((one) => one.step === step)) && !isPlainList(run)) obstacle ??= { is: 'no list', what: line };
    for (const { item } of about) dropped.push({ step, item });
    const apart = about.concat(writing.filter((one) => one.step === step));
    const named = (run.script?.items ?? []).some(
      (item) => !apart.some((one) => one.item === item) && names.some((name) => run.script?.source.text.slice(item.start, item.end).includes(name)),
    );
    const others = run.commands.filter(({ command: { start } }) => !apart.some(({ item }) => item.start <= start && start < item.end));
    if (named || others.some(takesKeys) || (run.script === undefined && instruction.joined.text.includes('.ssh')))
      obstacle ??= { is: 'used by name', what: line };
    const lacking = !stays && others.some(({ program, writes }) => program !== 'mkdir' && writes.some((one) => isBelow(one, folder)));
    if (lacking) obstacle ??= { is: 'folder goes', what: `${folder}, ${line}` };
    if (others.some((command) => usesKey(facts, command, fetched))) {
      users.push({ step, uid: identityOf(step)?.uid });
      noteFetched(step, fetched);
    }
    gone = own.some(({ command }) => command.removes.some((one) => overlap(one, path)));
  }
  const commented = dropped.find(({ step }) => isCommentedInPart(step, itemsOf(dropped, step)));
  if (commented) obstacle ??= { is: 'no list', what: `line ${commented.step.instruction.startLine}` };
  if (users.length === 0) obstacle ??= { is: 'not used', what: posix.basename(path) };
  return { ...key, dropped, users, obstacle };
}

/** An earlier COPY brings something else into the folder. */
function holdsMore(step: Step, folder: string): boolean {
  return earlierSteps(step).some(({ copy }) => copy?.path !== undefined && posix.dirname(copy.path) === folder && openFile.test(posix.basename(copy.path)));
}

/** Files that COPYs and commands put into a folder, by their names. */
function filesIn({ steps }: Facts, folder: string): string[] {
  const brought = steps.flatMap(({ copy, run }) => [
    ...(copy?.path === undefined ? [] : [copy.path]),
    ...(run?.commands.flatMap(({ writes }) => writes) ?? []),
  ]);
  return brought.filter((path) => posix.dirname(path) === folder && !/[*?[]/.test(path));
}

interface KeyFiles {
  readonly paths: readonly string[];
  /** Other files of their folder. */
  readonly left: readonly string[];
  /** The folder, where nothing of it is left. */
  readonly folder: string | undefined;
}

/** It sets the mode of keys alone, deletes them, or gives them to an agent. */
function isAbout(text: string, { program, writes, removes, unknownPaths }: CommandFacts, { paths, left, folder }: KeyFiles): boolean {
  if (/^\s*eval\s+["']?[$`]\(?\s*ssh-agent\b/.test(text)) return true;
  if (program === 'ssh-add') return paths.some((path) => text.includes(posix.basename(path))) || /ssh-add\s*$/.test(text);
  const isOwn = (one: string): boolean => {
    if (paths.includes(one) || paths.includes(one.replace(/\.pub$/, '')) || one === folder) return true;
    return /[*?[]/.test(posix.basename(one)) && paths.some((path) => overlap(one, path)) && !left.some((path) => overlap(one, path));
  };
  if (program === 'chmod' || program === 'chown') return !unknownPaths && writes.length > 0 && writes.every(isOwn);
  return program === 'rm' && removes.length > 0 && removes.every(isOwn);
}

/** It gets the whole folder, and does more than to name or mark it, or starts an agent of its own. */
function takesKeys({ program = '', command: { words } }: CommandFacts): boolean {
  if (words.some(({ text }) => /\bssh-(add|agent)\b/.test(text))) return true;
  return !marking.has(program) && words.some(({ text }) => /(^|\/)\.ssh(\/[*.]?)?["']?$/.test(text));
}

const marking: ReadonlySet<string> = new Set(['chmod', 'chown', 'chgrp', 'mkdir', 'rm', 'ls', 'test', '[', 'touch', 'echo', 'printf']);

const remote = /\bgit@|\bssh:\/\/|\bgit\+ssh\b/;

/** https://git-scm.com/docs */
const gitFetches: ReadonlySet<string> = new Set(['clone', 'fetch', 'pull', 'submodule', 'ls-remote', 'push']);

function usesKey(facts: Facts, command: CommandFacts, fetched: ReadonlySet<Ecosystem>): boolean {
  const { program, command: own } = command;
  if (program === 'ssh-keyscan' || program === 'ssh-keygen') return false;
  if (program === 'ssh' || program === 'scp' || program === 'sftp' || program === 'rsync') return true;
  if (own.words.some(({ text }) => remote.test(text)) && program !== 'echo' && !(program === 'git' && own.words[1]?.value === 'config')) return true;
  if (program === 'git') {
    const open = own.words.some(({ text }) => text.includes('://')) && !rewritesToSsh(facts);
    return !open && own.words.some(({ value }) => value !== undefined && gitFetches.has(value));
  }
  if (command.ecosystem && fetched.has(command.ecosystem)) return false;
  return readsSettings(command) && (namesRemote(facts) || rewritesToSsh(facts));
}

const namesRemote = once(({ context }: Facts): boolean => {
  const files = context.below('').filter((path) => isManifest(path) || posix.basename(path) === '.gitmodules');
  return files.length === 0 || files.some((path) => remote.test(context.text(path) ?? ''));
});

/** `git config url."git@github.com:".insteadOf https://github.com/` */
const rewritesToSsh = once(({ steps }: Facts): boolean =>
  steps.some(({ instruction }) => /url\.\S*(git@|ssh:\/\/)\S*\.insteadOf/i.test(instruction.joined.text)),
);
