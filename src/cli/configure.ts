import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import transforms from '../../transforms/index.ts';
import { findConfig } from '../config/find.ts';
import type { CommitTexts } from '../config/config.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { LoadedTransform } from '../load.ts';
import { readOptions } from '../options.ts';
import { newRegistry, type Registry } from '../registry/registry.ts';
import type { RunOptions } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { assertKnown } from './ids.ts';
import type { Selection } from './outcomes.ts';

/** What the command line and the configuration say together. */
export interface Configured {
  /** The user's own transforms. */
  readonly own: readonly LoadedTransform[];
  /** What a person should know. */
  readonly notes: readonly string[];
  /** What is asked of registries for all Dockerfiles together. */
  readonly registry: Registry;
  readonly commit: CommitTexts;
  /** What holds for the Dockerfile at an absolute path. */
  readonly optionsOf: (path: string) => RunOptions;
  /** The configuration, as it is shown, that excludes the Dockerfile at an absolute path. */
  readonly exclusion: (path: string) => string | undefined;
  /** Absolute paths of the files that all of this comes from. */
  readonly settings: readonly string[];
  /** The absolute path of the file with accepted findings; undefined where there is to be none. */
  readonly baseline: string | undefined;
}

/** Loads what the command line names, and the configuration. Throws a UsageError. */
export async function configure(given: Selection, cwd: string): Promise<Configured> {
  const { level, only, skip, context, target, prefer } = given;
  const builtIn = transforms.map(({ id }) => id);
  const named = given.transform.length === 0 ? [] : await import('../load.ts').then((load) => load.loadTransforms(given.transform, cwd, new Set(builtIn)));
  const config = await configOf(given, named, cwd);
  const own = [...named, ...(config?.transforms ?? [])];
  const known = [...builtIn, ...own.map(({ transform }) => transform.id)];
  assertKnown(only, known, '--only');
  assertKnown(skip, known, '--skip');
  const opted = readOptions(given.opt, [...own.map(({ transform }) => transform), ...transforms]);
  if (context !== undefined && (context === '' || !statSync(resolve(cwd, context), { throwIfNoEntry: false })?.isDirectory()))
    throw new UsageError(`--context ${context}: there is no such folder`);
  const givenContext = context === undefined ? undefined : { folder: resolve(cwd, context), by: '--context', decided: true };
  const today = new Date().toISOString().slice(0, 10);
  const registry = newRegistry(async (image) => (await import('../registry/ask.ts')).askRegistry(image));
  return {
    own,
    registry,
    notes: config?.notes ?? [],
    commit: config?.commit ?? {},
    baseline: given.baseline === undefined ? config?.baseline : given.baseline === false ? undefined : resolve(cwd, given.baseline),
    settings: [...(config ? [config.file] : []), ...own.map(({ file }) => file)].map((file) => resolve(cwd, file)),
    exclusion: (path) => (config?.settingsOf(path).excluded ? config.file : undefined),
    optionsOf: (path) => {
      const settings = config?.settingsOf(path);
      return {
        level: level ?? settings?.level ?? 'safe',
        only,
        skip,
        context: givenContext ?? settings?.context,
        target: target ?? settings?.target,
        transforms: named.map(({ transform }) => transform),
        used: config?.transforms.map(({ transform }) => transform),
        states: settings?.states,
        options: joined(settings?.options ?? {}, opted),
        images: config?.images,
        prefers: prefer ?? settings?.prefer,
        registry,
        today,
        cwd,
      };
    },
  };
}

async function configOf({ config, code }: Selection, own: readonly LoadedTransform[], cwd: string): Promise<LoadedConfig | undefined> {
  const path = config === undefined ? findConfig(cwd) : resolve(cwd, config);
  if (path === undefined) return undefined;
  if (!existsSync(path)) throw new UsageError(`--config ${config}: there is no such file`);
  const { loadConfig } = await import('../config/load.ts');
  return loadConfig(path, { cwd, named: config !== undefined, code, builtIn: transforms, own });
}

/** Options by transform, those of the second before those of the first. */
function joined(first: OptionsById, second: OptionsById): OptionsById {
  const ids = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries([...ids].map((id) => [id, { ...first[id], ...second[id] }]));
}

type OptionsById = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
