import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { git, gitFed } from '../git.ts';
import { checkoutOf, isBelow, realPath } from '../root.ts';
import { UsageError } from '../usage-error.ts';
import { changedFiles } from './change-sets.ts';
import type { CommitText } from './commit-texts.ts';
import type { Portion } from './portion.ts';

export interface Checkout {
  /** Absolute, links followed. */
  readonly root: string;
  /** The commit that everything starts from. */
  readonly head: string;
}

export interface Committed {
  readonly branch: string;
  readonly commit: string;
  /** The branch was there with all of it. */
  readonly was: boolean;
}

const mostNamed = 3;

/** The checkout that a folder lies in. Throws a UsageError where there is none, where it has no commit yet, or where tracked files are changed. */
export function cleanCheckout(cwd: string): Checkout {
  const checkout = checkoutOf(realPath(cwd));
  if (checkout === undefined) throw new UsageError('--commit: this is no git checkout; --patch-dir writes the same as patches');
  const root = realPath(checkout);
  const changed = asUsage(() => git(root, '--no-optional-locks', 'status', '--porcelain', '-z', '--untracked-files=no'))
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3));
  if (changed.length > 0) {
    const more = changed.length > mostNamed ? ` and ${changed.length - mostNamed} more` : '';
    throw new UsageError(
      `--commit: ${changed.slice(0, mostNamed).join(', ')}${more} ${changed.length === 1 ? 'is' : 'are'} not committed; commit or stash first`,
    );
  }
  try {
    return { root, head: git(root, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}').trim() };
  } catch {
    throw new UsageError('--commit: there is no commit to start from yet');
  }
}

/**
 * Makes a commit on a branch of its own for each portion, from HEAD; neither the working tree nor the index nor HEAD changes, and no hook runs.
 * All branches are made or none. Throws a UsageError, also for a branch that is there and not as dockopt left it.
 */
export function commitPortions(portions: readonly Portion[], textOf: (portion: Portion) => CommitText, { root, head }: Checkout, cwd: string): Committed[] {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-index-'));
  try {
    const base = join(folder, 'base');
    gitFed(root, { index: base }, 'read-tree', head);
    const checkedOut = branchesInUse(root);
    const made = portions.map((portion, count) => {
      const { branch, message } = textOf(portion);
      const index = join(folder, String(count));
      copyFileSync(base, index);
      return committed(branch, message, treeOf(portion, index, root, cwd), { root, head });
    });
    const updates = made.flatMap(({ branch, commit, was, old }) => {
      if (was) return [];
      if (checkedOut.has(branch)) throw new UsageError(`--commit: the branch ${branch} is checked out; choose another name with --branch`);
      return [
        `${old === undefined ? `create refs/heads/${branch} ${commit}` : `update refs/heads/${branch} ${commit} ${old}`}\n`,
        `update ${ours(branch)} ${commit}\n`,
      ];
    });
    if (updates.length > 0) asUsage(() => gitFed(root, { input: updates.join('') }, 'update-ref', '-m', 'dockopt', '--stdin'));
    return made.map(({ branch, commit, was }) => ({ branch, commit, was }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Remembers what dockopt made of a branch. */
function ours(branch: string): string {
  return `refs/dockopt/${branch}`;
}

function treeOf({ batch }: Portion, index: string, root: string, cwd: string): string {
  const entries = changedFiles(batch).map(({ path, original, text }) => {
    const place = realPath(resolve(cwd, path));
    if (!isBelow(place, root)) throw new UsageError(`--commit: ${path} lies outside the checkout`);
    const name = relative(root, place).split(sep).join('/');
    const [mode, blob] = gitFed(root, { index }, 'ls-files', '--stage', '-z', '--', `:(top,literal)${name}`).split(/[ \t]/);
    // Line ends and the like are converted as `git add` does it.
    const blobOf = (input: string, ...options: string[]): string =>
      gitFed(root, { index, input }, 'hash-object', ...options, '--stdin', `--path=${name}`).trim();
    if (original === undefined ? blob !== undefined : blob !== blobOf(original))
      throw new UsageError(`--commit: ${path} is not as it was committed; commit it first`);
    return `${mode === '100755' ? mode : '100644'} ${blobOf(text, '-w')}\t${name}\0`;
  });
  gitFed(root, { index, input: entries.join('') }, 'update-index', '-z', '--index-info');
  return gitFed(root, { index }, 'write-tree').trim();
}

function committed(branch: string, message: string, tree: string, { root, head }: Checkout): Committed & { readonly old: string | undefined } {
  const old = shown(root, `refs/heads/${branch}`, '%H');
  if (old !== undefined) {
    if (shown(root, old, '%T %P %B') === `${tree} ${head} ${message}`) return { branch, commit: old, was: true, old };
    if (shown(root, ours(branch), '%H') !== old)
      throw new UsageError(`--commit: the branch ${branch} is there, and not as dockopt left it; delete it, or choose another name with --branch`);
  }
  return { branch, commit: asUsage(() => gitFed(root, { input: `${message}\n` }, 'commit-tree', tree, '-p', head, '-F', '-')).trim(), was: false, old };
}

/** Of a commit; undefined where there is none. */
function shown(root: string, commit: string, format: string): string | undefined {
  try {
    return git(root, 'log', '-1', '--no-show-signature', `--format=${format}`, commit, '--').trim();
  } catch {
    return undefined;
  }
}

function branchesInUse(root: string): ReadonlySet<string> {
  const lines = git(root, 'worktree', 'list', '--porcelain').split('\n');
  return new Set(lines.flatMap((line) => (line.startsWith('branch refs/heads/') ? [line.slice('branch refs/heads/'.length)] : [])));
}

/** What git refuses is for the user to mend. */
function asUsage<Value>(ask: () => Value): Value {
  try {
    return ask();
  } catch (error) {
    throw new UsageError(`--commit: ${error instanceof Error ? error.message : String(error)}`);
  }
}
