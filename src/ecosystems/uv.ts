import { posix } from 'node:path';
import type { ClosureRead, ProjectFiles } from './closure.ts';
import { hasOption, readOptions, sameProgram, use, type Call, type Ecosystem } from './ecosystem.ts';
import { tableAt, tablesIn, tomlOf, type Table } from './tables.ts';

const withValue = [
  '--extra',
  '--no-extra',
  '--group',
  '--no-group',
  '--only-group',
  '-p',
  '--python',
  '--index',
  '--default-index',
  '-i',
  '--index-url',
  '--extra-index-url',
  '--link-mode',
  '--cache-dir',
  '--color',
  '--config-setting',
  '-C',
  '--no-install-package',
  '--no-binary-package',
  '--no-build-package',
  '--python-platform',
  '--resolution',
  '--prerelease',
  '--exclude-newer',
  '--allow-insecure-host',
  '--index-strategy',
  '--keyring-provider',
  '-f',
  '--find-links',
  '--config-file',
  '--directory',
  '--project',
  '--package',
  '--script',
  '-P',
  '--upgrade-package',
  '--refresh-package',
  '--reinstall-package',
  '--env-file',
];
/** Another project than the one of the folder, or not what the lockfile says, or nothing at all. */
const otherwise = [
  '--directory',
  '--project',
  '--package',
  '--all-packages',
  '--script',
  '-U',
  '--upgrade',
  '-P',
  '--upgrade-package',
  '--refresh',
  '--refresh-package',
  '--reinstall',
  '--reinstall-package',
  '--dry-run',
  '--check',
  '-f',
  '--find-links',
  '--config-file',
  '--env-file',
  '--active',
  '--no-install-package',
];
const projectLeftOut = ['--no-install-project', '--no-install-workspace', '--no-install-local'];

/** https://docs.astral.sh/uv/guides/integration/docker/#intermediate-layers */
export const uv: Ecosystem = {
  id: 'uv',
  programs: ['uv'],
  manifests: ['uv.lock', 'uv.toml', '.python-version'],
  artefacts: [{ name: '.venv', by: /^sync\b/ }],
  leavings: [],
  read(call) {
    const read = readOptions(call, withValue);
    const at = read.rest[0];
    if (at === undefined) return hasOption(read, '--version', '-V') ? use('other', -1) : undefined;
    if (!isSync(call, read) || !hasOption(read, ...projectLeftOut)) return undefined;
    return use('install', at, { reads: ['pyproject.toml', 'uv.lock'], fetches: true, closure: (files) => dependencies(files, call) });
  },
  needs(call) {
    const read = readOptions(call, withValue);
    if (!isSync(call, read) || hasOption(read, ...projectLeftOut)) return undefined;
    const command = sameProgram(call, [...call.arguments.map(({ text }) => text), '--no-install-project']);
    return command === undefined ? undefined : { command, closure: (files) => dependencies(files, call) };
  },
};

function isSync(call: Call, read: ReturnType<typeof readOptions>): boolean {
  return read.rest.length === 1 && call.arguments[read.rest[0] ?? -1]?.value === 'sync' && !hasOption(read, ...otherwise);
}

function dependencies(files: ProjectFiles, call: Call): ClosureRead {
  const manifest = tomlOf(files.text('pyproject.toml'));
  if (!manifest) return { because: 'the build context holds no pyproject.toml that can be read', file: 'pyproject.toml' };
  const lock = tomlOf(files.text('uv.lock'));
  if (!lock) return { because: 'without a lockfile the project itself may be built to learn what it requires', file: 'uv.lock' };
  const settings = tableAt(manifest, 'tool', 'uv');
  if (settings['workspace'] !== undefined) return { because: 'it is the root of a workspace', file: 'pyproject.toml' };
  const above = ['../pyproject.toml', '../../pyproject.toml', '../../../pyproject.toml', '../uv.toml', '../../uv.toml', '../../../uv.toml'].find((path) =>
    files.has(path),
  );
  if (above !== undefined) return { because: 'it may belong to a workspace above it', file: above };
  const dynamic = tableAt(manifest, 'project')['dynamic'];
  if (Array.isArray(dynamic) && dynamic.some((one) => one === 'dependencies' || one === 'optional-dependencies'))
    return { because: 'what it requires is only known once it is built', file: 'pyproject.toml' };
  const found = new Set([
    'pyproject.toml',
    'uv.lock',
    ...['uv.toml', '.python-version', '.python-versions', '.tool-versions'].filter((name) => files.has(name)),
  ]);
  for (const source of [settings, tomlOf(files.text('uv.toml')) ?? {}]) {
    if (source['find-links'] !== undefined || tablesIn(source['index']).some(({ url }) => typeof url === 'string' && !/^https?:/.test(url)))
      return { because: 'packages may come from a folder of the project', file: source === settings ? 'pyproject.toml' : 'uv.toml' };
  }
  for (const { name, source } of tablesIn(lock['package'])) {
    const local = localOf(tableAt(source));
    if (local === undefined || local === '.') continue;
    if (!files.has(local)) return { because: `${typeof name === 'string' ? name : 'a package'} comes from a folder of the project`, file: local };
    found.add(posix.normalize(local));
  }
  const python = call.environment('UV_PROJECT_ENVIRONMENT') || '.venv';
  return { files: [...found], outputs: [python], floating: undefined };
}

/** `source = { editable = "libs/a" }` and the like. */
function localOf(source: Table): string | undefined {
  for (const kind of ['editable', 'directory', 'path', 'virtual']) {
    const path = source[kind];
    if (typeof path === 'string') return path;
  }
  return undefined;
}
