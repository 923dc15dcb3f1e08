import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, posix, relative, isAbsolute } from 'node:path';

/**
 * The folder that links of a path may not leave: the checkout of the working directory, or the working directory itself
 * outside git; for a path outside of both, the same seen from the path's own folder. All paths absolute.
 */
export function rootOf(path: string, cwd: string): string {
  const root = checkoutOf(cwd) ?? cwd;
  if (isBelow(path, root)) return root;
  return checkoutOf(dirname(path)) ?? dirname(path);
}

/** Where a path really lies, links followed; undefined where that is outside its root. */
export function realPathInside(path: string, cwd: string): string | undefined {
  const real = realPath(path);
  return isBelow(real, realPath(rootOf(path, cwd))) ? real : undefined;
}

/** Where a path really lies, links followed as far as there is something. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPath(folder), basename(path));
  }
}

/** True for the folder itself, too. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith('../') && !way.startsWith('..\\') && !isAbsolute(way);
}

/** The folder with `.git`, upwards. */
export function checkoutOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** The folder (absolute) as seen from its checkout, with forward slashes; empty for the checkout itself and outside of one. */
export function folderInCheckout(folder: string): string {
  return relative(checkoutOf(folder) ?? folder, folder).replaceAll('\\', '/');
}

/** A path that is relative to a folder (absolute), relative to the checkout of that folder. */
export function pathInCheckout(path: string, folder: string): string {
  return posix.join(folderInCheckout(folder), path);
}
