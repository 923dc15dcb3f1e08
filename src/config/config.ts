import type { Images } from '../bases/likened.ts';
import type { Preference } from '../bases/preferred-rows.ts';
import type { Transform } from '../transform.ts';

/** On, off, or on with values for the transform's options. */
export type TransformState = 'on' | 'off' | Readonly<Record<string, string | number | boolean>>;

/** What holds for Dockerfiles; options of the command line win. */
interface Settings {
  /** What is applied: what is proven (`safe`, the default), or also what needs your judgement. */
  readonly level?: 'safe' | 'review' | undefined;
  /** By id, built-in ones and those of `use`. */
  readonly transforms?: Readonly<Record<string, TransformState>> | undefined;
  /** The build context, relative to the folder of the configuration. By default each one that a caller gives, else it is inferred. */
  readonly context?: string | undefined;
  /** A stage that is built and shipped, beside the last one and those that callers name. */
  readonly target?: string | undefined;
  /** What the shipped image may be built FROM, beside the same distribution: Alpine's variants, or images that hold the program and no shell. */
  readonly prefer?: Preference | undefined;
}

export interface Override extends Settings {
  /** Globs as in a `.gitignore`, relative to the folder of the configuration: the Dockerfiles that it is for. */
  readonly files: readonly string[];
}

export interface CommitTexts {
  /** Such as `dockopt/{group}`, the default. */
  readonly branch?: string | undefined;
  /** Such as `{title}` with `{changes}` below, the default. */
  readonly message?: string | undefined;
}

export interface Config extends Settings {
  /** Transforms of your own: files, relative to the folder of the configuration, or what `defineTransform` made. */
  readonly use?: readonly (string | Transform)[] | undefined;
  /** Globs as in a `.gitignore`, relative to the folder of the configuration: Dockerfiles that are left alone. */
  readonly exclude?: readonly string[] | undefined;
  /** What private base images are like, by their names as FROM has them: `{ 'registry.example/node:*': { like: 'node:20' } }`. */
  readonly images?: Images | undefined;
  /** A file with findings that are accepted as they are, relative to the folder of the configuration; `dockopt --write-baseline` writes it. */
  readonly baseline?: string | undefined;
  /** What `--commit` calls branches and says of commits, with `{group}` and the like in place of what differs. */
  readonly commit?: CommitTexts | undefined;
  /** Other settings for some Dockerfiles; of several that match a later one wins. */
  readonly overrides?: readonly Override[] | undefined;
}

/** A configuration, checked by the type. */
export function defineConfig(config: Config): Config {
  return config;
}
