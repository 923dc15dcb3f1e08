import type { Range } from '../text.ts';

/** The line around an offset, its line end not included. */
export function lineAround(text: string, offset: number): Range {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const feed = text.indexOf('\n', offset);
  const end = feed < 0 ? text.length : feed;
  return { start, end: end > start && text[end - 1] === '\r' ? end - 1 : end };
}

export function isEmptyLine(text: string, offset: number): boolean {
  const { start, end } = lineAround(text, offset);
  return text.slice(start, end).trim() === '';
}

/** The line end of a text: that of its first line. */
export function newLineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}
