import { posix } from 'node:path';
import { directoryOf, type CachingRead } from './caching.ts';
import type { ClosureRead, Obstacle, ProjectFiles } from './closure.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

/** https://hexdocs.pm/mix/Mix.Tasks.Deps.Get.html. Without `config/` it fetches the same: what lies there is read, but says nothing of dependencies. */
export const mix: Ecosystem = {
  id: 'mix',
  programs: ['mix'],
  manifests: ['mix.exs', 'mix.lock'],
  artefacts: [
    { name: '_build', by: /\b(compile|release|deps\.compile|test)\b/ },
    { name: 'deps', by: /\bdeps\.get\b/ },
  ],
  leavings: [],
  caching,
  // https://hex.pm/docs/private
  credentials: { variables: /^HEX_/, files: /^mix\.exs$/i },
  configures: ({ arguments: [task, auth, organization] }) =>
    task?.value === 'hex.organization' && auth?.value === 'auth'
      ? { file: '~/.hex/hex.config', takenBack: ['hex.organization', 'deauth', organization?.text ?? ''] }
      : undefined,
  read(call) {
    const read = readOptions(call, ['--only', '--target']);
    const at = read.rest[0];
    if (at === undefined) return hasOption(read, '--version', '-v') ? use('other', -1) : undefined;
    const word = call.arguments[at]?.value;
    if (word === 'local.hex' || word === 'local.rebar') return use('other', at, { reads: [] });
    if (word !== 'deps.get' || read.rest.length > 1 || call.environment('MIX_EXS') || call.environment('MIX_DEPS_PATH')) return undefined;
    return use('install', at, { reads: ['mix.exs', 'mix.lock'], closure: dependencies });
  },
};

/**
 * Packages as Hex downloads them, which it unpacks into `deps`; beside them it keeps credentials, and `~/.mix` holds Hex itself:
 * https://hexdocs.pm/hex/Mix.Tasks.Hex.Config.html
 */
function caching(call: Call): CachingRead {
  const words = call.arguments.flatMap(({ value = '' }) => value.split(/[\s,]+/));
  if (!words.some((word) => /^deps\.(get|update)$/.test(word))) return [];
  if (call.environment('MIX_XDG') ?? call.environment('HEX_CACHE_HOME')) return { because: 'its cache was moved', file: undefined };
  const home = call.environment('HEX_HOME');
  const directory = directoryOf([home && `${home}/packages`], '~/.hex/packages');
  if (typeof directory !== 'string') return directory;
  const offline = /^(1|true)$/.test(call.environment('HEX_OFFLINE') ?? '');
  return [{ title: "Hex's packages", directories: [directory], locked: true, offline }];
}

/** Elixir that reads files or runs programs. */
const readsMore = /\b(File|Path|IO|Port|Code|System\.(cmd|shell))\b\.?|:os\.cmd|:file\.|\bimport_config\b/;

function dependencies(files: ProjectFiles): ClosureRead {
  const found: string[] = [];
  const obstacle = readProject(files, 'mix.exs', found);
  if (obstacle) return obstacle;
  const text = withoutComments(files.text('mix.exs') ?? '');
  const apps = /\bapps_path:\s*"([^"]+)"/.exec(text)?.[1];
  if (apps !== undefined) {
    for (const path of files.below(apps)) {
      // One folder deep: `apps/web/mix.exs`.
      if (posix.basename(path) !== 'mix.exs' || posix.dirname(posix.dirname(path)) !== posix.normalize(apps)) continue;
      const inTheWay = readProject(files, path, found);
      if (inTheWay) return inTheWay;
    }
  } else if (/\bapps_path:/.test(text)) return { because: 'the folder of its applications is not known', file: 'mix.exs' };
  const locked = files.has('mix.lock');
  const settings = ['.tool-versions'].filter((name) => files.has(name));
  return { files: [...found, ...(locked ? ['mix.lock'] : []), ...settings], outputs: ['deps'], floating: locked ? undefined : 'what mix.exs asks for' };
}

function readProject(files: ProjectFiles, path: string, found: string[]): Obstacle | undefined {
  const written = files.text(path);
  if (written === undefined) return { because: 'the build context does not hold the mix.exs of the project', file: path };
  found.push(path);
  const text = withoutComments(written);
  if (/"?deps\.get"?:\s/.test(text)) return { because: '`deps.get` is another task there', file: path };
  if (/\bpath:\s/.test(text)) return { because: 'dependencies come from a folder of the project', file: path };
  if (/\b(deps_path|lockfile|config_path):/.test(text) && path === 'mix.exs')
    return { because: 'dependencies, the lockfile or the configuration lie elsewhere', file: path };
  const reading = readsMore.exec(text)?.[0];
  return reading === undefined ? undefined : { because: `\`${reading}\` may read other files`, file: path };
}

function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)#(?!\{).*$/gm, '$1');
}
