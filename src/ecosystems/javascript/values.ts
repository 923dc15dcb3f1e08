import { posix } from 'node:path';
import type { AnyNode } from 'acorn';
import { isRequire, type Names } from './names.ts';

/** Where a module stands, as absolute paths of a made-up root: nothing that a script names lies above it. */
export interface Surroundings {
  readonly file: string;
  readonly cwd: string;
  /** The folder that the install runs in. */
  readonly root: string;
}

const home = '/1/2/3/4/5/6/7/8/9';
/** Stands in a text for a part that is not known. */
const gap = '\0';

export function absoluteOf(path: string): string {
  return posix.join(home, path);
}

/** A path that is known, relative to the folder that the install is asked of, or the folder below which it lies. */
export interface Located {
  readonly path: string;
  readonly whole: boolean;
}

export function located(value: string, cwd: string): Located | undefined {
  if (value.startsWith(gap)) return undefined;
  const absolute = posix.resolve(cwd, value);
  const known = absolute.includes(gap) ? posix.dirname(absolute.slice(0, absolute.indexOf(gap) + 1)) : absolute;
  return { path: posix.relative(home, known) || '.', whole: known === absolute };
}

/** The text that an expression gives, with gaps where it is not known. */
export function evaluate(node: AnyNode | undefined, names: Names, where: Surroundings, depth = 0): string {
  const value = (one: AnyNode | undefined): string => evaluate(one, names, where, depth + 1);
  if (!node || depth > 30) return gap;
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? node.value : gap;
    case 'TemplateLiteral':
      return node.quasis.map((quasi, i) => (quasi.value.cooked ?? gap) + (i < node.expressions.length ? value(node.expressions[i]) : '')).join('');
    case 'BinaryExpression':
      return node.operator === '+' ? value(node.left) + value(node.right) : gap;
    case 'LogicalExpression': {
      const left = value(node.left);
      return node.operator !== '&&' && left !== '' && !left.includes(gap) ? left : gap;
    }
    case 'AwaitExpression':
      return value(node.argument);
    case 'Identifier':
      if (node.name === '__dirname') return posix.dirname(where.file);
      if (node.name === '__filename') return where.file;
      return value(names.constant(node.name));
    case 'MemberExpression':
      return memberValue(node, names, where, value);
    case 'NewExpression':
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'URL') return gap;
      return resolved([node.arguments[1] ? posix.dirname(value(node.arguments[1])) : gap, value(node.arguments[0])]);
    case 'CallExpression':
      return callValue(node, names, where, value);
    default:
      return gap;
  }
}

type Value = (node: AnyNode | undefined) => string;

function memberValue(node: AnyNode & { type: 'MemberExpression' }, names: Names, { file, root }: Surroundings, value: Value): string {
  if (node.computed || node.property.type !== 'Identifier') return gap;
  const { name } = node.property;
  if (node.object.type === 'MetaProperty') return name === 'url' || name === 'filename' ? file : name === 'dirname' ? posix.dirname(file) : gap;
  if (names.reference(node)?.member === 'env.INIT_CWD') return root;
  return name === 'pathname' && node.object.type === 'NewExpression' ? value(node.object) : gap;
}

function callValue(node: AnyNode & { type: 'CallExpression' }, names: Names, { cwd }: Surroundings, value: Value): string {
  const reference = names.reference(node.callee);
  const given = node.arguments.map((argument) => (argument.type === 'SpreadElement' ? gap : value(argument)));
  if (isRequire(node) || !reference) return gap;
  switch (`${reference.module}.${reference.member}`) {
    case 'process.cwd':
      return cwd;
    case 'url.fileURLToPath':
      return given[0] ?? gap;
    case 'path.join':
      return joined(given);
    case 'path.resolve':
      return resolved([cwd, ...given]);
    case 'path.normalize':
      return joined(given.slice(0, 1));
    case 'path.dirname':
      return given[0]?.includes(gap) === false ? posix.dirname(given[0]) : gap;
    case 'path.basename':
      return given.length === 1 && given[0]?.includes(gap) === false ? posix.basename(given[0]) : gap;
    default:
      return gap;
  }
}

/** A way up behind a gap leads nobody knows where. */
function leadsUp(parts: readonly string[]): boolean {
  const from = parts.findIndex((part) => part.includes(gap));
  return from >= 0 && parts.slice(from).some((part) => part.includes('..'));
}

function joined(parts: readonly string[]): string {
  return leadsUp(parts) || parts[0] === undefined ? gap : posix.join(...parts);
}

function resolved(parts: readonly string[]): string {
  return leadsUp(parts) || parts[0]?.startsWith('/') !== true ? gap : posix.resolve(...parts);
}
