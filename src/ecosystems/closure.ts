/** What an install reads of the project, so that it can run before the rest of the source is there. Data for a split, no edits. */

/** The files that COPYs brought before an install, as it would see them. Paths are absolute, or relative to the folder that it runs in, `../` allowed. */
export interface ProjectFiles {
  /** The folder itself, absolute: a manifest above it may know it by its name. */
  readonly folder: string;
  has(path: string): boolean;
  /** undefined where it is no file, too large, or no text. */
  text(path: string): string | undefined;
  /** All files below a folder (`.` for all), with the folder in front. */
  below(folder: string): readonly string[];
}

export interface Closure {
  /** Every file that it reads, each one there. The first is one that it cannot do without. */
  readonly files: readonly string[];
  /** Folders that it reads as they are, with what will be added to them. Each of their files is among `files`. */
  readonly folders?: readonly string[];
  /** Folders and files that it writes: what the source brings there later would replace what was installed. */
  readonly outputs: readonly string[];
  /** Those of the outputs that it goes by where they are there, and need not write: what lies about in one is not made again. */
  readonly settings?: readonly string[];
  /** The first of what it fetches that neither a lockfile nor an exact version pins, as a noun: it may be another one whenever it runs. */
  readonly floating: string | undefined;
  /** The command that fetches, where the files decide how it is written. */
  readonly command?: string | undefined;
  /** It comes to the same in front of the source only as far as this sentence says. */
  readonly differs?: string | undefined;
}

/** Why an install has to run with the whole source: a sentence, and the file that is in the way. */
export interface Obstacle {
  readonly because: string;
  readonly file: string | undefined;
}

export type ClosureRead = Closure | Obstacle;

export function isObstacle(read: object): read is Obstacle {
  return 'because' in read;
}

/** Why the files of a folder cannot go along with the manifests: they are many, large or no text. */
export function tooMuch(files: ProjectFiles, folder: string, paths: readonly string[], because: string, most: number): Obstacle | undefined {
  if (paths.length > most) return { because: `${because}, and it holds more than ${most} files`, file: folder };
  const odd = paths.find((path) => files.text(path) === undefined);
  return odd === undefined ? undefined : { because: `${because}, and it holds a file that is large or no text`, file: odd };
}
