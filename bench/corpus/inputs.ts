import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Input } from './measure.ts';

/** All files below a folder that are UTF-8 without zero bytes, and how many are not. */
export function readInputs(folder: string): { inputs: Input[]; unreadable: number } {
  const inputs: Input[] = [];
  let unreadable = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const text = bytes.toString('utf8');
    if (bytes.includes(0) || !Buffer.from(text).equals(bytes)) unreadable++;
    else inputs.push({ name: relative(folder, path).replaceAll(sep, '/'), text });
  }
  return { inputs, unreadable };
}
