import type { Instruction } from './model.ts';

const oddBlanks = '\\v\\f\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';
const odd = new RegExp(`[${oddBlanks}]`);
const oddIndentation = new RegExp(`^[ \\t]*[${oddBlanks}][ \\t${oddBlanks}]*`, 'gm');
const oddAfterKeyword = /^( *[A-Za-z]+)[\v\f]/gm;
const plainArguments = /^([ \t]*[^\s#\\`][^\s\\`]*[ \t]+)[^\\`\r\n]+/gm;
const doubled = { '\\': /(?<=\\)\\(?=[ \t]*$)/gm, '`': /(?<=`)`(?=[ \t]*$)/gm };

/**
 * The text, line by line, with what dockerfile-ast 0.7.1 is known to misread put in words that it does not:
 * - a heredoc that we found: its body becomes blank lines, and no `<<` of its instruction stands (it misses or miscounts many);
 * - a `<<` in quotes or behind a backslash, which opens no heredoc (any other one it still sees, and may take for a heredoc);
 * - an escape character behind another one at the end of a line, which does not continue it;
 * - blanks other than space and tab before or behind a keyword.
 * And what it walks through ten times over without need is one letter: arguments up to the next escape character, where no `<<` is left to be seen.
 */
export function withoutMisreadings(text: string, instructions: readonly Instruction[], escape: string): string {
  let masked = withoutHeredocs(text, instructions);
  if (masked.includes(escape + escape)) masked = masked.replace(doubled[escape === '`' ? '`' : '\\'], '-');
  if (odd.test(masked)) masked = masked.replace(oddIndentation, (blanks) => ' '.repeat(blanks.length)).replace(oddAfterKeyword, '$1 ');
  return masked.includes('<<') ? masked : masked.replace(plainArguments, '$1-');
}

function withoutHeredocs(text: string, instructions: readonly Instruction[]): string {
  if (!text.includes('<<')) return text;
  let masked = '';
  let from = 0;
  for (const { joined, range, heredocs } of instructions) {
    if (!joined.text.includes('<<')) continue;
    masked += text.slice(from, range.start);
    const [first] = heredocs;
    if (first) {
      masked += withoutMarks(text.slice(range.start, first.body.start));
      masked += text.slice(first.body.start, range.end).replace(/[^\n]/g, ' ');
    } else masked += text.slice(range.start, range.end).replace(/"[^"]*"|'[^']*'|\\./g, withoutMarks);
    from = range.end;
  }
  return masked + text.slice(from);
}

function withoutMarks(text: string): string {
  return text.replaceAll('<', '-');
}
