import { posix } from 'node:path';

/** The absolute path of a word, `*` left in; undefined where the working directory or the home is needed and not known. */
export function absolute(word: string, workdir: string | undefined, home: string | undefined): string | undefined {
  if (word === '~' || word.startsWith('~/')) return home === undefined ? undefined : posix.normalize(home + word.slice(1));
  if (word.startsWith('/')) return trimmed(posix.normalize(word));
  return workdir === undefined ? undefined : trimmed(posix.join(workdir, word));
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** True where one of the two holds the other, or they may name the same file; `*`, `?` and `[…]` stand for anything in a segment. */
export function overlap(a: string, b: string): boolean {
  let [i, j] = [0, 0];
  // Most paths part at their first folder: no list of all is made for them.
  for (;;) {
    while (a[i] === '/') i++;
    while (b[j] === '/') j++;
    if (i === a.length || j === b.length) return true;
    const [ofFirst, ofSecond] = [segmentEnd(a, i), segmentEnd(b, j)];
    if (!alike(a.slice(i, ofFirst), b.slice(j, ofSecond))) return false;
    [i, j] = [ofFirst, ofSecond];
  }
}

function segmentEnd(path: string, from: number): number {
  const end = path.indexOf('/', from);
  return end < 0 ? path.length : end;
}

/** True for a path in a folder, and for the folder itself. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** True where removing `removed` (`dir`, `dir/*`, a parent) empties the directory. */
export function empties(removed: string, directory: string): boolean {
  const path = removed.endsWith('/*') ? removed.slice(0, -2) : removed;
  return path === '' || directory === path || directory.startsWith(`${path}/`);
}

function alike(a: string, b: string): boolean {
  if (a === b) return true;
  const patterns = [a, b].filter((one) => /[*?[]/.test(one));
  if (patterns.length === 2) return endAlike(a, b);
  return patterns.length === 1 && matches(patterns[0] === a ? b : a, patterns[0] ?? '');
}

const literalHead = /^[^*?[\]\\]*/;
const literalTail = /[^*?[\]\\]*$/;

/** Of two patterns, what stands before the first wild card, and behind the last, may stand there in both. */
function endAlike(a: string, b: string): boolean {
  const [heads, tails] = [literalHead, literalTail].map((literal) => [a, b].map((pattern) => literal.exec(pattern)?.[0] ?? '').toSorted(byLength));
  return (heads?.[1] ?? '').startsWith(heads?.[0] ?? '') && (tails?.[1] ?? '').endsWith(tails?.[0] ?? '');
}

function byLength(one: string, other: string): number {
  return one.length - other.length;
}

/** `*` and `?` in one pass, without going back further than the last `*`; a bracket and a backslash count as a match of everything. */
function matches(name: string, pattern: string): boolean {
  if (/[[\\]/.test(pattern)) return true;
  let at = 0;
  let place = 0;
  let star = -1;
  let resumed = 0;
  while (place < name.length) {
    if (pattern[at] === '*') {
      star = at++;
      resumed = place;
    } else if (pattern[at] === '?' || pattern[at] === name[place]) {
      at++;
      place++;
    } else if (star >= 0) {
      at = star + 1;
      place = ++resumed;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
