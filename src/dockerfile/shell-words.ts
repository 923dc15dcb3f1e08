import { isSpace } from './space.ts';

/** The state of BuildKit's `shellWord` (shell/lex.go), without variables set and with unset ones left as they are. */
interface Lexer {
  readonly text: string;
  readonly escape: string;
  /** How a variable is written that is left as it is. */
  readonly left: (variable: string) => string;
  at: number;
  readonly rawQuotes: boolean;
  rawEscapes: boolean;
  /** The word in the making. One for all levels: what stands in `${…}` empties that of the level above, there as here. */
  word: string;
}

/**
 * The words of a text as `ProcessWords` in BuildKit's shell/lex.go parts them, with no variables set; undefined where it reports an error.
 * The escape character is the backslash whatever the Dockerfile says, as where BuildKit looks for heredocs.
 */
export function shellWords(text: string, raw: { quotes: boolean; escapes: boolean }): string[] | undefined {
  const at = text.startsWith('\uFEFF') ? 1 : 0;
  const lexer: Lexer = { text, escape: '\\', left: (variable) => variable, at, rawQuotes: raw.quotes, rawEscapes: raw.escapes, word: '' };
  return readUntil(lexer, undefined, raw.escapes, false)?.words;
}

/**
 * A value as `ProcessWord` in BuildKit's shell/lex.go makes it of a text: without its quotes and escape characters, and with each variable between two
 * NULs, so that none is taken for a `$` that is meant; undefined where it reports an error.
 */
export function valueOf(text: string, escape: string): string | undefined {
  const lexer: Lexer = { text, escape, left: (variable) => `\0${variable}\0`, at: 0, rawQuotes: false, rawEscapes: false, word: '' };
  return readUntil(lexer, undefined, false, false)?.result;
}

interface Part {
  readonly result: string;
  readonly words: string[];
}

function readUntil(lexer: Lexer, stop: string | undefined, rawEscapes: boolean, pattern: boolean): Part | undefined {
  const before = lexer.rawEscapes;
  lexer.rawEscapes = rawEscapes;
  const part = readPart(lexer, stop, pattern);
  lexer.rawEscapes = before;
  return part;
}

function readPart(lexer: Lexer, stop: string | undefined, pattern: boolean): Part | undefined {
  const { text, escape } = lexer;
  const words: string[] = [];
  let result = '';
  let inWord = false;
  lexer.word = '';
  const add = (characters: string): void => {
    lexer.word += characters;
    inWord = true;
  };
  const addSplit = (character: string): void => {
    if (!isSpace(character.charCodeAt(0))) add(character);
    else if (inWord && lexer.word !== '') {
      words.push(lexer.word);
      lexer.word = '';
      inWord = false;
    }
  };
  const finish = (): Part => {
    if (lexer.word !== '') words.push(lexer.word);
    lexer.word = '';
    return { result, words };
  };

  while (lexer.at < text.length) {
    const character = text[lexer.at] ?? '';
    if (character === stop) {
      lexer.at++;
      return finish();
    }
    if (character === '$' || character === '<' || character === '"' || character === "'") {
      const special = readSpecial(lexer, character, pattern);
      if (special === undefined) return undefined;
      result += special;
      if (character !== '$') add(special);
      else for (let i = 0; i < special.length; i++) addSplit(special[i] ?? '');
      continue;
    }
    lexer.at++;
    if (character !== escape) {
      addSplit(character);
      result += character;
      continue;
    }
    if (lexer.rawEscapes) {
      add(character);
      result += character;
    }
    const escaped = text[lexer.at++];
    if (escaped === undefined) break;
    add(escaped);
    result += escaped;
  }
  return stop === undefined ? finish() : undefined;
}

function readSpecial(lexer: Lexer, character: string, pattern: boolean): string | undefined {
  switch (character) {
    case '$':
      return readDollar(lexer);
    case '<':
      return readLess(lexer);
    case "'":
      return readSingleQuoted(lexer, pattern);
    default:
      return readDoubleQuoted(lexer, pattern);
  }
}

