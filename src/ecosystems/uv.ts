import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import type { ClosureRead, ProjectFiles } from './closure.ts';
import { hasOption, positionsOf, readOptions, sameProgram, use, type Call, type Ecosystem } from './ecosystem.ts';
import { parser } from './javascript/parsers.ts';
import { tableAt, tablesIn, textOf, tomlOf, type Table } from './tables.ts';
import { onlyUnpacks, spareCompilers } from './wheels.ts';

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
/** A project of another folder, or not what the lockfile says, or nothing at all. */
const otherwise = [
  '--directory',
  '--project',
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
  clearsCaches: /^cache (clean|prune)\b/,
  caching,
  unpacks,
  // https://docs.astral.sh/uv/reference/environment/
  credentials: {
    variables: /^UV_/,
    files: /^pyproject\.toml$/i,
    addresses: { '--index-url': 'UV_INDEX_URL', '-i': 'UV_INDEX_URL', '--extra-index-url': 'UV_EXTRA_INDEX_URL', '--default-index': 'UV_DEFAULT_INDEX' },
  },
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
    const words = call.arguments.map(({ text }) => text);
    const command = sameProgram(call, [...words, '--no-install-project']);
    // With `--locked` it would hold the manifests of all members against the lockfile.
    const ofWorkspace = sameProgram(call, [...words.filter((word) => word !== '--locked' && word !== '--frozen'), '--frozen', '--no-install-workspace']);
    return command === undefined ? undefined : { command, closure: (files) => dependencies(files, call, ofWorkspace) };
  },
};

