import type { NotUnderstood } from './model.ts';

/** Why a file is left alone, each worded once. Lines count from 1. */
export const refusals = {
  noFrom: (): NotUnderstood => ({ id: 'no-from', because: 'it has no FROM' }),
  beforeFrom: (keyword: string, line: number): NotUnderstood => ({
    id: 'no-from',
    because: `${keyword} stands before the first FROM, where only ARG may`,
    line,
  }),
  unknownKeyword: (word: string, line: number): NotUnderstood => ({
    id: 'unknown-keyword',
    because: `\`${shorten(word)}\` in line ${line} is no instruction: perhaps a template`,
    line,
  }),
  tooLarge: (): NotUnderstood => ({ id: 'too-large', because: 'it is larger than 2 MB' }),
  lineTooLong: (line: number): NotUnderstood => ({ id: 'line-too-long', because: 'the line is longer than the 65,535 bytes that BuildKit reads', line }),
  foreignFrontend: (image: string, line: number): NotUnderstood => ({
    id: 'foreign-frontend',
    because: `its syntax is that of ${shorten(image)}, not of docker/dockerfile`,
    line,
  }),
  repeatedDirective: (name: string, line: number): NotUnderstood => ({
    id: 'directive-error',
    because: `the parser directive ${name} is given a second time`,
    line,
  }),
  invalidEscape: (value: string, line: number): NotUnderstood => ({
    id: 'directive-error',
    because: `the escape character may be \\ or \`, not ${shorten(value)}`,
    line,
  }),
  unterminatedHeredoc: (name: string, line: number): NotUnderstood => ({
    id: 'unterminated-heredoc',
    because: `the heredoc ${shorten(name)} has no end`,
    line,
  }),
  readingsDisagree: (line: number): NotUnderstood => ({
    id: 'readings-disagree',
    because: 'two parsers part it into different instructions from here on',
    line,
  }),
  syntaxError: (what: string, line: number): NotUnderstood => ({ id: 'syntax-error', because: what, line }),
};

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
