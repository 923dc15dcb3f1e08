import { posix } from 'node:path';
import type { Base } from '../bases/base.ts';
import { readReference } from '../bases/reference.ts';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import type { ClosureRead, Obstacle, ProjectFiles } from './closure.ts';
import { hasOption, namedPackages, readOptions, use, type Call, type Ecosystem, type Use } from './ecosystem.ts';
import { codeOf, literal, readGemspec, readsMore } from './ruby.ts';

const ofBundle = ['-j', '--jobs', '--retry', '--path', '--without', '--with', '--gemfile', '--shebang', '-P', '--trust-policy', '--target-rbconfig'];
const ofGem = ['-v', '--version', '-i', '--install-dir', '-n', '--bindir', '-s', '--source', '-p', '--http-proxy', '--platform', '-P', '--trust-policy'];

/** RubyGems and its Bundler: https://bundler.io/man/bundle-install.1.html, …/gemfile.5.html. Gems lie where later programs load them, so nothing is left behind. */
export const rubygems: Ecosystem = {
  id: 'rubygems',
  programs: ['bundle', 'bundler', 'gem'],
  manifests: ['Gemfile', 'Gemfile.lock', 'gems.rb', 'gems.locked', '*.gemspec'],
  artefacts: [{ name: 'vendor/bundle', by: 'install' }],
  leavings: [],
  // Where its gems lie, the downloads lie as well.
  movesCaches: /^config (set )?(--\w+ )*(path|deployment|path\.system|global_gem_cache|no_install)\b/,
  caching,
  // https://bundler.io/man/bundle-config.1.html
  credentials: { variables: /^BUNDLE_/, programs: ['bundle', 'bundler'], files: /^gemfile$/i },
  configures: ({ program, arguments: [config, ...rest] }) => {
    const words = rest.filter(({ text }, i) => i > 0 || text !== 'set').map(({ text }) => text);
    const key = words.find((text) => !text.startsWith('-'));
    if (program !== 'bundle' || config?.value !== 'config' || key === undefined || words.length < 2) return undefined;
    return { file: '~/.bundle/config', takenBack: ['config', 'unset', ...words.filter((text) => text === '--global' || text === '--local'), key] };
  },
  read(call) {
    return call.program === 'gem' ? readGem(call) : readBundle(call);
  },
};

/** They install, or take a gem from its download again. */
const cachingWords = /^(install|i|update|package|pack|cache|pristine)$/;
/** Variables by which Bundler installs elsewhere, or keeps its downloads elsewhere. */
const movingVariables = ['BUNDLE_PATH', 'BUNDLE_PATH__SYSTEM', 'BUNDLE_DEPLOYMENT', 'BUNDLE_GLOBAL_GEM_CACHE', 'BUNDLE_USER_HOME', 'BUNDLE_INSTALL__PATH'];
/** Options that do the same. */
const movingOptions = [
  '--path',
  '--deployment',
  '--standalone',
  '--system',
  '-i',
  '--install-dir',
  '--user-install',
  '--build-root',
  '--all',
  '--gemfile',
  '-g',
];

/**
 * RubyGems and Bundler keep what they download beside the gems, and take it from there; what is installed runs without it:
 * https://docs.ruby-lang.org/en/master/Gem/RemoteFetcher.html#method-i-download
 */
function caching(call: Call, { base }: CachingPlace): CachingRead {
  const read = readOptions(call, call.program === 'gem' ? ofGem : ofBundle);
  const [word = 'install', ...named] = read.rest.map((position) => call.arguments[position]?.value ?? '');
  if (!cachingWords.test(word) || (call.program === 'gem' && named.length > 0 && named.every((name) => /^(bundler|rubygems-update)(:|$)/.test(name))))
    return [];
  const moved = { because: 'its gems are installed elsewhere, with their downloads', file: undefined };
  if (hasOption(read, ...movingOptions) || (call.program !== 'gem' && movingVariables.some((name) => call.environment(name)))) return moved;
  const given = call.environment('GEM_HOME');
  const own = ownHome(base);
  if (given === undefined && !own) return { because: 'where its gems lie on this base is not known', file: undefined };
  if (call.program !== 'gem' && !own && call.environment('BUNDLE_APP_CONFIG') === undefined)
    return { because: 'a configuration of the project may say where its gems lie', file: undefined };
  const directory = directoryOf([given && `${given}/cache`], '/usr/local/bundle/cache');
  if (typeof directory !== 'string') return directory;
  return [
    {
      title: 'downloaded gems',
      directories: [directory],
      locked: true,
      offline: hasOption(read, '--local'),
      // It is 1777: https://github.com/docker-library/ruby/blob/master/Dockerfile.template
      inWritable: given === undefined,
      inOutput: true,
    },
  ];
}

