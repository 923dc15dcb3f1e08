import { hasOption, plainPackages, readOptions, use, type Action, type Ecosystem } from './ecosystem.ts';

const withValue = [
  '-R',
  '--root',
  '-r',
  '--repo',
  '--from',
  '-t',
  '--type',
  '-C',
  '--capability',
  '--pkg-cache-dir',
  '--cache-dir',
  '--raw-cache-dir',
  '--solv-cache-dir',
  '-p',
  '--plus-repo',
  '--releasever',
  '-c',
  '--config',
];
const actions: Readonly<Record<string, Action>> = {
  ...Object.fromEntries(['refresh', 'ref'].map((word): [string, Action] => [word, 'update'])),
  ...Object.fromEntries(['install', 'in', 'source-install', 'si'].map((word): [string, Action] => [word, 'install'])),
  ...Object.fromEntries(['update', 'up', 'patch', 'dist-upgrade', 'dup'].map((word): [string, Action] => [word, 'upgrade'])),
  ...Object.fromEntries(['remove', 'rm'].map((word): [string, Action] => [word, 'remove'])),
  ...Object.fromEntries(['repos', 'lr', 'services', 'ls', 'search', 'se', 'info', 'if', 'addlock', 'al'].map((word): [string, Action] => [word, 'other'])),
};
const repositories = [
  'addrepo',
  'ar',
  'removerepo',
  'rr',
  'modifyrepo',
  'mr',
  'renamerepo',
  'nr',
  'addservice',
  'as',
  'removeservice',
  'rs',
  'modifyservice',
  'ms',
];

/**
 * https://manpages.opensuse.org/zypper. An install fetches the index again where it is missing. openSUSE's and SUSE's own images set
 * `solver.onlyRequires = true` in zypp.conf: recommended packages come with no install. https://build.opensuse.org/package/show/openSUSE:Factory/opensuse-tumbleweed-image
 */
export const zypper: Ecosystem = {
  id: 'zypper',
  programs: ['zypper'],
  manifests: [],
  ofDistribution: true,
  leavings: [
    {
      id: 'zypper-cache',
      title: "zypper's cache",
      directories: ['/var/cache/zypp'],
      cleanUp: () => 'zypper clean --all',
      because: 'zypper fetches the index again before the next install',
    },
  ],
  read(call) {
    const read = readOptions(call, withValue);
    const [at = -1, ...packages] = read.rest;
    const word = call.arguments[at]?.value ?? '';
    if (hasOption(read, '-R', '--root', '--cache-dir', '--pkg-cache-dir', '--raw-cache-dir', '--solv-cache-dir')) return undefined;
    if (at < 0) return hasOption(read, '--version', '-V') ? use('other', -1) : undefined;
    if (repositories.includes(word)) return use('other', at, { setsSources: true });
    if (word === 'clean' || word === 'cc') return hasOption(read, '-a', '--all') ? use('clean', at, { cleans: ['zypper-cache'] }) : use('other', at);
    const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
    if (action === undefined) return undefined;
    const plain = action === 'install' ? plainPackages(call, packages) : undefined;
    return use(action, at, {
      ...(action === 'remove' || action === 'other' ? {} : { leaves: ['zypper-cache'] }),
      ...(plain ? { packages: plain } : {}),
      // The keys of the repositories go into the system's own store, which later calls trust.
      ...(hasOption(read, '--gpg-auto-import-keys') ? { setsSources: true } : {}),
    });
  },
};