/** https://docs.astral.sh/uv/concepts/cache/ and …/guides/integration/docker/#caching */
function caching(call: Call, { files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const words = read.rest.map((position) => call.arguments[position]?.value ?? '');
  const installs =
    words[0] === 'sync' ||
    words[0] === 'add' ||
    (words[0] === 'pip' && (words[1] === 'install' || words[1] === 'sync')) ||
    (words[0] === 'tool' && words[1] === 'install');
  if (!installs) return [];
  const settings = `${files.text('uv.toml') ?? ''}\n${files.text('pyproject.toml') ?? ''}`;
  const mode = read.values.get('--link-mode')?.at(-1)?.value ?? call.environment('UV_LINK_MODE');
  if (mode === 'symlink' || /^\s*link-mode\s*=\s*["']symlink/m.test(settings)) return { because: 'what is installed leads into the cache', file: undefined };
  if (/^\s*(no-cache|cache-dir)\s*=/m.test(settings)) return { because: 'its settings move the cache, or switch it off', file: 'uv.toml' };
  const inherited = call.environment('XDG_CACHE_HOME');
  const directory = directoryOf([read.values.get('--cache-dir')?.at(-1), call.environment('UV_CACHE_DIR'), inherited && `${inherited}/uv`], '~/.cache/uv');
  if (typeof directory !== 'string') return directory;
  const off = call.environment('UV_NO_CACHE');
  return [
    {
      title: "uv's downloads and wheels",
      directories: [directory],
      fits: 'libc',
      against: positionsOf(call, '--no-cache', '--no-cache-dir', '-n'),
      sets: [
        ...(off === undefined ? [] : [['UV_NO_CACHE', '0'] as const]),
        ...(mode === undefined || mode === 'copy' ? [['UV_LINK_MODE', 'copy'] as const] : []),
      ],
      offline: hasOption(read, '--offline') || call.environment('UV_OFFLINE') !== undefined,
    },
  ];
}

/** By the names of what is installed, or by the wheels that the lockfile lists: https://docs.astral.sh/uv/concepts/projects/sync/ */
function unpacks(call: Call, files: ProjectFiles): boolean {
  const read = readOptions(call, withValue);
  const words = read.rest.map((position) => call.arguments[position]?.value ?? '');
  // They install no package.
  if (/^(venv|python|cache)$/.test(words[0] ?? '')) return true;
  const manifest = tomlOf(files.text('pyproject.toml')) ?? {};
  const settings = [tableAt(manifest, 'tool', 'uv'), tomlOf(files.text('uv.toml')) ?? {}];
  if (settings.some((one) => ['no-binary', 'no-binary-package'].some((key) => one[key] !== undefined || tableAt(one, 'pip')[key] !== undefined))) return false;
  if (['UV_NO_BINARY', 'UV_NO_BINARY_PACKAGE'].some((name) => call.environment(name) !== undefined || call.isUnknown(name))) return false;
  if (/^(pip|tool) install$/.test(words.slice(0, 2).join(' '))) return onlyUnpacks(call, read.rest[1] ?? -1, files);
  if (!isSync(call, read) || hasOption(read, '--no-binary', '--no-binary-package')) return false;
  const lock = tomlOf(files.text('uv.lock'));
  return (
    lock !== undefined &&
    tablesIn(lock['package']).every(({ source, sdist, wheels }) =>
      localOf(tableAt(source)) === '.'
        ? tableAt(source)['virtual'] !== undefined || hasOption(read, ...projectLeftOut) || isBuiltOfPython(manifest)
        : tableAt(source)['registry'] !== undefined && (sdist === undefined || spareCompilers(tablesIn(wheels).map(({ url }) => textOf(url) ?? ''))),
    )
  );
}

/** Backends that pack files as they are, unless a hook does more. */
function isBuiltOfPython(manifest: Table): boolean {
  const backend = textOf(tableAt(manifest, 'build-system')['build-backend']) ?? '';
  return /^(uv_build|flit_core\.buildapi|hatchling\.build)$/.test(backend) && !Object.keys(tableAt(manifest, 'tool', 'hatch', 'build')).includes('hooks');
}

function isSync(call: Call, read: ReturnType<typeof readOptions>): boolean {
  return read.rest.length === 1 && call.arguments[read.rest[0] ?? -1]?.value === 'sync' && !hasOption(read, ...otherwise);
}

/** What an install of the dependencies alone reads: the call itself, or in a workspace the one that is put before it. */
function dependencies(files: ProjectFiles, call: Call, ofWorkspace?: string): ClosureRead {
  const manifest = tomlOf(files.text('pyproject.toml'));
  if (!manifest) return { because: 'the build context holds no pyproject.toml that can be read', file: 'pyproject.toml' };
  const lock = tomlOf(files.text('uv.lock'));
  if (!lock) return { because: 'without a lockfile the project itself may be built to learn what it requires', file: 'uv.lock' };
  const settings = tableAt(manifest, 'tool', 'uv');
  const isWorkspace = settings['workspace'] !== undefined;
  const read = readOptions(call, withValue);
  if (isWorkspace && ofWorkspace === undefined && !hasOption(read, '--no-install-workspace', '--no-install-local'))
    return { because: 'it installs the members of a workspace', file: 'pyproject.toml' };
  if (isWorkspace && ofWorkspace !== undefined && (call.environment('UV_LOCKED') !== undefined || call.isUnknown('UV_LOCKED')))
    return { because: 'UV_LOCKED holds the manifests of all members against the lockfile', file: 'pyproject.toml' };
  const isMember = memberOf(tableAt(settings, 'workspace'));
  const needsMembers = ofWorkspace === undefined && !hasOption(read, '--frozen') && call.environment('UV_FROZEN') === undefined;
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
    if (isWorkspace && isMember(local)) {
      const own = posix.join(local, 'pyproject.toml');
      if (!needsMembers) continue;
      if (!files.has(own)) return { because: 'the build context does not hold the manifest of a member of the workspace', file: own };
      found.add(own);
      continue;
    }
    if (!files.has(local)) return { because: `${typeof name === 'string' ? name : 'a package'} comes from a folder of the project`, file: local };
    found.add(posix.normalize(local));
  }
  const python = call.environment('UV_PROJECT_ENVIRONMENT') || '.venv';
  return { files: [...found], outputs: [python], floating: undefined, command: isWorkspace ? ofWorkspace : undefined };
}

/** https://docs.astral.sh/uv/concepts/projects/workspaces/ */
function memberOf(workspace: Table): (folder: string) => boolean {
  const patterns = (key: string): string[] =>
    [workspace[key]]
      .flat()
      .flatMap((one) => textOf(one) ?? [])
      .map((pattern) => posix.normalize(pattern).replace(/\/$/, ''));
  const [members, excluded] = [patterns('members'), patterns('exclude')];
  return members.length === 0 ? () => false : parser('picomatch')(members, { ignore: excluded });
}

/** `source = { editable = "libs/a" }` and the like. */
function localOf(source: Table): string | undefined {
  for (const kind of ['editable', 'directory', 'path', 'virtual']) {
    const path = source[kind];
    if (typeof path === 'string') return path;
  }
  return undefined;
}