function readSingleQuoted(lexer: Lexer, pattern: boolean): string | undefined {
  const end = lexer.text.indexOf("'", lexer.at + 1);
  if (end < 0) return undefined;
  const inner = lexer.text.slice(lexer.at + 1, end);
  lexer.at = end + 1;
  const kept = pattern ? inner.replaceAll(lexer.escape, lexer.escape + lexer.escape) : inner;
  return lexer.rawQuotes ? `'${kept}'` : kept;
}

function readDoubleQuoted(lexer: Lexer, pattern: boolean): string | undefined {
  const { escape } = lexer;
  const quote = lexer.rawQuotes ? '"' : '';
  let result = quote;
  lexer.at++;
  while (lexer.at < lexer.text.length) {
    const character = lexer.text[lexer.at] ?? '';
    if (character === '"') {
      lexer.at++;
      return result + quote;
    }
    if (character === '$') {
      const value = readDollar(lexer);
      if (value === undefined) return undefined;
      result += value;
      continue;
    }
    lexer.at++;
    if (character !== escape) {
      result += character;
      continue;
    }
    const next = lexer.text[lexer.at];
    if (next === undefined) return undefined;
    if (next === '"' || next === '$' || next === escape) {
      result += lexer.rawEscapes ? escape + next : next;
      lexer.at++;
    } else result += lexer.rawEscapes && (!lexer.rawQuotes || pattern) ? escape + escape : escape;
  }
  return undefined;
}

function readDollar(lexer: Lexer): string | undefined {
  const variable = readVariable(lexer);
  return variable === undefined || variable === '$' ? variable : lexer.left(variable);
}

function readVariable(lexer: Lexer): string | undefined {
  const { text } = lexer;
  lexer.at++;
  if (text[lexer.at] !== '{') return `$${readName(lexer)}`;
  lexer.at++;
  const first = text[lexer.at];
  if (first === undefined || first === '{' || first === '}' || first === ':') return undefined;
  const name = readName(lexer);
  const modifier = text[lexer.at++] ?? '';
  if (modifier === '}') return `\${${name}}`;
  if (modifier === ':') {
    const second = text[lexer.at++] ?? '';
    if (second === '#' || second === '%') return undefined;
    const word = readUntil(lexer, '}', false, false);
    return word && `\${${name}:${second}${word.result}}`;
  }
  if (modifier === '/') return readReplacement(lexer, name);
  if (modifier === '' || !'+-?#%'.includes(modifier)) return undefined;
  const cuts = modifier === '#' || modifier === '%';
  const word = readUntil(lexer, '}', cuts, cuts);
  return word && `\${${name}${modifier}${word.result}}`;
}

function readReplacement(lexer: Lexer, name: string): string | undefined {
  if (lexer.text[lexer.at] === '/') lexer.at++;
  const pattern = readUntil(lexer, '/', true, true);
  if (!pattern) return undefined;
  const replacement = readUntil(lexer, '}', true, false);
  return replacement && `\${${name}/${pattern.result}/${replacement.result}}`;
}

const digits = /\p{Nd}+/uy;
const letters = /[\p{L}\p{Nd}_]+/uy;

function readName(lexer: Lexer): string {
  const special = lexer.text[lexer.at];
  const name = match(digits, lexer) ?? (special !== undefined && '@*#?-$!0'.includes(special) ? special : match(letters, lexer)) ?? '';
  lexer.at += name.length;
  return name;
}

function match(expression: RegExp, lexer: Lexer): string | undefined {
  expression.lastIndex = lexer.at;
  return expression.exec(lexer.text)?.[0];
}

/** `<`, or `<<` with the blanks behind it, which do not end the word. */
function readLess(lexer: Lexer): string {
  const { text } = lexer;
  const start = lexer.at++;
  if (text[lexer.at] !== '<') return '<';
  lexer.at++;
  while (text[lexer.at] === ' ' || text[lexer.at] === '\t' || text[lexer.at] === '\r') lexer.at++;
  return text.slice(start, lexer.at);
}
