import { execFileSync } from 'node:child_process';

/** What git prints for a folder. Throws an Error with git's own words where it fails. Nothing that the repository names is run. */
export function git(folder: string, ...args: string[]): string {
  return gitFed(folder, {}, ...args);
}

export interface Feed {
  readonly input?: string | undefined;
  /** An index in place of the repository's. */
  readonly index?: string | undefined;
}

/** The same with something on stdin. */
export function gitFed(folder: string, { input, index }: Feed, ...args: string[]): string {
  try {
    return execFileSync('git', ['-c', 'core.fsmonitor=false', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...environmentOutsideHooks(), ...(index !== undefined && { GIT_INDEX_FILE: index }) },
      ...(input !== undefined && { input }),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
    });
  } catch (error) {
    throw new Error(error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error), { cause: error });
  }
}

/** In a git hook these lead git to another repository than the folder's own. */
function environmentOutsideHooks(): NodeJS.ProcessEnv {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, GIT_PREFIX: _prefix, ...rest } = process.env;
  return { ...rest, LC_ALL: 'C' };
}
