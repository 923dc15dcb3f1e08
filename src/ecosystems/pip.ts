import { configSet } from './configured.ts';
import { posix } from 'node:path';
import type { Base } from '../bases/base.ts';
import { directoryOf, type Caching, type CachingPlace, type CachingRead } from './caching.ts';
import type { ClosureRead, ProjectFiles } from './closure.ts';
import { hasOption, plainPackages, positionsOf, readOptions, use, type Argument, type Call, type Ecosystem, type Use } from './ecosystem.ts';
import { readRequirements, type RequirementRoots } from './requirements.ts';
import { onlyUnpacks } from './wheels.ts';

const withValue = [
  '-r',
  '--requirement',
  '-c',
  '--constraint',
  '-e',
  '--editable',
  '-t',
  '--target',
  '--prefix',
  '--root',
  '--src',
  '-i',
  '--index-url',
  '--extra-index-url',
  '-f',
  '--find-links',
  '--python',
  '--python-version',
  '--platform',
  '--implementation',
  '--abi',
  '--cache-dir',
  '--trusted-host',
  '--timeout',
  '--retries',
  '--proxy',
  '--cert',
  '--client-cert',
  '--log',
  '-C',
  '--config-settings',
  '--global-option',
  '--build-option',
  '--install-option',
  '--no-binary',
  '--only-binary',
  '--upgrade-strategy',
  '--progress-bar',
  '--report',
  '--group',
  '-w',
  '--wheel-dir',
  '-d',
  '--dest',
  '--use-feature',
  '--use-deprecated',
  '--root-user-action',
  '--exists-action',
  '--build-constraint',
  '-b',
  '--build',
];
const requiring = ['-r', '--requirement'];
const named = [...requiring, '-c', '--constraint', '--build-constraint'];
const looksOnly = ['list', 'show', 'freeze', 'check', 'config', 'debug', 'hash', 'inspect', 'index', 'search', 'completion', 'help'];

/** `name`, `name[extra]`, `name>=1,<2`; pip takes a name with a slash or a leading dot for a path, one like `x.whl` for a file. */
const plain = /^(?!(pip|setuptools|wheel)\b(?!-))(?!.*\.(whl|zip|tar|tgz|gz|bz2|xz)$)[A-Za-z0-9][\w.-]*(\[[\w.,-]*\])?([=<>!~]=?[\w.*+!,=<>~-]+)?$/;

/** Images with a pip before 6.0. */
const beforeSix =
  /^(?!(?:.*\/)?(?:python|pypy):|.*alpine).*\b(lucid|precise|trusty|utopic|vivid|wily|squeeze|wheezy|jessie)\b|^(.*\/)?ubuntu:(1[0-5]\.|trusty)|^(.*\/)?debian:[5-8]\b|^(.*\/)?centos:(centos)?[5-6]\b|^(node|iojs):[0-8]\b|^ruby:(1|2\.[0-3])\b|^php:(5|7\.[01])\b|^golang:1\.[0-9]\b|^(java|openjdk):[5-8]\b|^buildpack-deps:(jessie|wheezy|trusty)/;

