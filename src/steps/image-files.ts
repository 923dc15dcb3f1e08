import { posix } from 'node:path';
import type { ProjectFiles } from '../ecosystems/closure.ts';
import { once } from '../once.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { Facts, StageFacts, Step } from './facts.ts';
import { overlap } from './paths.ts';

/** Where a file of the image comes from. */
export interface Origin {
  readonly step: Step;
  /** Its path in the build context. */
  readonly source: string;
}

/** The files that a COPY or ADD brings from the build context, by absolute path; undefined where that cannot be told. */
export function broughtBy(facts: Facts, step: Step): ReadonlyMap<string, string> | undefined {
  return brought(step, facts);
}

const brought = once(({ copy, instruction }: Step, { context }: Facts): ReadonlyMap<string, string> | undefined => {
  if (!copy || copy.from !== undefined || copy.path === undefined) return undefined;
  if (instruction.heredocs.length > 0 || instruction.flags.some((flag) => !plainFlags.has(flag.name))) return undefined;
  const parents = instruction.flags.some(({ name }) => name === 'parents');
  const files = new Map<string, string>();
  for (const written of copy.sources) {
    if (/[$\\]|^["']|^\w+:\/\/|^git@/.test(written)) return undefined;
    // What stands before a `/./` is left out of the path.
    if (parents && written.includes('/./')) return undefined;
    const source = contextPath(written);
    if (instruction.keyword === 'ADD' && /\.(tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$/.test(source)) return undefined;
    if (/[*?[]/.test(source)) {
      if (source.includes('**')) return undefined;
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
});

/** Flags of COPY and ADD behind which it is known what comes where. */
export const plainFlags: ReadonlySet<string> = new Set(['chown', 'chmod', 'link', 'parents']);

/** Every file that COPYs from the build context brought before a step, by absolute path; later ones replace earlier ones. */
export function filesBefore(step: Step, facts: Facts): ReadonlyMap<string, Origin> {
  const { before, atEnd } = filesOfStage(step.stage, facts);
  return before.get(step) ?? atEnd;
}

/** The same at the end of a stage. */
export function broughtAtEnd(stage: StageFacts, facts: Facts): ReadonlyMap<string, Origin> {
  return filesOfStage(stage, facts).atEnd;
}

interface StageFiles {
  readonly before: ReadonlyMap<Step, ReadonlyMap<string, Origin>>;
  readonly atEnd: ReadonlyMap<string, Origin>;
}

const filesOfStage = once((stage: StageFacts, facts: Facts): StageFiles => {
  const before = new Map<Step, ReadonlyMap<string, Origin>>();
  let files: ReadonlyMap<string, Origin> = stage.parent ? filesOfStage(stage.parent, facts).atEnd : new Map<string, Origin>();
  for (const step of stage.steps) {
    before.set(step, files);
    const copied = step.copy && broughtBy(facts, step);
    if (copied?.size) files = new Map([...files, ...[...copied].map(([path, source]): [string, Origin] => [path, { step, source }])]);
  }
  return { before, atEnd: files };
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
