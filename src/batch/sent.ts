import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hiddenBy } from '../workspace/ignore.ts';
import { repositoryOf, trackedBelow } from '../workspace/repository.ts';

/** What a build sends of its context. */
export interface Sent {
  readonly files: number;
  readonly bytes: number;
}

/** What a fresh clone would send of a folder (absolute) with each of the ignore files, its `.git` not counted. */
export function sentFromClone(folder: string, ignoreFiles: readonly (string | undefined)[]): Sent[] {
  const counts = ignoreFiles.map(counting);
  for (const path of trackedBelow(repositoryOf(folder), folder)) {
    const { size = 0 } = lstatSync(join(folder, path), { throwIfNoEntry: false }) ?? {};
    for (const { hides, sent } of counts) if (!hides(path)) add(sent, size);
  }
  return counts.map(({ sent }) => sent);
}

/** The same for the folder as it is, `.git` and all; `more` where so many milliseconds were not enough to count all of it. */
export function sentFromHere(
  folder: string,
  ignoreFiles: readonly (string | undefined)[],
  milliseconds: number,
): { readonly sent: readonly Sent[]; readonly more: boolean } {
  const end = performance.now() + milliseconds;
  const counts = ignoreFiles.map(counting);
  const folders = [''];
  for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      if (performance.now() > end) return { sent: counts.map(({ sent }) => sent), more: true };
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else {
        const { size = 0 } = lstatSync(join(folder, path), { throwIfNoEntry: false }) ?? {};
        for (const { hides, sent } of counts) if (!hides(path)) add(sent, size);
      }
    }
  }
  return { sent: counts.map(({ sent }) => sent), more: false };
}

interface Counting {
  readonly hides: (path: string) => boolean;
  readonly sent: { files: number; bytes: number };
}

function counting(text: string | undefined): Counting {
  return { hides: hiddenBy(text === undefined ? undefined : { text }), sent: { files: 0, bytes: 0 } };
}

function add(sent: { files: number; bytes: number }, size: number): void {
  sent.files++;
  sent.bytes += size;
}
