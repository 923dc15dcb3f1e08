import { configSet } from './configured.ts';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { withBuilds } from './javascript/build-caches.ts';
import { packageClosure } from './javascript/closure.ts';
import { outOfStepNpm } from './javascript/lockfile.ts';
import { managers } from './javascript/managers.ts';
import { globalPackages } from './javascript/packages.ts';
import { hasOption, plainPackages, readOptions, use, valuesOf, type Action, type Call, type Ecosystem, type Use } from './ecosystem.ts';
import { startedBy } from './javascript/starts.ts';

const withValue = [
  '--cache',
  '-C',
  '--prefix',
  '--registry',
  '--loglevel',
  '--omit',
  '--only',
  '--include',
  '-w',
  '--workspace',
  '--install-strategy',
  '--tag',
  '--before',
  '--cpu',
  '--os',
  '--libc',
  '--userconfig',
  '--globalconfig',
  '--proxy',
  '--https-proxy',
  '--noproxy',
  '--ca',
  '--cafile',
  '--cert',
  '--key',
  '--fetch-retries',
  '--fetch-retry-factor',
  '--fetch-retry-mintimeout',
  '--fetch-retry-maxtimeout',
  '--fetch-timeout',
  '--maxsockets',
  '--python',
  '--script-shell',
  '--shell',
  '-L',
  '--location',
  '--audit-level',
  '--save-prefix',
  '--scope',
  '--otp',
  '--user',
  '--node-options',
  '--logs-dir',
  '--logs-max',
  '--lockfile-version',
  '--target',
  '--arch',
  '--platform',
  '--target_arch',
  '--target_platform',
  '--runtime',
  '--viewer',
  '--searchlimit',
];

/** Every spelling, npm's own typing errors included: https://github.com/npm/cli/blob/latest/lib/utils/cmd-list.js */
const spellings: Readonly<Record<string, readonly string[]>> = {
  install: ['install', 'i', 'in', 'ins', 'inst', 'insta', 'instal', 'isnt', 'isnta', 'isntal', 'isntall', 'add'],
  ci: ['ci', 'clean-install', 'ic', 'install-clean', 'isntall-clean'],
  update: ['update', 'up', 'upgrade', 'udpate', 'dedupe', 'ddp'],
  remove: ['uninstall', 'unlink', 'remove', 'rm', 'r', 'un', 'prune'],
  looks: ['view', 'info', 'show', 'v', 'outdated', 'search', 's', 'se', 'find'],
  prints: [
    'ls',
    'list',
    'la',
    'll',
    'root',
    'prefix',
    'bin',
    'whoami',
    'ping',
    'help',
    'help-search',
    'doctor',
    'docs',
    'home',
    'repo',
    'bugs',
    'issues',
    'fund',
    'explain',
    'why',
    'query',
    'get',
    'login',
    'adduser',
    'logout',
    'find-dupes',
    'completion',
    'sbom',
  ],
  cache: ['cache'],
  configures: ['config', 'c', 'set'],
  audit: ['audit'],
};
const commands: ReadonlyMap<string, string> = new Map(Object.entries(spellings).flatMap(([command, words]) => words.map((word) => [word, command])));
/** They say that something else than the lockfile is to be installed, or change it. */
const notLocked = [
  '--no-package-lock',
  '--no-shrinkwrap',
  '--package-lock-only',
  '--save',
  '-S',
  '-D',
  '--save-dev',
  '--no-save',
  '--dry-run',
  '-w',
  '--workspace',
  '--workspaces',
  '--before',
];
const manifests = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'];

/** Images of Node.js with npm 6 or an earlier one: https://nodejs.org/en/about/previous-releases */
const beforeSeven = /(^|\/)node:(v?(\d|1[0-4])(?!\d)|argon|boron|carbon|dubnium|erbium|fermium)/;

/** `name`, `name@1`, `@scope/name@^1.2`; no folder, URL or `user/repo`, and not npm itself, which would change what installs the others. */
const plain = /^(?!npm(@|$))(@[\w.-]+\/)?\w[\w.-]*(@[\w.^~<>=*|+-]*)?$/;

