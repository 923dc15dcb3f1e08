import { posix } from 'node:path';
import { hiddenBy } from './ignore.ts';

/** `.gitignore`s, and what their patterns are as lines of a `.dockerignore`. https://git-scm.com/docs/gitignore#_pattern_format */

export interface GitIgnoreFile {
  /** Its folder below the context; empty where that is the context itself or lies above it. */
  readonly folder: string;
  /** The context below its folder; empty where it lies in the context. */
  readonly prefix: string;
  readonly text: string;
}

/** A pattern of git's, as Docker would write it. */
export interface GitIgnored {
  /** What git matches in every folder is named in the file's own folder alone, unless a wildcard shows that it is meant for any place. */
  readonly pattern: string;
  /** Git matches it in every folder. */
  readonly anywhere: boolean;
  /** Where its `.gitignore` lies: in a folder above the context, in the context's own or in one below. */
  readonly from: 'above' | 'own' | 'below';
}

/** Of all paths of a repository the `.gitignore`s that reach into a context, in the order in which git reads them. */
export function gitIgnoresIn(paths: readonly string[], context: string, textOf: (path: string) => string | undefined): GitIgnoreFile[] {
  const found: GitIgnoreFile[] = [];
  for (const path of paths) {
    if (posix.basename(path) !== '.gitignore') continue;
    const own = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    const folder = below(own, context);
    const prefix = below(context, own);
    if (folder === undefined && prefix === undefined) continue;
    const text = textOf(path);
    if (text !== undefined) found.push({ folder: folder ?? '', prefix: prefix ?? '', text });
  }
  return found.toSorted((a, b) => b.prefix.length - a.prefix.length || a.folder.length - b.folder.length);
}

/** A path relative to a folder that holds it. */
function below(path: string, folder: string): string | undefined {
  if (folder === '' || path === folder) return path === folder ? '' : path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

/** What git ignores in the context, as far as Docker can be told the same: a pattern of which a later `!` takes something back is left out. */
export function gitIgnored(files: readonly GitIgnoreFile[]): GitIgnored[] {
  let found: GitIgnored[] = [];
  for (const file of files) {
    for (const line of file.text.split('\n')) {
      const written = line.replace(/\r$/, '').replace(/(?<!\\)[ \t]+$/, '');
      if (written === '' || written.startsWith('#')) continue;
      const negated = written.startsWith('!');
      const read = translated(negated ? written.slice(1) : written, file);
      if (!read) continue;
      found = found.filter(({ pattern }) =>
        negated ? !hiddenBy({ text: pattern })(read.pattern) && !hiddenBy({ text: read.pattern })(pattern) : pattern !== read.pattern,
      );
      if (!negated) found.push(read);
    }
  }
  return found;
}

function translated(written: string, { folder, prefix }: GitIgnoreFile): GitIgnored | undefined {
  const pattern = written.replaceAll('[!', '[^').replace(/\/+$/, '');
  // A lone wildcard is the start of a list of what is not ignored.
  if (pattern.includes('\\') || /^(\/|\*\*\/)?[.*]*$/.test(pattern)) return undefined;
  const from = folder !== '' ? 'below' : prefix === '' ? 'own' : 'above';
  const anywhere = !pattern.includes('/') || /^\*\*\/[^/]+$/.test(pattern);
  const name = pattern.replace(/^(\*\*)?\//, '');
  if (anywhere) return { pattern: posix.join(folder, /[*?[]/.test(name) ? `**/${name}` : name), anywhere, from };
  if (pattern.startsWith('**/')) return { pattern: posix.join(folder, pattern), anywhere: true, from };
  const rest = prefix === '' ? name : below(name, prefix);
  return rest === undefined || rest === '' ? undefined : { pattern: posix.join(folder, rest), anywhere, from };
}
