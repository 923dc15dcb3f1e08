import { printable } from './layout.ts';

/** A text of ours on one line of GitHub's Markdown: its `code` stays code, the rest is shown as it is and mentions, refers to and closes nothing. */
export function prose(text: string): string {
  return printable(text)
    .split(/(`[^`]+`|https?:\/\/[^\s<>`|]+)/)
    .map((part, index) => (index % 2 === 0 ? plain(part) : part.startsWith('`') ? code(part.slice(1, -1)) : part))
    .join('');
}

function plain(text: string): string {
  // A character without width keeps `@name` and `#1` from being looked up.
  return text
    .replace(/[\\`*_[\]<>|~&]/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/#(?=\d)/g, '#\u200b');
}

/** A text of the repository as code on one line, also in a table: https://github.github.com/gfm/#example-200 */
export function code(text: string): string {
  const line = printable(text).replaceAll('|', '\\|');
  const fence = fenceFor(line, 1);
  const gap = /^[` ]|[` ]$/.test(line) || line === '' ? ' ' : '';
  return `${fence}${gap}${line}${gap}${fence}`;
}

/** Lines as a block of code, with an end that none of them holds. */
export function codeBlock(language: string, text: string): string {
  const fence = fenceFor(text, 3);
  return `${fence}${language}\n${text.endsWith('\n') ? text : `${text}\n`}${fence}`;
}

function fenceFor(text: string, least: number): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), least - 1);
  return '`'.repeat(longest + 1);
}

export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