/** https://docs.npmjs.com/cli/commands. What runs scripts of the project (`run`, `test`, `start`, `exec`, `rebuild`, `npx` …) is not understood. */
export const npm: Ecosystem = {
  id: 'npm',
  programs: ['npm', 'npx'],
  runsFetched: ['npx'],
  manifests,
  artefacts: [{ name: 'node_modules', by: 'install', anywhere: true }],
  leavings: [
    {
      id: 'npm-cache',
      title: "npm's cache",
      directories: ['~/.npm', '~/.npm/_cacache'],
      cleanUp: (program) => `${program} cache clean --force`,
      because: 'npm fetches again what its cache does not hold',
    },
  ],
  locked(call, files, base) {
    const read = readOptions(call, withValue);
    const rest = read.rest.filter((position) => !isSwitchValue(call, position));
    const [at = -1, ...named] = rest;
    const known = at >= 0 && commands.get(call.arguments[at]?.value ?? '') === 'install' && named.length === 0;
    if (!known || isGlobal(read) || hasOption(read, ...notLocked) || read.values.get('--package-lock')?.at(-1)?.value === 'false') return undefined;
    const folder = read.values.get('--prefix')?.at(-1) ?? read.values.get('-C')?.at(-1);
    if (folder && folder.value === undefined) return undefined;
    return { instead: { position: at, word: 'ci' }, call: 'npm ci', obstacle: outOfStepNpm(files, folder?.value ?? '.', beforeSeven.test(base.image)) };
  },
  /** https://docs.npmjs.com/cli/commands/npm-ci#omit */
  production(call) {
    const read = readOptions(call, withValue);
    const says = hasOption(read, '--omit', '--only', '--include', '--production', '--prod', '--dev', '--also') || call.environment('NODE_ENV') === 'production';
    return says || call.isUnknown('NODE_ENV') || configured(call, 'omit') !== undefined || configured(call, 'production') !== undefined
      ? undefined
      : '--omit=dev';
  },
  clearsCaches: /^cache (clean|clear|rm|remove)\b/,
  movesCaches: /^(config|c) set cache|^set cache/,
  caching: (call, place) => withBuilds(ownCaching(call, place), call, place),
  starts: startedBy,
  // https://docs.npmjs.com/cli/using-npm/config#environment-variables, https://docs.npmjs.com/cli/commands/npm-config
  credentials: { variables: /^(npm_config|NPM_CONFIG)_/, files: /^\.npmrc$/i, keeps: [{ call: /\b(login|adduser)\b/, called: 'login' }] },
  // Its debug logs hold the whole command line (built).
  configures: (call) => {
    const kept = configSet(call, '~/.npmrc', 'delete');
    return kept && { ...kept, logs: '~/.npm/_logs' };
  },
  read(call) {
    const read = readOptions(call, withValue);
    // `--unsafe-perm true`: a value that npm takes for options that need none.
    const rest = read.rest.filter((position) => !isSwitchValue(call, position));
    const actionAt = rest[0];
    const word = actionAt === undefined ? undefined : call.arguments[actionAt]?.value;
    if (actionAt === undefined) return hasOption(read, '-v', '--version', '-h', '--help') ? use('other', -1) : undefined;
    if (call.program === 'npx' || word === undefined) return undefined;
    // Where the cache lies elsewhere, a clean-up could empty a mount that is there: nothing is said of it.
    const moved = hasOption(read, '--cache') || configured(call, 'cache') !== undefined;
    const offline = hasOption(read, '--offline') || configured(call, 'offline') === 'true';
    const cache: Partial<Use> = offline ? { needs: ['npm-cache'] } : moved ? {} : { leaves: ['npm-cache'] };
    const install = (action: Action): Use => use(action, actionAt, { ...cache, ...filesOf(call, read, rest) });
    switch (commands.get(word)) {
      case 'install':
      case 'ci':
        return install('install');
      case 'update':
        return install('upgrade');
      case 'remove':
        return use('remove', actionAt);
      case 'audit':
        return call.arguments[rest[1] ?? -1]?.value === 'fix' ? install('upgrade') : use('other', actionAt);
      case 'looks':
        return use('other', actionAt, cache);
      case 'prints':
        return use('other', actionAt);
      case 'configures':
        return rest.some((position) => /^cache\b/.test(call.arguments[position]?.value ?? 'cache')) ? undefined : use('other', actionAt);
      case 'cache':
        return readCache(call, rest, actionAt, moved);
      default:
        return undefined;
    }
  },
};

