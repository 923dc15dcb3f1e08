import { lstatSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readDockerfile } from '../dockerfile/read.ts';
import { readFacts } from '../steps/read.ts';
import { contextPath } from '../workspace/context-path.ts';
import { hiddenBy } from '../workspace/ignore.ts';
import { noFiles } from '../workspace/workspace.ts';
import type { DifferenceClass } from './classes.ts';

export interface NewIgnoreFile {
  /** The build context, absolute. */
  readonly context: string;
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * What COPYs bring no more, or changed, because the patch writes an ignore file and the Dockerfile itself (its path in the context).
 * What the context does not hold was made in the image: that it is missing there is a difference, hidden name or not.
 */
export function hiddenFiles(text: string, dockerfile: string, { context, before, after }: NewIgnoreFile): DifferenceClass {
  const reading = readDockerfile(text);
  const copies = 'dockerfile' in reading ? readFacts(reading.dockerfile, { context: noFiles }).steps.flatMap(({ copy }) => copy ?? []) : [];
  const hiddenBefore = hiddenBy(before === undefined ? undefined : { text: before });
  const hiddenAfter = hiddenBy({ text: after });
  const holds = (path: string): boolean => lstatSync(join(context, path), { throwIfNoEntry: false }) !== undefined;
  const written = new Set([dockerfile, `${dockerfile}.dockerignore`, '.dockerignore']);
  return {
    id: 'hidden-files',
    title: 'what the ignore file keeps out from now on',
    because: 'no step reads it, or the build makes it again',
    files: /./,
    where: (path) =>
      copies.some(({ from, sources, path: folder }) => {
        if (from !== undefined || folder === undefined) return false;
        const below = posix.relative(folder, path);
        if (below.startsWith('../')) return false;
        return sources
          .map((source) => posix.join(contextPath(source), below))
          .some((source) => written.has(source) || (hiddenAfter(source) && !hiddenBefore(source) && holds(source)));
      }),
  };
}
