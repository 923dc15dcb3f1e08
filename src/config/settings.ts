import { relative, resolve, sep } from 'node:path';
import type { Preference } from '../bases/preferred-rows.ts';
import ignore from 'ignore';
import { isBelow, realPath } from '../root.ts';
import type { InferredContext } from '../infer-context.ts';
import type { Config, TransformState } from './config.ts';

/** What a configuration says for one Dockerfile. */
export interface Settings {
  readonly excluded: boolean;
  readonly level: 'safe' | 'review' | undefined;
  readonly context: InferredContext | undefined;
  readonly target: string | undefined;
  readonly prefer: Preference | undefined;
  readonly states: Readonly<Record<string, 'on' | 'off'>>;
  /** Values for the options of transforms, by id. */
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Makes of a configuration, whose globs and paths are relative to its folder, what it says for the Dockerfile at an absolute path. */
export function settingsFrom(config: Config, folder: string, file: string): (path: string) => Settings {
  const { exclude = [], overrides = [] } = config;
  const excluded = matcher(exclude, folder);
  const some = overrides.map((override) => ({ override, matches: matcher(override.files, folder) }));
  return (path) => {
    const layers = [config, ...some.filter(({ matches }) => matches(path)).map(({ override }) => override)];
    const context = layers.findLast((layer) => layer.context !== undefined)?.context;
    const transforms: [string, TransformState][] = layers.flatMap((layer) => Object.entries(layer.transforms ?? {}));
    return {
      excluded: excluded(path),
      level: layers.findLast((layer) => layer.level !== undefined)?.level,
      context: context === undefined ? undefined : { folder: resolve(folder, context), by: file, decided: true },
      prefer: layers.findLast((layer) => layer.prefer !== undefined)?.prefer,
      target: layers.findLast((layer) => layer.target !== undefined)?.target,
      states: Object.fromEntries(transforms.map(([id, state]) => [id, state === 'off' ? 'off' : 'on'])),
      options: Object.fromEntries(transforms.map(([id, state]) => [id, typeof state === 'object' ? state : {}])),
    };
  };
}

function matcher(globs: readonly string[], folder: string): (path: string) => boolean {
  const rules = ignore({ ignorecase: false }).add(globs);
  const root = realPath(folder);
  return (path) => {
    const real = realPath(path);
    return isBelow(real, root) && rules.ignores(relative(root, real).split(sep).join('/'));
  };
}
