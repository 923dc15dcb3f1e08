import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import type { ClosureRead, ProjectFiles } from './closure.ts';
import { hasOption, positionsOf, readOptions, sameProgram, use, type Call, type Ecosystem, type Use } from './ecosystem.ts';
import { tableAt, tablesIn, tomlOf } from './tables.ts';

const withValue = ['--only', '--without', '--with', '-E', '--extras', '-C', '--directory', '-P', '--project'];

/** https://python-poetry.org/docs/cli/#install */
export const poetry: Ecosystem = {
  id: 'poetry',
  programs: ['poetry'],
  manifests: ['poetry.lock', 'poetry.toml'],
  leavings: [],
  movesCaches: /^config cache-dir/,
  clearsCaches: /^cache clear\b/,
  caching,
  // https://python-poetry.org/docs/repositories/#configuring-credentials
  credentials: { variables: /^POETRY_(HTTP_BASIC|PYPI_TOKEN)_/, files: /^pyproject\.toml$/i },
  configures: ({ arguments: [config, key] }) =>
    config?.value === 'config' && /^(http-basic|pypi-token)\./.test(key?.text ?? '')
      ? { file: '~/.config/pypoetry/auth.toml', takenBack: ['config', '--unset', key?.text ?? ''] }
      : undefined,
  read(call) {
    const read = readOptions(call, withValue);
    const at = read.rest[0];
    if (at === undefined) return hasOption(read, '--version', '-V') ? use('other', -1) : undefined;
    if (call.arguments[at]?.value === 'config') return readConfig(read, at);
    if (!isInstall(call, read) || !hasOption(read, '--no-root')) return undefined;
    return use('install', at, { reads: ['pyproject.toml', 'poetry.lock'], fetches: true, closure: dependencies });
  },
  needs(call) {
    const read = readOptions(call, withValue);
    if (!isInstall(call, read) || hasOption(read, '--no-root')) return undefined;
    const command = sameProgram(call, [...call.arguments.map(({ text }) => text), '--no-root']);
    return command === undefined ? undefined : { command, closure: dependencies };
  },
};

/** Its virtual environments lie in its cache folder as well, unless told otherwise: then only what it fetches is named. https://python-poetry.org/docs/configuration/#cache-dir */
function caching(call: Call, { files, before }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const word = call.arguments[read.rest[0] ?? -1]?.value ?? '';
  if (!['install', 'sync', 'add', 'update'].includes(word) || hasOption(read, '--only-root')) return [];
  if (/^\s*cache-dir\s*=/m.test(files.text('poetry.toml') ?? '')) return { because: 'its settings move the cache', file: 'poetry.toml' };
  if (call.environment('POETRY_NO_CACHE')) return { because: 'its cache is switched off', file: undefined };
  const inherited = call.environment('XDG_CACHE_HOME');
  const directory = directoryOf([call.environment('POETRY_CACHE_DIR'), inherited && `${inherited}/pypoetry`], '~/.cache/pypoetry');
  if (typeof directory !== 'string') return directory;
  return [
    {
      title: "poetry's downloads",
      directories: hasEnvironmentElsewhere(call, files, before()) ? [directory] : [`${directory}/cache`, `${directory}/artifacts`],
      fits: 'libc',
      against: positionsOf(call, '--no-cache'),
    },
  ];
}

/** The project, or the image itself, holds the virtual environment: https://python-poetry.org/docs/configuration/#virtualenvsin-project and …/#virtualenvscreate */
function hasEnvironmentElsewhere(call: Call, files: ProjectFiles, before: string): boolean {
  const settings = tableAt(tomlOf(files.text('poetry.toml')), 'virtualenvs');
  return (
    /^(1|true)$/i.test(call.environment('POETRY_VIRTUALENVS_IN_PROJECT') ?? '') ||
    /^(0|false)$/i.test(call.environment('POETRY_VIRTUALENVS_CREATE') ?? '') ||
    settings['in-project'] === true ||
    settings['create'] === false ||
    /\bpoetry config (--\w+ )*virtualenvs\.(in-project true|create false)\b/.test(before)
  );
}

/** Without `--local` it is the user's own configuration, outside the project. */
function readConfig(read: ReturnType<typeof readOptions>, at: number): Use | undefined {
  return hasOption(read, '--local', '--migrate', '-C', '--directory', '-P', '--project') ? undefined : use('other', at);
}

function isInstall(call: Call, read: ReturnType<typeof readOptions>): boolean {
  const word = call.arguments[read.rest[0] ?? -1]?.value;
  return (
    read.rest.length === 1 && (word === 'install' || word === 'sync') && !hasOption(read, '--only-root', '--dry-run', '-C', '--directory', '-P', '--project')
  );
}

function dependencies(files: ProjectFiles): ClosureRead {
  const text = files.text('pyproject.toml');
  const manifest = tomlOf(text);
  if (!manifest) return { because: 'the build context holds no pyproject.toml that can be read', file: 'pyproject.toml' };
  if (/poetry-dynamic-versioning|poetry-version-plugin|poetry-git-version/.test(text ?? ''))
    return { because: 'a plugin asks git for the version', file: 'pyproject.toml' };
  const settings = tableAt(manifest, 'tool', 'poetry');
  const source = tablesIn(settings['source']).find(({ url }) => typeof url === 'string' && !/^https?:/.test(url));
  if (source) return { because: 'packages may come from a folder of the project', file: 'pyproject.toml' };
  const lock = tomlOf(files.text('poetry.lock'));
  if (!lock) return { because: 'without a lockfile it is not known which packages come from the project', file: 'poetry.lock' };
  const found = new Set(['pyproject.toml', 'poetry.lock', ...['poetry.toml', '.python-version', '.tool-versions'].filter((name) => files.has(name))]);
  for (const one of tablesIn(lock['package'])) {
    const { type, url } = tableAt(one, 'source');
    if ((type !== 'directory' && type !== 'file') || typeof url !== 'string') continue;
    if (type === 'directory' || !files.has(url))
      return { because: `${typeof one['name'] === 'string' ? one['name'] : 'a package'} comes from a folder of the project`, file: url };
    found.add(posix.normalize(url));
  }
  return { files: [...found], outputs: ['.venv'], floating: undefined };
}
