import { git } from '../git.ts';
import { isDockerfileName } from '../dockerfile-names.ts';

/** What the last commits wrote into one file. */
export interface History {
  /** How many commits were looked at. */
  readonly commits: number;
  /** The lines that each commit put into the file, the newest first, without that which made the file. */
  readonly written: readonly (readonly string[])[];
}

/** In commits: a longer history says no more of how often something changes. */
const longest = 500;

/** Throws where git does not answer. */
function isWhole(root: string): boolean {
  return git(root, 'rev-parse', '--is-shallow-repository').trim() === 'false' && !isPartial(root);
}

/** Git would fetch what is not there from the network. */
function isPartial(root: string): boolean {
  try {
    return git(root, 'config', '--get-regexp', String.raw`^(extensions\.partialclone|remote\..*\.promisor)$`) !== '';
  } catch {
    return false;
  }
}

/** The history of every Dockerfile of a checkout, by its path below the root; undefined where git does not know all of it. */
export function dockerfileHistory(root: string): ReadonlyMap<string, History> | undefined {
  try {
    if (!isWhole(root)) return undefined;
    const commits = git(root, 'rev-list', `--max-count=${longest}`, 'HEAD').trim().split('\n');
    const oldest = commits.length < longest ? [] : [`^${commits.at(-1) ?? ''}`];
    const plain = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--src-prefix=a/', '--dst-prefix=b/', '--unified=0'];
    const log = git(
      root,
      '-c',
      'core.quotePath=false',
      '-c',
      'log.showSignature=false',
      'log',
      '--patch',
      '--format=',
      ...plain,
      'HEAD',
      ...oldest,
      '--',
      ...names,
    );
    return readLog(log, commits.length);
  } catch {
    return undefined;
  }
}

/** The files that each of the last commits touched, the newest first, by their paths below the root, without the commit that began it all; undefined where git does not know all of it. */
export function filesOfCommits(root: string): readonly (readonly string[])[] | undefined {
  try {
    if (!isWhole(root)) return undefined;
    const plain = ['-c', 'log.showSignature=false', 'log', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--min-parents=1'];
    const log = git(root, ...plain, `--max-count=${longest}`, '--format=%x01', 'HEAD');
    return log
      .split('\u0001')
      .slice(1)
      .map((names) =>
        names
          .split('\0')
          .map((name) => name.replace(/^\n/, ''))
          .filter((name) => name !== ''),
      );
  } catch {
    return undefined;
  }
}

const names = [':(icase,glob)**/*dockerfile*', ':(icase,glob)**/*containerfile*'];

function readLog(log: string, commits: number): Map<string, History> {
  const found = new Map<string, { commits: number; written: string[][] }>();
  let lines: string[] | undefined;
  let isNew = false;
  for (const line of log.split('\n')) {
    if (line.startsWith('diff --git ')) lines = undefined;
    else if (!lines && line.startsWith('--- ')) isNew = line === '--- /dev/null';
    else if (!lines && line.startsWith('+++ b/')) {
      const path = line.slice('+++ b/'.length).replace(/\t$/, '');
      lines = [];
      if (isNew || !isDockerfileName(path)) continue;
      const history = found.get(path) ?? { commits, written: [] };
      history.written.push(lines);
      found.set(path, history);
    } else if (lines && line.startsWith('+')) lines.push(line.slice(1).trimEnd());
  }
  return found;
}
