import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { exportedTransform } from './exported-transform.ts';
import { importCode } from './import-code.ts';
import type { Transform } from './transform.ts';
import { UsageError } from './usage-error.ts';

export interface LoadedTransform {
  readonly transform: Transform;
  /** As it was given. */
  readonly file: string;
}

/**
 * Loads transforms from files of TypeScript or JavaScript whose default export was made with `defineTransform` or is a plain
 * function, in the order given. `dockopt` means this very program there. Throws a UsageError that names the file and what is wrong.
 */
export async function loadTransforms(files: readonly string[], cwd: string, taken: ReadonlySet<string>): Promise<LoadedTransform[]> {
  const loaded: LoadedTransform[] = [];
  for (const file of files) {
    const path = resolve(cwd, file);
    if (!existsSync(path)) throw new UsageError(`--transform ${file}: there is no such file`);
    const transform = await load(path, file);
    const { id } = transform;
    if (taken.has(id)) throw new UsageError(`${file}: the id ${id} is that of a built-in transform; give it another`);
    const twin = loaded.find((other) => other.transform.id === id);
    if (twin) throw new UsageError(`${file}: the id ${id} is that of ${twin.file}, too; give it another`);
    loaded.push({ transform, file });
  }
  return loaded;
}

async function load(path: string, file: string): Promise<Transform> {
  let exported: unknown;
  try {
    exported = await importCode(path);
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  return exportedTransform(exported, file);
}
