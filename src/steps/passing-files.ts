import { posix } from 'node:path';
import { contextPath } from '../workspace/context-path.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { isPlainList, onlyCommand, positionOf } from './neighbours.ts';
import { absolute } from './paths.ts';
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
}

export interface Deletion {
  readonly step: Step;
  readonly command: CommandFacts;
  readonly word: ShellWord;
}

const archive = /\.(tar|tgz|tbz2?|txz|tar\.\w+|zip|gz|bz2|xz|zst|7z|deb|rpm|apk|whl|jar|war)$/;

/** Files of a stage that only one RUN needs. */
export function passingFiles(facts: Facts): PassingFile[] {
  return facts.stages.flatMap(({ steps }) =>
    steps.flatMap((copy, i): PassingFile[] => {
      const brought = singleFile(facts, copy);
      const run = steps.slice(i + 1).find((step) => step.run);
      if (!brought || !run?.run) return [];
      const deleted = steps.slice(i + 1).flatMap((step) => deletionsIn(step, brought.path));
      const needs = run.run.commands.some((command) => !deleted.some((one) => one.command === command));
      return deleted.length === 0 || !needs ? [] : [{ copy, run, ...brought, deleted }];
    }),
  );
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

/** The words of `rm` commands that are this path, in an `&&` list. */
function deletionsIn(step: Step, path: string): Deletion[] {
  const { run, state } = step;
  if (!run || !isPlainList(run)) return [];
  return run.commands.flatMap((command) => {
    if (command.program !== 'rm' || positionOf(run, command) === undefined) return [];
    const words = command.command.words.slice(command.command.words.length - command.arguments.length);
    return words
      .filter(({ value }) => value !== undefined && !value.startsWith('-') && absolute(value, command.workdir, homeOf(state, command.prefix)) === path)
      .map((word) => ({ step, command, word }));
  });
}

/** An archive that a RUN fetches and unpacks, and leaves behind: its path, and the command that unpacks it last. */
export function archivesLeft(step: Step): { readonly path: string; readonly fetched: CommandFacts; readonly word: string }[] {
  const { run } = step;
  if (!run || !isPlainList(run)) return [];
  return run.commands.flatMap((fetched, i) => {
    if (fetched.kind !== 'fetch' || fetched.unknownPaths || fetched.writes.length !== 1) return [];
    const [path = ''] = fetched.writes;
    const unpacked = run.commands.slice(i + 1).find((command) => command.kind === 'archive' && command.reads.includes(path) && !command.writes.includes(path));
    const word = unpacked?.command.words.find(({ value }) => value !== undefined && absolute(value, unpacked.workdir, undefined) === path)?.text;
    const gone = run.commands.some((command) => command.removes.some((one) => one === path || path.startsWith(`${one.replace(/\/\*$/, '')}/`)));
    const last = onlyCommand(run, run.script?.items.at(-1));
    return !archive.test(path) || !unpacked || word === undefined || gone || last?.workdir !== unpacked.workdir ? [] : [{ path, fetched, word }];
  });
}
