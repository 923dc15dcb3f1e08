import { posix } from 'node:path';
import type { Caller, CallerFile, CallerFiles, Reading } from '../caller.ts';
import { folderOf } from '../places.ts';
import { replaceIn } from '../replace-in.ts';
import { entriesAt, readYaml, sourceOf } from '../yaml.ts';
import { readBuildCommands } from './read.ts';

/** `docker build` in the recipes of a Makefile: each line runs in the file's folder. */
export function readMakefile({ path, text }: CallerFile): Reading {
  const variables = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^(?:export[ ]+)?(\w+)[ \t]*(?::|::|\?)?=[ \t]*([^\n#$`]*?)[ \t\r]*$/gm)) variables.set(name, value);
  const callers: Caller[] = [];
  let rule = 'make';
  for (const { 0: line, index } of text.matchAll(/(?:[^\n]*\\\r?\n)*[^\n]*/g)) {
    const name = /^([\w./%-][^:=#\t\n]*):(?!=)/.exec(line)?.[1];
    if (name !== undefined) rule = name.trim();
    if (!line.startsWith('\t')) continue;
    const from = /^[\t @+-]*/.exec(line)?.[0].length ?? 0;
    const recipe = { text: line.slice(from), at: Array.from({ length: line.length - from + 1 }, (_, i) => index + from + i) };
    const source = replaceIn(recipe, /\$(?:\$|\((\w+)\)|\{(\w+)\}|\([^)\n]{0,200}\)|.)/g, ([all, round, curly]) =>
      all === '$$' ? '$' : (variables.get(round ?? curly ?? '') ?? '${unknown_variable}'),
    );
    callers.push(...readBuildCommands({ kind: 'makefile', name: rule, file: path, fileText: text, source, folder: folderOf(path), variables: new Map() }));
  }
  return { callers, notes: [], uses: [] };
}

/** `docker build` in the scripts of a package.json, which run in its folder. */
export function readPackageScripts({ path, text }: CallerFile, files: CallerFiles): Reading {
  const { roots, notes } = readYaml({ path, text }, files);
  const callers = entriesAt(roots[0], 'scripts').flatMap(([name, { value }]) => {
    if (value.kind !== 'scalar' || value.value === undefined) return [];
    const source = sourceOf(text, { ...value, value: value.value });
    return readBuildCommands({ kind: 'package.json', name, file: path, fileText: text, source, folder: folderOf(path), variables: new Map() });
  });
  return { callers, notes, uses: [] };
}

/**
 * `docker build` in a shell script. Where it starts is not written anywhere: it is its own folder or the root, whichever makes
 * its Dockerfile exist.
 */
export function readShellScript({ path, text }: CallerFile, files: CallerFiles): Reading {
  const at = Array.from({ length: text.length + 1 }, (_, i) => i);
  // `cd "$(dirname "$0")"` and its relatives.
  const source = replaceIn({ text, at }, /"?\$\(\s*dirname\s+(?:--\s+)?"?\$(?:0|\{0\}|\{?BASH_SOURCE(?:\[0\])?\}?)"?\s*\)"?/g, () => '"$own_folder"');
  const folders = [...new Set(['.', posix.dirname(path)])];
  const readings = folders.map((folder) => {
    const own = posix.relative(folder, posix.dirname(path)) || '.';
    const start = { is: 'here', path: folder === '.' ? '' : folder } as const;
    return readBuildCommands({
      kind: 'script',
      name: posix.basename(path),
      file: path,
      fileText: text,
      source,
      folder: start,
      variables: new Map([['own_folder', own]]),
    });
  });
  const [first = []] = readings;
  const callers = first.map((_, index): Caller[] => {
    const possible = readings.flatMap((reading) => reading[index] ?? []);
    const [any] = possible;
    if (any?.dockerfile.is !== 'here') return any ? [any] : [];
    const existing = possible.filter(({ dockerfile }) => dockerfile.is === 'here' && files.text(dockerfile.path) !== undefined);
    const [found, ...others] = existing;
    if (found && others.every((one) => JSON.stringify([one.context, one.dockerfile]) === JSON.stringify([found.context, found.dockerfile]))) return [found];
    const unknown = { is: 'unknown', what: 'the folder that the script starts in' } as const;
    return [{ ...any, context: unknown, dockerfile: unknown }];
  });
  return { callers: callers.flat(), notes: [], uses: [] };
}
