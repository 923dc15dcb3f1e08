import { apkBuildPackages } from './apk-build-packages.ts';
import type { CachingRead } from './caching.ts';
import { hasOption, namedPackages, plainPackages, positionsOf, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

const withValue = [
  '-t',
  '--virtual',
  '-X',
  '--repository',
  '-p',
  '--root',
  '--repositories-file',
  '--keys-dir',
  '--wait',
  '--arch',
  '--cache-dir',
  '--cache-max-age',
  '--progress-fd',
  '--timeout',
  '-o',
  '--output',
];
const looksOnly = ['info', 'version', 'audit', 'verify', 'stats', 'manifest', 'convndx', 'convdb', 'mkndx', 'mkpkg', 'adbdump', 'adbsign'];

/** Alpine's apk: https://man.archlinux.org/man/apk.8 and apk-tools' own pages. */
export const apk: Ecosystem = {
  id: 'apk',
  programs: ['apk'],
  // All packages of an image are one world that is solved anew at each `add`.
  unites: 'safe',
  manifests: [],
  leavings: [
    {
      id: 'apk-index',
      title: "apk's index",
      directories: ['/var/cache/apk'],
      avoidedBy: '--no-cache',
      replaces: ['--update', '-U', '--update-cache'],
      cleanUp: () => 'rm -rf /var/cache/apk/*',
      livedOn: true,
      because: 'with --no-cache apk fetches the index itself and keeps no copy of it',
    },
  ],
  ofDistribution: true,
  adding: {
    family: 'alpine',
    harmless: /^(add|-[Uqt]+|--(no-cache|update|update-cache|quiet|no-progress|virtual)|--virtual=\S+|\.[\w-]+)$/,
    isLean: () => true,
    commands: (packages) => [`apk add --no-cache ${packages.join(' ')}`],
  },
  buildPackages: apkBuildPackages,
  caching,
  read(call) {
    const read = readOptions(call, withValue);
    if (hasOption(read, '-p', '--root', '--cache-dir')) return undefined;
    const actionAt = read.rest[0];
    const action = actionAt === undefined ? undefined : call.arguments[actionAt]?.value;
    if (actionAt === undefined || action === undefined) {
      return actionAt === undefined && hasOption(read, '--version', '-V', '--print-arch', '--help', '-h') ? use('other', -1) : undefined;
    }
    const fetched = { leaves: ['apk-index'], renews: ['apk-index'] };
    const noCache = hasOption(read, '--no-cache');
    if (action === 'update') return use('update', actionAt, noCache ? {} : fetched);
    const updates = hasOption(read, '-U', '--update', '--update-cache');
    // Without either option an index of an earlier step will do; apk 2.14 and 3 fetch one that is older than four hours, and keep it.
    const own = hasOption(read, '--no-network') ? {} : { leaves: ['apk-index'] };
    const index = noCache ? {} : updates ? fetched : { needs: ['apk-index'], ...own };
    if (action === 'add') {
      const packages = hasOption(read, '-t', '--virtual') ? undefined : plainPackages(call, read.rest.slice(1));
      const closure = namedPackages(call, read.rest.slice(1), /^[^=<>~]+=[^*]+$/);
      return use('install', actionAt, { ...index, ...(packages ? { packages } : {}), ...(closure ? { closure } : {}) });
    }
    if (action === 'upgrade' || action === 'fix') return use('upgrade', actionAt, index);
    if (action === 'del') return use('remove', actionAt);
    // `apk cache clean` does not remove indexes.
    if (action === 'cache' || looksOnly.includes(action)) return use('other', actionAt);
    return ['fetch', 'search', 'list', 'policy', 'dot', 'index'].includes(action) ? use('other', actionAt, index) : undefined;
  },
};

/** Packages are kept where this folder is; `-U` keeps an older index from naming what is gone: https://wiki.alpinelinux.org/wiki/Local_APK_cache */
function caching(call: Call): CachingRead {
  const read = readOptions(call, withValue);
  const action = call.arguments[read.rest[0] ?? -1]?.value;
  if (action !== 'add' && action !== 'upgrade') return [];
  if (hasOption(read, '-p', '--root', '--cache-dir', '--no-network')) return { because: 'its cache was moved', file: undefined };
  return [
    {
      title: "apk's packages",
      directories: ['/etc/apk/cache'],
      locked: true,
      fits: 'distribution',
      against: positionsOf(call, '--no-cache'),
      renews: ['-U', '--update', '--update-cache'],
    },
  ];
}
