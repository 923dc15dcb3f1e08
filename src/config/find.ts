import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootOf } from '../root.ts';
import { UsageError } from '../usage-error.ts';

const names = ['ts', 'js', 'mjs', 'json'].map((end) => `dockopt.config.${end}`);

/**
 * The configuration that holds in a folder: the nearest upwards, the root of its checkout the last to look in. A
 * package.json is one where it has the key `dockopt`. Throws a UsageError where a folder has two.
 */
export function findConfig(cwd: string): string | undefined {
  const root = rootOf(cwd, cwd);
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).filter((path) => existsSync(path));
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && hasKey(manifest)) found.push(manifest);
    if (found.length > 1) throw new UsageError(`${found.join(' and ')} are configurations of one folder; keep one of them`);
    if (found.length === 1 || folder === root || folder === dirname(folder)) return found[0];
  }
}

/** A package.json that cannot be read is another tool's to complain about, unless it names dockopt. */
function hasKey(manifest: string): boolean {
  let text = '';
  try {
    text = readFileSync(manifest, 'utf8');
    const content: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof content === 'object' && content !== null && 'dockopt' in content;
  } catch {
    return /"dockopt"\s*:\s*\{/.test(text);
  }
}