/** Ruby's own image sets GEM_HOME and, since 2.7, no BUNDLE_PATH, which would add the version of Ruby to the folder. */
function ownHome({ image, official }: Base): boolean {
  const { name, tag } = readReference(image);
  return official && name === 'ruby' && /^(2\.7|[3-9]|latest|alpine|slim|bookworm|trixie|bullseye)/.test(tag);
}

function readGem(call: Call): Use | undefined {
  const { rest, ...read } = readOptions(call, ofGem);
  const [at = -1, ...named] = rest;
  if (at < 0) return hasOption({ rest, ...read }, '--version', '-v') ? use('other', -1) : undefined;
  if (!/^(i|install)$/.test(call.arguments[at]?.value ?? '') || hasOption({ rest, ...read }, '-g', '--file')) return undefined;
  const gem = /^[\w-]+(:[\w.]+)?$/;
  const words = named.map((position) => call.arguments[position]?.value);
  if (!words.every((word) => word !== undefined && gem.test(word))) return undefined;
  const version = [...(read.values.get('-v') ?? []), ...(read.values.get('--version') ?? [])].at(-1)?.value;
  const closure = namedPackages(call, named, version !== undefined && /^[\d.]+$/.test(version) ? /./ : /:[\d.]+$/, gem);
  return use('install', at, { reads: [], ...(closure ? { closure } : {}) });
}

function readBundle(call: Call): Use | undefined {
  const read = readOptions(call, ofBundle);
  const at = read.rest[0] ?? -1;
  const word = at < 0 ? undefined : call.arguments[at]?.value;
  if (at < 0 && hasOption(read, '--version', '-v')) return use('other', -1);
  if (word === 'version') return use('other', at);
  if (word === 'config') return readConfig(call, read.rest.slice(1), at);
  if ((at < 0 && read.options.length === 0 && call.arguments.length === 0) || ((word === 'install' || word === 'i') && onlyGroups(call, read))) {
    const gemfile = read.values.get('--gemfile')?.at(-1)?.value ?? (call.environment('BUNDLE_GEMFILE') || 'Gemfile');
    return use('install', at, { reads: [gemfile, `${gemfile}.lock`], closure: (files) => gems(files, call, read) });
  }
  return undefined;
}

/** What stands behind `install` can only be further groups of `--without a b`. */
function onlyGroups(call: Call, { rest, values }: ReturnType<typeof readOptions>): boolean {
  const more = rest.slice(1).map((position) => call.arguments[position]?.value);
  return more.length === 0 || ((values.has('--without') || values.has('--with')) && more.every((one) => one !== undefined && /^\w+$/.test(one)));
}

/** `bundle config [set] [--local] name value`: settings that say where gems or the Gemfile are found are not told. */
function readConfig(call: Call, positions: readonly number[], at: number): Use | undefined {
  const [first, ...more] = positions.map((position) => call.arguments[position]?.value);
  if (first === 'get' || first === 'list' || first === undefined) return use('other', at);
  const [name, value] = first === 'set' || first === 'unset' ? more : [first, ...more];
  if (name === undefined || /^(gemfile|app_config|cache_path|bin|shebang|plugins|local\.)/i.test(name)) return undefined;
  return name === 'path' && value !== 'vendor/bundle' && !value?.startsWith('/') ? undefined : use('other', at);
}

function gems(files: ProjectFiles, call: Call, read: ReturnType<typeof readOptions>): ClosureRead {
  const given = read.values.get('--gemfile')?.at(-1);
  const named = given ? given.value : call.environment('BUNDLE_GEMFILE') || ['Gemfile', 'gems.rb'].find((name) => files.has(name));
  if (named === undefined) return { because: 'the build context holds no Gemfile that the install would find', file: 'Gemfile' };
  const found: Found = { files: new Set(), gems: new Set() };
  const obstacle = readGemfile(files, named, named, found) ?? readGems(files, found);
  if (obstacle) return obstacle;
  const folder = posix.dirname(named);
  const lock = posix.basename(named) === 'gems.rb' ? posix.join(folder, 'gems.locked') : `${named}.lock`;
  const locked = files.text(lock);
  const other = remotesOf(locked ?? '').find((remote) => !found.gems.has(posix.join(folder, remote)));
  if (other !== undefined) return { because: `the lockfile takes gems from the folder ${other}, and the Gemfile does not name it`, file: lock };
  if (files.has(lock)) found.files.add(lock);
  const cache = posix.join(folder, call.environment('BUNDLE_CACHE_PATH') || 'vendor/cache');
  const cached = files.below(cache);
  const odd = cached.find((path) => !isLocked(locked ?? '', posix.relative(cache, path)));
  if (odd !== undefined) return { because: 'the install may remove or add to the gems in the repository, and its lockfile does not name this one', file: odd };
  for (const path of cached) found.files.add(path);
  // Version managers choose the Ruby by these.
  for (const name of ['.ruby-version', '.tool-versions'].map((one) => posix.join(folder, one))) if (files.has(name)) found.files.add(name);
  const paths = [...(read.values.get('--path') ?? [])].map(({ value }) => value);
  if (paths.includes(undefined)) return { because: 'the folder that it installs into is not known', file: undefined };
  const path = paths.at(-1) ?? (call.environment('BUNDLE_PATH') || 'vendor/bundle');
  const more = [...(hasOption(read, '--binstubs') ? ['bin'] : []), ...(hasOption(read, '--standalone') ? ['bundle'] : [])];
  return {
    files: [...found.files],
    ...(cached.length === 0 ? {} : { folders: [cache], differs: 'the gems in the repository are stored twice, with the manifests and with the source' }),
    outputs: [path, '.bundle', ...more].map((output) => (posix.isAbsolute(output) ? output : posix.join(folder, output))),
    settings: [posix.join(folder, '.bundle')],
    floating: locked === undefined ? `what ${named} asks for` : undefined,
  };
}

