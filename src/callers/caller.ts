import type { Range } from '../text.ts';

/** A file that may declare builds. */
export interface CallerFile {
  /** Below the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What readers may ask of the repository. Paths are below its root, with forward slashes. */
export interface CallerFiles {
  /** The text of a tracked file; undefined where there is none. */
  text(path: string): string | undefined;
}

/** A value as a file declares it, with its place in that file. */
export interface Declared extends Range {
  /** The file that holds it: not always the caller's own (`extends`, `inherits`). */
  readonly file: string;
  /** As written, quotes removed. */
  readonly text: string;
  /** What it comes to; undefined where something outside of the repository decides. */
  readonly value: string | undefined;
}

/** A build argument or an additional context. */
export interface DeclaredEntry extends Declared {
  readonly name: string;
  /** The option of a command together with this value, which alone is the range. */
  readonly option?: Range | undefined;
}

/** A secret or an SSH agent that a build gets. */
export interface DeclaredSecret extends Declared {
  readonly id: string;
  /** Nothing says where its value comes from: the caller cannot build like that. */
  readonly undefinedHere?: boolean | undefined;
}

/** Where a caller declares what. */
export interface Declarations {
  readonly context?: Declared | undefined;
  readonly dockerfile?: Declared | undefined;
  readonly target?: Declared | undefined;
  readonly args: readonly DeclaredEntry[];
  readonly contexts: readonly DeclaredEntry[];
  readonly secrets: readonly DeclaredSecret[];
  readonly ssh: readonly DeclaredSecret[];
  readonly platforms: readonly Declared[];
  readonly cacheFrom: readonly Declared[];
  readonly cacheTo: readonly Declared[];
}

export const nothingDeclared: Declarations = { args: [], contexts: [], secrets: [], ssh: [], platforms: [], cacheFrom: [], cacheTo: [] };

/** The id in `id=token,src=…`, `{"id":"token"}` or `id = "token"`; the first word, up to a `=`, where none is named. */
export function idIn(text: string): string {
  return /(?:^|[,{\s"'])id["']?\s*[=:]\s*["']?([^\s,"'}]+)/.exec(text)?.[1] ?? /^[^=,\s]*/.exec(text)?.[0] ?? '';
}

/** A folder or file of the repository (`''` is its root), or why it is none. */
export type Place =
  | { readonly is: 'here'; readonly path: string }
  /** A URL, an inline Dockerfile, another image, a path outside of the repository. */
  | { readonly is: 'elsewhere'; readonly what: string }
  /** Something outside of the repository decides: as it is written. */
  | { readonly is: 'unknown'; readonly what: string };

/** One place that builds an image from a Dockerfile. */
export interface Caller extends Range {
  readonly kind: 'compose' | 'bake' | 'workflow' | 'action' | 'pipeline' | 'skaffold' | 'devcontainer' | 'goreleaser' | 'makefile' | 'script' | 'package.json';
  /** The service, the target, the job, the rule: as people call it. */
  readonly name: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly declared: Declarations;
  readonly context: Place;
  readonly dockerfile: Place;
  /** What its paths are relative to. */
  readonly folder: Place;
  /** Its builder keeps a cache by itself, or it is told to use none. */
  readonly keepsCache?: boolean | undefined;
  /** Where an option can be put into the command that builds. */
  readonly optionsAt?: number | undefined;
}

/** What could not be read. */
export interface Note {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly because: string;
}

/** What a file declares. */
export interface Reading {
  readonly callers: readonly Caller[];
  readonly notes: readonly Note[];
  /** Other files that were read with what this one gives them (`include`, a local action): alone they mean nothing else. */
  readonly uses: readonly string[];
  /** Files that commands here name for a format, whatever they are called. */
  readonly named?: readonly NamedFile[];
}

/** `docker compose -f ci/stack.yml`, `docker buildx bake -f release.hcl`. Paths are below the root. */
export interface NamedFile {
  readonly format: 'compose' | 'bake';
  readonly path: string;
  /** The folder that its paths are relative to. */
  readonly folder: string;
}
