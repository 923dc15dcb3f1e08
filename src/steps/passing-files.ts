import { posix } from 'node:path';
import { contextPath } from '../workspace/context-path.ts';
import type { CommandFacts, Facts, RunFacts, Step } from './facts.ts';
import { isPlainList, isStrictList, onlyCommand, positionOf } from './neighbours.ts';
import { absolute, overlap } from './paths.ts';
import type { ShellWord } from '../shell/script.ts';
import { homeOf } from './commands.ts';

/** A file that a COPY brings from the build context, that the next RUN reads, and that it or a later one deletes. */
export interface PassingFile {
  readonly copy: Step;
  readonly run: Step;
  /** In the build context. */
  readonly source: string;
  /** Absolute. */
  readonly path: string;
  /** The words by which this RUN or a later one deletes it. */
  readonly deleted: readonly Deletion[];
  /** Other RUNs that it is there for, and that may see it. */
  readonly others: readonly Step[];
}

export interface Deletion {
  readonly step: Step;
  readonly command: CommandFacts;
  readonly word: ShellWord;
}

const archive = /\.(tar|tgz|tbz2?|txz|tar\.\w+|zip|gz|bz2|xz|zst|7z|deb|rpm|apk|whl|jar|war)$/;

/** Files of a stage that come by a COPY and are deleted. */
export function passingFiles(facts: Facts): PassingFile[] {
  return facts.stages.flatMap(({ steps }) =>
    steps.flatMap((copy, i): PassingFile[] => {
      const brought = singleFile(facts, copy);
      if (!brought) return [];
      const deleted = steps.slice(i + 1).flatMap((step) => deletionsIn(step, brought.path));
      const last = deleted.at(-1);
      if (!last) return [];
      const seeing = steps.slice(i + 1, steps.indexOf(last.step) + 1).filter((step) => maySee(step, brought.path, deleted));
      const name = posix.basename(brought.path);
      const run = seeing.find(({ instruction }) => instruction.argument.text.includes(name)) ?? seeing[0];
      return run ? [{ copy, run, ...brought, deleted, others: seeing.filter((step) => step !== run) }] : [];
    }),
  );
}

/** A RUN with a command, not behind the last deletion, that may read the file. */
function maySee({ run, ...step }: Step, path: string, deleted: readonly Deletion[]): boolean {
  if (!run) return false;
  if (run.opaque !== undefined || run.script === undefined) return true;
  const own = deleted.filter((one) => one.step.instruction === step.instruction).map(({ command }) => command);
  const commands = run.commands.filter((command) => !own.includes(command));
  const behind = deleted.at(-1)?.command.command.start ?? 0;
  const before = deleted.at(-1)?.step.instruction === step.instruction ? commands.filter(({ command }) => command.start < behind) : commands;
  return before.some((command) => mayReach(command, path));
}

/** What a command does is not known, or reaches the file or the folder that it lies in. */
export function mayReach({ kind, program, use, command, arguments: all, unknownPaths, reads, writes, removes, workdir }: CommandFacts, path: string): boolean {
  if (command.words.some(({ text }) => text.includes(posix.basename(path)))) return true;
  if (kind === 'user' || kind === 'system' || (kind === 'shell' && (program === 'cd' || program === 'set'))) return false;
  if (kind === 'package') return use?.action !== 'update' && use?.packages === undefined;
  const named = [...reads, ...writes, ...removes];
  if (kind === 'file') return unknownPaths || named.some((one) => overlap(one, path) && !isMade(program, one, path));
  const mentioned = all.flatMap(({ value }) => (value === undefined ? [] : (absolute(value, workdir, undefined) ?? [])));
  return kind !== 'unknown' || workdir === undefined || [workdir, ...mentioned, ...named].some((one) => overlap(one, path));
}

/** `mkdir` of a folder above changes nothing in it. */
function isMade(program: string | undefined, folder: string, path: string): boolean {
  return program === 'mkdir' && folder !== path;
}

