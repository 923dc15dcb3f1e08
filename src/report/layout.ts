import { styleText } from 'node:util';

/** How a text is set off on a terminal. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'green', text: string) => string;

export const plain: Paint = (_style, text) => text;
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** A text of the repository on one line, without what a terminal would obey. */
export function printable(text: string): string {
  return text
    .replace(/\r?\n/g, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      character === '\t' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** Lines of at most `width` characters, parted at blanks; a longer word keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * Text at the left, indented, with a note that ends at the right edge of its first line: the first note that leaves
 * the text on one line, else the last one. What only the first note says follows on a line of its own.
 */
export function columns(text: string, notes: readonly string[], indent: string, width: number, paint: Paint): string[] {
  const room = (note: string): number => width - indent.length - note.length - 2;
  const length = printable(text).length;
  const [longest = ''] = notes;
  const note = notes.find((one) => room(one) >= length) ?? notes.at(-1) ?? '';
  const [first = '', ...rest] = wrap(text, Math.max(room(note), 40));
  const gap = Math.max(width - indent.length - first.length - note.length, 2);
  const below = note === longest ? [] : [`${indent}  ${paint('dim', longest.replace(/ {2}.*/, ''))}`];
  return [`${indent}${first}${' '.repeat(gap)}${paint('dim', note)}`, ...rest.map((line) => indent + line), ...below];
}

/** `1 change`, `3 changes`. */
export function counted(count: number, word: string, plural = `${word}s`): string {
  return `${count} ${count === 1 ? word : plural}`;
}
