/** Calls of git in code that are about the repository around it. Told by their words, in whatever language. */

export interface GitCall {
  /** `git describe` */
  readonly text: string;
  /** Where git fails, the code goes on with something else: with nothing, or what stands behind `||`. */
  readonly survived: boolean;
}

/** What tells of a commit, and what brings or lists files: nothing can stand in for that. */
const telling =
  'describe|rev-parse|log|show|rev-list|tag|branch|symbolic-ref|name-rev|for-each-ref|shortlog|status|diff|diff-index|remote|show-ref|merge-base|blame|var';
const bringing = 'ls-files|ls-tree|submodule|archive|checkout|cat-file|grep|worktree|restore|clean|reset|fetch|pull|apply|am|stash|lfs';
const program = String.raw`(?:(?<![\w./@:-])git|\$[({](?:GIT|git|GIT_EXECUTABLE|GIT_CMD)[)}])`;
const options = String.raw`(?:\s+(?:-[Cc]\s+\S+|--(?:git-dir|work-tree)\s+\S+|--[\w-]+(?:=\S+)?))*`;
/** Between two texts of a list, or of calls: `"git", "-C", ".", "describe"`, `new("git").args(&["describe"`. */
const between = String.raw`["'](?:[\s,()[\]{}&.!]|args?\b|vec\b)*["']`;
const written = new RegExp(`${program}(?:${options}\\s+|${between}(?:-[\\w=./-]*${between}|\\.{0,2}${between})*)(${telling}|${bringing})(?![\\w.:/=(-])`, 'g');
const tells = new RegExp(`^(${telling})$`);
/** Its files, read without it. */
const data = /["'`/]\.git\/(HEAD|refs|index|logs|packed-refs)\b|\b(?:git\.Repo|GitRepository\.|Repo\.discover)\s*\(/;

/** The first call that the code cannot do without, else the first. `strict`: a failing assignment ends it. */
export function gitCallIn(code: string, strict = false): GitCall | undefined {
  if (!/git/i.test(code)) return undefined;
  const text = withoutComments(code);
  const ends = strict || /\bset\s+-\w*e|^#!.*\s-\w*e/m.test(text);
  let first: GitCall | undefined;
  for (const match of text.matchAll(written)) {
    const [whole, word = ''] = match;
    const call = { text: `git ${word}`, survived: isSurvived(text, match.index, match.index + whole.length, word, ends) };
    if (isTalk(text, match.index)) continue;
    if (!call.survived) return call;
    first ??= call;
  }
  const read = data.exec(text);
  return first ?? (read ? { text: read[0].replace(/^["'`/]/, ''), survived: false } : undefined);
}

/** Without lines that are comments in one of the usual languages; continued lines are one. */
export function withoutComments(code: string): string {
  return code.replaceAll(/\\\r?\n/g, ' ').replaceAll(/^[ \t]*(#(?!!)|\/\/(?!go:generate)|\*|--|;|<!--|dnl\b|rem\b|@rem\b).*$/gim, '');
}

/** Words that are only printed. */
function isTalk(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /\b(echo|printf|print|println|console\.\w+|warn|error|info|die|log)\b[^`$;&|]*$/.test(line);
}

/** True where the code around a call goes on when that fails. `ends`: a failing assignment ends it. */
export function isSurvived(text: string, start: number, end: number, word: string, ends: boolean): boolean {
  if (!tells.test(word)) return false;
  const before = text.slice(Math.max(0, start - 300), start);
  const after = text.slice(end, end + 300);
  const rest = /^[^\n]*/.exec(after)?.[0] ?? '';
  if (/\|\|(?!\s*(exit|false|die|abort|fail)\b)/.test(rest)) return true;
  if (/\$[({]shell\b[^\n]*$/.test(before)) return true;
  if (/\b(try|begin)\b/.test(before) && /\b(catch|except|rescue)\b/.test(after)) return true;
  // Rust
  if (/\bif let (Ok|Some)\b/.test(before) || /\.unwrap_or|\.ok\(\)|\bErr\(/.test(after)) return true;
  const substituted = /(\$\(|`)[^$()`\n]*$/.test(before) && !/!=\s*$/.test(before);
  const assigned = /(^|[\s;&|])[A-Za-z_]\w*="?(\$\(|`)[^$()`\n]*$/.test(before);
  return substituted && !(assigned && ends);
}

/** Commands that need no repository, or make their own. */
const elsewhere = new Set(['clone', 'init', 'version', 'help', 'ls-remote', 'credential', 'daemon', 'upload-pack', 'maintenance', 'apply']);

/** What a call of git asks of the repository that it runs in; undefined where that is nothing. `words`: its arguments as written. */
export function gitWord(words: readonly string[]): { readonly word: string; readonly folder: string | undefined } | undefined {
  let folder: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '-C' || word === '--git-dir' || word === '--work-tree') folder = words[++i];
    else if (word === '-c') i++;
    else if (word.startsWith('--git-dir=') || word.startsWith('--work-tree=')) folder = word.slice(word.indexOf('=') + 1);
    else if (!word.startsWith('-')) {
      const rest = words.slice(i + 1);
      const apart = /^--(global|system|file|blob)\b|^-f$/;
      if (elsewhere.has(word) || (word === 'config' && rest.some((one) => apart.test(one))) || (word === 'lfs' && rest[0] === 'install')) return undefined;
      return { word, folder };
    }
  }
  return undefined;
}
