import type { Line } from './lines.ts';
import type { Directive, NotUnderstood } from './model.ts';
import { refusals } from './refusals.ts';
import { skipSpace, trimSpace } from './space.ts';

export interface DirectiveReading {
  readonly directives: readonly Directive[];
  readonly escape: '\\' | '`';
  /** How many lines they take. */
  readonly lines: number;
}

// BuildKit's directives.go matches `^([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$`; `\s` is fewer characters in Go.
const keyword = /^([a-zA-Z][a-zA-Z0-9]*)[\t\f\r ]*=/;
const known = new Set(['syntax', 'escape', 'check']);

/** Parser directives: only on the first lines, and any other line ends them. `start` is the offset behind a BOM. */
export function readDirectives(text: string, lines: readonly Line[], start: number): DirectiveReading | NotUnderstood {
  const directives: Directive[] = [];
  let escape: '\\' | '`' = '\\';
  for (const [index, line] of lines.entries()) {
    const directive = readDirective(text, index === 0 ? start : line.start, line.end);
    if (!directive) break;
    if (directives.some((other) => other.name === directive.name)) return refusals.repeatedDirective(directive.name, index + 1);
    if (directive.name === 'escape') {
      if (directive.value !== '\\' && directive.value !== '`') return refusals.invalidEscape(directive.value, index + 1);
      escape = directive.value;
    }
    directives.push(directive);
  }
  return { directives, escape, lines: directives.length };
}

function readDirective(text: string, from: number, end: number): Directive | undefined {
  const start = skipSpace(text, from, end);
  if (text[start] !== '#' || start === end) return undefined;
  const content = text.slice(skipSpace(text, start + 1, end), end);
  const match = keyword.exec(content);
  const name = match?.[1]?.toLowerCase();
  if (!match || !name || !known.has(name)) return undefined;
  const value = withoutBlanks(content.slice(match[0].length));
  return value === '' ? undefined : { name, value, start, end: trimSpace(text, start, end) };
}

/** Of nothing but blanks the last remains, as the pattern needs one character. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start === end ? text.slice(-1) : text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0c || code === 0x0d;
}

/**
 * The image that reads the file, and its line, where one is named. The builder looks for it before it parses (`DetectSyntax`): behind a `#!` line too,
 * and not in an indented comment. Its other forms (`// syntax=`, JSON) begin with what is no instruction anyway.
 */
export function readFrontend(text: string, lines: readonly Line[], start: number): { image: string; line: number } | undefined {
  const shebang = text.startsWith('#!', start);
  for (let index = shebang ? 1 : 0; index < lines.length; index++) {
    const line = lines[index];
    const from = index === 0 ? start : (line?.start ?? 0);
    if (!line || text[from] !== '#') return undefined;
    const directive = readDirective(text, from, line.end);
    if (!directive) return undefined;
    if (directive.name === 'syntax') return { image: directive.value.split(' ', 1)[0] ?? '', line: index + 1 };
  }
  return undefined;
}

/** `docker/dockerfile`, `docker/dockerfile-upstream` and the like, on whatever host. */
export function isDockerfileFrontend(image: string): boolean {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return /(?:^|\/)docker\/dockerfile[^/]*$/.test(name);
}