/** https://pip.pypa.io/en/stable/cli/pip_install/ and …/topics/caching/ */
export const pip: Ecosystem = {
  id: 'pip',
  programs: ['pip', 'python', 'pypy', 'pipx'],
  unites: 'review',
  unitingDiffers: 'pip resolves all packages at once: it may choose other versions, or fail where two installs passed',
  // A setup.py is run before anything of its call is installed: https://pip.pypa.io/en/stable/reference/build-system/
  importedByBuilds:
    /^(numpy|scipy|cython|pybind11|cffi|torch|tensorflow(-\w+)?|setuptools[_-]scm|pbr|scikit-build|cmake|ninja|pkgconfig|packaging|psutil|mpi4py|six)(\[|[=<>!~]|$)/i,
  manifests: ['*requirements*.txt', '*requirements*.in', '*constraints*.txt', 'pyproject.toml', 'setup.py', 'setup.cfg'],
  leavings: [
    {
      id: 'pip-cache',
      title: "pip's cache",
      directories: ['~/.cache/pip'],
      avoidedBy: '--no-cache-dir',
      // pip knows the option from 6.0 on (https://pip.pypa.io/en/stable/news/); Debian 8 and Ubuntu 14.04 have 1.5, images of that time are built on them.
      notOn: beforeSix,
      brings: bringsNewer,
      because: 'pip installs the same packages with and without its cache',
    },
  ],
  clearsCaches: /^(-m pip )?cache purge\b/,
  movesCaches: /^(-m pip )?config (--\w+ )*set (global|install)\.(cache-dir|no-cache-dir)/,
  caching,
  unpacks(call, files) {
    const found = this.read(call);
    return found !== undefined && onlyUnpacks(call, found.actionAt, files);
  },
  // https://pip.pypa.io/en/stable/topics/configuration/, https://pip.pypa.io/en/stable/cli/pip_config/
  credentials: {
    variables: /^PIP_/,
    files: /^(pip\.conf|\.pypirc)$/i,
    addresses: {
      '--index-url': 'PIP_INDEX_URL',
      '-i': 'PIP_INDEX_URL',
      '--extra-index-url': 'PIP_EXTRA_INDEX_URL',
      '--find-links': 'PIP_FIND_LINKS',
      '-f': 'PIP_FIND_LINKS',
    },
    // The clone stays, with its address, and what pipx knows of it: https://pip.pypa.io/en/stable/topics/vcs-support/#editable-vcs-installs
    keeps: [
      { call: /(^|\s)(-e|--editable)[\s=]\s*\S*git\+/, called: 'install -e' },
      { call: /^pipx\b.*\bgit\+/, called: 'install' },
    ],
  },
  configures: (call) => configSet(call, '~/.config/pip/pip.conf', 'unset'),
  read(call) {
    // pipx makes an environment of its own: of what it does no more than the cache is told.
    if (call.program === 'pipx') return undefined;
    if (call.program.startsWith('pip')) return readPip(call, 0);
    const [first] = call.arguments;
    if (call.arguments.length === 1 && (first?.value === '--version' || first?.value === '-V')) return use('other', -1);
    const skipped = moduleAt(call, 'pip');
    return skipped === undefined
      ? undefined
      : readPip(
          { ...call, arguments: call.arguments.slice(skipped), environment: (name) => call.environment(name), isUnknown: (name) => call.isUnknown(name) },
          skipped,
        );
  },
};

/** On Debian pip goes to /usr/local, beside the distribution's; Python's own images, and Alpine, have one place for both. */
function replacesItself({ family, official, image }: Base): boolean {
  return family !== 'alpine' && !(official && /(^|\/)(python|pypy):/.test(image));
}

function readPip(call: Call, skipped: number): Use | undefined {
  const read = readOptions(call, withValue);
  const { options, rest } = read;
  const at = rest[0];
  const action = at === undefined ? undefined : call.arguments[at]?.value;
  if (at === undefined || action === undefined) return at === undefined && hasOption(read, '--version', '-V', '--help', '-h') ? use('other', -1) : undefined;
  const actionAt = at + skipped;
  // Options may be shortened as long as they are unique; any value of the variable switches it off, `0` and `off` too, but not the empty one.
  const cacheOff = options.some((option) => option.startsWith('--no-ca') && '--no-cache-dir'.startsWith(option)) || call.environment('PIP_NO_CACHE_DIR');
  const moved = hasOption(read, '--cache-dir') || call.environment('PIP_CACHE_DIR');
  const leaves = cacheOff || moved ? [] : ['pip-cache'];
  if (action === 'install' || action === 'wheel' || action === 'download') {
    const { packages, reads } = readInstall(call, read);
    // A module is found anew by each Python.
    const renewed = skipped === 0 && rest.slice(1).some((position) => /^pip(?![\w-])/.test(call.arguments[position]?.value ?? ''));
    const more: Partial<Use> = {
      leaves,
      ...(renewed ? { replacesItself } : {}),
      ...(reads ? { reads } : {}),
      closure: (files) => projectClosure(files, call, read, action),
    };
    if (action !== 'install') return use('other', actionAt, more);
    return use('install', actionAt, { ...more, ...(packages ? { packages: packages.map((position) => position + skipped) } : {}) });
  }
  if (action === 'uninstall') return use('remove', actionAt);
  if (action === 'cache')
    return call.arguments[rest[1] ?? -1]?.value === 'purge' && !moved ? use('clean', actionAt, { cleans: ['pip-cache'] }) : use('other', actionAt);
  return looksOnly.includes(action) ? use('other', actionAt) : undefined;
}

/** `python3 get-pip.py`, `easy_install pip`, `pip3 install -U pip`: a newer pip for `pip` and for the other names of that Python. */
function bringsNewer(words: readonly string[], program: string): boolean | undefined {
  const at = words.findIndex((word) => /^(.*\/)?(pip|easy_install|python)[\d.-]*$/.test(word));
  const name = posix.basename(words[at] ?? '');
  const piped = words[0] === 'curl' || words[0] === 'wget';
  if (at < 0 || !(piped || words.slice(0, at).every((word) => /^(sudo|env|-[A-Z]|\w+=.*)$/.test(word)))) return undefined;
  if (program !== 'pip' && majorOf(program) !== majorOf(name)) return undefined;
  const download = name.startsWith('python') && words.some((word) => posix.basename(word) === 'get-pip.py');
  const packages = name.startsWith('easy_install') || download ? words.slice(at + 1) : words.slice(words.indexOf('install', at) + 1 || words.length);
  const asked = packages.find((word) => /^pip([=~<>]|$)/.test(word)) ?? (download ? 'pip' : undefined);
  if (asked === undefined || packages.some((word) => /^(--user|--target|--prefix|--root|--download|-t|-d)\b/.test(word))) return undefined;
  const release = /^pip(?:[=~]=|<=?)(\d+)/.exec(asked)?.[1];
  if (release !== undefined) return Number(release) > (asked.includes('<') ? 6 : 5);
  return (
    download || name.startsWith('easy_install') || packages.some((word) => /^(-U|--upgrade|-I|--ignore-installed|--force-reinstall)$/.test(word)) || undefined
  );
}

/** On the images where it matters, what names no version is Python 2. */
function majorOf(program: string): string {
  return /\d/.exec(program)?.[0] ?? '2';
}

/** What an install names: plain packages only, or files and folders. */
function readInstall(call: Call, { rest, values }: ReturnType<typeof readOptions>) {
  const files = named.flatMap((option) => values.get(option) ?? []);
  const editable = ['-e', '--editable'].flatMap((option) => values.get(option) ?? []);
  const local = rest.slice(1).flatMap((position) => call.arguments[position] ?? []);
  const reads: string[] = [];
  for (const argument of [...files, ...[...editable, ...local].filter(mayBePath)]) {
    if (argument.value === undefined) return { reads: undefined, packages: undefined };
    if (!/^(git\+|hg\+|svn\+|bzr\+)?\w+:\/\//.test(argument.value) && !/^file:|^[\w.-]+\s*@/.test(argument.value)) reads.push(withoutExtras(argument.value));
  }
  if (values.has('--group')) reads.push('pyproject.toml');
  const packages = files.length + editable.length > 0 || values.has('--group') ? undefined : plainPackages(call, rest.slice(1), plain);
  return { reads, packages };
}

/** Settings of pip and of what it fetches with, outside the project: https://pip.pypa.io/en/stable/topics/configuration/ */
function settingsOf(call: Call): string[] {
  const home = call.environment('HOME') ?? '/root';
  const virtual = call.environment('VIRTUAL_ENV');
  const certificates = ['PIP_CERT', 'PIP_CLIENT_CERT', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'].map((name) => call.environment(name));
  return [
    // Version managers choose the Python by these.
    '.python-version',
    '.tool-versions',
    '/etc/pip.conf',
    '/etc/xdg/pip/pip.conf',
    posix.join(home, '.pip/pip.conf'),
    posix.join(home, '.config/pip/pip.conf'),
    posix.join(home, '.netrc'),
    ...[call.environment('PIP_CONFIG_FILE'), virtual && posix.join(virtual, 'pip.conf'), ...certificates].filter((path) => path !== undefined),
  ];
}

/** Where each kind of call writes what it was asked for. */
const destinations: Readonly<Record<'install' | 'wheel' | 'download', readonly string[]>> = {
  install: ['-t', '--target', '--prefix', '--root'],
  wheel: ['-w', '--wheel-dir'],
  download: ['-d', '--dest'],
};

/** https://pip.pypa.io/en/stable/topics/caching/ */
function caching(call: Call, place: CachingPlace): CachingRead {
  if (beforeSix.test(place.base.image)) return { because: 'the image is so old that its pip may keep nothing', file: undefined };
  const byPipx = call.program === 'pipx' ? 0 : call.program.startsWith('pip') ? undefined : moduleAt(call, 'pipx');
  if (byPipx !== undefined) return cachingOfPipx(call, byPipx, place);
  const from = call.program.startsWith('pip') ? 0 : moduleAt(call, 'pip');
  if (from === undefined) return [];
  const read = readOptions(call, withValue);
  const word = actionFrom(call, read, from);
  if (word !== 'install' && word !== 'wheel' && word !== 'download') return [];
  if (word === 'install' && installsWheelhouse(call, read, from)) return [];
  return cachingOf(call, place, read.values.get('--cache-dir')?.at(-1), {
    against: positionsOf(call, '--no-cache-dir', '--no-cache'),
    offline: hasOption(read, '--no-index'),
  });
}

/** All that it installs lies in a folder of wheels, and what these need does as a rule, too: https://pip.pypa.io/en/stable/cli/pip_wheel/ */
function installsWheelhouse(call: Call, { rest, values }: ReturnType<typeof readOptions>, from: number): boolean {
  const words = rest.filter((position) => position > from).map((position) => call.arguments[position]?.text ?? '');
  if (words.length === 0 || [...requiring, '-e', '--editable', '--group'].some((option) => values.has(option))) return false;
  return words.every((word) => /(^|\/)(?!dist\/)[\w.-]+\/\*(\.whl)?$/.test(word));
}

/**
 * pipx has pip install, with its own environment and the words of `--pip-args`: https://pipx.pypa.io/latest/how-to/configure-paths/,
 * https://github.com/pypa/pipx/blob/main/src/pipx/backends/pip.py. Since 1.12.0 uv takes pip's place where there is one:
 * https://pipx.pypa.io/latest/how-to/use-uv-backend/
 */
function cachingOfPipx(call: Call, from: number, place: CachingPlace): CachingRead {
  const read = readOptions(call, ['--pip-args', '--backend']);
  const word = actionFrom(call, read, from);
  if (word !== 'install' && word !== 'inject') return [];
  const handedOn = read.values.get('--pip-args') ?? [];
  if (handedOn.some(({ value }) => value === undefined || /--(no-)?ca|--no-index/.test(value)))
    return { because: 'what is handed on to pip switches its cache off, moves it, or is not known', file: undefined };
  const given = read.values.get('--backend')?.at(-1);
  const backend = given ? given.value : call.environment('PIPX_DEFAULT_BACKEND') || 'either';
  if (backend !== 'pip' && (backend !== 'either' || /\buv\b/.test(`${place.base.image} ${place.before()}`)))
    return { because: 'uv may install in place of pip', file: undefined };
  return cachingOf(call, place, undefined);
}

/** The first word from a position on that is no option. */
function actionFrom(call: Call, { rest }: ReturnType<typeof readOptions>, from: number): string | undefined {
  return call.arguments[rest.find((position) => position >= from) ?? -1]?.value;
}

/** The cache of the pip that a call runs: it holds wheels that were built here as well, which fit one C library. */
function cachingOf(call: Call, { files }: CachingPlace, given: Argument | undefined, more?: Pick<Caching, 'against' | 'offline'>): CachingRead {
  const settings = settingsOf(call).find((path) => /^\s*(no-)?cache(-dir)?\s*[=:]/m.test(files.text(path) ?? ''));
  if (settings !== undefined) return { because: 'its settings move the cache, or switch it off', file: settings };
  const inherited = call.environment('XDG_CACHE_HOME');
  const directory = directoryOf([given, call.environment('PIP_CACHE_DIR'), inherited && `${inherited}/pip`], '~/.cache/pip');
  if (typeof directory !== 'string') return directory;
  if (call.assignments.some(({ name, value }) => name === 'PIP_NO_CACHE_DIR' && value !== ''))
    return { because: 'the call itself switches its cache off', file: undefined };
  return [
    {
      title: "pip's downloads and wheels",
      directories: [directory],
      fits: 'libc',
      // Any other value switches the cache off, `0` and `false` too.
      sets: [['PIP_NO_CACHE_DIR', '']],
      ...more,
    },
  ];
}

function projectClosure(files: ProjectFiles, call: Call, read: ReturnType<typeof readOptions>, action: keyof typeof destinations): ClosureRead {
  const given = (...options: readonly string[]): Argument[] => options.flatMap((option) => read.values.get(option) ?? []);
  const set = (name: string): string[] => (call.environment(`PIP_${name}`) ?? '').split(/\s+/).filter((value) => value !== '');
  const groups = given('--group');
  const written = {
    requirements: given('-r', '--requirement'),
    constraints: given('-c', '--constraint', '--build-constraint'),
    named: read.rest
      .slice(1)
      .flatMap((position) => call.arguments[position] ?? [])
      .map(({ text, value = nameOf(text) }) => ({ text, value })),
    editable: given('-e', '--editable'),
    findLinks: given('-f', '--find-links'),
  };
  const certificates = given('--cert', '--client-cert');
  const folders = given(...destinations[action]);
  const clonesTo = given('--src');
  const unknown = [...Object.values(written).flat(), ...groups, ...certificates, ...folders, ...clonesTo].find(({ value }) => value === undefined);
  if (unknown) return { because: `what \`${unknown.text}\` stands for is not known`, file: undefined };

  const roots: RequirementRoots = {
    requirements: [...valuesOf(written.requirements), ...set('REQUIREMENT')],
    constraints: [...valuesOf(written.constraints), ...set('CONSTRAINT'), ...set('BUILD_CONSTRAINT')],
    named: valuesOf(written.named),
    editable: [...valuesOf(written.editable), ...set('EDITABLE')],
    findLinks: [...valuesOf(written.findLinks), ...set('FIND_LINKS')],
  };
  const found = readRequirements(files, roots, (name) => call.environment(name));
  if ('because' in found) return found;
  // `--group path/pyproject.toml:name`
  const projects = valuesOf(groups).map((group) => (group.includes(':') ? group.slice(0, group.lastIndexOf(':')) : 'pyproject.toml'));
  const missing = projects.find((path) => !files.has(path));
  if (missing !== undefined) return { because: 'the install reads a file that the build context does not hold', file: missing };
  const settings = [...settingsOf(call), ...valuesOf(certificates)].filter((path) => files.has(path));
  const leading = settings.find((path) => /^\s*(requirement|constraint|editable|find-links)\s*[=:]/m.test(files.text(path) ?? ''));
  if (leading !== undefined) return { because: 'the settings name further files', file: leading };
  const outputs = [...valuesOf(folders), ...set('TARGET'), ...set('PREFIX'), ...set('ROOT')];
  if (action !== 'install' && outputs.length === 0) return { because: 'it writes its packages between the files of the project', file: undefined };
  const clones = valuesOf(clonesTo).at(-1) ?? set('SRC').at(-1) ?? 'src';
  return {
    files: [...new Set([...found.files, ...projects, ...settings])],
    outputs: [...outputs, ...found.clones.map((name) => posix.join(clones, name))],
    floating: found.floating ?? (projects[0] === undefined ? undefined : `what ${projects[0]} asks for`),
  };
}

function valuesOf(arguments_: readonly Argument[]): string[] {
  return arguments_.flatMap(({ value }) => value ?? []);
}

function mayBePath({ text, value = nameOf(text) }: Argument): boolean {
  return value === undefined || value.startsWith('.') || value.includes('/') || /\.(whl|zip|tar|tgz|gz|bz2|xz)$/.test(value);
}

/** `pip==$VERSION` is a package, whatever the variable says. */
function nameOf(text: string): string | undefined {
  return /^["']?[A-Za-z0-9][\w.-]*(\[[\w.,-]*\])?[=<>!~]=["']?\$/.test(text) ? text.replaceAll(/["'{}]/g, '') : undefined;
}

function withoutExtras(path: string): string {
  return path.replace(/\[[\w.,-]*\]$/, '');
}

/** Where the arguments of a module begin in `python3 -m pip install …`; undefined where it runs something else. */
function moduleAt({ arguments: all }: Call, module: string): number | undefined {
  for (let i = 0; i < all.length; i++) {
    const value = all[i]?.value;
    if (value === `-m${module}`) return i + 1;
    if (value !== undefined && /^-[A-Za-z]*m$/.test(value)) return all[i + 1]?.value === module ? i + 2 : undefined;
    if (value === '-W' || value === '-X') i++;
    else if (!value?.startsWith('-') || value.startsWith('-c')) return undefined;
  }
  return undefined;
}
