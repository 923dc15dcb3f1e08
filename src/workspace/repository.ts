import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { isDockerfileName } from '../dockerfile-names.ts';
import { git } from '../git.ts';
import { once } from '../once.ts';
import { checkoutOf } from '../root.ts';
import { startingWith } from '../text.ts';
import { mayStartBuilds } from './build-files.ts';
import { gitIgnoresIn } from './git-ignore.ts';
import { dockerfileHistory, filesOfCommits } from './history.ts';
import { hiddenBy, ignoreFileOf } from './ignore.ts';
import { namesOf, type ContextFiles, type DockerfileText } from './workspace.ts';

/** A folder with its files: a git checkout, or a folder that is none. */
export interface Repository {
  readonly root: string;
  /** Paths below the root with forward slashes; undefined outside git. */
  readonly tracked: ReadonlySet<string> | undefined;
}

const repositories = new Map<string, Repository>();

/** The git checkout that a folder lies in; the folder itself where it is in none. Asked once a folder. */
export function repositoryOf(folder: string): Repository {
  for (const [root, repository] of repositories) if (repository.tracked && (folder === root || folder.startsWith(root + sep))) return repository;
  const known = repositories.get(folder);
  if (known) return known;
  const checkout = checkoutOf(folder);
  const tracked = checkout === undefined ? undefined : trackedFiles(checkout);
  const repository: Repository = checkout !== undefined && tracked ? { root: realpathSync(checkout), tracked } : { root: folder, tracked };
  repositories.set(repository.root, repository);
  return repository;
}

/** undefined where git does not answer. */
function trackedFiles(root: string): ReadonlySet<string> | undefined {
  const answer = asked(root, 'ls-files', '-z');
  if (answer === undefined) return undefined;
  const tracked = listed(answer);
  // Nothing is tracked yet: what git would add.
  return new Set(tracked.length > 0 ? tracked : listed(asked(root, 'ls-files', '-z', '--others', '--exclude-standard')));
}

function listed(output: string | undefined): string[] {
  return (output ?? '').split('\0').filter((path) => path !== '');
}

function asked(folder: string, ...args: string[]): string | undefined {
  try {
    return git(folder, ...args);
  } catch {
    return undefined;
  }
}

/**
 * The files of a context folder of the repository that a build sees, read when they are asked for and never outside its root.
 * `given` stands in for the text of the ignore file in force.
 */
