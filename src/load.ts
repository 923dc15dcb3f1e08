import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import * as api from './index.ts';
import type { Transform } from './transform.ts';
import { UsageError } from './usage-error.ts';

export interface LoadedTransform {
  readonly transform: Transform;
  /** As it was given. */
  readonly file: string;
}

/**
 * Loads transforms from files of TypeScript or JavaScript whose default export was made with `defineTransform`, in the
 * order given. `dockopt` means this very program there. Throws a UsageError that names the file and what is wrong.
 */
export async function loadTransforms(files: readonly string[], cwd: string, taken: ReadonlySet<string>): Promise<LoadedTransform[]> {
  // A virtual module: an alias would load a second copy of dockopt.
  const jiti = createJiti(import.meta.url, { virtualModules: { dockopt: api }, fsCache: false, moduleCache: false, interopDefault: false });
  const loaded: LoadedTransform[] = [];
  for (const file of files) {
    const path = resolve(cwd, file);
    if (!existsSync(path)) throw new UsageError(`--transform ${file}: there is no such file`);
    const transform = await load(jiti, path, file);
    const { id } = transform;
    if (taken.has(id)) throw new UsageError(`${file}: the id ${id} is that of a built-in transform; give it another`);
    const twin = loaded.find((other) => other.transform.id === id);
    if (twin) throw new UsageError(`${file}: the id ${id} is that of ${twin.file}, too; give it another`);
    loaded.push({ transform, file });
  }
  return loaded;
}

async function load(jiti: ReturnType<typeof createJiti>, path: string, file: string): Promise<Transform> {
  let exported: unknown;
  try {
    exported = await jiti.import(path);
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  const transform = isObject(exported) ? exported['default'] : undefined;
  assertTransform(transform, file);
  return transform;
}

function assertTransform(transform: unknown, file: string): asserts transform is Transform {
  const wrong = whatIsWrong(transform);
  if (wrong !== undefined) throw new UsageError(`${file} ${wrong}`);
}

const kept = new Set(['commands', 'files', 'stages', 'config', 'comments']);

function whatIsWrong(transform: unknown): string | undefined {
  if (!isObject(transform)) return 'has no default export made with defineTransform: `export default defineTransform({ … })`';
  const { id, title, level, keeps, find, default: state } = transform;
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]*$/.test(id)) return 'has no `id` of lower-case letters, digits and dashes';
  if (typeof title !== 'string' || title === '') return `(${id}) has no \`title\``;
  if (level !== 'safe' && level !== 'review' && level !== 'advice') return `(${id}) has no \`level\`: 'safe', 'review' or 'advice'`;
  const unknown = Array.isArray(keeps) ? keeps.find((one) => !kept.has(String(one))) : undefined;
  if (unknown !== undefined) return `(${id}) keeps \`${String(unknown)}\`, which is none of ${[...kept].join(', ')}`;
  if (!Array.isArray(keeps)) return `(${id}) has no \`keeps\`: a list of what it never alters, of 'commands', 'files', 'stages', 'config', 'comments'`;
  if (state !== undefined && state !== 'on' && state !== 'off') return `(${id}) has a \`default\` that is neither 'on' nor 'off'`;
  if (typeof find !== 'function') return `(${id}) has no function \`find\``;
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
