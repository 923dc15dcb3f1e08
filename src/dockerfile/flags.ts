import type { SourceText } from '../text.ts';
import type { Flag } from './model.ts';
import { rangeOf } from './source.ts';
import { isAsciiSpace } from './space.ts';

export interface FlagReading {
  readonly flags: readonly Flag[];
  /** Offset in the joined text where the argument begins, blanks before it included. */
  readonly end: number;
  /** A character outside of ASCII stands in a flag: BuildKit takes it apart into bytes. */
  readonly foreign: boolean;
}

/** Reads the flags that begin at `start`: `extractBuilderFlags` of BuildKit's split_command.go. */
export function readFlags(source: SourceText, start: number, escape: string): FlagReading {
  const { text } = source;
  const flags: Flag[] = [];
  let foreign = false;
  let at = start;
  for (;;) {
    while (at < text.length && isAsciiSpace(text.charCodeAt(at))) at++;
    if (!text.startsWith('--', at)) return { flags, end: at, foreign };
    const word = readFlagWord(text, at, escape);
    foreign ||= word.foreign;
    if (word.value !== '--') flags.push(flagOf(source, at, word));
    at = word.end;
    if (word.value === '--') return { flags, end: at, foreign };
  }
}

interface FlagWord {
  readonly value: string;
  readonly end: number;
  readonly foreign: boolean;
}

function readFlagWord(text: string, start: number, escape: string): FlagWord {
  let value = '';
  let quote: string | undefined;
  let foreign = false;
  let at = start;
  for (; at < text.length; at++) {
    let character = text[at] ?? '';
    if (character > '\x7f') foreign = true;
    if (quote === undefined) {
      if (isAsciiSpace(text.charCodeAt(at))) break;
      if (character === '"' || character === "'") {
        quote = character;
        continue;
      }
    } else if (character === quote) {
      quote = undefined;
      continue;
    }
    if (character === escape) {
      if (at + 1 === text.length) continue;
      at++;
      character = text[at] ?? '';
      if (character > '\x7f') foreign = true;
    }
    value += character;
  }
  return { value, end: at, foreign };
}

function flagOf(source: SourceText, start: number, word: FlagWord): Flag {
  const equals = word.value.indexOf('=');
  return {
    name: word.value.slice(2, equals < 0 ? undefined : equals),
    value: equals < 0 ? undefined : word.value.slice(equals + 1),
    ...rangeOf(source, start, word.end),
  };
}
