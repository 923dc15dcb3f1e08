import { configSet } from './configured.ts';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { hasOption, readOptions, use, valuesOf, type Action, type Argument, type Call, type Ecosystem, type Use } from './ecosystem.ts';
import { withBuilds } from './javascript/build-caches.ts';
import { lockClosure, packageClosure } from './javascript/closure.ts';
import { managers, workspaceFile } from './javascript/managers.ts';
import { globalPackages } from './javascript/packages.ts';
import { fieldsOf, projectIn } from './javascript/project.ts';
import { startedBy } from './javascript/starts.ts';

const withValue = [
  '-C',
  '--dir',
  '--filter',
  '-F',
  '--filter-prod',
  '--store-dir',
  '--virtual-store-dir',
  '--modules-dir',
  '--lockfile-dir',
  '--registry',
  '--reporter',
  '--loglevel',
  '--network-concurrency',
  '--child-concurrency',
  '--workspace-concurrency',
  '--package-import-method',
  '--node-linker',
  '--config-dir',
  '--global-dir',
  '--global-bin-dir',
  '--fetch-retries',
  '--fetch-timeout',
  '--use-node-version',
  '--cpu',
  '--os',
  '--libc',
];
const actions: Readonly<Record<string, Action>> = {
  install: 'install',
  i: 'install',
  ci: 'install',
  add: 'install',
  fetch: 'install',
  update: 'upgrade',
  up: 'upgrade',
  upgrade: 'upgrade',
  dedupe: 'upgrade',
  remove: 'remove',
  rm: 'remove',
  uninstall: 'remove',
  un: 'remove',
  prune: 'remove',
  list: 'other',
  ls: 'other',
  la: 'other',
  ll: 'other',
  why: 'other',
  outdated: 'other',
  audit: 'other',
  licenses: 'other',
  root: 'other',
  bin: 'other',
  config: 'other',
  c: 'other',
  get: 'other',
  set: 'other',
  store: 'other',
  help: 'other',
  doctor: 'other',
  view: 'other',
  info: 'other',
  whoami: 'other',
};
const own = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.pnpmfile.mjs'];
const manifests = ['package.json', ...own, '.npmrc'];

/**
 * https://pnpm.io/pnpm-cli. Its store has nothing to clean: node_modules is hard-linked from it, so that removing it frees nothing.
 * What runs scripts of the project, or copies it (`run`, `exec`, `dlx`, `rebuild`, `deploy`, `pnpm build`), is not understood.
 */
export const pnpm: Ecosystem = {
  id: 'pnpm',
  programs: ['pnpm', 'pnpx'],
  manifests,
  artefacts: [{ name: 'node_modules', by: 'install', anywhere: true }],
  leavings: [],
  movesCaches: /^(config set|set) (store-?[dD]ir|cache-?[dD]ir|enableGlobalVirtualStore)|^setup/,
  clearsCaches: /^(store prune|cache delete)\b/,
  caching: (call, place) => withBuilds(ownCaching(call, place), call, place),
  starts: startedBy,
  /** https://pnpm.io/cli/install#--prod--p */
  production(call, files, member = '') {
    const words = call.arguments.map(({ text }) => text);
    if (words.some((text) => /^(-P|-D|--prod|--production|--dev)\b/.test(text)) || call.environment('NODE_ENV') === 'production' || call.isUnknown('NODE_ENV'))
      return undefined;
    const chooses = words.some((text) => /^(-F|--filter|-r|--recursive|-C|--dir|recursive|multi|m)\b/.test(text));
    // Members find what the root depends on, which is installed without a filter alone.
    const sharesPackages = Object.keys(fieldsOf(projectIn(files, '.')?.fields['dependencies'])).length > 0;
    return member === '' || chooses || sharesPackages || !files.has(workspaceFile) ? '--prod' : `--prod --filter ${member}...`;
  },
  // https://pnpm.io/cli/config
  credentials: { variables: /^(npm_config|NPM_CONFIG|pnpm_config)_/, files: /^\.npmrc$/i },
  configures: (call) => configSet(call, '~/.npmrc', 'delete'),
  read(call) {
    const read = readOptions(call, withValue);
    const rest =
      call.arguments[read.rest[0] ?? -1]?.value === 'recursive' || call.arguments[read.rest[0] ?? -1]?.value === 'multi' ? read.rest.slice(1) : read.rest;
    const actionAt = rest[0];
    const word = actionAt === undefined ? undefined : call.arguments[actionAt]?.value;
    if (actionAt === undefined) return hasOption(read, '-v', '--version', '-h', '--help') ? use('other', -1) : undefined;
    const action = call.program === 'pnpm' && word !== undefined && Object.hasOwn(actions, word) ? actions[word] : undefined;
    if (action === undefined) return undefined;
    if (action !== 'install' && action !== 'upgrade') return use(action, actionAt);
    // The offline install that comes later lives on what `fetch` put into its layer.
    if (word === 'fetch') return use(action, actionAt, { ...filesOf(read, [...own, '.npmrc']), fetches: true, ...closureOf(call, read, true) });
    if (action === 'install' && hasOption(read, '-g', '--global')) return use(action, actionAt, { reads: [], ...globalPackages(call, rest.slice(1)) });
    const whole = action === 'install' && word !== 'add' && rest.length === 1;
    return use(action, actionAt, { ...filesOf(read, manifests), ...(whole ? closureOf(call, read, false) : {}) });
  },
};

