import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import type { ClosureRead, ProjectFiles } from './closure.ts';
import { hasOption, positionsOf, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';
import { tableAt, tablesIn, tomlOf } from './tables.ts';

const withValue = ['--python', '--categories', '--pypi-mirror', '--extra-pip-args', '-i', '--index', '-r', '--requirements', '-e', '--editable'];

/** https://pipenv.pypa.io/en/latest/commands.html */
export const pipenv: Ecosystem = {
  id: 'pipenv',
  programs: ['pipenv'],
  manifests: ['Pipfile', 'Pipfile.lock'],
  credentials: { files: /^pipfile$/i },
  leavings: [],
  caching,
  read(call) {
    const read = readOptions(call, withValue);
    const at = read.rest[0];
    if (at === undefined) return hasOption(read, '--version') ? use('other', -1) : undefined;
    const word = call.arguments[at]?.value;
    if ((word !== 'install' && word !== 'sync') || read.rest.length > 1 || hasOption(read, '-r', '--requirements', '-e', '--editable')) return undefined;
    const pipfile = call.environment('PIPENV_PIPFILE') || 'Pipfile';
    return use('install', at, { reads: [pipfile, `${pipfile}.lock`], closure: (files) => dependencies(files, pipfile) });
  },
};

/** pip fetches for it: https://pipenv.pypa.io/en/latest/configuration.html */
function caching(call: Call, _place: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const word = call.arguments[read.rest[0] ?? -1]?.value;
  if (word !== 'install' && word !== 'sync') return [];
  if (call.environment('PIP_NO_CACHE_DIR')) return { because: "pip's cache is switched off", file: undefined };
  const own = directoryOf([call.environment('PIPENV_CACHE_DIR')], '~/.cache/pipenv');
  const ofPip = directoryOf([call.environment('PIP_CACHE_DIR')], '~/.cache/pip');
  if (typeof own !== 'string') return own;
  if (typeof ofPip !== 'string') return ofPip;
  return [{ title: "pipenv's downloads and wheels", directories: [own, ofPip], fits: 'libc', against: positionsOf(call, '--clear') }];
}

function dependencies(files: ProjectFiles, pipfile: string): ClosureRead {
  const manifest = tomlOf(files.text(pipfile));
  if (!manifest) return { because: 'the build context holds no Pipfile that can be read', file: pipfile };
  for (const [category, packages] of Object.entries(manifest)) {
    if (['source', 'requires', 'scripts', 'pipenv'].includes(category)) continue;
    for (const [name, requirement] of Object.entries(tableAt(packages))) {
      const { path, file, editable, git } = tableAt(requirement);
      const local =
        path ?? (typeof file === 'string' && /^https?:/.test(file) ? undefined : file) ?? (editable === true && git === undefined ? '.' : undefined);
      if (local !== undefined) return { because: `${name} comes from a folder of the project`, file: typeof local === 'string' ? local : pipfile };
    }
  }
  const source = tablesIn(manifest['source']).find(({ url }) => typeof url === 'string' && !/^(https?:|\$)/.test(url));
  if (source) return { because: 'packages may come from a folder of the project', file: pipfile };
  const lock = `${pipfile}.lock`;
  const settings = ['.python-version', '.tool-versions'].map((name) => posix.join(posix.dirname(pipfile), name));
  const more = [lock, ...settings].filter((name) => files.has(name));
  const floating = more.includes(lock) ? undefined : `what ${pipfile} asks for`;
  return { files: [pipfile, ...more], outputs: [posix.join(posix.dirname(pipfile), '.venv')], floating };
}
