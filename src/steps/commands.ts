import { posix } from 'node:path';
import { ecosystemOf, wrappedBy } from '../ecosystems/index.ts';
import type { Argument, Call } from '../ecosystems/ecosystem.ts';
import type { ShellWord, SimpleCommand } from '../shell/script.ts';
import type { CommandFacts, Kind, State } from './facts.ts';
import { absolute } from './paths.ts';

/** What a command does to files: positions are among its arguments without options. */
interface Effects {
  readonly kind: Kind;
  /** Options whose value is the next argument. */
  readonly withValue?: readonly string[];
  /** Arguments (without options) that it reads, writes, removes. */
  readonly reads?: (rest: readonly string[], options: ReadonlyMap<string, string>) => readonly string[];
  readonly writes?: (rest: readonly string[], options: ReadonlyMap<string, string>) => readonly (string | undefined)[];
  readonly removes?: (rest: readonly string[], options: ReadonlyMap<string, string>) => readonly string[];
}

const all = (rest: readonly string[]): readonly string[] => rest;
const none = (): readonly string[] => [];
const allButFirst = (rest: readonly string[]): readonly string[] => rest.slice(1);
const allButLast = (rest: readonly string[]): readonly string[] => rest.slice(0, -1);
const look: Effects = { kind: 'look', reads: all };
/** `[ -f file ]` asks for a file, `[ "$a" = b ]` for none: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/test.html */
const asks: Effects = {
  kind: 'look',
  reads: (rest, options) => ([...options.keys()].some((option) => /^-([b-hkprstuwxGLNOS]|nt|ot|ef)$/.test(option)) ? rest.filter((word) => word !== ']') : []),
};
/** What it looks for comes first, unless an option says it. */
const searches: Effects = {
  kind: 'look',
  withValue: ['-e', '-f', '--regexp', '--file'],
  reads: (rest, options) => rest.slice(['-e', '-f', '--regexp', '--file'].some((option) => options.has(option)) ? 0 : 1),
};
const user: Effects = {
  kind: 'user',
  withValue: ['-u', '-g', '-G', '-d', '-s', '-c', '-h', '-k', '-p', '--uid', '--gid', '--home', '--shell', '--ingroup', '--groups', '--gecos'],
};
/** Changes the system's configuration and ends. */
const system: Effects = { kind: 'system' };
const fileName = (url: string): string => posix.basename(url.replace(/[?#].*$/, ''));

/** `cp a b /dir`: what arrives is `/dir/a` where the last argument is a folder, else the last itself: both are named. */
function arriving(rest: readonly string[]): readonly string[] {
  const to = rest.at(-1);
  if (to === undefined) return [];
  const into = to.endsWith('/') || rest.length > 2;
  return [...(into ? [] : [to]), ...rest.slice(0, -1).map((from) => posix.join(to, posix.basename(from)))];
}

/** Commands that end with their effect: https://pubs.opengroup.org/onlinepubs/9799919799/idx/utilities.html and the tools' own pages. */
const effects: Readonly<Record<string, Effects>> = {
  ldconfig: system,
  'locale-gen': system,
  'update-locale': system,
  'update-ca-certificates': system,
  'update-alternatives': system,
  'dpkg-reconfigure': system,
  'debconf-set-selections': system,
  chpasswd: system,
  a2enmod: system,
  a2dismod: system,
  a2ensite: system,
  a2dissite: system,
  rm: { kind: 'file', removes: all },
  rmdir: { kind: 'file', removes: all },
  unlink: { kind: 'file', removes: all },
  mkdir: { kind: 'file', withValue: ['-m', '--mode'], writes: all },
  touch: { kind: 'file', withValue: ['-d', '-t', '-r'], writes: all },
  cp: { kind: 'file', reads: allButLast, writes: arriving },
  mv: { kind: 'file', reads: allButLast, writes: arriving, removes: allButLast },
  ln: { kind: 'file', writes: arriving },
  install: { kind: 'file', withValue: ['-m', '-o', '-g', '--mode', '--owner', '--group'], reads: allButLast, writes: arriving },
  chmod: { kind: 'file', writes: allButFirst },
  chown: { kind: 'file', writes: allButFirst },
  chgrp: { kind: 'file', writes: allButFirst },
  truncate: { kind: 'file', withValue: ['-s', '--size', '-r'], writes: all },
  sed: {
    kind: 'file',
    withValue: ['-e', '-f', '--expression', '--file'],
    reads: (rest, options) => rest.slice(options.has('-e') || options.has('--expression') ? 0 : 1),
    writes: (rest, options) =>
      [...options.keys()].some((option) => /^(-i|--in-place)/.test(option)) ? rest.slice(options.has('-e') || options.has('--expression') ? 0 : 1) : [],
  },
  tee: { kind: 'file', writes: all },
  dd: { kind: 'file', writes: (rest) => rest.filter((word) => word.startsWith('of=')).map((word) => word.slice(3)) },
  echo: { kind: 'file', reads: none },
  printf: { kind: 'file', reads: none },
  cat: { kind: 'file', reads: all },
  true: look,
  ':': look,
  test: asks,
  '[': asks,
  ls: look,
  dir: look,
  grep: searches,
  head: look,
  sort: look,
  wc: look,
  which: { kind: 'look' },
  id: { kind: 'look' },
  find: { kind: 'look', reads: (rest) => rest.slice(0, 1), removes: (rest, options) => (options.has('-delete') ? rest.slice(0, 1) : []) },
  awk: searches,
  cut: look,
  tr: { kind: 'look' },
  pwd: { kind: 'look' },
  basename: { kind: 'look' },
  dirname: { kind: 'look' },
  gzip: { kind: 'archive', reads: all, writes: all },
  gunzip: { kind: 'archive', reads: all, writes: all },
  bunzip2: { kind: 'archive', reads: all, writes: all },
  xz: { kind: 'archive', reads: all, writes: all },
  date: { kind: 'look' },
  uname: { kind: 'look' },
  command: { kind: 'look' },
  sha256sum: look,
  sha512sum: look,
  sha1sum: look,
  md5sum: look,
  hexdump: { kind: 'look' },
  od: look,
  gpg: look,
  useradd: user,
  adduser: user,
  usermod: user,
  groupadd: user,
  addgroup: user,
  groupmod: user,
  tar: {
    kind: 'archive',
    withValue: ['-C', '--directory', '-f', '--file', '--exclude', '-I', '--transform', '--wildcards'],
    reads: (rest, options) =>
      [...options]
        .filter(([name]) => name === '-f' || name === '--file')
        .map(([, file]) => file)
        .concat(rest, packs(rest, options) ? (options.get('-C') ?? options.get('--directory') ?? []) : []),
    writes: (rest, options) => {
      const file = options.get('-f') ?? options.get('--file');
      return [packs(rest, options) ? file : (options.get('-C') ?? options.get('--directory') ?? '.')];
    },
  },
  unzip: { kind: 'archive', withValue: ['-d', '-x'], reads: (rest) => rest.slice(0, 1), writes: (_rest, options) => [options.get('-d') ?? '.'] },
  curl: {
    kind: 'fetch',
    withValue: [
      '-o',
      '--output',
      '-H',
      '--header',
      '-u',
      '--user',
      '-A',
      '--user-agent',
      '-d',
      '--data',
      '-X',
      '--request',
      '--retry',
      '--retry-delay',
      '--connect-timeout',
      '-m',
      '--max-time',
      '-x',
      '--proxy',
      '--cacert',
      '-e',
    ],
    writes: (rest, options) =>
      [...options]
        .filter(([name]) => name === '-o' || name === '--output')
        .map(([, file]) => file)
        .concat(options.has('-O') ? rest.map(fileName) : []),
  },
  wget: {
    kind: 'fetch',
    withValue: [
      '-O',
      '--output-document',
      '-P',
      '--directory-prefix',
      '--header',
      '--tries',
      '-t',
      '--timeout',
      '-T',
      '--user-agent',
      '-U',
      '--user',
      '--password',
    ],
    writes: (rest, options) => {
      const file = options.get('-O') ?? options.get('--output-document');
      if (file !== undefined) return file === '-' ? [] : [file];
      const folder = options.get('-P') ?? options.get('--directory-prefix') ?? '.';
      return rest.map((url) => posix.join(folder, fileName(url)));
    },
  },
};

/** Builtins that change the shell they run in: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_15 */
const shellBuiltins = new Set([
  'cd',
  'pushd',
  'popd',
  'export',
  'readonly',
  'set',
  'unset',
  'shopt',
  'umask',
  'ulimit',
  'trap',
  'exec',
  'exit',
  'return',
  'source',
  '.',
  'eval',
  'alias',
  'hash',
  'shift',
  'local',
  'declare',
  'typeset',
  'read',
  'getopts',
  'wait',
  'bg',
  'fg',
  'jobs',
  'enable',
  'break',
  'continue',
  'let',
  'mapfile',
  'builtin',
  'command',
]);

/** Words in front of a program that run it as it is; the number of arguments they take. */
const prefixes: ReadonlyMap<string, readonly string[]> = new Map([
  ['sudo', ['-u', '-g', '-U', '--user', '--group']],
  ['env', ['-u', '-C', '--unset', '--chdir']],
  ['nice', ['-n']],
  ['time', []],
  ['eatmydata', []],
  ['timeout', ['-k', '-s', '--kill-after', '--signal']],
  ['command', []],
]);

/** A command up to the first option behind what it is asked to do: `npm ci`, `dotnet restore shop.sln`. */
export function shortCall({ program, arguments: given, use }: CommandFacts): string {
  const words = use === undefined || use.actionAt < 0 ? [] : given.slice(use.actionAt).map(({ text }) => text);
  const options = words.findIndex((text) => text.startsWith('-'));
  return [program, ...(options < 0 ? words : words.slice(0, options))].join(' ');
}

/** What one command does, with the state in force and the folder that an earlier `cd` of its RUN led to. */
export function readCommand(command: SimpleCommand, state: State, workdir: string | undefined): CommandFacts {
  const { words, prefix, assignments } = unwrapped(command);
  const name = words[0];
  const path = name?.value;
  const program = path === undefined ? undefined : posix.basename(path);
  const argumentsOf = words.slice(1).map((word): Argument => ({ text: word.text, value: word.value }));
  const home = homeOf(state, prefix);
  const redirections = redirected(command, workdir, home);
  // Field by field: copying such objects is slow.
  const read = (kind: Kind, { ecosystem, call, use, fetch }: Partial<CommandFacts> = {}, places: Places = redirections): CommandFacts => ({
    command,
    program,
    path,
    arguments: argumentsOf,
    prefix,
    workdir,
    kind,
    ecosystem,
    call,
    use,
    fetch,
    reads: places.reads,
    writes: places.writes,
    removes: places.removes,
    unknownPaths: places.unknownPaths,
  });
  if (name === undefined) return read(command.assignments.length > 0 ? 'shell' : 'file');
  if (program === undefined || path === undefined) return read('unknown');
  const wrapper = path.includes('/') ? wrappedBy(program) : undefined;
  const ecosystem = wrapper || path.startsWith('.') ? wrapper : ecosystemOf(program);
  const own = command.assignments.concat(assignments);
  const call: Call = {
    program,
    calledAs: prefix + name.text,
    assignments: command.assignments,
    arguments: argumentsOf,
    environment: (variable) => {
      const set = own.findLast((one) => one.name === variable);
      return set ? set.value : state.environment.get(variable);
    },
    isUnknown: (variable) => {
      const set = own.findLast((one) => one.name === variable) ?? (state.environment.has(variable) ? { value: state.environment.get(variable) } : undefined);
      return set !== undefined && set.value === undefined;
    },
  };
  const use = wrapper ? undefined : ecosystem?.read(call);
  const fetch = wrapper ? undefined : ecosystem?.needs?.(call);
  if (ecosystem && use) return read('package', { ecosystem, call, use, fetch });
  if (shellBuiltins.has(program) && !(program === 'command' && argumentsOf[0]?.value === '-v')) return read('shell', { ecosystem });
  const effect = Object.hasOwn(effects, program) ? effects[program] : undefined;
  // `find -exec` runs whatever it names.
  const runs = program === 'find' && argumentsOf.some((argument) => /^-(exec|ok)/.test(argument.text));
  // `/app/setup/install` is another program than `install`.
  const elsewhere = path.includes('/') && !/^(\/usr(\/local)?)?\/s?bin\//.test(path);
  if (!effect || runs || elsewhere) return read('unknown', { ecosystem, call, fetch });
  return read(effect.kind, {}, applied(effect, words.slice(1), workdir, home, redirections));
}

interface Places {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly removes: readonly string[];
  readonly unknownPaths: boolean;
}

function redirected(command: SimpleCommand, workdir: string | undefined, home: string | undefined): Places {
  const reads: string[] = [];
  const writes: string[] = [];
  let unknownPaths = false;
  for (const { operator, target } of command.redirections) {
    const reading = operator === '<';
    if ((!reading && !operator.startsWith('>')) || operator === '>&' || target?.value === '/dev/null') continue;
    const path = target?.pattern === undefined ? undefined : absolute(target.pattern, workdir, home);
    if (path !== undefined) (reading ? reads : writes).push(path);
    else if (!reading) unknownPaths = true;
  }
  return { reads, writes, removes: [], unknownPaths };
}

function applied(effect: Effects, words: readonly ShellWord[], workdir: string | undefined, home: string | undefined, places: Places): Places {
  const rest: string[] = [];
  const options = new Map<string, string>();
  let unknownPaths = places.unknownPaths;
  for (let i = 0; i < words.length; i++) {
    const text = words[i]?.pattern;
    if (text === undefined) {
      if (effect.writes || effect.removes) unknownPaths = true;
      continue;
    }
    if (!text.startsWith('-') || text === '-') {
      rest.push(text);
      continue;
    }
    // `-xzf file`, `-fsSLo file`: the last letter of a cluster takes the value.
    const letter = /^-[A-Za-z]+$/.test(text) ? `-${text.at(-1)}` : text;
    options.set(text, '');
    for (const flag of /^-[A-Za-z]+$/.test(text) ? text.slice(1) : '') options.set(`-${flag}`, '');
    const equals = text.indexOf('=');
    if (equals > 0) options.set(text.slice(0, equals), text.slice(equals + 1));
    if (!(effect.withValue?.includes(letter) ?? false)) continue;
    const value = words[i + 1]?.pattern;
    if (value === undefined && (letter === '-o' || letter === '-O' || letter === '-C' || letter === '-d')) unknownPaths = true;
    options.set(letter, value ?? '');
    i++;
  }
  const located = (paths: readonly (string | undefined)[]): string[] => {
    const found: string[] = [];
    for (const path of paths) {
      // Where an archive is unpacked into the root, its names alone say what is written.
      const place = path === undefined || (path === '.' && workdir === '/') ? undefined : absolute(path, workdir, home);
      if (place === undefined) unknownPaths = true;
      else found.push(place);
    }
    return found;
  };
  const writes = [...places.writes, ...located(effect.writes?.(rest, options) ?? [])];
  const removes = located(effect.removes?.(rest, options) ?? []);
  const reads = [...places.reads, ...located(effect.reads?.(rest, options) ?? [])];
  return { reads, writes, removes, unknownPaths };
}

/** `tar -c`, also as `tar cf`. */
function packs(rest: readonly string[], options: ReadonlyMap<string, string>): boolean {
  return options.has('-c') || options.has('--create') || /^[a-z]*c[a-z]*f?$/.test(rest[0] ?? '');
}

/** Takes `sudo`, `env A=b` and the like off. */
function unwrapped(command: SimpleCommand): { words: readonly ShellWord[]; prefix: string; assignments: { name: string; value: string | undefined }[] } {
  let words = command.words;
  const taken: string[] = [];
  const assignments: { name: string; value: string | undefined }[] = [];
  for (;;) {
    const name = words[0]?.value;
    const withValue = name === undefined ? undefined : prefixes.get(name);
    if (!withValue || words.length < 2 || (name === 'command' && words[1]?.text.startsWith('-'))) break;
    let i = 1;
    while (i < words.length) {
      const text = words[i]?.text ?? '';
      if (text.startsWith('-')) i += withValue.includes(text) ? 2 : 1;
      else if (/^[A-Za-z_]\w*=/.test(text) && (name === 'env' || name === 'sudo')) {
        const value = words[i]?.value;
        assignments.push({ name: text.slice(0, text.indexOf('=')), value: value?.slice(value.indexOf('=') + 1) });
        i++;
      } else break;
    }
    // The duration.
    if (name === 'timeout') i++;
    if (i >= words.length) break;
    for (const word of words.slice(0, i)) taken.push(word.text);
    words = words.slice(i);
  }
  return { words, prefix: taken.length > 0 ? `${taken.join(' ')} ` : '', assignments };
}

const knownHomes: ReadonlyMap<string, string> = new Map([
  ['root', '/root'],
  ['0', '/root'],
  ['node', '/home/node'],
]);

/** The home of the user who runs a command; undefined where it is not known. */
export function homeOf(state: State, prefix = ''): string | undefined {
  if (prefix.startsWith('sudo ')) return prefix.includes('-u') ? undefined : '/root';
  const home = state.environment.get('HOME');
  if (home !== undefined || state.environment.has('HOME')) return home;
  return state.user === undefined ? '/root' : knownHomes.get(state.user.split(':')[0] ?? '');
}
