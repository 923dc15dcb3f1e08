import type { SourceText } from '../text.ts';

/** Replaces all matches; what comes in their place lies where they began. */
export function replaceIn({ text, at }: SourceText, pattern: RegExp, by: (match: RegExpMatchArray) => string): SourceText {
  let replaced = '';
  const places: number[] = [];
  let from = 0;
  const copy = (to: number): void => {
    replaced += text.slice(from, to);
    for (let i = from; i < to; i++) places.push(at[i] ?? 0);
  };
  for (const match of text.matchAll(pattern)) {
    copy(match.index);
    const value = by(match);
    replaced += value;
    for (let i = 0; i < value.length; i++) places.push(at[match.index] ?? 0);
    from = match.index + match[0].length;
  }
  copy(text.length);
  places.push(at[text.length] ?? 0);
  return { text: replaced, at: places };
}
