import type { Edit } from '../text.ts';
import { endOffset, hasComment, offset, putBehind, textBetween } from './edit.ts';
import type { Script, ShellWord, SimpleCommand } from './script.ts';

/** Puts an option behind the word that says what is done, and behind the options that stand there, parted as these are. */
export function insertOption(text: string, script: Script, { words }: SimpleCommand, action: ShellWord, option: string): Edit {
  const at = words.indexOf(action);
  let last = at;
  while (words[last + 1]?.text.startsWith('-')) last++;
  return putBehind(text, script, words.slice(last > at ? last - 1 : last, last + 1), [option]);
}

/** Puts words among neighbouring ones of a command: where those are sorted so that they stay so, else behind the last; on lines of their own where all stand so. */
export function insertAmong(text: string, script: Script, { words }: SimpleCommand, among: readonly ShellWord[], added: readonly string[]): Edit[] {
  const [first] = among;
  const last = among.at(-1);
  if (!first || !last || added.length === 0) return [];
  const gaps = among.slice(1).flatMap((word, i) => (among[i] ? [textBetween(text, script, among[i], word)] : []));
  const lead = words[words.indexOf(first) - 1];
  // One word alone on its line is the first of a column.
  const column = gaps.length > 0 || !lead ? gaps : [textBetween(text, script, lead, first)];
  const isPerLine = column.length > 0 && column.every((gap) => gap.includes('\n') && !hasComment(gap));
  const gap = isPerLine ? (column[0] ?? ' ') : ' ';
  const isSorted =
    among.length > 2 && gaps.every((one) => !hasComment(one)) && among.every((word, i) => i === 0 || compare(among[i - 1]?.text ?? '', word.text) <= 0);
  const edits = new Map<number, string[]>();
  for (const word of isSorted ? added.toSorted(compare) : added) {
    const before = isSorted ? among.findLast((one) => compare(one.text, word) < 0) : last;
    const at = before ? endOffset(script, before.end) : offset(script, first.start);
    edits.set(at, [...(edits.get(at) ?? []), word]);
  }
  const start = offset(script, first.start);
  return [...edits].map(([at, all]) => ({
    start: at,
    end: at,
    text: at === start && lead ? all.map((word) => word + gap).join('') : all.map((word) => gap + word).join(''),
  }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
