import type { Base } from '../bases/base.ts';
import { readReference } from '../bases/reference.ts';
import type { CachingPlace, CachingRead } from './caching.ts';
import { hasOption, namedPackages, plainPackages, positionsOf, readOptions, use, type Action, type Call, type Ecosystem, type Use } from './ecosystem.ts';
import type { Recommends } from './recommends.ts';

const withValue = [
  '-c',
  '--config',
  '-d',
  '--debuglevel',
  '-e',
  '--errorlevel',
  '-x',
  '--exclude',
  '--excludepkgs',
  '-R',
  '--randomwait',
  '--installroot',
  '--releasever',
  '--setopt',
  '--setvar',
  '--enablerepo',
  '--disablerepo',
  '--repo',
  '--repoid',
  '--repofrompath',
  '--from-repo',
  '--comment',
  '--forcearch',
  '--arch',
  '--archlist',
  '--advisory',
  '--advisories',
  '--bz',
  '--bzs',
  '--cve',
  '--cves',
  '--sec-severity',
  '--secseverity',
  '--enableplugin',
  '--disableplugin',
  '--disableexcludes',
  '--disableexcludepkgs',
  '--color',
  '--downloaddir',
  '--destdir',
  '--rpmverbosity',
  '--queryformat',
  '--qf',
  '--save-dir',
  '--add-repo',
  '--set-enabled',
  '--set-disabled',
  '--enable',
  '--disable',
];

/** What each command does that reads the repositories' metadata, and so leaves them behind. */
const fetching: Readonly<Record<string, Action>> = {
  makecache: 'update',
  install: 'install',
  in: 'install',
  localinstall: 'install',
  groupinstall: 'install',
  'group-install': 'install',
  reinstall: 'install',
  rei: 'install',
  builddep: 'install',
  'build-dep': 'install',
  'debuginfo-install': 'install',
  swap: 'install',
  downgrade: 'install',
  upgrade: 'upgrade',
  up: 'upgrade',
  update: 'upgrade',
  'upgrade-minimal': 'upgrade',
  'update-minimal': 'upgrade',
  'update-to': 'upgrade',
  'upgrade-to': 'upgrade',
  groupupdate: 'upgrade',
  localupdate: 'upgrade',
  'distro-sync': 'upgrade',
  distrosync: 'upgrade',
  'distribution-synchronization': 'upgrade',
  dsync: 'upgrade',
  localupgrade: 'upgrade',
  'check-update': 'other',
  'check-upgrade': 'other',
  download: 'other',
  search: 'other',
  list: 'other',
  info: 'other',
  provides: 'other',
  whatprovides: 'other',
  prov: 'other',
  repolist: 'other',
  repoinfo: 'other',
  repoquery: 'other',
  deplist: 'other',
  updateinfo: 'other',
  advisory: 'other',
  grouplist: 'other',
  groupinfo: 'other',
  repoclosure: 'other',
};
/** Commands with a second word; what is not here is not understood. */
const grouped: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  group: { install: 'install', upgrade: 'upgrade', update: 'upgrade', list: 'other', info: 'other', summary: 'other', remove: 'remove' },
  groups: { install: 'install', upgrade: 'upgrade', update: 'upgrade', list: 'other', info: 'other', summary: 'other', remove: 'remove' },
  module: {
    install: 'install',
    update: 'upgrade',
    'switch-to': 'upgrade',
    enable: 'other',
    disable: 'other',
    reset: 'other',
    list: 'other',
    info: 'other',
    provides: 'other',
    remove: 'remove',
  },
  environment: { list: 'other', info: 'other' },
  repo: { list: 'other', info: 'other' },
};
const removing = ['remove', 'rm', 'erase', 'autoremove', 'groupremove', 'group-remove'];
const repositories = ['config-manager', 'copr'];
const quiet = ['mark', 'versionlock', 'check', 'leaves', 'help', 'alias', 'needs-restarting', 'repodiff'];

/** `name`, `name-1.2`, `name.arch`, `php-*`; no `@group`, no path, no `x.rpm`. */
const plain = /^(?!.*\.rpm$)\w[\w.+:~*-]*$/;

/** Packages of Fedora and EL that recommend nothing that a build or a program lives on, but for what stands below. */
const knownPackages =
  /^(git|git-core|curl|wget|jq|tar|gzip|unzip|zip|xz|bzip2|which|make|findutils|diffutils|less|patch|procps-ng|gcc|gcc-c\+\+|ca-certificates|openssl|nodejs|npm|python3|python3-pip|openssh-clients|rsync|sudo|shadow-utils|iproute|hostname)$/;

