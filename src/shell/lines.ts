import type { Range } from '../text.ts';
import type { ListItem, Script } from './script.ts';

/** An item as its shell reads it: its words as written, one blank between them. */
export function writtenItem(script: Script, item: ListItem): string {
  return piecesOf(script, item)
    .map(({ start, end, whole }) => (whole ? script.source.text.slice(start, end) : script.source.text.slice(start, end).replace(/(\\\n|[ \t\n])+/g, ' ')))
    .join('')
    .trim();
}

/**
 * An item as lines of a script: broken where its lines in the file are, with `\` and an indentation, but for breaks within a word, whose bytes stay as
 * the shell got them.
 */
export function linesOf(script: Script, item: ListItem, indent: string): string {
  const { text, at } = script.source;
  let lines = '';
  for (const { start, end, whole } of piecesOf(script, item)) {
    for (let i = start; i < end; i++) {
      const continued = i > item.start && (at[i] ?? 0) - (at[i - 1] ?? 0) > 1 && !(whole && i > start);
      if (continued && (isBlank(text[i - 1]) || isBlank(text[i]))) {
        lines = `${withoutBlanks(lines)} \\\n${indent}`;
        while (i < end && isBlank(text[i])) i++;
        if (i === end) break;
      }
      lines += text[i] ?? '';
    }
  }
  return withoutBlanks(lines);
}

/** Without the blanks at its end, but for an escaped one, which is part of a word. */
function withoutBlanks(text: string): string {
  const end = text.trimEnd().length;
  return text[end - 1] === '\\' ? text.slice(0, end + 1) : text.slice(0, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

interface Piece extends Range {
  /** A word, or assignments, in which every byte counts. */
  readonly whole: boolean;
}

/** The words of an item and what stands between them, in order. */
function piecesOf({ commands }: Script, { start, end }: ListItem): Piece[] {
  const words = commands
    .filter((command) => !command.nested && command.start >= start && command.end <= end)
    .flatMap((command) => [
      // Assignments have no places of their own.
      { start: command.start, end: command.words[0]?.start ?? command.end },
      ...command.words,
      ...command.redirections.flatMap(({ target }) => target ?? []),
    ])
    .filter((word) => word.end > word.start)
    .toSorted((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let at = start;
  for (const word of words) {
    if (word.start < at) continue;
    pieces.push({ start: at, end: word.start, whole: false }, { start: word.start, end: word.end, whole: true });
    at = word.end;
  }
  return [...pieces, { start: at, end, whole: false }];
}
