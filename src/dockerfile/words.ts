import type { SourceText } from '../text.ts';
import type { Word } from './model.ts';
import { rangeOf } from './source.ts';
import { isBlank, isSpace } from './space.ts';

/** Words parted by blanks, quotes without meaning: `parseStringsWhitespaceDelimited` of BuildKit's line_parsers.go. */
export function blankWords(source: SourceText): Word[] {
  const { text } = source;
  const words: Word[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !isBlank(text.charCodeAt(at))) continue;
    if (at > start) words.push(wordOf(source, start, at, text.slice(start, at)));
    start = at + 1;
  }
  return words;
}

/** Words parted by white space outside of quotes, which are kept: `parseWords` of BuildKit's line_parsers.go. */
export function quotedWords(source: SourceText, escape: string): Word[] {
  const { text } = source;
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (at === text.length) return words;
    const start = at;
    at = endOfQuotedWord(text, start, escape);
    // An escape character at the very end is dropped.
    const read = text.slice(start, at > text.length ? text.length - 1 : at);
    at = Math.min(at, text.length);
    if (read !== '') words.push(wordOf(source, start, at, read));
  }
}

/** Offset behind the word; one more than the text has where it ends in an escape character that escapes nothing. */
function endOfQuotedWord(text: string, start: number, escape: string): number {
  let quote: string | undefined;
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at];
    if (quote === undefined && isSpace(text.charCodeAt(at))) break;
    if (character === escape && quote !== "'") at++;
    else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = undefined;
  }
  return at;
}

/** The whole text as one word, or none where it is empty. */
export function singleWord(source: SourceText): Word[] {
  return source.text === '' ? [] : [wordOf(source, 0, source.text.length, source.text)];
}

function wordOf(source: SourceText, start: number, end: number, text: string): Word {
  return { text, ...rangeOf(source, start, end) };
}
