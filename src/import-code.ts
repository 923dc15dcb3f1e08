import { createJiti } from 'jiti';
import * as api from './index.ts';

/** Imports a file of TypeScript or JavaScript (an absolute path); `dockopt` means this very program there. Throws what the file throws. */
export async function importCode(path: string): Promise<unknown> {
  // A virtual module: an alias would load a second copy of dockopt.
  return createJiti(import.meta.url, { virtualModules: { dockopt: api }, fsCache: false, moduleCache: false, interopDefault: false }).import(path);
}
