import { posix } from 'node:path';
import type { Artefact, Build } from './framework.ts';

/** Folders in which Debian and Alpine look for programs, in this order. */
const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Absolute paths at which the first word of an image's command may find its program: `own` are folders that its base alone searches, before all others. */
function placesStarted({ start }: Build, own: readonly string[]): string[] {
  const [word = ''] = start.words;
  return word.includes('/') ? [posix.resolve(start.workdir, word)] : [...own, ...searched].map((folder) => posix.join(folder, word));
}

/** Names by which a compiler may have made what the image starts: its own, and those of the files that were copied to its place. */
export function namesStarted(build: Build, own: readonly string[]): string[] {
  const places = placesStarted(build, own);
  return [...places, ...places.flatMap((place) => build.copied.get(place) ?? [])].map((path) => posix.basename(path));
}

/** Where the image finds the binary that a compiler put at a path, or a copy of it: what lies in a folder that its base alone searches comes where every image does. */
export function startedBinary(build: Build, path: string, own: readonly string[]): Artefact | undefined {
  const { start, copied } = build;
  const [word = ''] = start.words;
  const place = placesStarted(build, own).find((one) => copied.get(one) === path || one === path);
  if (place === undefined) return undefined;
  const isHidden = !word.includes('/') && own.includes(posix.dirname(place));
  return { path: place, destination: isHidden ? `/usr/local/bin/${word}` : place };
}
