import { createHash } from 'node:crypto';
import { dirname, posix } from 'node:path';
import { belowRoot } from '../callers/targets.ts';
import { isManifest } from '../ecosystems/index.ts';
import { realPath } from '../root.ts';
import { repositoryOf, trackedIn } from '../workspace/repository.ts';
import { UsageError } from '../usage-error.ts';

/** A part of a run: of so many, the one with this number, from 1. */
export interface Shard {
  readonly number: number;
  readonly of: number;
}

/** Reads `2/4`. Throws a UsageError. */
export function readShard(given: string): Shard {
  const [, number, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(given)?.map(Number) ?? [];
  if (number === undefined || of === undefined || number < 1 || number > of)
    throw new UsageError(`--shard ${given}: it has the form 2/4, for the second of four parts`);
  return { number, of };
}

/**
 * Whether the Dockerfile at an absolute path is in a shard. Its package decides: the nearest folder upwards with a manifest, else its own.
 * Others that come or go change nothing for it.
 */
export function isInShard(path: string, { number, of }: Shard): boolean {
  const place = realPath(path);
  const repository = repositoryOf(dirname(place));
  const own = posix.dirname(belowRoot(repository, place));
  let folder = own;
  while (folder !== '.' && !trackedIn(repository, folder).some((name) => isManifest(posix.join(folder, name)))) folder = posix.dirname(folder);
  const first = createHash('sha256')
    .update(folder === '.' ? own : folder)
    .digest()
    .readUInt32BE();
  return first % of === number - 1;
}
