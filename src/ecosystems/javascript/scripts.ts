import { posix } from 'node:path';
import { readScript } from '../../shell/read.ts';
import type { ShellWord, SimpleCommand } from '../../shell/script.ts';
import { sourceText } from '../../text.ts';
import type { Obstacle } from '../closure.ts';
import { readInline, readModule, type Run } from './modules.ts';
import { readPrisma } from './prisma.ts';
import { scriptOf, type Project } from './project.ts';
import { addFile, addPath, isInstalled, merge, type Program, type Reading } from './reading.ts';

/** A script that is being read, with those that led to it. */
interface Running {
  readonly reading: Reading;
  readonly project: Project;
  readonly name: string;
  readonly seen: readonly string[];
}

/** What a script of the project reads and writes; nothing where there is none of that name. */
export function runScript(reading: Reading, project: Project, name: string, seen: readonly string[] = []): Obstacle | undefined {
  const text = scriptOf(project, name);
  if (text === undefined || seen.includes(name)) return undefined;
  return readShell({ reading, project, name, seen: [...seen, name] }, text, project.folder);
}

function readShell(running: Running, text: string, cwd: string): Obstacle | undefined {
  const script = readScript(sourceText(text));
  if (!script) return refuse(running, 'cannot be read');
  let folder = cwd;
  for (const command of script.commands) {
    const [name, ...rest] = command.words;
    if (name?.value === 'cd') {
      const [to] = rest;
      if (command.nested || to?.value === undefined || rest.length > 1) return refuse(running, 'changes its folder');
      folder = posix.join(folder, to.value);
      continue;
    }
    const obstacle = readRedirections(running, command, folder) ?? readCommand(running, unwrapped(command.words), folder);
    if (obstacle) return obstacle;
  }
  return undefined;
}

function refuse({ project, name }: Running, does: string): Obstacle {
  return { because: `the install runs the script \`${name}\`, and that ${does}`, file: project.manifest };
}

function unknown(running: Running, what: string): Obstacle {
  return refuse(running, `runs \`${what}\`, which may read any file`);
}

function readRedirections(running: Running, { redirections }: SimpleCommand, folder: string): Obstacle | undefined {
  for (const { operator, target } of redirections) {
    if (operator === '>&' || operator === '<&' || target?.value === '/dev/null') continue;
    if (target?.value === undefined) return refuse(running, `redirects \`${operator}\``);
    const path = posix.join(folder, target.value);
    if (operator.startsWith('<')) addFile(running.reading, path);
    else running.reading.written.add(path);
  }
  return undefined;
}

/** Programs that read nothing of the project, or nothing that an image is built for. */
const harmless = new Set([
  'echo',
  'printf',
  'true',
  'false',
  ':',
  'exit',
  'is-ci',
  'only-allow',
  'husky',
  'husky-run',
  'lefthook',
  'simple-git-hooks',
  'yorkie',
  'ngcc',
  'opencollective',
  'opencollective-postinstall',
  'check-node-version',
  'postinstall-postinstall',
  'mkdir',
]);

/** `npx x`, `yarn exec x`, `cross-env A=b x`: x. */
function unwrapped(words: readonly ShellWord[]): readonly ShellWord[] {
  const [first, second] = words.map((word) => word.value);
  let from = 0;
  if (first === 'npx' || first === 'pnpx' || first === 'bunx' || first === 'cross-env' || first === 'env') from = 1;
  else if ((first === 'npm' || first === 'yarn' || first === 'pnpm') && second === 'exec') from = 2;
  if (from === 0) return words;
  while (/^(-|\w+=)/.test(words[from]?.value ?? '')) from++;
  return unwrapped(words.slice(from));
}

function readCommand(running: Running, words: readonly ShellWord[], folder: string): Obstacle | undefined {
  const { reading } = running;
  const [first, ...rest] = words;
  if (!first) return undefined;
  if (first.value === undefined) return unknown(running, first.text);
  const program = posix.basename(first.value);
  if (harmless.has(program)) return undefined;
  const given = rest.map((word) => word.value);
  const values = given.filter((value) => value !== undefined);
  // `[ -n "$CI" ]` looks at no file.
  const looks = (program === '[' || program === 'test') && !values.some((value) => /^-[defsrwxL]$/.test(value));
  if (values.length < given.length && !looks) return unknown(running, words.map((word) => word.text).join(' '));
  const text = [program, ...values].join(' ');
  switch (program) {
    case 'node':
      return readNode(running, values, folder);
    case 'npm':
    case 'yarn':
    case 'pnpm':
    case 'bun':
      return readManager(running, program, values, folder);
    case 'npm-run-all':
    case 'run-s':
    case 'run-p':
      return firstOf(
        values.filter((value) => !value.startsWith('-')),
        (name) => called(running, name) ?? (scriptOf(running.project, name) === undefined ? unknown(running, text) : undefined),
      );
    case 'test':
    case '[':
      return firstOf(
        values.filter((value) => /^[\w.]/.test(value)),
        (value) => addPath(reading, posix.join(folder, value), 'a script of the install looks for it'),
      );
    case 'patch-package': {
      const at = values.indexOf('--patch-dir');
      const patches = posix.join(folder, at < 0 ? 'patches' : (values[at + 1] ?? 'patches'));
      return addPath(reading, patches, 'patch-package reads the folder');
    }
    case 'prisma': {
      if (values[0] !== 'generate') return unknown(running, text);
      const at = values.indexOf('--schema');
      return readPrisma(reading, folder, at < 0 ? values.find((value) => value.startsWith('--schema='))?.slice(9) : values[at + 1]);
    }
    case 'cp':
      return readCopy(running, values, folder);
    default: {
      const own = reading.commands.get(program);
      return own === undefined || first.value.includes('/') ? unknown(running, text) : loaded(running, own, folder);
    }
  }
}

