/** Calls of git in code that are about the repository around it. Told by their words, in whatever language. */

/** What tells of a commit, and what brings or lists files. */
const asking =
  'describe|rev-parse|log|show|rev-list|tag|branch|symbolic-ref|name-rev|for-each-ref|shortlog|status|diff|diff-index|remote|show-ref|merge-base|blame|var|ls-files|ls-tree|submodule|archive|checkout|cat-file|grep|worktree|restore|clean|reset|fetch|pull|apply|am|stash|lfs';
const program = String.raw`(?:(?<![\w./@:-])git|\$[({](?:GIT|git|GIT_EXECUTABLE|GIT_CMD)[)}])`;
const options = String.raw`(?:\s+(?:-[Cc]\s+\S+|--(?:git-dir|work-tree)\s+\S+|--[\w-]+(?:=\S+)?))*`;
/** Between two texts of a list, or of calls: `"git", "-C", ".", "describe"`, `new("git").args(&["describe"`. */
const between = String.raw`["'](?:[\s,()[\]{}&.!]|args?\b|vec\b)*["']`;
const written = new RegExp(`${program}(?:${options}\\s+|${between}(?:-[\\w=./-]*${between}|\\.{0,2}${between})*)(${asking})(?![\\w.:/=(-])`, 'g');
/** Its files, read without it. */
const data = /["'`/]\.git\/(HEAD|refs|index|logs|packed-refs)\b|\b(?:git\.Repo|GitRepository\.|Repo\.discover)\s*\(/;

/** The first call of git, as `git describe`, or the first reading of its data. */
export function gitCallIn(code: string): string | undefined {
  if (!/git/i.test(code)) return undefined;
  const text = withoutComments(code);
  for (const { index, 1: word = '' } of text.matchAll(written)) if (!isTalk(text, index)) return `git ${word}`;
  return data.exec(text)?.[0].replace(/^["'`/]/, '');
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
