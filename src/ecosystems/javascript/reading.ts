import { posix } from 'node:path';
import { tooMuch, type ClosureRead, type Obstacle, type ProjectFiles } from '../closure.ts';

export type Program = 'npm' | 'yarn' | 'pnpm' | 'bun';

/** What has been found of an install so far. Paths are relative to the folder that it is asked of. */
export interface Reading {
  readonly files: ProjectFiles;
  /** The folder that the install runs in. */
  readonly root: string;
  /** Files that it reads, each one there. */
  readonly read: Set<string>;
  /** Files and folders that it writes. */
  readonly written: Set<string>;
  /** Files of the commands that the project's own packages bring. */
  readonly commands: Map<string, string>;
  /** What an install that a script runs reads in turn. */
  readonly install: (program: Program, folder: string, ignoresScripts: boolean) => ClosureRead;
}

/** More than this in a folder is no longer read along. */
const few = 20;

export function isInstalled(path: string): boolean {
  return /(^|\/)(node_modules|\.git)(\/|$)/.test(path);
}

/** Notes a file, where it is there. */
export function addFile({ files, read }: Reading, path: string): boolean {
  if (!files.has(path)) return false;
  read.add(path);
  return true;
}

/** Notes all files of a folder, where they are few and plain. */
export function addFolder({ files, read }: Reading, folder: string, because: string, most = few): Obstacle | undefined {
  const found = files.below(folder).filter((path) => !isInstalled(path));
  const obstacle = tooMuch(files, folder, found, because, most);
  if (!obstacle) for (const path of found) read.add(path);
  return obstacle;
}

/** A file, or all of a folder; nothing where neither is there. */
export function addPath(reading: Reading, path: string, because: string): Obstacle | undefined {
  if (isInstalled(path) || addFile(reading, path)) return undefined;
  if (path === '.' || path.startsWith('..')) return { because: `${because}: the whole project`, file: undefined };
  return addFolder(reading, path, because);
}

/** Notes what something else reads and writes. */
export function merge({ read, written }: Reading, other: ClosureRead): Obstacle | undefined {
  if ('because' in other) return other;
  for (const path of other.files) read.add(posix.normalize(path));
  for (const path of other.outputs) written.add(path);
  return undefined;
}
