import { posix } from 'node:path';
import { holdsNoFoldersOfItsOwn } from '../bases/base.ts';
import { once } from '../once.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { CommandFacts, CopyFacts, Facts, RunFacts, Step } from './facts.ts';
import { broughtBy } from './image-files.ts';
import { earlierSteps } from './neighbours.ts';
import { absolute, isBelow, overlap } from './paths.ts';
import { expand, unquoted } from './read.ts';

/** Why `--link` on a COPY may give another image than the COPY without it. */
export type LinkProblem =
  /** A flag whose effect reaches folders. */
  | 'flag'
  /** An owner that only the files of the stage can tell. */
  | 'owner-name'
  /** The destination is not known. */
  | 'destination'
  /** What the base image holds is not known. */
  | 'base'
  /** A folder that the base image may hold. */
  | 'base-folder'
  /** A folder whose owner or mode is another than `--link` gives it. */
  | 'owner'
  /** A folder that an earlier step may have made or changed in a way that is not known. */
  | 'unseen'
  /** A folder that a single file would replace. */
  | 'folder-for-file';

/** Folders at whose place distributions have, or may have, a link, or whose owner or mode is another than root's and 0755. */
const heldByImages = /^\/(bin|boot|dev|etc|home|lib\w*|media|mnt|proc|root|run|sbin|sys|tmp|usr|var)(\/|$)/;

/** Real folders of root's, with mode 0755: Debian's base-files and Alpine's alpine-baselayout. */
const plainFolders = new Set(['/opt', '/srv', '/usr', '/usr/src']);

/** The owner of a folder whose mode is not 0755, or that is another on each store. */
const otherMode = 'with a mode of its own';

/**
 * What stands against `--link` on a COPY, each with what it is about: a path or a line. `--link` copies into a file system of its own, whose folders
 * down to the destination are 0755 and the COPY's owner's; laid over the image they replace what is there, links among them
 * (https://docs.docker.com/reference/dockerfile/#copy---link).
 */
export const linkProblems = once((step: Step, facts: Facts): ReadonlyMap<LinkProblem, string> => {
  const { instruction, copy, stage } = step;
  const found = new Map<LinkProblem, string>();
  const add = (problem: LinkProblem, what: string): void => void (found.has(problem) || found.set(problem, what));
  const other = instruction.flags.find(({ name }) => name !== 'from' && name !== 'chown' && name !== 'link');
  if (other) add('flag', `--${other.name}`);
  const owner = ownerOf(step);
  if (!/^\d+:\d+$/.test(owner)) add('owner-name', owner);
  if (!holdsNoFoldersOfItsOwn(stage.base)) add('base', stage.base.image);
  if (copy?.path === undefined) {
    add('destination', copy?.destination ?? '');
    return found;
  }
  const history = historyOf(facts, step);
  let madeAbove = false;
  for (const folder of foldersTo(copy.path)) {
    const made = history.made.get(folder);
    const plain = plainFolders.has(folder);
    if (!plain && ((made === undefined && !madeAbove) || isHeldByImages(folder, stage.base.workdir))) add('base-folder', folder);
    const own = plain ? '0:0' : made;
    if (own !== undefined && own !== owner) add('owner', folder);
    if (made !== undefined && folder === copy.path && !copy.directory && !bringsFolder(facts, copy)) add('folder-for-file', folder);
    const line = unseenAt(history, folder);
    if (line !== undefined) add('unseen', `line ${line}`);
    madeAbove ||= made !== undefined;
  }
  if (!madeAbove) add('base-folder', copy.path);
  return found;
});