function firstOf<T>(all: readonly T[], read: (one: T) => Obstacle | undefined): Obstacle | undefined {
  for (const one of all) {
    const obstacle = read(one);
    if (obstacle) return obstacle;
  }
  return undefined;
}

/** A script with what runs before and behind it. */
function called({ reading, project, seen }: Running, name: string): Obstacle | undefined {
  return firstOf([`pre${name}`, name, `post${name}`], (one) => runScript(reading, project, one, seen));
}

const installs = new Set(['install', 'i', 'ci', 'clean-install']);
const folderOptions: Readonly<Record<Program, readonly string[]>> = { npm: ['--prefix', '-C'], yarn: ['--cwd'], pnpm: ['-C', '--dir'], bun: ['--cwd'] };

/** A manager that a script calls: another script, or an install of another folder. */
function readManager(running: Running, program: Program, values: readonly string[], cwd: string): Obstacle | undefined {
  const text = [program, ...values].join(' ');
  let folder = cwd;
  const rest: string[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? '';
    const [option = '', attached] = value.split('=');
    if (folderOptions[program].includes(option)) folder = posix.join(cwd, attached ?? values[++i] ?? '');
    else if (!value.startsWith('-')) rest.push(value);
    else if (value === '-w' || value === '--workspace' || value === '--filter' || value === '-r' || value === '--workspaces') return unknown(running, text);
  }
  const [word, name] = rest;
  if (word === undefined ? program === 'yarn' : installs.has(word) && name === undefined) {
    return merge(running.reading, running.reading.install(program, folder, values.includes('--ignore-scripts')));
  }
  if (folder !== running.project.folder || word === undefined) return unknown(running, text);
  if (word === 'run' || word === 'run-script')
    return name === undefined || scriptOf(running.project, name) === undefined ? unknown(running, text) : called(running, name);
  if (program === 'npm') return unknown(running, text);
  if (scriptOf(running.project, word) !== undefined) return called(running, word);
  const at = values.indexOf(word);
  const words = values.slice(at).map((value) => ({ start: 0, end: 0, text: value, value, pattern: value }));
  return word === program ? unknown(running, text) : readCommand(running, words, folder);
}

function readNode(running: Running, values: readonly string[], folder: string): Obstacle | undefined {
  const at = values.findIndex((value) => !/^--(no-\w|trace|max-old-space-size=|enable-source-maps$|experimental-\w)/.test(value));
  const [first, second] = values.slice(at < 0 ? values.length : at);
  if (first === '-e' || first === '--eval') return readInline(running.reading, running.project.manifest, second ?? '', runOf(running, folder));
  if (first === undefined || first.startsWith('-')) return unknown(running, ['node', ...values].join(' '));
  return loaded(running, posix.join(folder, first), folder);
}

/** A file of the project that Node runs. */
function loaded(running: Running, path: string, folder: string): Obstacle | undefined {
  const { reading } = running;
  const found = ['', '.js', '.cjs', '.mjs', '/index.js'].map((end) => path + end).find((one) => reading.files.has(one));
  if (found !== undefined) return readModule(reading, found, runOf(running, folder));
  return isInstalled(path) ? unknown(running, path) : refuse(running, `runs a file that the build context does not hold: ${path}`);
}

function runOf(running: Running, folder: string): Run {
  return { folder, shell: (text, at) => readShell(running, text, at) };
}

function readCopy(running: Running, values: readonly string[], folder: string): Obstacle | undefined {
  const paths = values.filter((value) => !value.startsWith('-')).map((value) => posix.join(folder, value));
  const to = paths.at(-1);
  if (to === undefined || paths.length < 2 || values.some((value) => /[*?[]/.test(value))) return unknown(running, ['cp', ...values].join(' '));
  const from = paths.slice(0, -1);
  running.reading.written.add(to);
  return firstOf(from, (path) => addPath(running.reading, path, 'a script of the install copies the folder'));
}
