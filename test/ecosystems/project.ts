import { posix } from 'node:path';
import { isObstacle, type ClosureRead, type ProjectFiles } from '../../src/ecosystems/closure.ts';
import { ecosystemOf } from '../../src/ecosystems/index.ts';
import { callOf, fetchOf, read } from './call.ts';

/** Files in memory by absolute path, seen from a folder. */
function projectFiles(texts: ReadonlyMap<string, string>, folder: string): ProjectFiles {
  const at = (path: string): string => posix.resolve(folder, path);
  return {
    folder,
    has: (path) => texts.has(at(path)),
    text: (path) => texts.get(at(path)),
    below: (path) => [...texts.keys()].filter((file) => file.startsWith(`${at(path).replace(/\/$/, '')}/`)).map((file) => posix.relative(folder, file)),
  };
}

/** A value that is no text stands for its JSON. Paths are relative to `/app`. */
export type Tree = Readonly<Record<string, unknown>>;

/** What an install reads of a project in `/app`, run there or in a folder below. */
export function closureIn(line: string, tree: Tree, folder = '.'): ClosureRead | undefined {
  const texts = new Map(Object.entries(tree).map(([path, value]) => [posix.join('/app', path), typeof value === 'string' ? value : JSON.stringify(value)]));
  return read(line)?.closure?.(projectFiles(texts, posix.join('/app', folder)));
}

/** The files of the closure in order, or `sentence (file)`. */
export function needed(line: string, tree: Tree, folder?: string): string | undefined {
  const found = closureIn(line, tree, folder);
  if (!found) return undefined;
  return isObstacle(found) ? `no: ${found.because} (${found.file ?? ''})` : found.files.join(' ');
}

/** Files in `/app`, as an install that runs there sees them. */
export function projectOf(texts: Readonly<Record<string, string>>): ProjectFiles {
  return projectFiles(new Map(Object.entries(texts).map(([path, text]) => [posix.resolve('/app', path), text])), '/app');
}

/** What the install of a line, or else the fetch before it, reads: its files, then what it writes; or what is in the way. */
export function closureOf(line: string, texts: Readonly<Record<string, string>>): string {
  const project = projectOf(texts);
  const own = read(line)?.closure ?? fetchOf(line)?.closure;
  return own === undefined ? 'none' : shown(own(project));
}

/** Whether the packages of a line are published ready to be unpacked. */
export function unpacks(line: string, texts: Readonly<Record<string, string>>): boolean | undefined {
  const call = callOf(line);
  return ecosystemOf(call.program)?.unpacks?.(call, projectOf(texts));
}

function shown(found: ClosureRead): string {
  if (isObstacle(found)) return `${found.because}${found.file === undefined ? '' : ` (${found.file})`}`;
  const { files, folders = [], outputs, floating, differs } = found;
  return [
    files.join(' '),
    ...(outputs.length > 0 ? [`writes ${outputs.join(' ')}`] : []),
    ...(folders.length > 0 ? [`whole ${folders.join(' ')}`] : []),
    floating === undefined ? 'exact' : `${floating} floats`,
    ...(differs === undefined ? [] : ['differs']),
  ].join(', ');
}
