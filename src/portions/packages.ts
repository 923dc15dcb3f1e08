import { readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { shownFrom } from '../contexts.ts';
import type { Outcome } from '../outcome.ts';
import { realPath } from '../root.ts';
import { repositoryOf } from '../workspace/repository.ts';

/** Files that make a folder a package. */
const manifest =
  /^(package\.json|deno\.jsonc?|go\.mod|Cargo\.toml|pyproject\.toml|setup\.(py|cfg)|Pipfile|environment\.ya?ml|[\w.-]*requirements[\w.-]*\.txt|pom\.xml|(build|settings)\.gradle(\.kts)?|build\.sbt|project\.clj|composer\.json|Gemfile|mix\.exs|rebar\.config|pubspec\.yaml|Package\.swift|stack\.yaml|shard\.yml|Project\.toml|conanfile\.(py|txt)|CMakeLists\.txt|meson\.build|[^/]+\.(csproj|fsproj|vbproj|sln|slnx|cabal|gemspec|rockspec))$/;

/**
 * Which package a Dockerfile belongs to, as a folder relative to the working directory: the nearest folder upwards with a manifest; where
 * that is the root of the repository, the same from its build context. Undefined where no folder has a manifest.
 */
export function packageOf({ path, contexts }: Pick<Outcome, 'path' | 'contexts'>, cwd: string): string | undefined {
  const place = realPath(resolve(cwd, path));
  const { root } = repositoryOf(dirname(place));
  const own = packageAbove(dirname(place), root);
  const [context, ...others] = contexts;
  const ofContext =
    context && others.length === 0 && (own === undefined || own === root) ? packageAbove(realPath(resolve(cwd, context.path)), root) : undefined;
  const found = ofContext ?? own;
  return found === undefined ? undefined : shownFrom(realPath(cwd), found);
}

function packageAbove(folder: string, root: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (holdsManifest(at)) return at;
    if (at === root || at === dirname(at)) return undefined;
  }
}

const known = new Map<string, boolean>();

function holdsManifest(folder: string): boolean {
  const found = known.get(folder) ?? namesIn(folder).some((name) => manifest.test(name));
  known.set(folder, found);
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
