import type { Line } from './lines.ts';
import type { Heredoc } from './model.ts';
import { shellWords } from './shell-words.ts';

export interface HeredocWord {
  readonly name: string;
  readonly chomp: boolean;
  readonly expand: boolean;
}

const mostSubstitutions = 500;
// BuildKit's `reHeredoc`, with what `\s` is in Go.
const form = /^[0-9]*<<(-?)[\t\n\f\r ]*([^<]*)$/;

/** The heredocs that a joined line opens; undefined where BuildKit cannot read the word of one. */
export function heredocWords(joined: string): HeredocWord[] | undefined {
  // Substitutions nest, and so do the calls that read them.
  if (joined.split('${').length > mostSubstitutions) return undefined;
  const found: HeredocWord[] = [];
  for (const word of shellWords(joined, { quotes: true, escapes: true }) ?? []) {
    const match = form.exec(word);
    const rest = match?.[2] ?? '';
    if (!match || rest === '') continue;
    const names = shellWords(rest, { quotes: false, escapes: false });
    const raw = shellWords(rest, { quotes: true, escapes: false });
    if (!names) return undefined;
    const [name, ...more] = names;
    if (name === undefined || more.length > 0) continue;
    if (raw?.length !== 1) return undefined;
    found.push({ name, chomp: match[1] === '-', expand: quotes(name) === quotes(raw[0] ?? '') });
  }
  return found;
}

function quotes(text: string): number {
  let count = 0;
  for (const character of text) if (character === '"' || character === "'") count++;
  return count;
}

/** Reads a heredoc's body from the line with index `first`; undefined where it has no end. */
export function readBody(text: string, lines: readonly Line[], first: number, word: HeredocWord): { heredoc: Heredoc; next: number } | undefined {
  const start = lines[first]?.start ?? text.length;
  for (let index = first; index < lines.length; index++) {
    const line = lines[index];
    if (!line) break;
    let from = line.start;
    if (word.chomp) while (from < line.end && text[from] === '\t') from++;
    if (line.end - from !== word.name.length || !text.startsWith(word.name, from)) continue;
    const body = { start, end: line.start };
    return { heredoc: { ...word, content: text.slice(body.start, body.end), body }, next: index + 1 };
  }
  return undefined;
}
