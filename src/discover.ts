import { closeSync, lstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDockerfileName, isSurelyDockerfileName } from './dockerfile-names.ts';
import { git } from './git.ts';
import { realPathInside } from './root.ts';

export interface Discovery {
  readonly files: readonly FoundFile[];
  /** Paths, as they were given, that do not exist. */
  readonly missing: readonly string[];
  /** What a person should know: links that were not followed, a git that did not answer. */
  readonly notes: readonly string[];
}

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** Given on the command line, not found in a folder. */
  readonly named: boolean;
}

/** The Dockerfiles that the paths name or hold, each once: first come, then in the order of their paths. */
export function discover(paths: readonly string[], cwd: string): Discovery {
  const files = new Map<string, FoundFile>();
  const missing: string[] = [];
  const notes: string[] = [];
  const add = (path: string, named: boolean): void => {
    const key = realOr(path);
    if (!files.has(key)) files.set(key, { path, named });
  };
  for (const given of paths) {
    const path = resolve(cwd, given);
    const kind = kindOf(path);
    if (kind === 'missing') missing.push(given);
    else if (kind === 'no folder') add(path, true);
  }
  for (const given of paths) {
    const folder = resolve(cwd, given);
    if (kindOf(folder) !== 'folder') continue;
    const all = filesOf(folder, notes);
    const found = ownFiles(all.filter(isDockerfileName), all, given, notes).toSorted();
    // A link comes behind the file it leads to, so that this is shown under its own name.
    for (const link of [false, true]) {
      for (const name of found) {
        const path = join(folder, name);
        if (isLink(path) === link && isWanted(path, cwd, notes)) add(path, false);
      }
    }
  }
  return { files: [...files.values()], missing, notes };
}

/**
 * Those that no package manager put there as part of a dependency, which its next call would write anew:
 * https://go.dev/ref/mod#vendoring, https://getcomposer.org/doc/01-basic-usage.md#autoloading, https://doc.rust-lang.org/cargo/commands/cargo-vendor.html
 */
function ownFiles(dockerfiles: readonly string[], all: readonly string[], given: string, notes: string[]): string[] {
  if (!dockerfiles.some((name) => inVendor.test(name))) return [...dockerfiles];
  const folders = new Set(all.flatMap((name) => vendored.exec(name)?.[1] ?? []));
  const left = dockerfiles.flatMap((name) => prefixesOf(name).find((prefix) => folders.has(prefix)) ?? []);
  const kept = dockerfiles.filter((name) => !prefixesOf(name).some((prefix) => folders.has(prefix)));
  if (left.length > 0)
    notes.push(`${given}: ${left.length} of dependencies, below ${[...new Set(left)].toSorted().join(', ')}, left alone: to change one, name its file`);
  return kept;
}

const inVendor = /(^|\/)vendor\//;
const vendored = /^((?:.*\/)?vendor)\/(?:modules\.txt|autoload\.php|[^/]+\/\.cargo-checksum\.json)$/;

/** The folders named `vendor` that a path lies in. */
function prefixesOf(name: string): string[] {
  return [...name.matchAll(/(?<=^|\/)vendor(?=\/)/g)].map(({ index }) => name.slice(0, index + 'vendor'.length));
}

/** What cannot be looked at counts as no folder: whoever reads it tells why. */
function kindOf(path: string): 'missing' | 'folder' | 'no folder' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'no folder';
  } catch (error) {
    return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') ? 'missing' : 'no folder';
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function isWanted(path: string, cwd: string, notes: string[]): boolean {
  try {
    if (!statSync(path).isFile()) {
      notes.push(`${path} is left alone: it is no file`);
      return false;
    }
    if (realPathInside(path, cwd) === undefined) {
      notes.push(`${path} is left alone: it is a link that leaves the root`);
      return false;
    }
    return isSurelyDockerfileName(path) || beginsAsDockerfile(path);
  } catch (error) {
    // Deleted, or a link to nothing; what is there and cannot be read is told by whoever reads it.
    return !hasCode(error, 'ENOENT');
  }
}

const keywords = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(' '),
);

/** True where the first word that is not in a comment is an instruction: a `Dockerfile.md` is none. Told from the first 64 kB, else taken for one. */
function beginsAsDockerfile(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(65_536);
    const length = readSync(file, buffer);
    const head = buffer.toString('utf8', 0, length).replace(/^\uFEFF/, '');
    const word = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?!#)(\S+)/.exec(head)?.[1];
    return word === undefined ? length === buffer.length : keywords.has(word.toUpperCase());
  } finally {
    closeSync(file);
  }
}

/** The files below a folder, relative to it, that git does not ignore; outside git all but `node_modules`. */
function filesOf(folder: string, notes: string[]): string[] {
  const listed = listedByGit(folder, notes);
  if (listed === undefined) return walk(folder, '', notes);
  const found: string[] = [];
  for (const name of new Set(listed.split('\0'))) {
    if (name === '' || /(^|\/)node_modules\//.test(name)) continue;
    // A submodule, or a repository inside this one: git lists the folder alone.
    const path = join(folder, name);
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      if (realOr(path) !== realOr(folder)) for (const below of filesOf(path, notes)) found.push(join(name, below));
    } else found.push(name);
  }
  return found;
}

function listedByGit(folder: string, notes: string[]): string | undefined {
  try {
    return git(folder, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    if (!/not a git repository|^$/i.test(said))
      notes.push(`${folder}: git does not list its files, so ignored ones are looked at, too: ${said.split('\n')[0]}`);
    return undefined;
  }
}

function walk(folder: string, below: string, notes: string[]): string[] {
  const found: string[] = [];
  let entries;
  try {
    entries = readdirSync(join(folder, below), { withFileTypes: true });
  } catch (error) {
    notes.push(`${join(folder, below)} could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return found;
  }
  for (const entry of entries) {
    if (entry.name === 'node_modules' || entry.name === '.git') continue;
    const name = join(below, entry.name);
    if (!entry.isDirectory()) found.push(name);
    else for (const inside of walk(folder, name, notes)) found.push(inside);
  }
  return found;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
