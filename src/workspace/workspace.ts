import { mayStartBuilds } from './build-files.ts';
import { gitIgnoresIn, type GitIgnoreFile } from './git-ignore.ts';
import type { History } from './history.ts';
import { hiddenBy, ignoreFileOf } from './ignore.ts';

/** The repository's files, as far as facts need them. Paths are relative with forward slashes. */

/** The files of a build context: what git tracks (or, where nothing is tracked, what it does not ignore), less what the ignore file in force hides. */
export interface ContextFiles {
  /** The same object for each Dockerfile to which the same files are sent: what follows from these alone is worked out once, and kept with it. */
  readonly sent: object;
  /** It is given, or something in the Dockerfile decides which folder it is. */
  readonly decided: boolean;
  /** The path of the context's folder in the repository; undefined where that is not known. */
  readonly folder: string | undefined;
  /** The Dockerfile's own path in the context; undefined where it lies outside. */
  readonly dockerfile: string | undefined;
  /** The ignore file in force, its path relative to the repository; undefined where there is none. */
  readonly ignoreFile: { readonly path: string; readonly text: string } | undefined;
  /** Git keeps its own data in the context: it is the root of a checkout. */
  readonly holdsGit: boolean;
  /** The `.gitignore`s that say something of the context: of folders above it first, then its own, then those of folders in it. */
  gitIgnores(): readonly GitIgnoreFile[];
  /** An ignore file keeps this path out, whether it is there or not. */
  hides(path: string): boolean;
  /** Size in bytes of a file; undefined where it is no file of the reference context. */
  size(path: string): number | undefined;
  /** The text of a file of at most 1 MB; undefined where it is none, or no text. */
  text(path: string): string | undefined;
  /** Paths of all files below a folder (`''` for all). */
  below(folder: string): readonly string[];
  /** Words of which the name of an image built from this Dockerfile may consist: folders, the file's own name, the repository's. */
  readonly names: readonly string[];
  /** The repository's Dockerfiles: the same list for each of them, so that what follows from all is worked out once. */
  dockerfiles(): readonly DockerfileText[];
  /** Where this Dockerfile stands among them; undefined where it does not. */
  readonly ownPath: string | undefined;
  /** The repository's files that may start builds, hidden from the context or not: the same list each time, as above. */
  buildFiles(): readonly BuildFile[];
  /** What commits wrote into this Dockerfile; undefined where that is not known. */
  history(): History | undefined;
  /** The files below the context's folder, hidden or not, that each of the last commits touched, the newest first; undefined where that is not known. */
  commits(): readonly (readonly string[])[] | undefined;
}

/** A Dockerfile by its path below the repository's root. */
export interface DockerfileText {
  readonly path: string;
  readonly text: string;
}

/** A file that may start builds, by its path below the repository's root. */
export type BuildFile = DockerfileText;

const none: readonly DockerfileText[] = [];

/** A context of which nothing is known: the Dockerfile alone. */
export const noFiles: ContextFiles = {
  sent: {},
  decided: false,
  folder: undefined,
  dockerfile: undefined,
  ignoreFile: undefined,
  holdsGit: false,
  gitIgnores: () => [],
  hides: () => false,
  names: [],
  size: () => undefined,
  text: () => undefined,
  below: () => [],
  dockerfiles: () => none,
  ownPath: undefined,
  buildFiles: () => none,
  history: () => undefined,
  commits: () => undefined,
};

/** A context in memory, for tests and for a Dockerfile that stands alone. */
export function filesInMemory(
  files: ReadonlyMap<string, string>,
  others: readonly { readonly path: string; readonly text: string }[] = [],
  dockerfile = '',
): ContextFiles {
  const ignoreFile = ignoreFileOf(dockerfile, '', (path) => files.get(path));
  const hides = hiddenBy(ignoreFile);
  const seen = new Map([...files].filter(([path]) => !hides(path)));
  const buildFiles = [...files].filter(([path]) => mayStartBuilds(path)).map(([path, text]) => ({ path, text }));
  return {
    sent: seen,
    decided: true,
    folder: '',
    dockerfile: dockerfile === '' ? undefined : dockerfile,
    ignoreFile,
    holdsGit: true,
    gitIgnores: () => gitIgnoresIn([...files.keys()], '', (path) => files.get(path)),
    hides,
    names: namesOf(dockerfile),
    size: (path) => {
      const text = seen.get(path);
      return text === undefined ? undefined : Buffer.byteLength(text);
    },
    text: (path) => seen.get(path),
    below: (folder) => [...seen.keys()].filter((path) => folder === '' || path.startsWith(`${folder}/`)),
    dockerfiles: () => others,
    ownPath: undefined,
    buildFiles: () => buildFiles,
    history: () => undefined,
    commits: () => undefined,
  };
}

/** `services/api/worker.Dockerfile` gives `api` and `worker`. */
export function namesOf(path: string): string[] {
  const [name = '', folder = ''] = path.split('/').toReversed();
  return [...name.split('.').filter((part) => !/^(docker|container)file$/i.test(part)), folder]
    .map((part) => part.toLowerCase())
    .filter((part) => part.length > 1);
}
