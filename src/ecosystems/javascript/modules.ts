import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { AnyNode, CallExpression } from 'acorn';
import { parser } from './parsers.ts';
import type { Obstacle } from '../closure.ts';
import { childrenOf, isRequire, namesIn, type Names, type Reference } from './names.ts';
import { addFolder, addPath, isInstalled, type Reading } from './reading.ts';
import { absoluteOf, evaluate, located, type Located, type Surroundings } from './values.ts';

/** Code that Node runs, and where. */
export interface Run {
  /** The folder that the process runs in. */
  readonly folder: string;
  /** What a command line that it starts reads. */
  readonly shell: (text: string, folder: string) => Obstacle | undefined;
}

interface Module extends Run {
  readonly reading: Reading;
  /** The file with the code, for messages. */
  readonly path: string;
  /** The folder that relative imports start from. */
  readonly own: string;
  readonly names: Names;
  readonly where: Surroundings;
  readonly seen: Set<string>;
}

/** A file that Node loads, and what it loads, reads and writes in turn, as far as literal paths show it. */
export function readModule(reading: Reading, path: string, run: Run, seen = new Set<string>()): Obstacle | undefined {
  reading.read.add(path);
  if (seen.has(path) || path.endsWith('.json')) return undefined;
  seen.add(path);
  const text = /\.[cm]?js$|(^|\/)[^./]+$/.test(path) ? reading.files.text(path) : undefined;
  return text === undefined
    ? { because: 'the install loads it, and it cannot be read', file: path }
    : readCode(reading, path, text, run, posix.dirname(path), seen);
}

/** The code of `node -e`, which stands in the file of that path. */
export function readInline(reading: Reading, path: string, text: string, run: Run): Obstacle | undefined {
  return readCode(reading, path, text, run, run.folder, new Set());
}

function readCode(reading: Reading, path: string, text: string, run: Run, own: string, seen: Set<string>): Obstacle | undefined {
  const program = parsed(text);
  if (!program) return { because: 'the install loads it, and it cannot be read', file: path };
  const where = { file: absoluteOf(posix.join(own, posix.basename(path))), cwd: absoluteOf(run.folder), root: absoluteOf(reading.root) };
  return visit({ ...run, reading, path, own, names: namesIn(program), where, seen }, program);
}

function parsed(text: string): AnyNode | undefined {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parser('acorn').parse(text, { ecmaVersion: 'latest', sourceType, allowHashBang: true, allowReturnOutsideFunction: sourceType === 'script' });
    } catch {
      continue;
    }
  }
  return undefined;
}

function refuse({ path }: Module, does: string): Obstacle {
  return { because: `the install runs it, and it ${does}`, file: path };
}

function visit(module: Module, node: AnyNode): Obstacle | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return load(module, String(node.source.value));
    case 'ExportNamedDeclaration':
      if (node.source) return load(module, String(node.source.value));
      break;
    case 'ImportExpression':
      return load(module, evaluate(node.source, module.names, module.where));
    case 'CallExpression':
      return call(module, node);
    case 'NewExpression':
      if (node.callee.type === 'Identifier' && node.callee.name === 'Function') return refuse(module, 'makes code');
      break;
    case 'VariableDeclarator':
      // An alias is followed where it is used.
      if (node.init && module.names.reference(node.init)) return visitLoads(module, node.init);
      return node.init ? visit(module, node.init) : undefined;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return (node.computed ? visit(module, node.key) : undefined) ?? (node.value ? visit(module, node.value) : undefined);
    case 'Identifier':
    case 'MemberExpression': {
      const reference = module.names.reference(node);
      if (reference && passes(reference)) return refuse(module, `hands on \`${[reference.module, reference.member].filter(Boolean).join('.')}\``);
      if (node.type === 'Identifier' || reference) return visitLoads(module, node);
      return visit(module, node.object) ?? (node.computed ? visit(module, node.property) : undefined);
    }
    default:
      break;
  }
  return firstOf(childrenOf(node), (child) => visit(module, child));
}

/** Of an expression that names something of a module: what it takes to load that. */
function visitLoads(module: Module, node: AnyNode): Obstacle | undefined {
  if (node.type === 'MemberExpression') return visitLoads(module, node.object);
  if (node.type === 'AwaitExpression') return visitLoads(module, node.argument);
  return node.type === 'Identifier' ? undefined : visit(module, node);
}

/** Who gets hold of it can read and run anything. */
function passes({ module, member }: Reference): boolean {
  return (module === 'fs' && !member.startsWith('constants')) || module === 'child_process' || (module === 'process' && (member === '' || member === 'chdir'));
}

function firstOf<T>(all: readonly T[], read: (one: T) => Obstacle | undefined): Obstacle | undefined {
  for (const one of all) {
    const obstacle = read(one);
    if (obstacle) return obstacle;
  }
  return undefined;
}

function call(module: Module, node: CallExpression): Obstacle | undefined {
  const { callee } = node;
  if (isRequire(node)) return load(module, evaluate(node.arguments[0], module.names, module.where));
  if (callee.type === 'Identifier' && callee.name === 'eval') return refuse(module, 'makes code');
  const reference = module.names.reference(callee);
  const own = reference ? (callOf(module, reference, node) ?? visitLoads(module, callee)) : visit(module, callee);
  return own ?? firstOf(node.arguments, (argument) => visit(module, argument));
}

