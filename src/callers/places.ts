import { posix } from 'node:path';
import type { Caller, CallerFiles, Declared, Place } from './caller.ts';

/** Begins a path that is relative to the root, wherever it is used: it stands for the absolute path of the checkout. */
export const atRoot = '\u0000/';

/** What a path comes to that is relative to a folder of the repository, where it is no URL and does not leave it. */
export function placeIn(base: Place, path: string): Place {
  if (path.startsWith(atRoot)) return placeIn(root, path.slice(atRoot.length).replace(/^\/+/, '') || '.');
  if (isRemote(path)) return { is: 'elsewhere', what: path };
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:[\\/]/.test(path)) return { is: 'elsewhere', what: path };
  if (base.is !== 'here') return base;
  const joined = posix.normalize(posix.join(base.path, path)).replace(/\/+$/, '');
  if (joined === '..' || joined.startsWith('../')) return { is: 'elsewhere', what: path };
  return { is: 'here', path: joined === '.' ? '' : joined };
}

/** The same for what a caller declares; `otherwise` where it declares nothing. */
export function declaredPlace(base: Place, declared: Declared | undefined, otherwise: string): Place {
  if (!declared) return placeIn(base, otherwise);
  return declared.value === undefined ? { is: 'unknown', what: declared.text } : placeIn(base, declared.value);
}

/** What BuildKit and Compose fetch themselves: https://docs.docker.com/build/concepts/context/#remote-context */
export function isRemote(context: string): boolean {
  return /^(https?|git|ssh|oci-layout|docker-image|target|service):|^git@|^github\.com\/|^-$/.test(context);
}

export const root: Place = { is: 'here', path: '' };

export function folderOf(file: string): Place {
  const folder = posix.dirname(file);
  return { is: 'here', path: folder === '.' ? '' : folder };
}

/** Of the same build seen from several folders the first whose Dockerfile is there; else the first. Throws a RangeError where none is given. */
export function firstExisting(callers: readonly Caller[], files: CallerFiles): Caller {
  const found = callers.find(({ dockerfile }) => dockerfile.is === 'here' && files.text(dockerfile.path) !== undefined) ?? callers[0];
  if (!found) throw new RangeError('no build is given');
  return found;
}