export function contextFiles(repository: Repository, folder: string, dockerfile: string, decided: boolean, given?: string): ContextFiles {
  const prefix = relative(repository.root, folder).replaceAll(sep, '/');
  const ofDockerfile = relative(repository.root, dockerfile).replaceAll(sep, '/');
  const inRepository = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`);
  const plainText = (path: string): string | undefined => read(repository, path, (place) => readFileSync(place.path, 'utf8'));
  const inForce = ignoreFileIn(repository, ofDockerfile, prefix);
  const ignoreFile = given === undefined ? inForce : { path: inForce?.path ?? inRepository('.dockerignore'), text: given };
  const sent = sentFrom(repository, folder, ignoreFile?.text);
  const { hides } = sent;
  const files = (): readonly string[] => (sent.all ??= listFiles(repository, folder, prefix).filter((path) => !hides(path)));
  const seen = <Value>(path: string, value: (place: Place) => Value): Value | undefined => {
    if (hides(path)) return undefined;
    return read(repository, inRepository(path), (place) => {
      if (!place.linked) return value(place);
      // A link is copied as one: where it leads to has to be in the context as well.
      const target = relative(folder, place.path).replaceAll(sep, '/');
      return target.startsWith('../') || hides(target) ? undefined : value(place);
    });
  };
  return {
    sent,
    decided,
    folder: prefix,
    dockerfile: prefix === '' || ofDockerfile.startsWith(`${prefix}/`) ? ofDockerfile.slice(prefix === '' ? 0 : prefix.length + 1) : undefined,
    ignoreFile,
    holdsGit: repository.tracked !== undefined && prefix === '',
    gitIgnores: () => gitIgnoresIn(gitIgnorePathsIn(repository), prefix, plainText),
    hides,
    names: namesOf(join(basename(repository.root), ofDockerfile).replaceAll(sep, '/')),
    size: (path) => seen(path, (place) => place.size),
    text: (path) => seen(path, (place) => textsAt(repository)(place)),
    below: (path) => (path === '' ? files() : startingWith(files(), `${path}/`)),
    buildFiles: () => buildFilesOf(repository),
    dockerfiles: () => dockerfilesOf(repository),
    ownPath: ofDockerfile,
    history: () => (repository.tracked ? historyIn(repository)?.get(ofDockerfile) : undefined),
    commits: () =>
      repository.tracked
        ? commitsIn(repository)?.map((paths) => paths.flatMap((path) => (path.startsWith(inRepository('')) ? [path.slice(inRepository('').length)] : [])))
        : undefined,
  };
}

const historyIn = once(({ root }: Repository) => dockerfileHistory(root));
const commitsIn = once(({ root }: Repository) => filesOfCommits(root));

/** What is sent of a context folder under an ignore file. */
interface Sent {
  readonly hides: (path: string) => boolean;
  all?: readonly string[];
}

const sentOf = new WeakMap<Repository, Map<string, Sent>>();

function sentFrom(repository: Repository, folder: string, ignored: string | undefined): Sent {
  const known = sentOf.get(repository) ?? new Map<string, Sent>();
  sentOf.set(repository, known);
  const key = JSON.stringify([folder, ignored]);
  const sent = known.get(key) ?? { hides: hiddenBy(ignored === undefined ? undefined : { text: ignored }) };
  known.set(key, sent);
  return sent;
}

/** The ignore file in force, be it new; one that git ignores is in no fresh clone. The paths are below the root. */
export function ignoreFileIn(repository: Repository, dockerfile: string, context: string): { readonly path: string; readonly text: string } | undefined {
  return ignoreFileOf(dockerfile, context, (path) => {
    const text = read({ ...repository, tracked: undefined }, path, (place) => readFileSync(place.path, 'utf8'));
    return text === undefined || !repository.tracked || repository.tracked.has(path) || !isIgnoredByGit(repository, path) ? text : undefined;
  });
}

function isIgnoredByGit({ root }: Repository, path: string): boolean {
  return asked(root, 'check-ignore', '--quiet', path) !== undefined;
}

/** undefined for more than 1 MB, and where it is none. */
function textOf({ path, size }: Place): string | undefined {
  if (size > 1_000_000) return undefined;
  const text = readFileSync(path, 'utf8');
  return text.includes('\0') ? undefined : text;
}

/** Of the characters of a repository's texts, how many are kept. */
const mostKept = 32_000_000;

/** Texts are read once as far as they can be kept: every Dockerfile of a context asks for the same ones. */
const textsAt = once((_repository: Repository) => {
  const known = new Map<string, string | undefined>();
  let kept = 0;
  return (place: Place): string | undefined => {
    if (known.has(place.path)) return known.get(place.path);
    const text = textOf(place);
    kept += text?.length ?? 0;
    if (kept > mostKept) {
      known.clear();
      kept = text?.length ?? 0;
    }
    known.set(place.path, text);
    return text;
  };
});

/** A file as it lies on disk. */
interface Place {
  /** Absolute, links followed. */
  readonly path: string;
  /** A link was followed: it lies elsewhere than its name says. */
  readonly linked: boolean;
  /** Bytes. */
  readonly size: number;
}

function read<Value>(repository: Repository, path: string, value: (place: Place) => Value): Value | undefined {
  if (repository.tracked && !repository.tracked.has(path)) return undefined;
  const place = repository.tracked ? knownPlace(repository, path) : placeOf(repository, path);
  if (!place) return undefined;
  try {
    return value(place);
  } catch {
    return undefined;
  }
}

/** undefined for what is no file, or leaves the root. */
function placeOf({ root }: Repository, path: string): Place | undefined {
  try {
    const named = join(root, path);
    const place = realpathSync(named);
    if (!place.startsWith(root + sep)) return undefined;
    const found = statSync(place);
    return found.isFile() ? { path: place, linked: place !== named, size: found.size } : undefined;
  } catch {
    return undefined;
  }
}

const placesIn = once((_repository: Repository) => new Map<string, Place | undefined>());

/** A tracked file is looked up once: every Dockerfile of a context asks for all that it holds. */
function knownPlace(repository: Repository, path: string): Place | undefined {
  const places = placesIn(repository);
  const known = places.get(path);
  if (known || places.has(path)) return known;
  const found = placeOf(repository, path);
  places.set(path, found);
  return found;
}

/** The text of a tracked file of at most 1 MB, by its path below the root; undefined where there is none. */
export function textIn(repository: Repository, path: string): string | undefined {
  return read(repository, path, textOf);
}

/** Paths of all files below the root. */
export function pathsIn(repository: Repository): readonly string[] {
  return repository.tracked ? sortedPaths(repository) : listFiles(repository, repository.root, '');
}

const sortedPaths = once(({ tracked }: Repository): readonly string[] => [...(tracked ?? [])].toSorted());

const gitIgnorePathsIn = once((repository: Repository) => pathsIn(repository).filter((path) => posix.basename(path) === '.gitignore'));

/** Names of the tracked files of one folder, given by its path below the root. */
export function trackedIn(repository: Repository, folder: string): readonly string[] {
  return namesByFolder(repository).get(folder) ?? [];
}

const namesByFolder = once((repository: Repository): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const path of sortedPaths(repository)) {
    const folder = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    const names = found.get(folder) ?? [];
    names.push(posix.basename(path));
    found.set(folder, names);
  }
  return found;
});

/** Paths below a folder (absolute) of the files that a fresh clone has there. */
export function trackedBelow(repository: Repository, folder: string): readonly string[] {
  return listFiles(repository, folder, relative(repository.root, folder).replaceAll(sep, '/'));
}

function listFiles(repository: Repository, folder: string, prefix: string): readonly string[] {
  if (repository.tracked) {
    const all = sortedPaths(repository);
    if (prefix === '') return all;
    return startingWith(all, `${prefix}/`).map((path) => path.slice(prefix.length + 1));
  }
  const found: string[] = [];
  try {
    walk(folder, '', [], found);
  } catch {
    // What cannot be listed is not known.
  }
  return found.toSorted();
}

/** A `.gitignore`, and the folder with a slash at its end for whose files it speaks; empty for the root. */
interface GitIgnore {
  readonly below: string;
  readonly patterns: Ignore;
}

/** Files of a folder that is in no git checkout, less what its `.gitignore`s name. */
function walk(root: string, below: string, above: readonly GitIgnore[], found: string[]): void {
  const entries = readdirSync(join(root, below), { withFileTypes: true });
  const own = entries.some(({ name }) => name === '.gitignore')
    ? [{ below, patterns: ignore().add(readFileSync(join(root, below, '.gitignore'), 'utf8')) }]
    : [];
  const all = [...above, ...own];
  for (const entry of entries) {
    if (entry.name === '.git' || entry.name === 'node_modules' || found.length > 20_000) continue;
    const path = below + entry.name + (entry.isDirectory() ? '/' : '');
    if (isIgnored(path, all)) continue;
    if (entry.isDirectory()) walk(root, path, all, found);
    else if (entry.isFile()) found.push(path);
  }
}

/** The nearest `.gitignore` that says something decides. */
function isIgnored(path: string, all: readonly GitIgnore[]): boolean {
  for (const { below, patterns } of all.toReversed()) {
    const { ignored, unignored } = patterns.test(path.slice(below.length));
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** Every Dockerfile of the repository, with its text; paths are below the root. */
export const dockerfilesOf = once((repository: Repository) => textsOf(repository, isDockerfileName));

const buildFilesOf = once((repository: Repository) => textsOf(repository, mayStartBuilds));

function textsOf(repository: Repository, chosen: (path: string) => boolean): readonly DockerfileText[] {
  return pathsIn(repository)
    .filter(chosen)
    .flatMap((path) => {
      const text = textIn(repository, path);
      return text === undefined ? [] : [{ path, text }];
    });
}

/** True for a path that is there and no link, for inferring contexts: a tracked file, or a folder that holds one. */
export function holds(repository: Repository, path: string): boolean {
  const { tracked, root } = repository;
  if (!tracked) return exists(join(root, path));
  if (tracked.has(path)) return true;
  let folders = foldersOf.get(repository);
  if (!folders) {
    folders = new Set<string>();
    for (const file of tracked) for (let one = dirname(file); one !== '.' && !folders.has(one); one = dirname(one)) folders.add(one);
    foldersOf.set(repository, folders);
  }
  return path === '' || folders.has(path);
}

const foldersOf = new WeakMap<Repository, Set<string>>();

function exists(place: string): boolean {
  try {
    lstatSync(place);
    return true;
  } catch {
    return false;
  }
}