/** https://docs.npmjs.com/cli/using-npm/config#cache: what a cache holds is found by its content. */
function ownCaching(call: Call, { files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const word = call.arguments[read.rest.find((position) => !isSwitchValue(call, position)) ?? -1]?.value;
  if (call.program !== 'npm' || word === undefined || !['install', 'ci', 'update'].includes(commands.get(word) ?? '')) return [];
  const settings = /^\s*cache\s*=\s*(.*?)\s*$/m.exec(files.text('.npmrc') ?? '')?.[1];
  const directory = directoryOf([read.values.get('--cache')?.at(-1), configured(call, 'cache'), settings], '~/.npm');
  if (typeof directory !== 'string') return directory;
  const offline = hasOption(read, '--offline') || configured(call, 'offline') === 'true';
  return [{ title: "npm's downloads", directories: [directory], offline }];
}

function readCache(call: Call, rest: readonly number[], actionAt: number, moved: boolean): Use | undefined {
  const word = call.arguments[rest[1] ?? -1]?.value;
  if (word === 'clean' || word === 'clear' || word === 'rm')
    return rest.length === 2 && !moved ? use('clean', actionAt, { cleans: ['npm-cache'] }) : use('other', actionAt);
  return word === 'verify' || word === 'ls' ? use('other', actionAt) : undefined;
}

/** The files that an install reads, and its plain packages. */
function filesOf(call: Call, read: ReturnType<typeof readOptions>, rest: readonly number[]): Partial<Use> {
  const named = rest.slice(1);
  const packages = plainPackages(call, named, plain);
  const found: Partial<Use> = packages ? { packages } : {};
  const paths = named
    .map((position) => call.arguments[position]?.value)
    .filter((value) => value === undefined || /^(file:|\.|\/|~)|\.(tgz|tar\.gz|tar)$/.test(value));
  const folder = read.values.get('--prefix')?.at(-1) ?? read.values.get('-C')?.at(-1);
  const global = isGlobal(read) ? globalPackages(call, named) : {};
  if (global.closure) return { ...found, ...global, reads: [] };
  const known = paths.filter((path) => path !== undefined);
  if (known.length < paths.length || (folder && folder.value === undefined)) return found;
  const local = known.map((path) => path.replace(/^file:/, ''));
  if (isGlobal(read)) return { ...found, reads: local };
  const root = folder?.value?.replace(/\/*$/, '/') ?? '';
  const reads = [...manifests.map((name) => root + name), ...local];
  if (named.length > 0) return { ...found, reads };
  const last = (option: string): string | undefined => read.values.get(option)?.at(-1)?.value;
  const place = {
    folder: folder?.value ?? '.',
    fixed: folder !== undefined,
    ignoresScripts: setTrue(call, read, 'ignore-scripts'),
    copiesFolders: setTrue(call, read, 'install-links'),
    unlocked: hasOption(read, '--no-package-lock', '--no-shrinkwrap') || last('--package-lock') === 'false',
    only: commands.get(call.arguments[rest[0] ?? -1]?.value ?? '') === 'ci' ? valuesOf(read, '-w', '--workspace') : undefined,
  };
  return { ...found, reads, closure: (files) => packageClosure(files, managers.npm, place) };
}

function setTrue(call: Call, read: ReturnType<typeof readOptions>, name: string): boolean {
  const given = read.values.get(`--${name}`)?.at(-1)?.value;
  return given === undefined ? hasOption(read, `--${name}`) || configured(call, name.replaceAll('-', '_')) === 'true' : given === 'true';
}

function isGlobal(read: ReturnType<typeof readOptions>): boolean {
  const last = (option: string): string | undefined => read.values.get(option)?.at(-1)?.value;
  if (hasOption(read, '-g') || last('--location') === 'global' || last('-L') === 'global') return true;
  return hasOption(read, '--global') && last('--global') !== 'false';
}

function isSwitchValue(call: Call, position: number): boolean {
  return /^(true|false)$/.test(call.arguments[position]?.value ?? '') && (call.arguments[position - 1]?.text.startsWith('-') ?? false);
}

/** npm's settings from the environment, in either case; an empty value sets nothing. */
function configured(call: Call, name: string): string | undefined {
  return call.environment(`npm_config_${name}`) || call.environment(`NPM_CONFIG_${name.toUpperCase()}`) || undefined;
}
