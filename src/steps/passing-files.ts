import { posix } from 'node:path';
import { contextPath } from '../workspace/context-path.ts';
import type { CommandFacts, Facts, RunFacts, Step } from './facts.ts';
import { isPlainList, isStrictList, onlyCommand, positionOf } from './neighbours.ts';
import { absolute, overlap } from './paths.ts';
import type { ShellWord } from '../shell/script.ts';
import { homeOf } from './commands.ts';

/** A file that a COPY brings from the build context, that a RUN reads, and that it or a later one deletes. */
export interface PassingFile {
  readonly copy: Step;
  readonly run: Step;
  /** In the build context. */
  readonly source: string;
  /** Absolute. */
  readonly path: string;
  /** The words by which this RUN or a later one deletes it. */
  readonly deleted: readonly Deletion[];
  /** Where none does: what deletes it by a pattern, or with its folder. */
  readonly swept: Sweep | undefined;
  /** Other RUNs that it is there for, and that may see it. */
  readonly others: readonly Step[];
}

/** A command that deletes more than the file. */
interface Sweep {
  readonly step: Step;
  readonly command: CommandFacts;
}

export interface Deletion extends Sweep {
  readonly word: ShellWord;
}

const archive = /\.(tar|tgz|tbz2?|txz|tar\.\w+|zip|gz|bz2|xz|zst|7z|deb|rpm|apk|whl|jar|war)$/;

/** Files of a stage that come by a COPY and are deleted. */
export function passingFiles(facts: Facts): PassingFile[] {
  return facts.stages.flatMap(({ steps }) =>
    steps.flatMap((copy, i) =>
      plainFiles(facts, copy).flatMap((brought): PassingFile[] => {
        const deleted = steps.slice(i + 1).flatMap((step) => deletionsIn(step, brought.path));
        const swept = deleted.length > 0 ? undefined : steps.slice(i + 1).flatMap((step) => sweepOf(step, brought.path))[0];
        const last = deleted.at(-1) ?? swept;
        if (!last) return [];
        const gone = swept ? [swept] : deleted;
        const seeing = steps.slice(i + 1, steps.indexOf(last.step) + 1).filter((step) => maySee(step, brought.path, gone));
        const name = posix.basename(brought.path);
        const run = seeing.find(({ instruction }) => instruction.argument.text.includes(name)) ?? seeing[0];
        return run ? [{ copy, run, ...brought, deleted, swept, others: seeing.filter((step) => step !== run) }] : [];
      }),
    ),
  );
}

/** Archives that come by a COPY of their own into a shipped stage, that one RUN unpacks, and that stay where they are. */
export function archivesCopied(facts: Facts): PassingFile[] {
  return facts.stages.flatMap(({ steps, shipped }) =>
    steps.flatMap((copy, i): PassingFile[] => {
      const [brought, ...more] = shipped ? plainFiles(facts, copy) : [];
      if (!brought || more.length > 0 || !archive.test(brought.path)) return [];
      const { path } = brought;
      const later = steps.slice(i + 1);
      const run = later.find(
        (step) => step.run && isStrictList(step.run) && step.run.commands.some((command) => unpacks(command) && command.reads.includes(path)),
      );
      const gone = later.some((step) => step.run?.commands.some(({ removes }) => removes.some((one) => overlap(one, path))));
      return run && !gone ? [{ copy, run, ...brought, deleted: [], swept: undefined, others: [] }] : [];
    }),
  );
}

/** A RUN with a command, not behind the last deletion, that may read the file. */
function maySee({ run, ...step }: Step, path: string, deleted: readonly Sweep[]): boolean {
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

/** What a COPY brings where each of its sources is a file of the build context by its plain name; nothing where one is not. */
function plainFiles({ context }: Facts, { copy, instruction }: Step): { readonly source: string; readonly path: string }[] {
  // ADD unpacks an archive where it comes.
  if (!copy || copy.from !== undefined || copy.path === undefined || instruction.heredocs.length > 0 || instruction.keyword === 'ADD') return [];
  const { path, directory, sources } = copy;
  const files = sources.flatMap((written) => {
    const source = contextPath(written);
    const isFile = !/[*?[$\\"']|^\w+:\/\/|^git@/.test(written) && (context.size(source) !== undefined || archive.test(source));
    return isFile ? [{ source, path: directory ? posix.join(path, posix.basename(source)) : path }] : [];
  });
  return files.length === sources.length && (directory || files.length === 1) ? files : [];
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

/** `rm -rf /tmp/*`, `rm -rf /tmp/build`: the first command of a RUN that deletes the path without saying it. */
function sweepOf(step: Step, path: string): Sweep[] {
  const { run } = step;
  if (!run || !isStrictList(run)) return [];
  const command = run.commands.find(
    (one) => one.program === 'rm' && positionOf(run, one) !== undefined && one.removes.some((removed) => removed !== path && sweeps(removed, path)),
  );
  return command ? [{ step, command }] : [];
}

/** A `*` at the start of a name means none that begins with a dot. */
function sweeps(removed: string, path: string): boolean {
  return (
    overlap(removed, path) &&
    !/[?[]/.test(removed) &&
    (!removed.includes('*') || !posix.basename(path).startsWith('.')) &&
    removed.split('/').length <= path.split('/').length
  );
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
export function archivesUnpacked({ commands }: Pick<RunFacts, 'commands'>): { readonly path: string; readonly unpacked: CommandFacts }[] {
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
