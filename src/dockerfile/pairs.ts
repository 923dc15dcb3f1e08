import { applyEdits, type Edit, type SourceText } from '../text.ts';
import { commentsBetween } from './comments.ts';
import { removeInstruction } from './edit-lines.ts';
import type { Dockerfile, Instruction } from './model.ts';
import { readDockerfile } from './read.ts';
import { valueOf } from './shell-words.ts';
import { rangeOf, sliceSource } from './source.ts';
import { isBlank } from './space.ts';
import { replaceKeyword } from './style.ts';
import { quotedWords } from './words.ts';

/** A name and a value of ENV or LABEL, as written. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** The pairs of an ENV or LABEL: `parseNameVal` of BuildKit's line_parsers.go. */
export function pairsOf(instruction: Instruction): Pair[] {
  if (isLegacy(instruction)) {
    const { name, value } = legacyPair(instruction);
    return [{ name, value: value.text }];
  }
  return instruction.words.map(({ text }) => {
    const equals = text.indexOf('=');
    return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  });
}

/** Without a `=` the value is the whole rest of the instruction. */
function legacyPair({ argument }: Instruction): { readonly name: string; readonly value: SourceText } {
  const { text } = argument;
  let end = 0;
  while (end < text.length && !isBlank(text.charCodeAt(end))) end++;
  let start = end;
  while (start < text.length && isBlank(text.charCodeAt(start))) start++;
  return { name: text.slice(0, end), value: sliceSource(argument, start, text.length) };
}

/** `ENV NAME value`, without a `=`: https://docs.docker.com/reference/build-checks/legacy-key-value-format/ */
export function isLegacy({ keyword, words }: Instruction): boolean {
  return (keyword === 'ENV' || keyword === 'LABEL') && words[0] !== undefined && !words[0].text.includes('=');
}

/** `NAME value` written as `NAME=value`, in quotes where blanks would part the value; undefined where that does not say the same, or a comment would go. */
export function writePair(dockerfile: Dockerfile, instruction: Instruction): Edit[] | undefined {
  const { escape } = dockerfile;
  const { name, value } = legacyPair(instruction);
  const { start } = rangeOf(instruction.argument, name.length, name.length + 1);
  const { start: behind, end } = rangeOf(value, 0, value.text.length);
  if (commentsBetween(dockerfile, [instruction], start, behind).length > 0) return undefined;
  if (isOneWord(value.text, escape)) return [{ start, end: behind, text: '=' }];
  const quoted = inDoubleQuotes(value, escape);
  if (!quoted) return undefined;
  const edits = [{ start, end: behind, text: '="' }, ...quoted, { start: end, end, text: '"' }];
  return saysTheSame(dockerfile, instruction, edits) ? edits : undefined;
}

/** Reads the instruction again as it would be: where a quote goes, a `#` may come to stand first on its line. */
function saysTheSame({ text, escape }: Dockerfile, instruction: Instruction, edits: readonly Edit[]): boolean {
  const { start, end } = instruction.range;
  const shifted = edits.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
  const reading = readDockerfile(`# escape=${escape}\nFROM scratch\n${applyEdits(text.slice(start, end), shifted)}`);
  const [, after, ...more] = 'dockerfile' in reading ? reading.dockerfile.instructions : [];
  if (!after || more.length > 0 || isLegacy(after) || after.innerComments.length !== instruction.innerComments.length) return false;
  const [old] = pairsOf(instruction);
  const [fresh, ...others] = pairsOf(after);
  const value = old && valueOf(old.value, escape);
  return value !== undefined && fresh?.name === old?.name && valueOf(fresh?.value ?? '', escape) === value && others.length === 0;
}

function isOneWord(value: string, escape: string): boolean {
  if (valueOf(value, escape) === undefined) return false;
  const words = quotedWords({ text: `NAME=${value}`, at: [] }, escape);
  return words.length === 1 && words[0]?.text === `NAME=${value}`;
}

/** What an escape character in double quotes makes ordinary. */
function isSpecial(character: string | undefined, escape: string): boolean {
  return character === '"' || character === '$' || character === escape;
}

/** A variable that means the same in quotes and out of them. */
const variable = /\$\{\w+\}|\$\w*/y;

/** A value put in double quotes as a whole, its own quotes gone; undefined where a quote is left open or a variable has more to it than a name. */
function inDoubleQuotes({ text, at }: SourceText, escape: string): Edit[] | undefined {
  const special = (character: string | undefined): boolean => isSpecial(character, escape);
  const edits: Edit[] = [];
  let quote: string | undefined;
  const replace = (i: number, by: string): void => {
    const start = at[i] ?? 0;
    edits.push({ start, end: start + 1, text: by });
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    const next = text[i + 1];
    if (character === quote || (quote === undefined && (character === '"' || character === "'"))) {
      quote = quote === undefined ? character : undefined;
      replace(i, '');
    } else if (quote === "'") {
      if (special(character)) replace(i, escape + character);
    } else if (character === escape && (special(next) || quote === undefined)) {
      if (next === undefined) return undefined;
      if (!special(next)) replace(i, '');
      i++;
    } else if (character === '$') {
      variable.lastIndex = i;
      const [name = '$'] = variable.exec(text) ?? [];
      if (text[i + name.length] === '{' && name === '$') return undefined;
      i += name.length - 1;
    }
  }
  return quote === undefined ? edits : undefined;
}

/** https://specs.opencontainers.org/image-spec/annotations/#pre-defined-annotation-keys */
export const authorsLabel = 'org.opencontainers.image.authors';

/** MAINTAINER as a LABEL; quotes around the whole were meant as such, though BuildKit keeps them. */
export function labelMaintainer(dockerfile: Dockerfile, instruction: Instruction): Edit[] {
  const { escape } = dockerfile;
  const name = instruction.argument.text.replace(/^(["'])(.*)\1$/s, '$2');
  const value = name.replaceAll(/["$\\`]/g, (character) => (isSpecial(character, escape) ? escape + character : character));
  const keyword = replaceKeyword(dockerfile, instruction, 'LABEL').text;
  const gap = keyword.endsWith(' ') ? '' : ' ';
  return [{ start: instruction.range.start, end: instruction.contentEnd, text: `${keyword}${gap}${authorsLabel}="${value}"` }];
}

/** Takes a name and its value out of an ARG or ENV, which goes with its last one. */
export function removeSetting(dockerfile: Dockerfile, instruction: Instruction, name: string): Edit[] {
  const { words } = instruction;
  const at = words.findIndex(({ text }) => text === name || text.startsWith(`${name}=`));
  const word = words[at];
  if (!word || words.length === 1 || isLegacy(instruction)) return removeInstruction(dockerfile, instruction, { comments: false });
  const before = words[at - 1];
  const next = words[at + 1];
  return [before ? { start: before.end, end: word.end, text: '' } : { start: word.start, end: next?.start ?? word.end, text: '' }];
}
