import { realpathSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import type { Repository } from '../workspace/repository.ts';
import type { Caller, Place } from './caller.ts';

/** A Dockerfile as callers build it: those that agree on context and stage are one target. */
export interface CalledTarget {
  readonly context: Place;
  /** As declared; undefined where none is, or where it is not known. */
  readonly stage: string | undefined;
  /** At least one. */
  readonly callers: readonly Caller[];
}

/** Parts callers by context and stage, first come, first. */
export function targetsOf(callers: readonly Caller[]): CalledTarget[] {
  const targets = new Map<string, CalledTarget & { readonly callers: Caller[] }>();
  for (const caller of callers) {
    const { context, declared } = caller;
    const stage = declared.target?.value || undefined;
    const key = JSON.stringify([context, stage]);
    const target = targets.get(key);
    if (target) target.callers.push(caller);
    else targets.set(key, { context, stage, callers: [caller] });
  }
  return [...targets.values()];
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
      if (place.startsWith(repository.root + sep)) return relative(repository.root, place).replaceAll(sep, '/');
    } catch {
      // Not there.
    }
  }
  return undefined;
}
