import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { realPathInside } from './root.ts';

/** What is to become of a file, and what it held when it was analysed. */
export interface Rewrite {
  /** Absolute. */
  readonly path: string;
  /** undefined: there is no such file yet. */
  readonly before: string | undefined;
  readonly after: string;
}

interface Staged extends Rewrite {
  readonly real: string;
  readonly temporary: string;
}

export interface WriteError {
  readonly path: string;
  readonly because: string;
}

/**
 * Writes the files of a change set, each by rename, all or none: returns what stopped it. A file that is no longer
 * what was analysed is left alone, and so is one behind a link that leaves the root. Modes and owners are kept.
 */
export function writeChangeSet(files: readonly Rewrite[], cwd: string): WriteError | undefined {
  const staged: Staged[] = [];
  const written: Staged[] = [];
  let current = '';
  try {
    for (const file of files) {
      current = file.path;
      const real = realPathInside(file.path, cwd);
      if (real === undefined) throw new Error('it is a link that leaves the root');
      accessSync(file.before === undefined ? dirname(real) : real, constants.W_OK);
      assertUnchanged(real, file.before);
      staged.push({ ...file, real, temporary: stage(real, file.after) });
    }
    for (const file of staged) {
      current = file.path;
      assertUnchanged(file.real, file.before);
      renameSync(file.temporary, file.real);
      written.push(file);
    }
    return undefined;
  } catch (error) {
    for (const { real, before } of written) {
      if (before === undefined) rmSync(real, { force: true });
      else renameSync(stage(real, before), real);
    }
    return { path: current, because: error instanceof Error ? error.message : String(error) };
  } finally {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
  }
}

/** A run that was interrupted came as far as this file. */
export function isWritten({ path, after }: Rewrite): boolean {
  try {
    return readFileSync(path, 'utf8') === after;
  } catch {
    return false;
  }
}

function assertUnchanged(path: string, before: string | undefined): void {
  if (before === undefined) {
    if (lstatSync(path, { throwIfNoEntry: false })) throw new Error('it was made while dockopt ran; run dockopt again');
  } else if (!readFileSync(path).equals(Buffer.from(before))) throw new Error('it was changed while dockopt ran; run dockopt again');
}

let count = 0;

/** Writes a temporary file beside the real one, of its mode and owner if it is there, safe on the disk. Its name is no Dockerfile's: a kill may leave it. */
function stage(real: string, text: string): string {
  const there = statSync(real, { throwIfNoEntry: false });
  const temporary = join(dirname(real), `.dockopt-${process.pid}-${count++}.tmp`);
  const file = openSync(temporary, 'wx', there ? 0o600 : 0o666);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    if (there) giveTo(file, there);
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return temporary;
}

function giveTo(file: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(file, uid, gid);
  } catch {
    // Only root may give a file away.
  }
  fchmodSync(file, mode & 0o7777);
}
