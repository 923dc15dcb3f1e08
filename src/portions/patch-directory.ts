import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { patchReport } from '../report/patch.ts';
import { UsageError } from '../usage-error.ts';
import { bodyOf } from './body.ts';
import { plainNames } from './names.ts';
import type { Portion } from './portion.ts';

export interface WrittenPatches {
  /** Names of the patches, in the order of the portions. */
  readonly patches: readonly string[];
  /** Files of an earlier run that somebody changed: they are left. */
  readonly left: readonly string[];
}

/** Lists what an earlier run wrote. */
const listName = 'dockopt-portions.json';
const listShape = v.object({ version: v.literal(1), files: v.record(v.string(), v.string()) });

/**
 * Writes a patch and a Markdown body for each portion into a folder, and removes what an earlier run wrote there and is of no portion any
 * more. Nothing else is touched: throws a UsageError, before anything is written, where another file has such a name or ours was changed.
 */
export function writePatches(folder: string, portions: readonly Portion[]): WrittenPatches {
  const known = readList(folder);
  const names = plainNames(portions.map(({ name }) => name));
  const wanted = new Map<string, string>();
  for (const portion of portions) {
    const name = names.get(portion.name) ?? '';
    wanted.set(`${name}.patch`, patchReport(portion.batch, false));
    wanted.set(`${name}.md`, bodyOf(portion));
  }
  for (const [name, text] of wanted) assertOurs(folder, name, text, known.get(name));
  if (known.size + wanted.size === 0) return { patches: [], left: [] };
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of wanted) write(join(folder, name), text);
  const stale = [...known].filter(([name]) => !wanted.has(name) && contentOf(join(folder, name)) !== undefined);
  const left = stale.filter(([name, digest]) => digestOf(contentOf(join(folder, name)) ?? '') !== digest).map(([name]) => name);
  for (const [name] of stale) if (!left.includes(name)) rmSync(join(folder, name));
  const files = Object.fromEntries([...wanted].map(([name, text]) => [name, digestOf(text)]));
  write(join(folder, listName), `${JSON.stringify({ version: 1, files }, null, 2)}\n`);
  return { patches: portions.map(({ name }) => `${names.get(name) ?? ''}.patch`), left };
}

/** Digests by name; a list that is none lists nothing, and a name in it leads to no other folder. */
function readList(folder: string): ReadonlyMap<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(contentOf(join(folder, listName)) ?? '');
  } catch {
    return new Map();
  }
  const read = v.safeParse(listShape, content);
  return new Map(Object.entries(read.success ? read.output.files : {}).filter(([name]) => /^[A-Za-z0-9_][\w.-]*\.(patch|md)$/.test(name)));
}

function assertOurs(folder: string, name: string, text: string, digest: string | undefined): void {
  const path = join(folder, name);
  if (!lstatSync(path, { throwIfNoEntry: false })) return;
  const content = contentOf(path);
  if (content === text) return;
  if (content === undefined || digest === undefined)
    throw new UsageError(`${path} is there, and dockopt did not write it; name another folder, or move it away`);
  if (digestOf(content) !== digest) throw new UsageError(`${path} was changed since dockopt wrote it; name another folder, or move it away`);
}

/** Of a file; undefined for all else. */
function contentOf(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function write(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
