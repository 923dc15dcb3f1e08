import { posix } from 'node:path';
import type { ProjectFiles } from '../ecosystems/closure.ts';
import { once } from '../once.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { Facts, Step } from './facts.ts';
import { earlierSteps } from './neighbours.ts';
import { overlap } from './paths.ts';

/** Where a file of the image comes from. */
export interface Origin {
  readonly step: Step;
  /** Its path in the build context. */
  readonly source: string;
}

/** The files that a COPY or ADD brings from the build context, by absolute path; undefined where that cannot be told. */
export function broughtBy(facts: Facts, step: Step): ReadonlyMap<string, string> | undefined {
  let known = brought.get(step);
  if (known === undefined) brought.set(step, (known = read(facts, step)));
  return known ?? undefined;
}

const brought = new WeakMap<Step, ReadonlyMap<string, string> | null>();

function read({ context }: Facts, { copy, instruction }: Step): ReadonlyMap<string, string> | null {
  if (!copy || copy.from !== undefined || copy.path === undefined) return null;
  if (instruction.heredocs.length > 0 || instruction.flags.some((flag) => !plainFlags.has(flag.name))) return null;
  const parents = instruction.flags.some(({ name }) => name === 'parents');
  const files = new Map<string, string>();
  for (const written of copy.sources) {
    if (/[$\\]|^["']|^\w+:\/\/|^git@/.test(written)) return null;
    // What stands before a `/./` is left out of the path.
    if (parents && written.includes('/./')) return null;
    const source = contextPath(written);
    if (instruction.keyword === 'ADD' && /\.(tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$/.test(source)) return null;
    if (/[*?[]/.test(source)) {
      if (source.includes('**')) return null;
      const depth = source.split('/').length;
      for (const file of context.below('')) {
        const segments = file.split('/');
        if (segments.length < depth || !overlap(segments.slice(0, depth).join('/'), source)) continue;
        // A folder that matches brings what is in it.
        const rest = segments.length === depth ? (segments.at(-1) ?? '') : segments.slice(depth).join('/');
        files.set(posix.join(copy.path, parents ? file : rest), file);
      }
    } else if (context.size(source) !== undefined) {
      files.set(parents || copy.directory || copy.sources.length > 1 ? posix.join(copy.path, parents ? source : posix.basename(source)) : copy.path, source);
    } else {
      const below = context.below(source === '.' ? '' : source);
      for (const file of below) files.set(posix.join(copy.path, parents || source === '.' ? file : file.slice(source.length + 1)), file);
    }
  }
  return files;
}

/** Flags of COPY and ADD that do not change which files come where. */
export const plainFlags: ReadonlySet<string> = new Set(['chown', 'chmod', 'link', 'parents']);

/** Every file that COPYs from the build context brought before a step, by absolute path; later ones replace earlier ones. */
export const filesBefore = once((step: Step, facts: Facts): ReadonlyMap<string, Origin> => {
  const files = new Map<string, Origin>();
  for (const earlier of earlierSteps(step)) {
    if (!earlier.copy) continue;
    for (const [path, source] of broughtBy(facts, earlier) ?? []) files.set(path, { step: earlier, source });
  }
  return files;
});

/** The same, seen from a folder. */
export function projectFiles({ context }: Facts, files: ReadonlyMap<string, Origin>, folder: string): ProjectFiles {
  const at = (path: string): Origin | undefined => files.get(posix.resolve(folder, path));
  return {
    folder,
    has: (path) => at(path) !== undefined,
    text: (path) => {
      const origin = at(path);
      return origin && context.text(origin.source);
    },
    below: (path) => {
      const prefix = `${posix.resolve(folder, path).replace(/\/$/, '')}/`;
      return [...files.keys()].filter((file) => file.startsWith(prefix)).map((file) => posix.relative(folder, file));
    },
  };
}
