import type { SourceText } from '../text.ts';
import { readFlags } from './flags.ts';
import { readJson } from './json.ts';
import type { Flag, NotUnderstood, Word } from './model.ts';
import { refusals } from './refusals.ts';
import { sliceSource } from './source.ts';
import { isAsciiSpace, isBlank, skipSpace, trimSpace } from './space.ts';
import { blankWords, quotedWords, singleWord } from './words.ts';

/** What stands in a joined line. */
export interface Parts {
  readonly keyword: string;
  readonly keywordLength: number;
  readonly flags: readonly Flag[];
  readonly argument: SourceText;
  readonly words: readonly Word[];
  readonly json: readonly string[] | undefined;
  /** What ONBUILD holds back. */
  readonly trigger?: Parts | undefined;
}

const keywords = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(' '),
);

/** Reads a joined line that begins with its keyword: `newNodeFromLine` of BuildKit's parser.go. */
export function readParts(joined: SourceText, escape: string, line: number): Parts | NotUnderstood {
  const { text } = joined;
  const end = trimSpace(text, 0, text.length);
  let keywordLength = 0;
  while (keywordLength < end && !isBlank(text.charCodeAt(keywordLength))) keywordLength++;
  const word = text.slice(0, keywordLength);
  const keyword = word.toUpperCase();
  if (!/^[A-Za-z]+$/.test(word) || !keywords.has(keyword)) return refusals.unknownKeyword(word, line);
  const source = end < text.length ? sliceSource(joined, 0, end) : joined;
  const { flags, end: behind, foreign } = readFlags(source, keywordLength, escape);
  if (foreign) return refusals.syntaxError('a flag holds characters outside of ASCII, which BuildKit does not read as such', line);
  const empty = flags.find(({ name, value }) => value === undefined && valued.test(name));
  if (empty) return refusals.syntaxError(`--${empty.name} has no value behind an \`=\``, line);
  const argument = sliceSource(source, skipSpace(text, behind, end), end);
  return readArgument({ keyword, keywordLength, flags, argument, words: [], json: undefined }, escape, line);
}

/** Flags that are no switches: https://docs.docker.com/reference/dockerfile/ */
const valued = /^(from|chown|chmod|checksum|exclude|mount|network|security|platform|interval|timeout|start-period|start-interval|retries)$/;

function readArgument(parts: Parts, escape: string, line: number): Parts | NotUnderstood {
  const { argument } = parts;
  switch (parts.keyword) {
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
      return withJson(parts, argument.text, () => [], line);
    case 'COPY':
    case 'ADD':
      return withDestination(
        withJson(parts, argument.text, () => blankWords(argument), line),
        line,
      );
    case 'VOLUME':
      return withJson(parts, argument.text, () => blankWords(argument), line);
    case 'FROM':
    case 'EXPOSE':
      return { ...parts, words: blankWords(argument) };
    case 'ARG':
      return { ...parts, words: quotedWords(argument, escape) };
    case 'ENV':
    case 'LABEL':
      return withPairs(parts, quotedWords(argument, escape), line);
    case 'HEALTHCHECK':
      return withCheck(parts, line);
    case 'ONBUILD': {
      if (argument.text === '') return parts;
      const word = /^\S*/.exec(argument.text)?.[0] ?? '';
      if (/^(?:from|maintainer|onbuild)$/i.test(word)) return refusals.syntaxError(`ONBUILD may not hold back ${word}`, line);
      const trigger = readParts(argument, escape, line);
      return 'because' in trigger ? trigger : { ...parts, trigger };
    }
    default:
      return { ...parts, words: singleWord(argument) };
  }
}

function withJson(parts: Parts, text: string, words: () => Word[], line: number): Parts | NotUnderstood {
  const json = readJson(text);
  if (json === 'not-strings') return refusals.syntaxError('a JSON form may hold nothing but strings', line);
  return json ? { ...parts, json } : { ...parts, words: words() };
}

function withDestination(parts: Parts | NotUnderstood, line: number): Parts | NotUnderstood {
  if ('because' in parts || (parts.json ?? parts.words).length > 1) return parts;
  return refusals.syntaxError(`${parts.keyword} takes a source and a destination`, line);
}

/** `NAME=value` words, or in the old form a name, a blank and the rest. */
function withPairs(parts: Parts, words: Word[], line: number): Parts | NotUnderstood {
  const [first, ...more] = words;
  if (first && !first.text.includes('=')) {
    if (!hasBlank(parts.argument.text)) return refusals.syntaxError(`${parts.keyword} takes a name and a value`, line);
  } else if (more.some((word) => !word.text.includes('='))) return refusals.syntaxError(`${parts.keyword} holds a word without =`, line);
  return { ...parts, words };
}

function hasBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (isBlank(text.charCodeAt(at))) return true;
  return false;
}

/** `NONE`, or `CMD` and a command in either form: `parseHealthConfig` of BuildKit's line_parsers.go. */
function withCheck(parts: Parts, line: number): Parts | NotUnderstood {
  const { argument } = parts;
  const { text } = argument;
  let end = 0;
  while (end < text.length && !isAsciiSpace(text.charCodeAt(end))) end++;
  const type = singleWord(sliceSource(argument, 0, end));
  if (type[0] && !/^(?:none|cmd)$/i.test(type[0].text)) return refusals.syntaxError('HEALTHCHECK takes NONE or CMD', line);
  let start = end;
  while (start < text.length && isAsciiSpace(text.charCodeAt(start))) start++;
  const command = sliceSource(argument, start, text.length);
  return withJson({ ...parts, words: type }, command.text, () => [...type, ...singleWord(command)], line);
}
