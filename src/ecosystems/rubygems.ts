import { posix } from 'node:path';
import type { ClosureRead, Obstacle, ProjectFiles } from './closure.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem, type Use } from './ecosystem.ts';

const ofBundle = ['-j', '--jobs', '--retry', '--path', '--without', '--with', '--gemfile', '--shebang', '-P', '--trust-policy', '--target-rbconfig'];
const ofGem = ['-v', '--version', '-i', '--install-dir', '-n', '--bindir', '-s', '--source', '-p', '--http-proxy', '--platform', '-P', '--trust-policy'];

/** RubyGems and its Bundler: https://bundler.io/man/bundle-install.1.html, …/gemfile.5.html. Gems lie where later programs load them, so nothing is left behind. */
export const rubygems: Ecosystem = {
  id: 'rubygems',
  programs: ['bundle', 'bundler', 'gem'],
  manifests: ['Gemfile', 'Gemfile.lock', 'gems.rb', 'gems.locked', '*.gemspec'],
  artefacts: [{ name: 'vendor/bundle', by: 'install' }],
  leavings: [],
  read(call) {
    return call.program === 'gem' ? readGem(call) : readBundle(call);
  },
};

function readGem(call: Call): Use | undefined {
  const { rest, ...read } = readOptions(call, ofGem);
  const [at = -1, ...named] = rest;
  if (at < 0) return hasOption({ rest, ...read }, '--version', '-v') ? use('other', -1) : undefined;
  if (!/^(i|install)$/.test(call.arguments[at]?.value ?? '') || hasOption({ rest, ...read }, '-g', '--file')) return undefined;
  const words = named.map((position) => call.arguments[position]?.value);
  return words.every((word) => word !== undefined && /^[\w-]+(:[\w.]+)?$/.test(word)) ? use('install', at, { reads: [] }) : undefined;
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
  const found = new Set<string>();
  const obstacle = readGemfile(files, named, named, found);
  if (obstacle) return obstacle;
  const folder = posix.dirname(named);
  const lock = posix.basename(named) === 'gems.rb' ? posix.join(folder, 'gems.locked') : `${named}.lock`;
  const locked = files.text(lock);
  if (locked !== undefined && /^PATH$/m.test(locked)) return { because: 'gems come from a folder of the project', file: lock };
  if (files.has(lock)) found.add(lock);
  const cached = files.below(posix.join(folder, 'vendor/cache'))[0];
  if (cached !== undefined) return { because: 'the gems are in the repository', file: cached };
  // Version managers choose the Ruby by these.
  for (const name of ['.ruby-version', '.tool-versions'].map((one) => posix.join(folder, one))) if (files.has(name)) found.add(name);
  const paths = [...(read.values.get('--path') ?? [])].map(({ value }) => value);
  if (paths.includes(undefined)) return { because: 'the folder that it installs into is not known', file: undefined };
  const path = paths.at(-1) ?? (call.environment('BUNDLE_PATH') || 'vendor/bundle');
  const more = [...(hasOption(read, '--binstubs') ? ['bin'] : []), ...(hasOption(read, '--standalone') ? ['bundle'] : [])];
  return {
    files: [...found],
    outputs: [path, '.bundle', ...more].map((output) => (posix.isAbsolute(output) ? output : posix.join(folder, output))),
    floating: locked === undefined ? `what ${named} asks for` : undefined,
  };
}

/** Ruby that reads files or runs programs. */
const readsMore =
  /\b(File|IO|Dir|Pathname|YAML|JSON|Psych|Open3|Kernel|ARGF|DATA)\b|`|%x[([{|]|__dir__|__FILE__|(?<![:\w.])(require|require_relative|load|eval|instance_eval|system|exec|spawn|open|plugin)\b(?!:)\s*[("'A-Z]/;
const literal = `\\(?\\s*["']([^"'#]+)["']\\s*\\)?`;

/** Adds a Gemfile and what it reads, followed through `eval_gemfile`; `root` is the Gemfile that the install is asked for. */
function readGemfile(files: ProjectFiles, path: string, root: string, found: Set<string>): Obstacle | undefined {
  if (found.has(path)) return undefined;
  const text = files.text(path);
  if (text === undefined) return { because: 'the install reads a file that the build context does not hold', file: path };
  found.add(path);
  for (const line of text.split(/\r?\n/)) {
    let code = line.replace(/(^|\s)#(?!\{).*$/, '').trim();
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
      found.add(file);
      code = '';
    }
    if (/^gemspec\b/.test(code)) return { because: 'the gemspec of the project and what it requires are read', file: path };
    if (/\bpath(:|\s*=>)|:path\b|^path\b|["']file:/.test(code)) return { because: 'gems come from a folder of the project', file: path };
    if (/^eval_gemfile\b/.test(code) || readsMore.test(code)) return { because: `what \`${code}\` reads is not known`, file: path };
  }
  return undefined;
}