function singleFile({ context }: Facts, { copy, instruction }: Step): { readonly source: string; readonly path: string } | undefined {
  const [written, ...more] = copy?.sources ?? [];
  if (!copy || copy.from !== undefined || written === undefined || more.length > 0 || copy.path === undefined || instruction.heredocs.length > 0)
    return undefined;
  if (/[*?[$\\"']|^\w+:\/\/|^git@/.test(written)) return undefined;
  // ADD unpacks an archive where it comes.
  if (instruction.keyword === 'ADD') return undefined;
  const source = contextPath(written);
  if (context.size(source) === undefined && !archive.test(source)) return undefined;
  return { source, path: copy.directory ? posix.join(copy.path, posix.basename(source)) : copy.path };
}

/** The words of `rm` commands that are this path, in a list that ends with the first failure. */
function deletionsIn(step: Step, path: string): Deletion[] {
  const { run, state } = step;
  if (!run || !isStrictList(run)) return [];
  // Without it nothing but the `set` would be left.
  if (run.commands[0]?.program === 'set' && run.commands.every(({ program }) => program === 'set' || program === 'rm')) return [];
  return run.commands.flatMap((command) => {
    if (command.program !== 'rm' || positionOf(run, command) === undefined) return [];
    const words = command.command.words.slice(command.command.words.length - command.arguments.length);
    return words
      .filter(({ value }) => value !== undefined && !value.startsWith('-') && absolute(value, command.workdir, homeOf(state, command.prefix)) === path)
      .map((word) => ({ step, command, word }));
  });
}

/** An archive that a RUN fetches and unpacks, and leaves behind: its path, and the word for it where the RUN ends. */
export function archivesLeft(step: Step): { readonly path: string; readonly word: string }[] {
  const { run } = step;
  if (!run || !isPlainList(run)) return [];
  const last = onlyCommand(run, run.script?.items.at(-1));
  if (!last || (last.kind === 'shell' && last.program !== 'cd')) return [];
  return archivesUnpacked(run).flatMap(({ path, unpacked }) => {
    const word = unpacked.command.words.find(({ value }) => value !== undefined && absolute(value, unpacked.workdir, undefined) === path)?.text;
    const gone = run.commands.some((command) => command.removes.some((one) => one === path || path.startsWith(`${one.replace(/\/\*$/, '')}/`)));
    return word === undefined || gone || last.workdir !== unpacked.workdir ? [] : [{ path, word }];
  });
}

/** Archives that commands of a RUN fetch and unpack, and that no other command of it does more with than to look at or to copy. */
export function archivesUnpacked({ commands }: RunFacts): { readonly path: string; readonly unpacked: CommandFacts }[] {
  return commands.flatMap((fetched, i) => {
    if (fetched.kind !== 'fetch' || fetched.prefix !== '' || fetched.unknownPaths || fetched.writes.length !== 1) return [];
    const [path = ''] = fetched.writes;
    const unpacked = commands.slice(i + 1).find((command) => unpacks(command) && command.reads.includes(path) && !command.writes.includes(path));
    const others = commands.filter(({ command }) => command.words.some(({ text }) => text.includes(posix.basename(path))));
    const used = others.some((command) => command !== fetched && !leavesAlone(command));
    return !archive.test(path) || !unpacked || used ? [] : [{ path, unpacked }];
  });
}

/** https://www.gnu.org/software/tar/manual/html_node/Short-Option-Summary.html, https://linux.die.net/man/1/unzip */
function unpacks({ kind, program, prefix, arguments: all }: CommandFacts): boolean {
  const options = all.filter(({ text }, i) => text.startsWith('-') || (i === 0 && program === 'tar')).map(({ text }) => text);
  if (kind !== 'archive' || prefix !== '') return false;
  if (program === 'tar') return options.some((text) => text === '--extract' || text === '--get' || /^-?[A-Za-z]*x[A-Za-z]*$/.test(text));
  return program === 'unzip' && !options.some((text) => /^-[A-Za-z]*[lptvZz]/.test(text));
}

function leavesAlone({ kind, program }: CommandFacts): boolean {
  return kind === 'archive' || kind === 'look' || kind === 'fetch' || ['rm', 'cp', 'cat', 'echo', 'printf'].includes(program ?? '');
}
