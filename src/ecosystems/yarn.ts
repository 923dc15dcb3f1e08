import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { hasOption, readOptions, use, type Action, type Argument, type Call, type Ecosystem, type Use } from './ecosystem.ts';
import { withBuilds } from './javascript/build-caches.ts';
import { packageClosure } from './javascript/closure.ts';
import { outOfStepYarn } from './javascript/lockfile.ts';
import { managers } from './javascript/managers.ts';
import { globalPackages } from './javascript/packages.ts';
import { startedBy } from './javascript/starts.ts';

const withValue = [
  '--cache-folder',
  '--modules-folder',
  '--cwd',
  '--registry',
  '--network-timeout',
  '--network-concurrency',
  '--mutex',
  '--use-yarnrc',
  '--prefix',
  '--global-folder',
  '--link-folder',
  '--preferred-cache-folder',
  '--otp',
  '--mode',
];

/**
 * Marks of Yarn 1: Yarn 2 and later end with an error where they stand.
 * `--frozen-lockfile`, `--network-timeout`, `--registry` and `--silent` are none, these only bring a warning there:
 * https://github.com/yarnpkg/berry/blob/master/packages/plugin-essentials/sources/commands/install.ts
 */
const classicOnly = [
  '--production',
  '--prod',
  '--pure-lockfile',
  '--cache-folder',
  '--modules-folder',
  '--ignore-engines',
  '--ignore-optional',
  '--ignore-platform',
  '--ignore-scripts',
  '--non-interactive',
  '--prefer-offline',
  '--offline',
  '--no-lockfile',
  '--check-files',
  '--flat',
  '--mutex',
  '--no-progress',
  '--no-bin-links',
  '--link-duplicates',
  '--focus',
  '--har',
  '--force',
  '--no-default-rc',
  '--use-yarnrc',
  '--skip-integrity-check',
];
const installs: Readonly<Record<string, Action>> = { install: 'install', add: 'install', upgrade: 'upgrade', remove: 'remove' };
const looksOnly = ['list', 'info', 'why', 'outdated', 'audit', 'check', 'licenses', 'versions', 'bin', 'config', 'help', 'autoclean', 'cache', 'global'];
const manifests = ['package.json', 'yarn.lock', '.yarnrc', '.yarnrc.yml', '.npmrc'];

/** https://classic.yarnpkg.com/en/docs/cli. What runs scripts is not understood. */
export const yarn: Ecosystem = {
  id: 'yarn',
  programs: ['yarn', 'yarnpkg'],
  manifests,
  artefacts: [{ name: 'node_modules', by: 'install', anywhere: true }],
  leavings: [
    {
      id: 'yarn-cache',
      title: "yarn's cache",
      // For root Yarn 1 takes its prefix instead of the home.
      directories: ['/usr/local/share/.cache/yarn', '~/.cache/yarn'],
      cleanUp: (program) => `${program} cache clean`,
      because: 'Yarn 1 fetches again what its cache does not hold',
    },
    {
      // A call without a mark: Yarn 2 and later may run the packages from their cache, so nothing here says how to clean up.
      id: 'yarn-cache-of-any-version',
      title: "yarn's cache",
      directories: ['/usr/local/share/.cache/yarn', '~/.cache/yarn', '~/.yarn/berry/cache'],
      because: 'only Yarn 1 can do without it for sure, and the call does not show which version this is',
    },
  ],
  /** Yarn 1: https://classic.yarnpkg.com/en/docs/cli/install#toc-yarn-install-production-true-false */
  production(call, files) {
    const says =
      call.arguments.some(({ text }) => /^--prod(uction)?\b/.test(text)) || call.environment('NODE_ENV') === 'production' || call.isUnknown('NODE_ENV');
    return says || !/^# yarn lockfile v1$/m.test(files.text('yarn.lock') ?? '') ? undefined : '--production';
  },
  locked(call, files) {
    const read = readOptions(call, withValue);
    const words = read.rest.map((position) => call.arguments[position]?.value);
    const whole = words.length === 0 ? !hasOption(read, '-v', '--version', '-h', '--help') : words.length === 1 && words[0] === 'install';
    const folder = read.values.get('--cwd')?.at(-1);
    if (
      !whole ||
      hasOption(read, '--frozen-lockfile', '--immutable', '--no-lockfile', '--pure-lockfile', '--flat', '--mode') ||
      (folder && folder.value === undefined)
    )
      return undefined;
    if (files.text(`${folder?.value ?? '.'}/yarn.lock`)?.includes('__metadata:')) return undefined;
    return { option: '--frozen-lockfile', call: 'yarn install --frozen-lockfile', obstacle: outOfStepYarn(files, folder?.value ?? '.') };
  },
  clearsCaches: /^cache clean\b/,
  movesCaches: /^config set (cache-?[fF]older|globalFolder|enableGlobalCache)|^set version/,
  caching: (call, place) => withBuilds(ownCaching(call, place), call, place),
  starts: startedBy,
  // https://yarnpkg.com/configuration/yarnrc#npmAuthToken
  credentials: { variables: /^YARN_/, files: /^\.(yarnrc(\.yml)?|npmrc)$/i, keeps: [{ call: /\bconfig set\b/, called: 'config set' }] },
  read(call) {
    const read = readOptions(call, withValue);
    const [first, second, third] = read.rest;
    const word = first === undefined ? 'install' : call.arguments[first]?.value;
    if (first === undefined && hasOption(read, '-v', '--version', '-h', '--help')) return use('other', -1);
    if (word === undefined) return undefined;
    const next = second === undefined ? undefined : call.arguments[second]?.value;
    if (word === 'global' && next !== undefined && Object.hasOwn(installs, next)) {
      const packages = installs[next] === 'install' ? globalPackages(call, read.rest.slice(2)) : {};
      return installed(call, read, installs[next] ?? 'install', second ?? -1, { reads: [], ...packages }, true);
    }
    if (word === 'cache' && next === 'clean') {
      // Named packages only, or another folder: the rest stays.
      const some = third !== undefined || hasOption(read, '--cache-folder') || call.environment('YARN_CACHE_FOLDER');
      return some ? use('other', first ?? -1) : use('clean', first ?? -1, { cleans: yarn.leavings.map((leaving) => leaving.id) });
    }
    const action = Object.hasOwn(installs, word) ? installs[word] : undefined;
    // Neither Yarn takes packages behind `install`: a word there is the value of an option.
    const more = { ...filesOf(read), ...(word === 'install' ? closureOf(read) : {}) };
    if (action) return installed(call, read, action, first ?? -1, more, hasOption(read, ...classicOnly));
    return looksOnly.includes(word) ? use('other', first ?? -1) : undefined;
  },
};