interface Found {
  readonly files: Set<string>;
  /** Folders that gems come from. */
  readonly gems: Set<string>;
}

/** The gemspecs of the folders, where Bundler looks for them: https://bundler.io/man/gemfile.5.html#PATH */
function readGems(files: ProjectFiles, found: Found): Obstacle | undefined {
  for (const folder of found.gems) {
    const gemspecs = files.below(folder).filter((path) => path.endsWith('.gemspec') && posix.relative(folder, path).split('/').length <= 2);
    if (gemspecs.length === 0) return { because: 'a gem comes from a folder in which the build context holds no gemspec', file: folder };
    for (const gemspec of gemspecs) {
      const obstacle = readGemspec(files, gemspec, found.files);
      if (obstacle) return obstacle;
    }
  }
  return undefined;
}

/** The folders that a lockfile takes gems from. */
function remotesOf(locked: string): string[] {
  return [...locked.matchAll(/^PATH\r?\n  remote: (.+?)\r?$/gm)].map(([, remote = '']) => remote);
}

/** True for `name-version.gem` of a gem in the lockfile. */
function isLocked(locked: string, name: string): boolean {
  return [...locked.matchAll(/^ {4}(\S+) \((\S+)\)\r?$/gm)].some(([, gem, version]) => name === `${gem}-${version}.gem`);
}

/** Adds a Gemfile and what it reads, followed through `eval_gemfile`; `root` is the Gemfile that the install is asked for. */
function readGemfile(files: ProjectFiles, path: string, root: string, found: Found): Obstacle | undefined {
  if (found.files.has(path)) return undefined;
  const text = files.text(path);
  if (text === undefined) return { because: 'the install reads a file that the build context does not hold', file: path };
  found.files.add(path);
  for (const line of text.split(/\r?\n/)) {
    let code = codeOf(line);
    const included = new RegExp(`^eval_gemfile\\s*${literal}`).exec(code)?.[1];
    if (included !== undefined) {
      const obstacle = readGemfile(files, posix.join(posix.dirname(path), included), root, found);
      if (obstacle) return obstacle;
      continue;
    }
    // The one file that Gemfiles do read: https://bundler.io/man/gemfile.5.html#RUBY
    const version = new RegExp(`^ruby\\s*\\(?\\s*(?:file:\\s*|:file\\s*=>\\s*|File\\.read\\s*)${literal}(\\.(strip|chomp))?\\s*\\)?$`).exec(code)?.[1];
    if (version !== undefined) {
      const file = posix.join(posix.dirname(root), version);
      if (!files.has(file)) return { because: 'the install reads a file that the build context does not hold', file };
      found.files.add(file);
      code = '';
    }
    if (/^gemspec\b/.test(code)) return { because: 'the gemspec of the project and what it requires are read', file: path };
    const gem = new RegExp(`(?:\\bpath:\\s*|:path\\s*=>\\s*|^path\\s*)${literal}`).exec(code);
    if (gem) {
      found.gems.add(posix.join(posix.dirname(path), gem[1] ?? ''));
      code = code.replace(gem[0], '');
    }
    if (/\bpath(:|\s*=>)|:path\b|^path\b|\bglob:|:glob\b|["']file:/.test(code)) return { because: 'gems come from a folder of the project', file: path };
    if (/^eval_gemfile\b/.test(code) || readsMore.test(code)) return { because: `what \`${code}\` reads is not known`, file: path };
  }
  return undefined;
}
