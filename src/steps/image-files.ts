import { posix } from 'node:path';
import type { ProjectFiles } from '../ecosystems/closure.ts';
import { once } from '../once.ts';
import { startingWith } from '../text.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import type { CopyFacts, Facts, StageFacts, Step } from './facts.ts';
import { isBelow, overlap } from './paths.ts';

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
  const { keyword, flags, heredocs } = instruction;
  if (heredocs.length > 0 || flags.some((flag) => !plainFlags.has(flag.name))) return undefined;
  const parents = flags.some(({ name }) => name === 'parents');
  return broughtFrom(context.sent, context)(keyword, copy, copy.path, parents);
});

/** The same copy brings the same files in each Dockerfile to which they are sent. */
const broughtFrom = once((_sent: object, context: ContextFiles) => {
  const known = new Map<string, ReadonlyMap<string, string> | undefined>();
  return (keyword: string, copy: CopyFacts, path: string, parents: boolean): ReadonlyMap<string, string> | undefined => {
    const key = JSON.stringify([keyword, copy.sources, path, copy.directory, parents]);
    if (!known.has(key)) known.set(key, copied(context, keyword, copy, path, parents));
    return known.get(key);
  };
});

function copied(context: ContextFiles, keyword: string, copy: CopyFacts, path: string, parents: boolean): ReadonlyMap<string, string> | undefined {
  const files = new Map<string, string>();
  for (const written of copy.sources) {
    if (/[$\\]|^["']|^\w+:\/\/|^git@/.test(written)) return undefined;
    // What stands before a `/./` is left out of the path.
    if (parents && written.includes('/./')) return undefined;
    const source = contextPath(written);
    if (keyword === 'ADD' && /\.(tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$/.test(source)) return undefined;
    if (/[*?[]/.test(source)) {
      if (source.includes('**')) return undefined;
      const depth = source.split('/').length;
      for (const file of context.below('')) {
        const segments = file.split('/');
        if (segments.length < depth || !overlap(segments.slice(0, depth).join('/'), source)) continue;
        // A folder that matches brings what is in it.
        const rest = segments.length === depth ? (segments.at(-1) ?? '') : segments.slice(depth).join('/');
        files.set(posix.join(path, parents ? file : rest), file);
      }
    } else if (context.size(source) !== undefined) {
      files.set(parents || copy.directory || copy.sources.length > 1 ? posix.join(path, parents ? source : posix.basename(source)) : path, source);
    } else {
      const below = context.below(source === '.' ? '' : source);
      for (const file of below) files.set(posix.join(path, parents || source === '.' ? file : file.slice(source.length + 1)), file);
    }
  }
  return files;
}

/** Whether a further COPY than that of a step brings a file of the build context. */
export function bringsAgain(facts: Facts, than: Step, source: string): boolean {
  return facts.steps.some((step) => {
    if (step === than || !step.copy || step.copy.from !== undefined) return false;
    const files = broughtBy(facts, step);
    if (files && [...files.values()].includes(source)) return true;
    return step.copy.sources.some((one) => contextPath(one) === '.' || source.startsWith(`${contextPath(one)}/`));
  });
}

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
  readonly before: ReadonlyMap<Step, FilesOfCopies>;
  readonly atEnd: FilesOfCopies;
}

const filesOfStage = once((stage: StageFacts, facts: Facts): StageFiles => {
  const before = new Map<Step, FilesOfCopies>();
  let files = stage.parent ? filesOfStage(stage.parent, facts).atEnd : new FilesOfCopies([]);
  for (const step of stage.steps) {
    before.set(step, files);
    const more = step.copy && broughtBy(facts, step);
    if (more?.size) files = files.with(step, more);
  }
  return { before, atEnd: files };
});

/** What a COPY brings: its sources by absolute path. */
interface Brought {
  readonly step: Step;
  readonly files: ReadonlyMap<string, string>;
}

/** The files of some COPYs, one upon the other; a large one is not gone through before somebody asks for all of its files. */
class FilesOfCopies implements ReadonlyMap<string, Origin> {
  constructor(private readonly copies: readonly Brought[]) {}

  with(step: Step, files: ReadonlyMap<string, string>): FilesOfCopies {
    return new FilesOfCopies([...this.copies, { step, files }]);
  }

  get size(): number {
    return this.copies.length > 1 ? [...this.keys()].length : (this.copies[0]?.files.size ?? 0);
  }

  get(path: string): Origin | undefined {
    const last = this.copies.findLast(({ files }) => files.has(path));
    const source = last?.files.get(path);
    return last && source !== undefined ? { step: last.step, source } : undefined;
  }

  has(path: string): boolean {
    return this.copies.some(({ files }) => files.has(path));
  }

  /** Paths that begin with a text. */
  startingWith(start: string): string[] {
    return this.copies.flatMap(({ files }, position) => startingWith(sortedPaths(files), start).filter((path) => this.isNewIn(position, path)));
  }

  *keys(): MapIterator<string> {
    for (const [position, { files }] of this.copies.entries()) for (const path of files.keys()) if (this.isNewIn(position, path)) yield path;
  }

  *values(): MapIterator<Origin> {
    for (const [, origin] of this) yield origin;
  }

  *entries(): MapIterator<[string, Origin]> {
    for (const path of this.keys()) {
      const origin = this.get(path);
      if (origin) yield [path, origin];
    }
  }

  [Symbol.iterator](): MapIterator<[string, Origin]> {
    return this.entries();
  }

  forEach(call: (origin: Origin, path: string, files: ReadonlyMap<string, Origin>) => void): void {
    for (const [path, origin] of this) call(origin, path, this);
  }

  private isNewIn(position: number, path: string): boolean {
    for (let i = 0; i < position; i++) if (this.copies[i]?.files.has(path) === true) return false;
    return true;
  }
}

const sortedPaths = once((files: ReadonlyMap<string, string>): readonly string[] => [...files.keys()].toSorted());

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
      const found = files instanceof FilesOfCopies ? files.startingWith(prefix) : [...files.keys()].filter((file) => file.startsWith(prefix));
      return found.map((file) => (isBelow(file, folder) && folder !== '/' ? file.slice(folder.length + 1) : posix.relative(folder, file)));
    },
  };
}