/** The yum of EL 7 knows no weak dependencies: https://dnf.readthedocs.io/en/latest/conf_ref.html#main-options, `install_weak_deps` */
const weakDependencies: Recommends = {
  read(call) {
    const { rest, values } = readOptions(call, withValue);
    const [at = -1, ...positions] = rest;
    const word = call.arguments[at]?.value;
    if (!/^(dnf5?|microdnf)$/.test(call.program) || (word !== 'install' && word !== 'in')) return undefined;
    const settings = values.get('--setopt') ?? [];
    return {
      says:
        settings.some(({ value }) => value === undefined || value.includes('install_weak_deps')) ||
        hasOption({ options: [], rest, values }, '-c', '--config', '--installroot'),
      option: call.program === 'microdnf' ? '--setopt=install_weak_deps=0' : '--setopt=install_weak_deps=False',
      packages: plainPackages(call, positions, plain),
    };
  },
  takesOption: ({ program }, { image }) => program !== 'microdnf' || switchesOff(image),
  configured: /(?<!--setopt[= ]["']?)\binstall_weak_deps\s*=/,
  configuration: ['/etc/dnf'],
  isKnown: (name) => knownPackages.test(name),
  collections: /^@/,
  extended: /^systemd(-\w+)?$/,
  isBare: () => false,
  packages: [
    { package: 'npm', by: /^nodejs$/, broughtBy: /^(npm|nodejs-npm)$/, programs: /^(npm|npx)$/ },
    {
      package: 'openssh-clients',
      by: /^(rsync|mercurial)$/,
      broughtBy: /^openssh-clients$/,
      programs: /^(ssh|scp|sftp|ssh-keyscan)$/,
      words: /ssh:\/\/|\w@[\w.-]+:/,
    },
  ],
};

/** microdnf takes the option, and goes by it, since the release of EL 8.4: https://github.com/rpm-software-management/microdnf/pull/62 and …/68 */
function switchesOff(image: string): boolean {
  const { name = '', tag } = readReference(image);
  const [, ubi] = /(?:^|\/)ubi(\d+)(?:\/ubi)?-minimal$/.exec(name) ?? [];
  const alma = /(^|\/)almalinux$/.test(name) ? /^(\d+)(?:\.(\d+))?-minimal(?:-|$)/.exec(tag) : /(?:^almalinux|\/almalinuxorg)\/(8|9)-minimal$/.exec(name);
  const release = ubi ?? alma?.[1];
  const minor = ubi === undefined ? alma?.[2] : /^\d+\.(\d+)/.exec(tag)?.[1];
  return release === '8' ? Number(minor ?? 10) >= 4 : release === '9' || (ubi !== undefined && Number(ubi) > 9);
}

/** https://dnf.readthedocs.io/en/latest/command_ref.html, https://dnf5.readthedocs.io, yum(8) of EL7. */
export const dnf: Ecosystem = {
  id: 'dnf',
  programs: ['dnf', 'dnf5', 'dnf-3', 'yum', 'microdnf', 'yum-builddep', 'yum-config-manager'],
  unites: 'review',
  unitingDiffers:
    'dnf resolves all packages at once: another provider of a requirement may be chosen; yum of EL7 passes over a name that does not exist where another one does',
  manifests: [],
  leavings: [
    {
      id: 'dnf-cache',
      title: "dnf's metadata",
      directories: ['/var/cache/dnf', '/var/cache/yum', '/var/cache/libdnf5'],
      cleanUp: (program) => `${program.startsWith('yum-') ? 'yum' : program} clean all`,
      because: 'dnf fetches the metadata again when it needs them',
    },
  ],
  ofDistribution: true,
  movesCaches: /^config-manager .*cachedir/,
  recommends: weakDependencies,
  caching,
  read(call) {
    const read = readOptions(call, withValue);
    if (call.program === 'yum-config-manager') return use('other', -1, { setsSources: true });
    if (hasOption(read, '--installroot', '-c', '--config') || movesCache(read.values.get('--setopt'))) return undefined;
    const index = hasOption(read, '-C', '--cacheonly') ? { needs: ['dnf-cache'] } : { leaves: ['dnf-cache'], renews: ['dnf-cache'] };
    if (call.program === 'yum-builddep') return use('install', -1, index);
    const actionAt = read.rest[0];
    const word = actionAt === undefined ? undefined : call.arguments[actionAt]?.value;
    if (actionAt === undefined || word === undefined)
      return actionAt === undefined && hasOption(read, '--version', '--help', '-h') ? use('other', -1) : undefined;
    return readAction(call, read, actionAt, word, index);
  },
};

function readAction(call: Call, read: ReturnType<typeof readOptions>, actionAt: number, word: string, index: Partial<Use>): Use | undefined {
  const [, second] = read.rest.map((position) => call.arguments[position]?.value);
  if (word === 'clean') return second === 'all' ? use('clean', actionAt, { cleans: ['dnf-cache'] }) : use('other', actionAt);
  if (removing.includes(word)) return use('remove', actionAt);
  if (repositories.includes(word)) return use('other', actionAt, { setsSources: true });
  if (quiet.includes(word)) return use('other', actionAt);
  const words = Object.hasOwn(grouped, word) ? grouped[word] : undefined;
  if (words) {
    const action = second !== undefined && Object.hasOwn(words, second) ? words[second] : undefined;
    if (action === undefined) return undefined;
    return use(action, read.rest[1] ?? actionAt, action === 'remove' ? {} : index);
  }
  const action = Object.hasOwn(fetching, word) ? fetching[word] : undefined;
  if (action === undefined) return undefined;
  if (action === 'other' && (second === 'installed' || hasOption(read, '--installed'))) return use('other', actionAt);
  if (hasOption(read, '--downloadonly')) {
    // Without a folder of its own the packages lie in the cache, for a later step to take.
    return hasOption(read, '--downloaddir', '--destdir') ? use('other', actionAt, index) : undefined;
  }
  const packages = word === 'install' ? plainPackages(call, read.rest.slice(1), plain) : undefined;
  // `name-version-release`
  const closure = action === 'install' ? namedPackages(call, read.rest.slice(1), /-\d[^*]*-\d[^*]*$/, plain) : undefined;
  return use(action, actionAt, { ...index, ...(packages ? { packages } : {}), ...(closure ? { closure } : {}) });
}

/**
 * Without `keepcache` only metadata stays; `--refresh` keeps that of an earlier build from naming packages that are gone:
 * https://dnf.readthedocs.io/en/latest/conf_ref.html#main-options, https://dnf5.readthedocs.io/en/latest/misc/caching.7.html
 */
function caching(call: Call, { base, files, root }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const offline = hasOption(read, '-C', '--cacheonly');
  const known = dnf.read(call);
  const fetches = known?.action === 'install' || known?.action === 'upgrade';
  if (!root || call.program === 'yum-builddep' || (known && !fetches && !offline)) return [];
  const moved = ['/etc/dnf/dnf.conf', '/etc/yum.conf'].find((path) => /^\s*(system_)?cachedir\s*=/m.test(files.text(path) ?? ''));
  if (!known || moved !== undefined) return { because: 'its cache may lie elsewhere', file: moved };
  const directory = call.program === 'microdnf' ? undefined : call.program === 'dnf5' ? five : directoryOn(base);
  if (directory === undefined)
    return { because: 'where it keeps its cache on this base, and whether it can be asked for new metadata, is not known', file: undefined };
  return [
    {
      title: "dnf's packages and metadata",
      directories: [directory],
      locked: true,
      fits: 'distribution',
      against: positionsOf(call, '--setopt=keepcache=0', '--setopt=keepcache=False', '--setopt=keepcache=false'),
      options: [
        ['--refresh'],
        ['--setopt=keepcache=1', '--setopt=keepcache=True', '--setopt=keepcache=true', 'keepcache=1', 'keepcache=True', 'keepcache=true'],
      ],
      offline,
    },
  ];
}

const five = '/var/cache/libdnf5';

/** Of `dnf`, and of a `yum` that leads to it: not before EL 8; Fedora has dnf5 since 41. https://fedoraproject.org/wiki/Changes/SwitchToDnf5 */
function directoryOn({ image, official }: Base): string | undefined {
  const { name = '', tag } = readReference(image);
  if (!official) return undefined;
  if (/(^|\/)fedora(-minimal)?$/.test(name)) {
    const release = /^\d+/.exec(tag)?.[0];
    return Number(release ?? 41) < 41 ? '/var/cache/dnf' : tag === '' ? undefined : five;
  }
  const always = /(^|\/)(rockylinux|almalinux|(8|9)-(base|minimal))$|(^|\/)ubi(8|9|10)\b/.test(name);
  const four =
    always ||
    (/(^|\/)(centos|oraclelinux)$/.test(name) && /^(centos|stream|ol)?(8|9|10)\b/.test(tag)) ||
    (/(^|\/)amazonlinux$/.test(name) && tag.startsWith('2023'));
  return four ? '/var/cache/dnf' : undefined;
}

function movesCache(settings: readonly { readonly value: string | undefined }[] = []): boolean {
  return settings.some(({ value }) => value === undefined || /^(.*\.)?(system_)?cachedir\s*=|^installroot\s*=/.test(value));
}
