import { posix } from 'node:path';
import { isObstacle, type ClosureRead } from '../ecosystems/closure.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { Facts, Step } from './facts.ts';
import { isBelow } from './paths.ts';

/** An install, and the COPYs that bring the rest of its project. */
export interface Installing {
  /** Absolute. */
  readonly folder: string;
  readonly read: ClosureRead;
  readonly sources: readonly Step[];
}

/** Absolute paths of what an install writes. */
export function outputsOf({ read, folder }: Pick<Installing, 'read' | 'folder'>): string[] {
  return isObstacle(read) ? [] : read.outputs.map((output) => posix.resolve(folder, output));
}

/** Paths of the context by which a COPY behind the install would bring what the install writes, and which no ignore file hides. */
export function outputsBrought({ context }: Pick<Facts, 'context'>, install: Installing): string[] {
  const outputs = outputsOf(install);
  return install.sources.flatMap(({ copy }) => {
    const path = copy?.path;
    if (path === undefined) return [];
    return outputs.flatMap((output) => {
      if (!isBelow(output, path)) return [];
      const literal = copy?.sources.filter((source) => !/[*?[]/.test(source)).map(contextPath) ?? [];
      const folders = literal.filter((from) => context.size(from) === undefined);
      return folders.map((from) => posix.join(from, posix.relative(path, output))).filter((brought) => !context.hides(brought));
    });
  });
}
