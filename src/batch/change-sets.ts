import { resolve } from 'node:path';
import type { Rewrite } from '../write.ts';
import type { Batch } from './batch.ts';

/** What has to be written together: Dockerfiles with the ignore files and callers that go with them, those first. */
export function changeSets({ outcomes, ignoreFiles, callerFiles }: Batch, cwd: string): (readonly Rewrite[])[] {
  const setOf = new Map<string, readonly Rewrite[]>();
  for (const { path, status, original, text } of outcomes)
    setOf.set(path, status === 'changed' ? [{ path: resolve(cwd, path), before: original, after: text }] : []);
  for (const { path, original, text, askedBy } of [...ignoreFiles, ...callerFiles]) {
    const joined = new Set(askedBy.flatMap((one) => setOf.get(one) ?? []));
    const whole = [{ path: resolve(cwd, path), before: original, after: text }, ...joined];
    for (const [dockerfile, set] of setOf) if (askedBy.includes(dockerfile) || set.some((one) => joined.has(one))) setOf.set(dockerfile, whole);
  }
  return [...new Set(setOf.values())].filter((set) => set.length > 0);
}