/** Of the build context, a folder's contents: no file that could stand in place of the destination. */
function bringsFolder({ context }: Facts, { from, sources }: CopyFacts): boolean {
  return from === undefined && sources.every((source) => !/[$\\*?["']/.test(source) && context.below(contextPath(source)).length > 0);
}

function isHeldByImages(folder: string, workdir: string | undefined): boolean {
  if (workdir !== undefined && workdir !== '/' && isBelow(folder, `/${workdir.split('/')[1] ?? ''}`)) return true;
  return heldByImages.test(folder) && !folder.startsWith('/usr/src/');
}

/** What the steps before a COPY did to folders. */
interface History {
  /** Folders that they made, and whose they are. */
  readonly made: Map<string, string>;
  readonly unseen: Unseen[];
}

/** A step that may have made or changed folders: those that a path names, with all below it; or, of a COPY, those below it alone. */
interface Unseen {
  readonly line: number;
  readonly path: string;
  readonly below?: boolean;
  /** The files that it brings, where they are known: only folders above them. */
  readonly files?: readonly string[] | undefined;
}

function unseenAt({ unseen }: History, folder: string): number | undefined {
  const depth = folder.split('/').length;
  return unseen.find(({ path, below, files }) => {
    if (below) return folder !== path && isBelow(folder, path) && (!files || files.some((file) => isBelow(file, folder)));
    return path === '/' || (path.split('/').length <= depth && overlap(path, folder));
  })?.line;
}

function historyOf(facts: Facts, step: Step): History {
  const history: History = { made: new Map(), unseen: [] };
  for (const earlier of earlierSteps(step)) {
    if (earlier.instruction.keyword === 'WORKDIR') noteWorkdir(history, earlier);
    else if (earlier.copy) noteCopy(history, facts, earlier);
    else if (earlier.run) noteRun(history, earlier, earlier.run);
  }
  return history;
}

function noteWorkdir(history: History, step: Step): void {
  const { instruction, state } = step;
  const written = expand(unquoted(instruction.argument.text), state.environment);
  const path = written === undefined ? undefined : absolute(written, state.workdir, undefined);
  if (path === undefined) history.unseen.push({ line: instruction.startLine, path: '/' });
  else make(history, path, userOf(step));
}

function noteCopy(history: History, facts: Facts, step: Step): void {
  const { copy, instruction } = step;
  const line = instruction.startLine;
  if (copy?.path === undefined) {
    history.unseen.push({ line, path: '/' });
    return;
  }
  const owner = instruction.flags.some(({ name }) => name === 'chmod') ? otherMode : ownerOf(step);
  const folder = copy.directory ? copy.path : posix.dirname(copy.path);
  // On one store it replaces the owner, on the other it does not.
  if (instruction.flags.some(({ name }) => name === 'link'))
    for (const one of foldersTo(folder)) if (history.made.has(one) && history.made.get(one) !== owner) history.made.set(one, otherMode);
  make(history, folder, owner);
  const files = broughtBy(facts, step)?.keys();
  history.unseen.push(copy.directory ? { line, path: folder, below: true, files: files && [...files] } : { line, path: copy.path });
}

function noteRun(history: History, step: Step, run: RunFacts): void {
  const line = step.instruction.startLine;
  const unseen = (path: string): void => void history.unseen.push({ line, path });
  if (run.script === undefined) return unseen('/');
  const changesMask = run.commands.some(({ program }) => program === 'umask');
  for (const command of run.commands) {
    const { program, kind, writes, removes, arguments: all, prefix } = command;
    if (mayDoAnything(command)) return unseen('/');
    const mounted = writes.some((path) => run.mounts.some(({ target }) => target === undefined || overlap(path, target)));
    const plain = program === 'mkdir' && prefix === '' && !changesMask && !command.command.nested && !mounted;
    if (plain && !all.some(({ text }) => /^(-\w*m|--mode|-Z|--context)/.test(text))) for (const path of writes) make(history, path, userOf(step));
    else for (const path of writes) unseen(path);
    for (const path of removes) unseen(path);
    if (kind === 'user') for (const { text } of all) if (/^(-\w*=?|--\w+=)?\//.test(text)) unseen(text.slice(text.indexOf('/')));
  }
}

/** A command of which it is not known what it does: a script of a package, or what the shell itself reads. */
function mayDoAnything({ program, kind, unknownPaths, use }: CommandFacts): boolean {
  if (kind === 'unknown' || program === undefined || ['.', 'source', 'eval', 'exec'].includes(program)) return true;
  return kind === 'package' ? use === undefined : unknownPaths;
}

/** A folder with those above it: each that is not there already. */
function make({ made }: History, path: string, owner: string): void {
  for (const folder of foldersTo(path)) if (!plainFolders.has(folder) && !made.has(folder)) made.set(folder, owner);
}

/** `/srv/app` is `/srv` and `/srv/app`: the root stays as it is. */
function foldersTo(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((_name, i) => `/${names.slice(0, i + 1).join('/')}`);
}

/** Whose the folders are that a step makes for whoever runs it: `0:0` for root, else the user as written. */
function userOf({ state, stage }: Step): string {
  const [user] = (state.user ?? stage.base.user ?? 'root').split(':');
  return user === 'root' || user === '0' ? '0:0' : (user ?? '');
}

/** Of a COPY: as numbers where they stand there, else as written. A user alone is its own group: https://docs.docker.com/reference/dockerfile/#copy---chown---chmod */
function ownerOf({ instruction }: Step): string {
  const given = instruction.flags.find(({ name }) => name === 'chown')?.value ?? '0:0';
  return /^\d+$/.test(given) ? `${given}:${given}` : given;
}
