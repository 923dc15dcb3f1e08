import { posix } from 'node:path';
import type { Range } from '../text.ts';
import { compileGoExpression } from './go-expression.ts';

/** Ignore files (`.dockerignore`) as BuildKit reads and applies them on Linux. */

/** A line of an ignore file that says something; the range is the line's, without its end. */
export interface IgnoreRule extends Range {
  /** From 1. */
  readonly line: number;
  /** `!`: what matches is sent after all. */
  readonly negated: boolean;
  /** Relative to the context, without the `!`. */
  readonly pattern: string;
  /** undefined where Go cannot compile it: the build fails on the first path that comes to this rule. */
  readonly matches: PathTest | undefined;
}

type PathTest = (path: string) => boolean;

/** The rules, or the line on which every build fails. */
export type IgnoreReading = { readonly rules: readonly IgnoreRule[] } | { readonly malformed: { readonly line: number; readonly because: string } };

export function readIgnoreFile(text: string): IgnoreReading {
  const rules: IgnoreRule[] = [];
  let line = 0;
  for (let start = 0; start < text.length;) {
    line++;
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed + 1;
    const written = text.slice(start, feed < 0 ? next : feed).replace(/\r$/, '');
    if (Buffer.byteLength(written) > longestLine) return { malformed: { line, because: `a line of more than ${longestLine} bytes` } };
    const read = readLine(line === 1 ? written.replace(/^\uFEFF/, '') : written);
    if (read !== undefined) {
      const negated = read.startsWith('!');
      const pattern = negated ? read.slice(1) : read;
      if (pattern === '') return { malformed: { line, because: 'a `!` without a pattern' } };
      if (!isTaken(pattern)) return { malformed: { line, because: `\`${pattern}\` is no pattern` } };
      rules.push({ line, start, end: start + written.length, negated, pattern, matches: compilePattern(pattern) });
    }
    start = next;
  }
  const unsent = rules.some(({ pattern }) => /[^\0-\x7f]/.test(pattern)) ? undefined : rules.find(({ pattern }) => /\p{Cc}/u.test(pattern));
  return unsent ? { malformed: { line: unsent.line, because: 'a control character, which BuildKit sends only beside letters beyond ASCII' } } : { rules };
}

const longestLine = 65_535;

/** BuildKit trims and cleans twice: where it reads the file, and where it makes a matcher of the lines. */
function readLine(written: string): string | undefined {
  if (written.startsWith('#')) return undefined;
  const line = trim(written);
  if (line === '') return undefined;
  const negated = line.startsWith('!');
  const pattern = negated ? trim(line.slice(1)) : line;
  const relative = pattern === '' ? '' : clean(pattern).replace(/^\/(?=.)/s, '');
  const handedOn = trim(negated ? `!${relative}` : relative);
  return handedOn === '' ? undefined : clean(handedOn);
}

/** Go's white space, of which U+FEFF is none and U+0085 is. */
function trim(text: string): string {
  return /^\p{White_Space}*(.*\P{White_Space})?/su.exec(text)?.[1] ?? '';
}

function clean(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/s, '');
}

/**
 * BuildKit tries each pattern by Go's `filepath.Match(pattern, '.')`, which looks at no more than it needs:
 * at what stands before the second `*`, and behind it only where the first part is a pattern for a dot.
 */
function isTaken(pattern: string): boolean {
  const [first = '', second = ''] = pattern.replace(/^\*+/, '').match(/(?:\\.?|\[(?:\\.|[^\]\\])*\]?|[^*[\\])+/gsu) ?? [];
  return wellFormed.test(first) && (!matchesDot(first) || wellFormed.test(second));
}

const wellFormed = /^(?:\\.|\[(?:\^|(?!\^))(?:(?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?)+\]|[^[\\])*$/su;

function matchesDot(pattern: string): boolean {
  const [, negation, members] = /^\[(\^?)((?:\\.|[^\]\\])+)\]$/su.exec(pattern) ?? [];
  if (members === undefined) return /^\\?\.$|^\?$/.test(pattern);
  const ranges = [...members.matchAll(/\\?(.)(?:-\\?(.))?/gsu)];
  return ranges.some(([, low = '', high = low]) => low <= '.' && '.' <= high) !== (negation === '^');
}

/** A pattern without wildcards is compared, `x**` and `**x` look at one end only, all others become a regular expression of Go. */
function compilePattern(pattern: string): PathTest | undefined {
  const text = pattern.replace(/^\uFEFF/, '');
  const characters = Array.from(text);
  let form: 'whole' | 'start' | 'end' | 'expression' = 'whole';
  let expression = '^';
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? '';
    if (character === '*' && characters[i + 1] === '*') {
      const first = i === 0;
      i += characters[i + 2] === '/' ? 2 : 1;
      const final = i === characters.length - 1;
      expression += final ? '.*' : '(.*/)?';
      if (first) form = 'end';
      else form = final && form === 'whole' ? 'start' : 'expression';
      continue;
    }
    if (/[*?[\]\\]/.test(character)) form = 'expression';
    if (character === '*') expression += '[^/]*';
    else if (character === '?') expression += '[^/]';
    else if (character === '\\') expression += character + (characters[++i] ?? '');
    else expression += /[.+()$]/.test(character) ? `\\${character}` : character;
  }
  if (form === 'whole') return (path) => path === pattern;
  if (form === 'start') return startsWith(pattern.slice(0, -2));
  if (form === 'end') return endsWith(pattern.slice(2));
  const matches = compileGoExpression(`${expression}$`);
  const spelt = speltOut(text);
  return matches && ((path) => path.includes(spelt) && matches(path));
}

