import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { tooMuch, type ClosureRead, type Obstacle, type ProjectFiles } from './closure.ts';
import { hasOption, positionsOf, readOptions, sameProgram, use, type Call, type Ecosystem } from './ecosystem.ts';
import { jsonOf, tableAt, tablesIn, textOf, type Table } from './tables.ts';

const withValue = ['-d', '--working-dir', '--prefer-install', '--ignore-platform-req', '--apcu-autoloader-prefix', '--audit-format'];
const fetching = ['--no-scripts', '--no-autoloader'];

/**
 * https://getcomposer.org/doc/03-cli.md#install-i. An install writes the map of the project's own classes and runs its scripts; both wait for the
 * source, and the same call repeated behind it installs nothing more, but does them.
 */
export const composer: Ecosystem = {
  id: 'composer',
  programs: ['composer', 'composer.phar'],
  manifests: ['composer.json', 'composer.lock', 'symfony.lock'],
  artefacts: [{ name: 'vendor', by: 'install' }],
  leavings: [],
  movesCaches: /^(global )?config .*cache/,
  clearsCaches: /^(clear-?cache|cc)$/,
  caching,
  // https://getcomposer.org/doc/articles/authentication-for-private-packages.md
  credentials: { variables: /^COMPOSER_AUTH$/, files: /^(auth|composer)\.json$/i },
  configures: ({ arguments: [config, ...rest] }) => {
    const key = rest.find(({ text }) => /^["']?(github-oauth|gitlab-oauth|gitlab-token|http-basic|bearer|bitbucket-oauth)\./.test(text))?.text;
    const shared = rest.some(({ text }) => text === '-g' || text === '--global');
    if (config?.value !== 'config' || key === undefined) return undefined;
    return { file: shared ? '~/.composer/auth.json' : 'auth.json', takenBack: ['config', ...(shared ? ['-g'] : []), '--unset', key] };
  },
  read(call) {
    const read = readOptions(call, withValue);
    const at = read.rest[0];
    if (at === undefined) return hasOption(read, '--version', '-V') ? use('other', -1) : undefined;
    if (!isInstall(call, read) || !fetching.every((option) => hasOption(read, option))) return undefined;
    const folder = folderOf(read);
    return use('install', at, {
      fetches: true,
      closure: (files) => packages(files, call, read, true),
      ...(folder === undefined ? {} : { reads: [posix.join(folder, 'composer.json'), posix.join(folder, 'composer.lock')] }),
    });
  },
  needs(call) {
    const read = readOptions(call, withValue);
    if (!isInstall(call, read) || hasOption(read, '--dry-run', '--download-only', '--no-install')) return undefined;
    const missing = fetching.filter((option) => !hasOption(read, option));
    const command = sameProgram(call, [...call.arguments.map(({ text }) => text), ...missing]);
    if (command === undefined || missing.length === 0) return undefined;
    return { command, closure: (files) => packages(files, call, read, false) };
  },
};

/** Composer's own image: `COMPOSER_HOME=/tmp`. */
const ownImage = /^([\w./-]+\/)?composer(\/composer)?(:|@|$)/;

/** Where it lies hangs on five things, so that it is said: https://getcomposer.org/doc/06-config.md#cache-dir */
function caching(call: Call, { base, files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const words = read.rest.map((position) => call.arguments[position]?.value ?? '');
  const word = words[0] === 'global' ? words[1] : words[0];
  if (!['install', 'i', 'update', 'require', 'create-project'].includes(word ?? '')) return [];
  if (/"cache-dir"|"cache-files-dir"/.test(files.text('composer.json') ?? '')) return { because: 'its settings move the cache', file: 'composer.json' };
  const home = call.environment('COMPOSER_HOME') ?? (ownImage.test(base.image) ? '/tmp' : undefined);
  const given = call.environment('COMPOSER_CACHE_DIR') ?? (home && `${home}/cache`);
  const directory = directoryOf([given], '~/.composer/cache');
  if (typeof directory !== 'string') return directory;
  return [
    {
      title: "composer's downloads",
      directories: [directory],
      against: positionsOf(call, '--no-cache'),
      sets: given === undefined || call.assignments.some(({ name }) => name === 'COMPOSER_CACHE_DIR') ? [['COMPOSER_CACHE_DIR', directory]] : [],
    },
  ];
}

type Options = ReturnType<typeof readOptions>;

function isInstall(call: Call, { rest }: Options): boolean {
  const words = rest.map((position) => call.arguments[position]?.value);
  return words.length === 1 && (words[0] === 'install' || words[0] === 'i');
}

/** undefined where a variable decides. */
function folderOf({ values }: Options): string | undefined {
  const given = values.get('--working-dir')?.at(-1) ?? values.get('-d')?.at(-1);
  return given ? given.value : '.';
}

/** Scripts that belong to a package's own installation: repeated behind it they would not run. https://getcomposer.org/doc/articles/scripts.md */
const ofPackages = [
  'pre-install-cmd',
  'pre-operations-exec',
  'pre-package-install',
  'post-package-install',
  'pre-package-update',
  'post-package-update',
  'pre-package-uninstall',
  'post-package-uninstall',
  'pre-file-download',
  'post-file-download',
];

/** Plugins that write into `vendor` alone, or only once the class map is made. */
const harmless: ReadonlySet<unknown> = new Set([
  'symfony/runtime',
  'pestphp/pest-plugin',
  'phpstan/extension-installer',
  'infection/extension-installer',
  'dealerdirect/phpcodesniffer-composer-installer',
  'composer/package-versions-deprecated',
  'ocramius/package-versions',
  'php-http/discovery',
  'tbachert/spi',
  'kylekatarnls/update-helper',
  'hirak/prestissimo',
  'yiisoft/yii2-composer',
]);

/** What an install fetches by; `own` where it leaves scripts and the class map out itself. */
function packages(files: ProjectFiles, call: Call, read: Options, own: boolean): ClosureRead {
  const folder = folderOf(read);
  if (folder === undefined) return { because: 'the folder that it installs is not known', file: undefined };
  const at = (name: string): string => posix.join(folder, name);
  const name = call.environment('COMPOSER') || 'composer.json';
  const [path, lockPath] = [at(name), at(name.replace(/(\.json)?$/, '.lock'))];
  const manifest = jsonOf(files.text(path));
  if (!manifest) return { because: 'the build context holds no composer.json that can be read', file: path };
  const lock = jsonOf(files.text(lockPath));
  if (!lock && files.has(lockPath)) return { because: 'its lockfile cannot be read', file: lockPath };

  const local = Object.values(manifest['repositories'] ?? {})
    .flatMap(tablesIn)
    .find((repository) => repository['type'] !== 'path' && isLocal(repository));
  if (local !== undefined) return { because: 'packages come from archives or repositories in a folder of the project', file: path };
  const places = { path, lockPath, symfony: at('symfony.lock') };
  const obstacle = lock ? lockedInTheWay(files, call, read, own, lock, places) : unlockedInTheWay(read, own, manifest, places);
  if (obstacle) return obstacle;
  const script = own ? undefined : ofPackages.find((event) => tableAt(manifest, 'scripts')[event] !== undefined);
  if (script !== undefined) return { because: `the script \`${script}\` runs while packages are installed`, file: path };

  const found: Found = { files: new Set([path, ...(lock ? [lockPath] : [])]), folders: [] };
  const mirrors = isSet(call.environment('COMPOSER_MIRROR_PATH_REPOS'));
  for (const one of lock ? installedBy(call, read, lock) : []) {
    const inTheWay = readLocal(files, one, { folder, lockPath, mirrors, own }, found);
    if (inTheWay) return inTheWay;
  }
  const settings = [places.symfony, at('auth.json')].filter((file) => files.has(file));
  const config = tableAt(manifest, 'config');
  const vendor = call.environment('COMPOSER_VENDOR_DIR') || textOf(config['vendor-dir']) || 'vendor';
  const programs = call.environment('COMPOSER_BIN_DIR') || textOf(config['bin-dir']);
  const outputs = [vendor, ...(programs ? [programs] : [])].map((output) => (posix.isAbsolute(output) ? output : at(output)));
  const floating = lock ? undefined : `what ${path} asks for`;
  const differs = lock ? undefined : 'Composer before 2.2 also runs plugins that composer.json does not allow';
  return { files: [...found.files, ...settings], folders: found.folders, outputs, floating, differs };
}

interface Places {
  readonly path: string;
  readonly lockPath: string;
  readonly symfony: string;
}

/** Packages of the lockfile that a call installs. */
function installedBy(call: Call, read: Options, lock: Table): Table[] {
  const development = hasOption(read, '--no-dev') || call.environment('COMPOSER_NO_DEV') === '1' ? [] : tablesIn(lock['packages-dev']);
  return [...tablesIn(lock['packages']), ...development];
}

function lockedInTheWay(files: ProjectFiles, call: Call, read: Options, own: boolean, lock: Table, { lockPath, symfony }: Places): Obstacle | undefined {
  const installed = installedBy(call, read, lock);
  if (!own && installed.length === 0) return { because: 'no package is required that could be fetched', file: lockPath };

  const flex = installed.some(({ name: one }) => one === 'symfony/flex');
  if (!hasOption(read, '--no-plugins')) {
    const plugin = installed
      .filter(({ type }) => type === 'composer-plugin' || type === 'composer-installer')
      .find(({ name: one }) => one !== 'symfony/flex' && !harmless.has(one));
    if (plugin) return { because: `the plugin ${textOf(plugin['name']) ?? ''} may read other files or install into other folders`, file: lockPath };
    if (flex && !files.has(symfony)) return { because: 'without symfony.lock, Flex writes files for each package', file: symfony };
  }
  return undefined;
}

/** Events that an install with a lockfile, as the repeated one has, does not share with one without. */
const ofCalls = ['pre-install-cmd', 'post-install-cmd', 'pre-update-cmd', 'post-update-cmd'];

/** Composer 2.2 and later run the plugins that composer.json allows: https://getcomposer.org/doc/06-config.md#allow-plugins */
function unlockedInTheWay(read: Options, own: boolean, manifest: Table, { path }: Places): Obstacle | undefined {
  const required = Object.keys({ ...tableAt(manifest, 'require'), ...(hasOption(read, '--no-dev') ? {} : tableAt(manifest, 'require-dev')) });
  if (!own && !required.some((name) => name.includes('/'))) return { because: 'no package is required that could be fetched', file: path };
  if (
    Object.values(manifest['repositories'] ?? {})
      .flatMap(tablesIn)
      .some(isLocal)
  )
    return { because: 'without a lockfile it is not known which packages come from a folder of the project', file: path };
  const allowed = tableAt(manifest, 'config')['allow-plugins'];
  const plugins = Object.entries(tableAt({ allowed }, 'allowed')).filter(([, value]) => value !== false);
  if (!hasOption(read, '--no-plugins') && (allowed === true || plugins.some(([name]) => !harmless.has(name))))
    return { because: 'without a lockfile it is not known which plugins run', file: path };
  const script = own ? undefined : ofCalls.find((event) => tableAt(manifest, 'scripts')[event] !== undefined);
  return script === undefined ? undefined : { because: `the script \`${script}\` runs only with a lockfile, or only without`, file: path };
}

interface Found {
  readonly files: Set<string>;
  readonly folders: string[];
}

interface Lock {
  readonly folder: string;
  readonly lockPath: string;
  /** Folders are copied where the package does not say otherwise. */
  readonly mirrors: boolean;
  /** No install that writes the class map follows. */
  readonly own: boolean;
}

/**
 * Notes what a package of the lockfile that lies in the project needs of it. Of a folder that `vendor` only links to, the class map and the
 * commands wait for the source. https://getcomposer.org/doc/05-repositories.md#path
 */
function readLocal(files: ProjectFiles, locked: Table, { folder, lockPath, mirrors, own }: Lock, found: Found): Obstacle | undefined {
  const name = textOf(locked['name']) ?? 'a package';
  const [dist, source] = [tableAt(locked['dist']), tableAt(locked['source'])];
  if (![dist, source].some(isLocal)) return undefined;
  if (dist['type'] !== 'path') return { because: `${name} comes from an archive or a repository in a folder of the project`, file: lockPath };
  const place = posix.join(folder, textOf(dist['url']) ?? '');
  const itsManifest = posix.join(place, 'composer.json');
  if (!files.has(itsManifest)) return { because: `the install needs ${name}, which the build context does not hold`, file: itsManifest };
  found.files.add(itsManifest);
  const { symlink } = tableAt(locked['transport-options']);
  if (symlink === true || (symlink !== false && !mirrors)) {
    const commands = Array.isArray(locked['bin']) ? locked['bin'].map((command) => posix.join(place, String(command))) : [];
    const command = own ? commands.find((path) => files.has(path)) : undefined;
    return command === undefined ? undefined : { because: `the install makes a command of ${name} executable, and no later one would`, file: command };
  }
  const copied = files.below(place);
  const obstacle = tooMuch(files, place, copied, 'the install copies the folder', 50);
  if (obstacle) return obstacle;
  for (const path of copied) found.files.add(path);
  found.folders.push(place);
  return undefined;
}

/** As Composer reads a switch of its environment: PHP's truth. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}

/** A repository or an archive: `path`, `artifact`, and any that names a folder. https://getcomposer.org/doc/05-repositories.md */
function isLocal({ type, url }: Table): boolean {
  return type === 'path' || type === 'artifact' || (typeof url === 'string' && isPath(url));
}

function isPath(url: string): boolean {
  return url.startsWith('file:') || !/^[^/]*:/.test(url);
}
