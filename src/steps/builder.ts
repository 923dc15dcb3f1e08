import { once } from '../once.ts';
import type { BuildFile } from '../workspace/workspace.ts';
import type { Facts } from './facts.ts';

/** What the repository's own files say of the builder, found by their words. */

/** Another builder than BuildKit, which knows no mounts or does not keep them. */
const others: readonly (readonly [name: string, words: RegExp])[] = [
  ['kaniko', /\bkaniko\b/],
  ['buildah', /\bbuildah\b/],
  ['the builder before BuildKit', /\bDOCKER_BUILDKIT["']?\s*[:=]\s*["']?(0|false)\b/],
];

/** A builder that begins with no caches of its own, or whose steps come from a cache that holds none. */
const forgetful: readonly (readonly [what: string, words: RegExp])[] = [
  ['`cache-from`', /\bcache[-_](from|to)\b/],
  ['a hosted runner', /runs-on:\s*["']?(ubuntu|windows|macos)-[^]*\b(build-push-action|docker\/bake-action|docker\s+(buildx\s+)?(build|bake)\b)/],
];

/** Where another builder than BuildKit is named, and which. */
export const otherBuilder = ({ context }: Facts): string | undefined => other(context.buildFiles());
const other = once((files: readonly BuildFile[]) => named(files, others));

/** Where builds are started that find no cache mount filled, and by what. */
export const forgetfulBuilder = ({ context }: Facts): string | undefined => forgetfulOne(context.buildFiles());
const forgetfulOne = once((files: readonly BuildFile[]) => named(files, forgetful));

function named(files: readonly BuildFile[], all: readonly (readonly [string, RegExp])[]): string | undefined {
  for (const { path, text } of files) for (const [what, words] of all) if (words.test(text)) return `${path}: ${what}`;
  return undefined;
}
