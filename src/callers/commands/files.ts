import { posix } from 'node:path';
import type { Caller, CallerFile, CallerFiles, NamedFile, Reading } from '../caller.ts';
import { atRoot, folderOf } from '../places.ts';
import { sourceText, type SourceText } from '../../text.ts';
import { replaceIn } from '../replace-in.ts';
import { entriesAt, readYaml, sourceOf } from '../yaml.ts';
import { readBuildCommands } from './read.ts';

/** `$$`, `$(NAME)`, `${NAME}`, a function with others in it, `$@`. */
const makeExpansion = /\$(?:\$|\((\w+)\)|\{(\w+)\}|\((?:[^()\n]|\((?:[^()\n]|\([^()\n]{0,200}\)){0,200}\)){0,200}\)|.)/g;

/** `docker build` in the recipes of a Makefile: each line runs in the file's folder. */
export function readMakefile({ path, text }: CallerFile): Reading {
  const variables = new Map([['CURDIR', atRoot + (posix.dirname(path) === '.' ? '' : posix.dirname(path))]]);
  for (const [, name = '', value = ''] of text.matchAll(/^(?:export[ ]+)?(\w+)[ \t]*(?::|::|\?)?=[ \t]*([^\n#$`]*?)[ \t\r]*$/gm)) variables.set(name, value);
  const callers: Caller[] = [];
  const named: NamedFile[] = [];
  let rule = 'make';
  for (const { 0: line, index } of text.matchAll(/(?:[^\n]*\\\r?\n)*[^\n]*/g)) {
    const name = /^([\w./%-][^:=#\t\n]*):(?!=)/.exec(line)?.[1];
    if (name !== undefined) rule = name.trim();
    if (!line.startsWith('\t')) continue;
    const from = /^[\t @+-]*/.exec(line)?.[0].length ?? 0;
    const recipe = { text: line.slice(from), at: Array.from({ length: line.length - from + 1 }, (_, i) => index + from + i) };
    const source = replaceIn(recipe, makeExpansion, ([all, round, curly]) =>
      all === '$$' ? '$' : (variables.get(round ?? curly ?? '') ?? '${unknown_variable}'),
    );
    const read = readBuildCommands({ kind: 'makefile', name: rule, file: path, fileText: text, source, folder: folderOf(path), variables: new Map() });
    callers.push(...read.callers);
    named.push(...read.named);
  }
  return { callers, notes: [], uses: [], named };
}

/** `docker build` in the scripts of a package.json, which run in its folder. */
export function readPackageScripts({ path, text }: CallerFile, files: CallerFiles): Reading {
  const { roots, notes } = readYaml({ path, text }, files);
  const read = entriesAt(roots[0], 'scripts').flatMap(([name, { value }]) => {
    if (value.kind !== 'scalar' || value.value === undefined) return [];
    const source = sourceOf(text, { ...value, value: value.value });
    return readBuildCommands({ kind: 'package.json', name, file: path, fileText: text, source, folder: folderOf(path), variables: new Map() });
  });
  return { callers: read.flatMap(({ callers }) => callers), notes, uses: [], named: read.flatMap(({ named }) => named) };
}

const ownFolder = /\$\(\s*dirname\s+(?:--\s+)?"?\$(?:0|\{0\}|\{?BASH_SOURCE(?:\[0\])?(?::-\$0)?\}?)"?\s*\)/g;
const topFolder = /\$\(\s*git rev-parse --show-toplevel\s*\)/g;
const samePlace =
  /\$\(\s*(?:cd|realpath|readlink -f)\s+(?:--\s+|-P\s+)?("?[^()\s;&|>]+)\s*(?:(?:&?>\s*\/dev\/null(?:\s+2>&1)?\s*)?(?:&&|;)\s*pwd(?:\s+-P)?\s*)?\)/g;

/** What stands for the folder of a script, or for the root; `$(cd x && pwd)` is x. Quotes around them stay as they are. */
function withFolders(source: SourceText): SourceText {
  const own = replaceIn(source, ownFolder, () => '${own_folder}');
  const top = replaceIn(own, topFolder, () => '${top_folder}');
  return replaceIn(top, samePlace, ([, path = '']) => path.replaceAll('"', ''));
}

/**
 * `docker build` in a shell script. Where it starts is not written anywhere: it is its own folder or the root, whichever makes
 * its Dockerfile exist.
 */
export function readShellScript({ path, text }: CallerFile, files: CallerFiles): Reading {
  const source = withFolders(sourceText(text));
  const variables = new Map([
    ['own_folder', atRoot + (posix.dirname(path) === '.' ? '' : posix.dirname(path))],
    ['top_folder', atRoot],
  ]);
  const folders = [...new Set(['.', posix.dirname(path)])];
  const readings = folders.map((folder) => {
    const start = { is: 'here', path: folder === '.' ? '' : folder } as const;
    return readBuildCommands({
      kind: 'script',
      name: posix.basename(path),
      file: path,
      fileText: text,
      source,
      folder: start,
      variables,
    });
  });
  const named = readings.flatMap((reading) => reading.named.filter((file) => files.text(file.path) !== undefined));
  const callers = (readings[0]?.callers ?? []).map((_, index): Caller[] => {
    const possible = readings.flatMap((reading) => reading.callers[index] ?? []);
    const [any] = possible;
    if (any?.dockerfile.is !== 'here') return any ? [any] : [];
    const existing = possible.filter(({ dockerfile }) => dockerfile.is === 'here' && files.text(dockerfile.path) !== undefined);
    const [found, ...others] = existing;
    if (found && others.every((one) => JSON.stringify([one.context, one.dockerfile]) === JSON.stringify([found.context, found.dockerfile])))
      return [others.length === 0 ? found : { ...found, folder: { is: 'unknown', what: 'the folder that the script starts in' } }];
    const unknown = { is: 'unknown', what: 'the folder that the script starts in' } as const;
    return [{ ...any, context: unknown, dockerfile: unknown, folder: unknown }];
  });
  return { callers: callers.flat(), notes: [], uses: [], named };
}
