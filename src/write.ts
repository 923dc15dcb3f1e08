import { accessSync, closeSync, constants, fchmodSync, fchownSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { realPathInside } from './root.ts';

/** What is to become of a file, and what it held when it was analysed. */
export interface Rewrite {
  /** Absolute. */
  readonly path: string;
  readonly before: string;
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
      accessSync(real, constants.W_OK);
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
    for (const file of written) renameSync(stage(file.real, file.before), file.real);
    return { path: current, because: error instanceof Error ? error.message : String(error) };
  } finally {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
  }
}

function assertUnchanged(path: string, before: string): void {
  if (!readFileSync(path).equals(Buffer.from(before))) throw new Error('it was changed while dockopt ran; run dockopt again');
}

let count = 0;

/** Writes a temporary file beside the real one, of its mode and owner, safe on the disk. Its name is no Dockerfile's: a kill may leave it. */
function stage(real: string, text: string): string {
  const { mode, uid, gid } = statSync(real);
  const temporary = join(dirname(real), `.dockopt-${process.pid}-${count++}.tmp`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    try {
      fchownSync(file, uid, gid);
    } catch {
      // Only root may give a file away.
    }
    fchmodSync(file, mode & 0o7777);
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return temporary;
}
