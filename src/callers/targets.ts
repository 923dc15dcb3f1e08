import { realpathSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { once } from '../once.ts';
import { isBelow, realPath } from '../root.ts';
import type { InferredContext } from '../infer-context.ts';
import type { Repository } from '../workspace/repository.ts';
import type { Caller, Note, Place } from './caller.ts';
import { callersIn } from './callers.ts';

/** A Dockerfile as it is built. Callers that agree on context and stage are one target. */
export interface Target {
  /** What callers declare of the context; undefined where there is no caller. */
  readonly declared: Place | undefined;
  /** The context folder, absolute: inferred where callers leave it open, or take it from elsewhere. */
  readonly folder: string;
  /** By what it is inferred; undefined where callers give it. */
  readonly inferredBy: string | undefined;
  readonly decided: boolean;
  /** As declared; undefined where none is, or where it is not known. */
  readonly stage: string | undefined;
  readonly callers: readonly Caller[];
}

/** How the Dockerfile at an absolute path, links followed, is built: at least one target, in the order of its callers. */
export async function targetsOf(repository: Repository, place: string, infer: () => InferredContext): Promise<readonly [Target, ...Target[]]> {
  const { byDockerfile } = await callersByDockerfile(repository);
  const callers = byDockerfile.get(belowRoot(repository, place)) ?? [];
  const targets = new Map<string, Target & { readonly callers: Caller[] }>();
  for (const caller of callers) {
    const { context, declared } = caller;
    const stage = declared.target?.value || undefined;
    const key = JSON.stringify([context, stage]);
    const target = targets.get(key);
    if (target) target.callers.push(caller);
    else targets.set(key, { declared: context, ...folderOf(context, repository, infer), stage, callers: [caller] });
  }
  const [first, ...others] = targets.values();
  if (first) return [first, ...others];
  const { folder, by, decided } = infer();
  return [{ declared: undefined, folder, inferredBy: by, decided, stage: undefined, callers }];
}

function folderOf(context: Place, { root }: Repository, infer: () => InferredContext): Pick<Target, 'folder' | 'inferredBy' | 'decided'> {
  const folder = context.is === 'here' ? realPath(join(root, context.path)) : undefined;
  if (folder !== undefined && isBelow(folder, root)) return { folder, inferredBy: undefined, decided: true };
  const inferred = infer();
  return { folder: inferred.folder, inferredBy: inferred.by, decided: false };
}

export interface CallersByDockerfile {
  /** By its path below the root. */
  readonly byDockerfile: ReadonlyMap<string, readonly Caller[]>;
  /** Those that build no Dockerfile of the repository. */
  readonly others: readonly Caller[];
  /** What could not be read. */
  readonly notes: readonly Note[];
}

/** The callers of a repository, by what they build. Looked for once. */
export const callersByDockerfile = once(async (repository: Repository): Promise<CallersByDockerfile> => {
  const byDockerfile = new Map<string, Caller[]>();
  const others: Caller[] = [];
  const { callers, notes } = await callersIn(repository);
  for (const caller of callers) {
    const dockerfile = dockerfileOf(caller, repository);
    const same = dockerfile === undefined ? others : (byDockerfile.get(dockerfile) ?? []);
    same.push(caller);
    if (dockerfile !== undefined) byDockerfile.set(dockerfile, same);
  }
  return { byDockerfile, others, notes };
});

/** A path as callers name it. */
export function belowRoot({ root }: Repository, place: string): string {
  return relative(root, place).replaceAll(sep, '/');
}

/**
 * The Dockerfile that a caller builds, below the root, links followed; undefined where it is not in the repository. As BuildKit
 * does, a `dockerfile` or podman's `Containerfile` stands in for a Dockerfile that is not there.
 */
export function dockerfileOf({ dockerfile }: Caller, repository: Repository): string | undefined {
  if (dockerfile.is !== 'here') return undefined;
  const folder = posix.dirname(dockerfile.path);
  const names = posix.basename(dockerfile.path) === 'Dockerfile' ? ['Dockerfile', 'dockerfile', 'Containerfile'] : [posix.basename(dockerfile.path)];
  for (const name of names) {
    try {
      const place = realpathSync(join(repository.root, folder, name));
      if (place.startsWith(repository.root + sep)) return belowRoot(repository, place);
    } catch {
      // Not there.
    }
  }
  return undefined;
}
