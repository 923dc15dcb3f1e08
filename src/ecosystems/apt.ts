import { aptBuildPackages } from './apt-build-packages.ts';
import { aptRecommends } from './apt-recommends.ts';
import type { CachingPlace, CachingRead } from './caching.ts';
import { hasOption, namedPackages, plainPackages, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

const withValue = [
  '-o',
  '--option',
  '-t',
  '--target-release',
  '--default-release',
  '-c',
  '--config-file',
  '-a',
  '--host-architecture',
  '-P',
  '--build-profiles',
];
const install = ['install', 'reinstall', 'build-dep', 'satisfy'];
const upgrade = ['upgrade', 'dist-upgrade', 'full-upgrade', 'safe-upgrade'];
const remove = ['remove', 'purge', 'autoremove', 'auto-remove', 'autopurge'];
const installsNothing = ['-s', '--simulate', '--just-print', '--dry-run', '--recon', '--no-act', '--print-uris', '-d', '--download-only'];
const lists = { leaves: ['apt-lists'], renews: ['apt-lists'] };
const needsLists = { needs: ['apt-lists'] };

/** Debian's apt: https://manpages.debian.org/apt-get */
export const apt: Ecosystem = {
  id: 'apt',
  programs: ['apt-get', 'apt', 'aptitude', 'add-apt-repository', 'apt-add-repository', 'apt-cache', 'apt-config', 'apt-key', 'apt-mark'],
  unites: 'review',
  unitingDiffers: 'apt resolves all packages at once: another alternative of an "a | b" dependency may be chosen',
  manifests: [],
  leavings: [
    {
      id: 'apt-lists',
      title: "apt's package lists",
      directories: ['/var/lib/apt/lists'],
      cleanUp: () => 'rm -rf /var/lib/apt/lists/*',
      livedOn: true,
      usedBy: [
        'rosdep',
        'mk-build-deps',
        'gdebi',
        'ansible',
        'ansible-playbook',
        'ansible-pull',
        'puppet',
        'chef-client',
        'chef-solo',
        'salt-call',
        'apt-fast',
        'tasksel',
        'opam',
        'apt-file',
        'nala',
      ],
      because: 'the lists are only read by an install, the next `apt-get update` fetches them again',
      saves: 'a compiler set installed without it was 1.22 times as large (measured)',
    },
  ],
  ofDistribution: true,
  // https://docs.docker.com/build/building/best-practices/#apt-get
  adding: {
    family: 'debian',
    harmless: /^(install|-[yqf]+|--(yes|assume-yes|quiet|no-install-(recommends|suggests)|fix-(missing|broken)|no-upgrade)|-qq?=\d|-o|Dpkg::Use-Pty=0)$/,
    isLean: (words) => words.includes('--no-install-recommends'),
    commands: (packages, lean) => [
      'apt-get update',
      ['apt-get install -y', ...(lean ? ['--no-install-recommends'] : []), ...packages].join(' '),
      'rm -rf /var/lib/apt/lists/*',
    ],
  },
  buildPackages: aptBuildPackages,
  recommends: aptRecommends,
  caching,
  read(call) {
    if (call.program === 'apt-config') return use('other', -1);
    if (call.program === 'apt-key') return use('other', -1, { setsSources: true });
    if (call.program === 'apt-mark') return use('other', 0);
    if (call.program === 'apt-cache') return use('other', 0, needsLists);
    if (call.program.endsWith('-repository')) return readRepository(call);
    const read = readOptions(call, withValue);
    if (movesFolders(call, read.values)) return undefined;
    const actionAt = read.rest[0];
    const action = actionAt === undefined ? undefined : call.arguments[actionAt]?.value;
    if (actionAt === undefined || action === undefined) return actionAt === undefined && hasOption(read, '--version', '-v') ? use('other', -1) : undefined;
    if (action === 'update') return use('update', actionAt, lists);
    if (action === 'clean' || action === 'autoclean' || action === 'auto-clean') return use('clean', actionAt);
    if (action === 'distclean' || action === 'dist-clean') return use('clean', actionAt, { cleans: ['apt-lists'] });
    if (action === 'edit-sources') return use('other', actionAt, { setsSources: true });
    if (action === 'check' || action === 'moo') return use('other', actionAt);
    if (action === 'list' && hasOption(read, '--installed')) return use('other', actionAt);
    if (hasOption(read, ...installsNothing)) return use('other', actionAt, needsLists);
    const packages = action === 'install' ? plainPackages(call, read.rest.slice(1)) : undefined;
    const closure = namedPackages(call, read.rest.slice(1), /=[^*]+$/);
    if (install.includes(action)) return use('install', actionAt, { ...needsLists, ...(packages ? { packages } : {}), ...(closure ? { closure } : {}) });
    if (upgrade.includes(action)) return use('upgrade', actionAt, needsLists);
    // Without lists `remove` of a package that is not installed exits 100.
    if (remove.includes(action)) return use('remove', actionAt, read.rest.length > 1 ? needsLists : {});
    return use('other', actionAt, needsLists);
  },
};

/**
 * Official images empty the archives after each call, by a file that has to be out of the way meanwhile; `apt` itself, unlike `apt-get`, does so, too:
 * https://github.com/debuerreotype/debuerreotype/blob/master/scripts/debuerreotype-minimizing-config
 */
function caching(call: Call, { base }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const action = call.arguments[read.rest[0] ?? -1]?.value ?? '';
  if (call.program.startsWith('add-apt') || (action !== 'update' && !install.includes(action) && !upgrade.includes(action))) return [];
  if (hasOption(read, ...installsNothing) || movesFolders(call, read.values))
    return { because: 'its caches were moved, or it only downloads', file: undefined };
  if (call.program !== 'apt-get' && call.program !== 'aptitude') return { because: '`apt` deletes what it downloaded, unlike `apt-get`', file: undefined };
  if (!base.official || base.family !== 'debian') return { because: 'whether the base deletes what apt downloads is not known', file: undefined };
  return [
    {
      title: "apt's packages and lists",
      directories: ['/var/cache/apt', '/var/lib/apt/lists'],
      locked: true,
      fits: 'distribution',
      around: { first: 'mv /etc/apt/apt.conf.d/docker-clean /etc/apt/', last: 'mv /etc/apt/docker-clean /etc/apt/apt.conf.d/', names: 'docker-clean' },
    },
  ];
}

/**
 * It adds a source, so it is no mere update, and only newer ones fetch the lists behind that (Ubuntu since 18.04, not Debian 10):
 * https://manpages.ubuntu.com/manpages/jammy/man1/add-apt-repository.1.html
 */
function readRepository(call: Call) {
  const fetchesNothing = hasOption(readOptions(call, []), '-n', '--no-update', '-L', '--list', '-h', '--help');
  return use('other', -1, { setsSources: true, ...(fetchesNothing ? {} : { leaves: lists.leaves }) });
}

/** Lists and caches may lie elsewhere: apt's option names are case-insensitive, and a configuration file may hold any of them. */
function movesFolders(call: Call, values: ReadonlyMap<string, readonly { readonly value: string | undefined }[]>): boolean {
  if (call.environment('APT_CONFIG') || values.has('-c') || values.has('--config-file')) return true;
  const set = [...(values.get('-o') ?? []), ...(values.get('--option') ?? [])];
  return set.some(({ value }) => value === undefined || /^(root)?dir\b/i.test(value));
}
