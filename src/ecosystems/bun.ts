import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { hasOption, positionsOf, readOptions, use, type Action, type Call, type Ecosystem, type Use } from './ecosystem.ts';
import { withBuilds } from './javascript/build-caches.ts';
import { packageClosure } from './javascript/closure.ts';
import { managers } from './javascript/managers.ts';
import { globalPackages } from './javascript/packages.ts';
import { startedBy } from './javascript/starts.ts';

const withValue = [
  '--cwd',
  '-c',
  '--config',
  '--cache-dir',
  '--registry',
  '--backend',
  '--linker',
  '--omit',
  '--filter',
  '-F',
  '--concurrent-scripts',
  '--network-concurrency',
  '--ca',
  '--cafile',
  '--cpu',
  '--os',
  '--minimum-release-age',
];
const actions: Readonly<Record<string, Action>> = {
  install: 'install',
  i: 'install',
  ci: 'install',
  add: 'install',
  a: 'install',
  update: 'upgrade',
  remove: 'remove',
  rm: 'remove',
  outdated: 'other',
  audit: 'other',
  why: 'other',
  info: 'other',
};
const manifests = ['package.json', 'bun.lock', 'bun.lockb', 'bunfig.toml', '.npmrc'];

/**
 * https://bun.sh/docs/cli/install. Its cache has nothing to clean: node_modules is hard-linked from it, so that removing it frees nothing.
 * What runs or builds the project (`run`, `test`, `build`, `x`, `bun file.ts`) is not understood.
 */
export const bun: Ecosystem = {
  id: 'bun',
  programs: ['bun'],
  manifests,
  artefacts: [{ name: 'node_modules', by: 'install', anywhere: true }],
  credentials: { files: /^bunfig\.toml$/i },
  leavings: [],
  clearsCaches: /^pm cache rm$/,
  caching: (call, place) => withBuilds(ownCaching(call, place), call, place),
  starts: startedBy,
  read(call) {
    const read = readOptions(call, withValue);
    const [actionAt, ...named] = read.rest;
    const word = actionAt === undefined ? undefined : call.arguments[actionAt]?.value;
    if (actionAt === undefined) return hasOption(read, '-v', '--version', '--revision', '-h', '--help') ? use('other', -1) : undefined;
    const action = word !== undefined && Object.hasOwn(actions, word) ? actions[word] : undefined;
    if (action !== 'install' && action !== 'upgrade') return action && use(action, actionAt);
    if (action === 'install' && hasOption(read, '-g', '--global')) return use(action, actionAt, { reads: [], ...globalPackages(call, named) });
    return use(action, actionAt, filesOf(read, action === 'install' && named.length === 0));
  },
};

/** https://bun.sh/docs/install/cache */
function ownCaching(call: Call, { files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const word = call.arguments[read.rest[0] ?? -1]?.value ?? '';
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
  if (action !== 'install' && action !== 'upgrade') return [];
  const settings = files.text('bunfig.toml') ?? '';
  if (/^\s*\[install\.cache\]|^\s*cache\s*=/m.test(settings)) return { because: 'its settings move the cache, or switch it off', file: 'bunfig.toml' };
  if (read.values.get('--backend')?.at(-1)?.value === 'symlink') return { because: 'node_modules leads into the cache', file: undefined };
  const directory = directoryOf([read.values.get('--cache-dir')?.at(-1), call.environment('BUN_INSTALL_CACHE_DIR')], '~/.bun/install/cache');
  if (typeof directory !== 'string') return directory;
  return [{ title: "bun's downloads", directories: [directory], against: positionsOf(call, '--no-cache') }];
}

function filesOf(read: ReturnType<typeof readOptions>, whole: boolean): Partial<Use> {
  if (hasOption(read, '-g', '--global')) return { reads: [] };
  const folder = read.values.get('--cwd')?.at(-1);
  if (folder && folder.value === undefined) return {};
  const root = folder?.value?.replace(/\/*$/, '/') ?? '';
  const reads = manifests.map((name) => root + name);
  if (!whole || hasOption(read, '-c', '--config')) return { reads };
  const place = { folder: folder?.value ?? '.', ignoresScripts: hasOption(read, '--ignore-scripts') };
  return { reads, closure: (files) => packageClosure(files, managers.bun, place) };
}