/** Yarn 1 keeps archives; Yarn 2 and later may run the packages from where they keep them. */
function ownCaching(call: Call, { files, root }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const words = read.rest.map((position) => call.arguments[position]?.value);
  const word = words[0] === 'global' ? words[1] : words[0];
  // https://yarnpkg.com/cli/workspaces/focus
  const focuses = word === 'workspaces' && words[1] === 'focus';
  if (words.length === 0 ? hasOption(read, '-v', '--version', '-h', '--help') : !focuses && !['install', 'add', 'upgrade', 'up'].includes(word ?? ''))
    return [];
  const folder = read.values.get('--cwd')?.at(-1)?.value ?? '.';
  const settings = files.text(`${folder}/.yarnrc.yml`);
  const lock = files.text(`${folder}/yarn.lock`) ?? '';
  const asked = /"packageManager"\s*:\s*"yarn@(\d+)/.exec(files.text(`${folder}/package.json`) ?? '')?.[1];
  const later = settings !== undefined || lock.includes('__metadata:') || Number(asked ?? 1) > 1;
  const classic = hasOption(read, ...classicOnly) || words[0] === 'global' || lock.includes('# yarn lockfile v1') || asked === '1';
  const usual = root ? '/usr/local/share/.cache/yarn' : '~/.cache/yarn';
  const offline = hasOption(read, '--offline');
  if (!later && !classic) return { because: 'the call does not show which version of Yarn this is', file: undefined };
  if (!later) {
    const own = /^\s*cache-folder\s+"?([^"\s]+)/m.exec(files.text(`${folder}/.yarnrc`) ?? '')?.[1];
    const directory = directoryOf([read.values.get('--cache-folder')?.at(-1), call.environment('YARN_CACHE_FOLDER'), own], usual);
    return typeof directory === 'string' ? [{ title: "yarn's downloads", directories: [directory], locked: true, offline }] : directory;
  }
  // https://yarnpkg.com/configuration/yarnrc#nodeLinker
  if (!/^nodeLinker:\s*["']?node-modules/m.test(settings ?? '')) return { because: 'packages are run from where Yarn keeps them', file: '.yarnrc.yml' };
  const release = Number(asked ?? /yarnPath:.*yarn-(\d+)\./.exec(settings ?? '')?.[1] ?? 0);
  const own = /^\s*(cacheFolder|globalFolder|enableGlobalCache|enableMirror):/m.test(settings ?? '');
  if (release < 4 || own || call.environment('YARN_CACHE_FOLDER') || call.environment('YARN_ENABLE_GLOBAL_CACHE'))
    return { because: 'its cache may lie in the project', file: '.yarnrc.yml' };
  const global = directoryOf([call.environment('YARN_GLOBAL_FOLDER')], '~/.yarn/berry');
  return typeof global === 'string' ? [{ title: "yarn's downloads", directories: [`${global}/cache`], locked: true, offline }] : global;
}

function installed(call: Call, read: ReturnType<typeof readOptions>, action: Action, actionAt: number, more: Partial<Use>, classic: boolean): Use {
  const offline = hasOption(read, '--offline');
  const moved = hasOption(read, '--cache-folder') || call.environment('YARN_CACHE_FOLDER');
  const leaving = classic ? 'yarn-cache' : 'yarn-cache-of-any-version';
  if (offline) return use(action, actionAt, { ...more, needs: yarn.leavings.map((one) => one.id) });
  return use(action, actionAt, { ...more, leaves: moved ? [] : [leaving] });
}

function closureOf(read: ReturnType<typeof readOptions>): Partial<Use> {
  const last = (option: string): Argument | undefined => read.values.get(option)?.at(-1);
  const folder = last('--cwd');
  if ((folder && folder.value === undefined) || hasOption(read, '--modules-folder', '--use-yarnrc')) return {};
  const skips = last('--mode')?.value === 'skip-build' || hasOption(read, '--ignore-scripts');
  const place = { folder: folder?.value ?? '.', ignoresScripts: skips, unlocked: hasOption(read, '--no-lockfile') };
  return { closure: (files) => packageClosure(files, managers.yarn, place) };
}

function filesOf({ values }: ReturnType<typeof readOptions>): Partial<Use> {
  const folder = values.get('--cwd')?.at(-1);
  if (folder && folder.value === undefined) return {};
  const root = folder?.value?.replace(/\/*$/, '/') ?? '';
  return { reads: manifests.map((name) => root + name) };
}
