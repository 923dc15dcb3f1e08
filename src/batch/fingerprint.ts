import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import metadata from '../../package.json' with { type: 'json' };
import { isDockerfileName } from '../dockerfile-names.ts';
import { git } from '../git.ts';
import type { LoadedTransform } from '../load.ts';
import type { RunOptions } from '../run.ts';
import { pathsIn, repositoryOf } from '../workspace/repository.ts';

/** SHA-256 of all that is in force for Dockerfiles, given by their absolute paths: of two runs that have the same, one may go on where the other ended. */
export function fingerprintOfConfiguration(paths: readonly string[], optionsOf: (path: string) => RunOptions, own: readonly LoadedTransform[]): string {
  const hash = createHash('sha256').update(metadata.version);
  for (const { file } of own) hash.update(bytesOf(file));
  for (const path of paths) {
    const { registry: _registry, cwd: _cwd, ...options } = optionsOf(path);
    hash.update(JSON.stringify(options));
  }
  return hash.digest('hex');
}

/** SHA-256 of the files of the repository that a folder lies in: what is committed, and what was changed since. */
export function fingerprintOfContent(folder: string): string {
  const repository = repositoryOf(folder);
  const hash = createHash('sha256');
  if (repository.tracked) {
    hash.update(git(repository.root, 'ls-files', '--stage', '-z'));
    const changed = git(repository.root, 'status', '--porcelain=v1', '--no-renames', '--untracked-files=all', '-z').split('\0');
    for (const line of changed) if (line !== '' && isRead(line)) hash.update(line).update(bytesOf(join(repository.root, line.slice(3))));
  } else {
    for (const path of pathsIn(repository)) {
      const { size, mtimeMs } = lstatSync(join(repository.root, path));
      hash.update(`${path}\0${size}\0${mtimeMs}\0`);
    }
  }
  return hash.digest('hex');
}

/** Of what git does not track only Dockerfiles and ignore files are looked at. */
function isRead(line: string): boolean {
  return !line.startsWith('??') || isDockerfileName(line.slice(3)) || line.endsWith('.dockerignore');
}

/** Of a link where it leads to; nothing of what is no file. */
function bytesOf(path: string): Buffer {
  try {
    const link = lstatSync(path).isSymbolicLink();
    return link ? Buffer.from(readlinkSync(path)) : readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
