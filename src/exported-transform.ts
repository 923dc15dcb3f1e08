import { basename } from 'node:path';
import { isOption } from './options.ts';
import { plainTransform, type PlainTransform } from './plain-transform.ts';
import type { Transform } from './transform.ts';
import { UsageError } from './usage-error.ts';

/**
 * The transform that a file exports by default: one that `defineTransform` made, or a plain function, whose other exports say
 * the rest and whose file's name is the id. Throws a UsageError that names the file and what is wrong.
 */
export function exportedTransform(exports: unknown, file: string): Transform {
  const { default: exported, ...described } = isObject(exports) ? exports : {};
  if (!isPlain(exported)) {
    assertTransform(exported, file);
    return exported;
  }
  const id = basename(file)
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
  const transform: unknown = { id, title: `what ${basename(file)} changes`, level: 'safe', keeps: [], ...described, find: exported };
  assertTransform(transform, file);
  return plainTransform(exported, transform);
}

function isPlain(value: unknown): value is PlainTransform {
  return typeof value === 'function';
}

function assertTransform(transform: unknown, file: string): asserts transform is Transform {
  const wrong = whatIsWrong(transform);
  if (wrong !== undefined) throw new UsageError(`${file} ${wrong}`);
}

const kept = new Set(['commands', 'files', 'stages', 'config', 'comments']);

/** What is missing or wrong in a transform; undefined where nothing is. */
export function whatIsWrong(transform: unknown): string | undefined {
  if (!isObject(transform)) return 'has no default export: `export default defineTransform({ … })`, or a function from the file to its new source';
  const { id, title, level, keeps, find, default: state, options } = transform;
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]*$/.test(id)) return `has no \`id\` of lower-case letters, digits and dashes${quoted(id)}`;
  if (typeof title !== 'string' || title === '') return `(${id}) has no \`title\``;
  if (level !== 'safe' && level !== 'review' && level !== 'advice') return `(${id}) has no \`level\`: 'safe', 'review' or 'advice'${quoted(level)}`;
  const unknown = Array.isArray(keeps) ? keeps.find((one) => !kept.has(String(one))) : undefined;
  if (unknown !== undefined) return `(${id}) keeps \`${String(unknown)}\`, which is none of ${[...kept].join(', ')}`;
  if (!Array.isArray(keeps)) return `(${id}) has no \`keeps\`: a list of what it never alters, of 'commands', 'files', 'stages', 'config', 'comments'`;
  if (state !== undefined && state !== 'on' && state !== 'off') return `(${id}) has a \`default\` that is neither 'on' nor 'off'`;
  if (options !== undefined && !isOptions(options)) return `(${id}) has \`options\` that are no texts, numbers and booleans by name`;
  if (typeof find !== 'function') return `(${id}) has no function \`find\``;
  return undefined;
}

function quoted(value: unknown): string {
  return value === undefined ? '' : `, but ${JSON.stringify(value)}`;
}

function isOptions(options: unknown): boolean {
  return isObject(options) && Object.values(options).every(isOption);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