function callOf(module: Module, { module: name, member }: Reference, node: CallExpression): Obstacle | undefined {
  const value = (at: number): string => evaluate(node.arguments[at], module.names, module.where);
  if (name === 'process' && (member === 'chdir' || member === 'dlopen' || member === 'binding')) return refuse(module, `calls \`process.${member}\``);
  if (name === 'fs') return fileCall(module, member, [value(0), value(1)]);
  if (name !== 'child_process') return undefined;
  if (member !== 'exec' && member !== 'execSync') return refuse(module, `starts a program by \`${member}\``);
  const moved = node.arguments[1] !== undefined && node.arguments[1].type === 'ObjectExpression' && JSON.stringify(node.arguments[1]).includes('"cwd"');
  const text = value(0);
  return moved || text.includes('\0') ? refuse(module, 'starts a program that is not known') : module.shell(text, module.folder);
}

const reads = /^(readFile|createReadStream|exists|access|stat|lstat|readdir|opendir|realpath|readlink|readJson|readJSON|pathExists)(Sync)?$/;
const writes = /^(writeFile|createWriteStream|outputFile|writeJson|writeJSON|outputJson|outputJSON)(Sync)?$/;
const copies = /^(copyFile|cp|copy)(Sync)?$/;
const removes = /^(rm|rmdir|unlink|remove|emptyDir|rename|move)(Sync)?$/;
const harmless = /^(mkdir|mkdirp|mkdirs|ensureDir|close|read|write|fstat)(Sync)?$/;

function fileCall(module: Module, member: string, [first, second]: readonly [string, string]): Obstacle | undefined {
  if (harmless.test(member)) return undefined;
  const at = located(first, module.where.cwd);
  if (!at) return refuse(module, `calls \`${member}\` with a path that is computed`);
  if (reads.test(member)) return readPath(module, at);
  if (writes.test(member)) return writePath(module, at);
  const to = located(second, module.where.cwd);
  if (removes.test(member)) {
    const there = !at.whole || module.reading.files.has(at.path) || module.reading.files.below(at.path).some((path) => !isInstalled(path));
    if (there && !isInstalled(at.path)) return refuse(module, `removes ${at.path}, which the source would bring back`);
    return /^(rename|move)/.test(member) ? (to ? writePath(module, to) : refuse(module, `calls \`${member}\` with a path that is computed`)) : undefined;
  }
  if (!copies.test(member) || !to) return refuse(module, `calls \`${member}\``);
  return readPath(module, at) ?? writePath(module, to);
}

function readPath({ reading, path }: Module, at: Located): Obstacle | undefined {
  if (at.whole && (at.path === '.' || at.path.startsWith('..')) && !reading.files.has(at.path))
    return { because: 'the install runs it, and it reads the whole project', file: path };
  if (at.whole) return addPath(reading, at.path, `the install runs ${path}, and it reads the folder`);
  if (isInstalled(at.path)) return undefined;
  if (at.path === '.' || at.path.startsWith('..')) return { because: 'the install runs it, and it reads files by computed names', file: path };
  return addFolder(reading, at.path, `the install runs ${path}, and it reads from the folder`);
}

function writePath(module: Module, { path, whole }: Located): Obstacle | undefined {
  if (isInstalled(path)) return undefined;
  if (!whole && (path === '.' || path.startsWith('..'))) return refuse(module, 'writes files by computed names');
  module.reading.written.add(path);
  return undefined;
}

/** Modules of Node that run other code. */
const runners = new Set(['vm', 'worker_threads', 'cluster', 'inspector', 'repl', 'wasi']);
/** Packages that read nothing of the project, and those that are followed call by call. */
const plain = new Set([
  'husky',
  'chalk',
  'picocolors',
  'kleur',
  'colors',
  'ansi-colors',
  'semver',
  'ci-info',
  'is-ci',
  'node-fetch',
  'fs-extra',
  'graceful-fs',
]);

function load(module: Module, specifier: string): Obstacle | undefined {
  const name = specifier.replace(/^node:/, '');
  if (builtinModules.includes(name)) return runners.has(name) ? refuse(module, `loads \`${name}\``) : undefined;
  if (!/^[./]/.test(specifier))
    return plain.has(specifier)
      ? undefined
      : refuse(module, specifier.includes('\0') ? 'loads a module by a computed name' : `loads \`${specifier}\`, which may read any file`);
  const at = located(specifier, absoluteOf(module.own));
  if (!at || isInstalled(at.path)) return refuse(module, `loads \`${specifier}\`, which may read any file`);
  if (!at.whole) return refuse(module, 'loads a module by a computed name');
  const found = ['', '.js', '.cjs', '.mjs', '.json', '/index.js'].map((end) => at.path + end).find((path) => module.reading.files.has(path));
  if (found !== undefined) return readModule(module.reading, found, module, module.seen);
  return module.reading.files.below(at.path).length > 0 ? refuse(module, `loads the folder ${at.path}`) : undefined;
}