/** Text without which no path matches the pattern, which tells most paths at once. */
function speltOut(pattern: string): string {
  // Alternatives and repeats leave nothing that has to be there.
  if (/[|{]/.test(pattern)) return '';
  const parts = pattern.replace(/[[\\].*/s, '').split(/\*\*\/?|[*?^]/);
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest));
}

function startsWith(start: string): PathTest {
  return (path) => path.startsWith(start);
}

function endsWith(end: string): PathTest {
  return (path) => path.endsWith(end) || `/${path}` === end;
}

export interface Decision {
  readonly hidden: boolean;
  /** The last rule that matched the path or a folder above it, or one that cannot be compiled. */
  readonly by: IgnoreRule | undefined;
}

export interface IgnoreMatcher {
  /** What becomes of a file, link or folder of the context; a hidden folder is sent all the same where something in it is not hidden. */
  decide(path: string): Decision;
  hides(path: string): boolean;
}

interface MatchedFolder {
  readonly decision: Decision;
  /** By the index of the rule: it matched this folder or one above. */
  readonly matched: Uint8Array;
  /** Nothing below is looked at. */
  readonly closed: boolean;
}

/** Paths are relative to the context, with forward slashes. */
export function ignoreMatcher(rules: readonly IgnoreRule[]): IgnoreMatcher {
  const negations = rules.filter((rule) => rule.negated);
  const folders = new Map<string, MatchedFolder>([['', { decision: { hidden: false, by: undefined }, matched: new Uint8Array(rules.length), closed: false }]]);

  /** What decides below a folder; rules that match the path are added to `matched`. */
  const lastOf = (path: string, above: Uint8Array, matched?: Uint8Array): { readonly by: IgnoreRule | undefined; readonly fails: boolean } => {
    let by: IgnoreRule | undefined;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i];
      if (!rule) break;
      let matches = above[i] === 1;
      // A rule that could change nothing is not asked, and so does not count for what lies below either.
      if (!matches && rule.negated === (by !== undefined && !by.negated)) {
        if (!rule.matches) return { by: rule, fails: true };
        matches = rule.matches(path);
        if (matches && matched) matched[i] = 1;
      }
      if (matches) by = rule;
    }
    return { by, fails: false };
  };
  const folderOf = (path: string): MatchedFolder => {
    const known = folders.get(path);
    if (known) return known;
    const found = folderBelow(folderOf(parentOf(path)), path);
    folders.set(path, found);
    return found;
  };
  const folderBelow = (above: MatchedFolder, path: string): MatchedFolder => {
    if (above.closed) return above;
    const matched = above.matched.slice();
    const { by, fails } = lastOf(path, above.matched, matched);
    const hidden = fails || (by !== undefined && !by.negated);
    return { decision: { hidden, by }, matched, closed: fails || (hidden && !negations.some((rule) => mayMatchBelow(rule, path))) };
  };
  const decide = (path: string): Decision => {
    const above = folderOf(parentOf(path));
    if (above.closed) return above.decision;
    const { by, fails } = lastOf(path, above.matched);
    return { hidden: fails || (by !== undefined && !by.negated), by };
  };
  return { decide, hides: (path) => decide(path).hidden };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

function mayMatchBelow({ pattern }: IgnoreRule, folder: string): boolean {
  const start = pattern.replace(/\/\*\*$/, '').replace(/\/\*$/, '');
  return /[*?[\]^\\]/.test(start) || `${start}/`.startsWith(`${folder}/`);
}

/**
 * The ignore file in force for a Dockerfile: `<Dockerfile>.dockerignore` beside it, be it empty, in place of the `.dockerignore` in the context's folder.
 * Both paths and those that `textOf` is asked for are relative to one root.
 */
export function ignoreFileOf(
  dockerfile: string,
  context: string,
  textOf: (path: string) => string | undefined,
): { readonly path: string; readonly text: string } | undefined {
  for (const path of [`${dockerfile}.dockerignore`, posix.join(context, '.dockerignore')]) {
    const text = textOf(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** What of a context an ignore file hides: nothing without one, and all where it is malformed, for then no build gets to see any of it. */
export function hiddenBy(file: { readonly text: string } | undefined): (path: string) => boolean {
  if (!file) return () => false;
  const reading = readIgnoreFile(file.text);
  if ('malformed' in reading) return () => true;
  const matcher = ignoreMatcher(reading.rules);
  return (path) => matcher.hides(path);
}

/** One of the lines hides what a `!` line brings back. */
export function hideWhatComesBack(lines: readonly { readonly pattern: string }[], { pattern }: { readonly pattern: string }): boolean {
  return lines.some((line) => !line.pattern.startsWith('!') && hiddenBy({ text: line.pattern })(pattern.slice(1)));
}