/** node_modules on another file system than the store gets copies: https://pnpm.io/settings#storedir */
function ownCaching(call: Call, { files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const words = read.rest.map((position) => call.arguments[position]?.value ?? '').filter((word) => word !== 'recursive' && word !== 'multi' && word !== 'm');
  const action = Object.hasOwn(actions, words[0] ?? '') ? actions[words[0] ?? ''] : undefined;
  // What it hands over is installed anew from the store: https://pnpm.io/cli/deploy
  const deploys = words[0] === 'deploy';
  if (call.program !== 'pnpm' || (!deploys && action !== 'install' && action !== 'upgrade')) return [];
  const folder = folderOf(read)?.value ?? '.';
  const settings = `${files.text(`${folder}/.npmrc`) ?? ''}\n${files.text(`${folder}/pnpm-workspace.yaml`) ?? ''}`;
  if (/enableGlobalVirtualStore:\s*true|enable-global-virtual-store\s*=\s*true/.test(settings))
    return { because: 'node_modules leads into the store', file: 'pnpm-workspace.yaml' };
  const home = call.environment('PNPM_HOME') ?? (call.environment('XDG_DATA_HOME') && `${call.environment('XDG_DATA_HOME') ?? ''}/pnpm`);
  const given = [
    read.values.get('--store-dir')?.at(-1),
    call.environment('npm_config_store_dir') ?? call.environment('NPM_CONFIG_STORE_DIR'),
    /^\s*store-?[dD]ir\s*[=:]\s*["']?([^"'\s]+)/m.exec(settings)?.[1],
    home && `${home}/store`,
  ];
  const directory = directoryOf(given, '~/.local/share/pnpm/store');
  return typeof directory === 'string' ? [{ title: "pnpm's store", directories: [directory], offline: hasOption(read, '--offline') }] : directory;
}

function closureOf(call: Call, read: ReturnType<typeof readOptions>, fetches: boolean): Partial<Use> {
  const folder = folderOf(read);
  if (hasOption(read, '-g', '--global', '--lockfile-dir', '--modules-dir') || (folder && folder.value === undefined)) return {};
  const place = {
    folder: folder?.value ?? '.',
    fixed: hasOption(read, '--ignore-workspace'),
    ignoresScripts: hasOption(read, '--ignore-scripts') || call.environment('npm_config_ignore_scripts') === 'true',
    unlocked: hasOption(read, '--no-lockfile'),
    // Without it the lockfile could be written anew, for the members that are there.
    only: hasOption(read, '--frozen-lockfile') ? valuesOf(read, '--filter', '-F') : undefined,
    recursive: hasOption(read, '-r', '--recursive') || /^(recursive|multi|m)$/.test(call.arguments[read.rest[0] ?? -1]?.value ?? ''),
  };
  return { closure: (files) => (fetches ? lockClosure(files, managers.pnpm, place) : packageClosure(files, managers.pnpm, place)) };
}

function folderOf({ values }: ReturnType<typeof readOptions>): Argument | undefined {
  return values.get('-C')?.at(-1) ?? values.get('--dir')?.at(-1);
}

function filesOf(read: ReturnType<typeof readOptions>, names: readonly string[]): Partial<Use> {
  if (hasOption(read, '-g', '--global')) return { reads: [] };
  const folder = folderOf(read);
  if (folder && folder.value === undefined) return {};
  const root = folder?.value?.replace(/\/*$/, '/') ?? '';
  return { reads: names.map((name) => root + name) };
}
