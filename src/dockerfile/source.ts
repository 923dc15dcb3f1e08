import type { Range, SourceText } from '../text.ts';

/** A part of a joined text. Its last offset is the one behind its last character, not where the joined text goes on. */
export function sliceSource(source: SourceText, start: number, end: number): SourceText {
  const at: number[] = [];
  for (let i = start; i < end; i++) at.push(source.at[i] ?? 0);
  at.push(end > start ? (at[at.length - 1] ?? 0) + 1 : (source.at[start] ?? 0));
  return { text: source.text.slice(start, end), at };
}

/** Where a part of a joined text lies in the file. */
export function rangeOf(source: SourceText, start: number, end: number): Range {
  const from = source.at[start] ?? 0;
  return { start: from, end: end > start ? (source.at[end - 1] ?? 0) + 1 : from };
}
