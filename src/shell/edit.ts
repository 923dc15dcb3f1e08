import { removeInstruction } from '../dockerfile/edit-lines.ts';
import { columnOf, mostColumns } from '../dockerfile/style.ts';
import type { Dockerfile, Instruction } from '../dockerfile/model.ts';
import type { Edit } from '../text.ts';
import type { ListItem, Script, ShellWord, SimpleCommand } from './script.ts';

/** Edits of commands inside a RUN, as edits of the file that the script was read from. */

/** Puts a word behind another one. */
export function insertWord(script: Script, after: ShellWord, word: string): Edit {
  const at = endOffset(script, after.end);
  return { start: at, end: at, text: ` ${word}` };
}

/** Puts a word behind the last one of a command, parted as the last two are. */
export function appendWord(text: string, script: Script, { words }: SimpleCommand, word: string): Edit {
  return putBehind(text, script, words, [word]);
}

/** Puts words behind the last of some words of a command, parted as the last two are. */
export function putBehind(text: string, script: Script, words: readonly ShellWord[], added: readonly string[]): Edit {
  const [before, last] = [words.at(-2), words.at(-1)];
  const at = endOffset(script, last?.end ?? 0);
  const gap = before && last ? text.slice(endOffset(script, before.end), offset(script, last.start)) : ' ';
  const parting = gap.includes('\n') && !hasComment(gap) ? gap : ' ';
  return { start: at, end: at, text: added.map((word) => parting + word).join('') };
}

/** Puts a word in place of another one. */
export function replaceWord(script: Script, word: ShellWord, by: string): Edit {
  return { start: offset(script, word.start), end: endOffset(script, word.end), text: by };
}

/** What stands between two words. */
export function textBetween(text: string, script: Script, first: ShellWord, second: ShellWord): string {
  return text.slice(endOffset(script, first.end), offset(script, second.start));
}

/** Takes a word out of a command, with what parts it from the one before. */
export function removeWord(script: Script, { words }: SimpleCommand, word: ShellWord): Edit {
  const before = words[words.indexOf(word) - 1];
  return { start: endOffset(script, before?.end ?? word.start), end: endOffset(script, word.end), text: '' };
}

/** Takes neighbouring words out of a command. */
export function removeWords(script: Script, command: SimpleCommand, first: ShellWord, last: ShellWord): Edit {
  return { ...removeWord(script, command, first), end: endOffset(script, last.end) };
}

/** Puts a text, its blank included, right in front of a word. */
export function putBefore(script: Script, { start }: ShellWord, text: string): Edit {
  const at = offset(script, start);
  return { start: at, end: at, text };
}

/** Puts a command in place of an item. */
export function replaceItem(script: Script, { start, end }: ListItem, by: string): Edit {
  return { start: offset(script, start), end: endOffset(script, end), text: by };
}

/** Puts a command and `&&` in front of an item of the list, on a line of its own where the items stand so. */
export function insertCommand(text: string, script: Script, before: ListItem, command: string): Edit {
  const at = offset(script, before.start);
  const joint = /[ \t]*(?:&&)?[ \t]*[\\`][ \t]*\r?\n[ \t]*(?:&& *)?$/.exec(text.slice(0, at))?.[0];
  if (joint?.includes('&&') !== true) return { start: at, end: at, text: `${command} && ` };
  // Marks that stand below each other go on doing so.
  const gap = /^ *(?=&&)/.exec(joint)?.[0].length ?? 0;
  const column = columnOf(text, at - joint.length) + gap;
  const aligned = gap > 1 ? ' '.repeat(Math.max(1, column - columnOf(text, at) - command.length)) + joint.slice(gap) : joint;
  return { start: at, end: at, text: command + aligned };
}

/** Puts a command between an item of an `&&` list and the next one, in the way in which those two are joined. */
export function insertBehind(text: string, script: Script, item: ListItem, next: ListItem, command: string): Edit {
  const at = endOffset(script, item.end);
  const joint = text.slice(at, offset(script, next.start));
  return { start: at, end: at, text: (joint.includes('&&') && !hasComment(joint) ? joint : ' && ') + command };
}

/** Puts a command in front of an item, in the way in which that hangs on the one before; on a line of its own where it is the first of a heredoc. */
export function insertInSeries({ text, eol }: { readonly text: string; readonly eol: string }, script: Script, before: ListItem, command: string): Edit {
  const at = offset(script, before.start);
  const previous = script.items[script.items.indexOf(before) - 1];
  const joint = previous ? text.slice(endOffset(script, previous.end), at) : eol + indentAt(text, at);
  return { start: at, end: at, text: command + joint.replaceAll(/^[ \t]*#[^\n]*\n/gm, '') };
}

/** Puts a command behind the last of a heredoc: on a line of its own where failures end the script before, else behind its success. */
export function appendInHeredoc({ text, eol }: { readonly text: string; readonly eol: string }, script: Script, command: string, isStrict: boolean): Edit {
  const last = script.items.at(-1);
  const at = endOffset(script, last?.end ?? 0);
  return { start: at, end: at, text: (isStrict ? eol + indentAt(text, offset(script, last?.start ?? 0)) : ' && ') + command };
}

function indentAt(text: string, at: number): string {
  return /[ \t]*$/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1, at))?.[0] ?? '';
}

/** Takes neighbouring items out of a list, with the joint at a line break of the two that they stand between; undefined where a comment would go with them, or nothing would be left. */
export function removeItems(text: string, script: Script, from: number, to: number): Edit | undefined {
  const { items } = script;
  const first = items[from];
  const last = items[to];
  const next = items[to + 1];
  const previous = items[from - 1];
  if (!first || !last || (!next && !previous)) return undefined;
  const start = previous ? endOffset(script, previous.end) : offset(script, first.start);
  const end = next ? offset(script, next.start) : endOffset(script, last.end);
  const ended = endOffset(script, last.end);
  // What is said before the next command is said of it.
  if (previous && first.connector === '&&' && next?.connector === '&&' && !hasComment(text.slice(start, ended)) && hasComment(text.slice(ended, end)))
    return { start, end: ended, text: '' };
  const removed = text.slice(start, end);
  if (hasComment(removed)) return undefined;
  if (!previous || !next) return { start, end, text: '' };
  const before = text.slice(start, offset(script, first.start));
  const behind = text.slice(ended, end);
  if (first.connector === ';') return { start, end, text: before };
  if (next.connector === ';') return { start, end, text: behind };
  // The line before keeps its end, the line behind its head.
  const kept = before.includes('\n') && behind.includes('\n') ? before.slice(0, before.indexOf('\n') + 1) + behind.slice(behind.lastIndexOf('\n') + 1) : '';
  const joint = kept.split('&&').length === 2 ? kept : [before, behind].find((one) => one.includes('\n'));
  return { start, end, text: joint ?? lastJoint(removed) ?? ' && ' };
}

/** Takes items out of a RUN, neighbouring ones together; the RUN goes with its last one. Undefined where a comment would go. */
export function takeOut(dockerfile: Dockerfile, run: Instruction, script: Script, items: readonly ListItem[]): Edit[] | undefined {
  if (script.items.every((item) => items.includes(item))) return removeInstruction(dockerfile, run, { comments: false });
  const rows: [from: number, to: number][] = [];
  for (const place of items.map((item) => script.items.indexOf(item)).toSorted((a, b) => a - b)) {
    const last = rows.at(-1);
    if (last && last[1] + 1 === place) last[1] = place;
    else rows.push([place, place]);
  }
  const edits = rows.flatMap(([from, to]) => removeItems(dockerfile.text, script, from, to) ?? []);
  return edits.length === rows.length ? edits : undefined;
}

/** The last `&&` of a text that stands at a line break, with that break. */
function lastJoint(text: string): string | undefined {
  return [...text.matchAll(/[ \t]*(?:&&)?[ \t]*[\\`][ \t]*\r?\n[ \t]*(?:&& *)?/g)].map(([joint]) => joint).findLast((joint) => joint.includes('&&'));
}

/** A part of a command's text where comment lines stand between continuation lines. */
export function hasComment(text: string): boolean {
  return /^[ \t]*#/m.test(text.slice(text.indexOf('\n') + 1)) && text.includes('\n');
}

/** Where a script is parted in front of an item: the end of the one before, and the start of that item. */
export function partsAt(script: Script, position: number): { readonly end: number; readonly start: number } | undefined {
  const [last, next] = [script.items[position - 1], script.items[position]];
  return last && next && { end: endOffset(script, last.end), start: offset(script, next.start) };
}

/** The end of the last command, where a `;` or a comment stands behind it that would swallow what comes next. */
export function endBefore({ items, tail, source }: Script): number | undefined {
  const last = items.at(-1);
  const place = last && source.at[last.end - 1];
  return /^(;|;?\s*#.*)$/.test(tail) && place !== undefined && !last?.background ? place + 1 : undefined;
}

/** The file's offset of a place in the script. Throws a RangeError for what does not stand there, such as a RUN in exec form. */
export function offset(script: Script, at: number): number {
  const place = script.source.at[at];
  if (place === undefined) throw new RangeError('the script does not stand in the file');
  return place;
}

/** The file's offset behind the character before a place in the script. */
export function endOffset(script: Script, end: number): number {
  return end === 0 ? offset(script, 0) : offset(script, end - 1) + 1;
}

/** A call that grows by the words of those behind it: where it begins, and the column at which it ends by now. */
export interface Growing {
  readonly head: SimpleCommand;
  readonly column: number;
}

/** A call before it grows. */
export function growing(text: string, script: Script, head: SimpleCommand): Growing {
  return { head, column: columnOf(text, endOffset(script, head.end)) };
}

/**
 * Gives the last words of a command to the one before it, which is the call or has grown into it: `add a && add b` becomes `add a b`.
 * undefined where `moved` are not the second's last words. `last` is the word of the first behind which they belong, the last of all where it is undefined.
 * Comments between stay above what they explain.
 */
export function uniteCommands(
  text: string,
  script: Script,
  { head, column }: Growing,
  [first, second]: readonly [SimpleCommand, SimpleCommand],
  moved: readonly ShellWord[],
  last: ShellWord | undefined,
): { readonly edits: readonly Edit[]; readonly grown: Growing } | undefined {
  const start = moved[0];
  if (!start || moved.some((word, i) => word !== second.words[second.words.length - moved.length + i])) return undefined;
  if (second.redirections.length > 0 || first.redirections.length > 0) return undefined;
  const from = endOffset(script, first.end);
  const to = offset(script, start.start);
  const words = text.slice(to, endOffset(script, second.end));
  // `install a -y` grows before its options.
  const onOneLine = !text.slice(offset(script, first.start), from).includes('\n') && !words.includes('\n');
  if (last && last !== first.words.at(-1) && onOneLine && !hasComment(text.slice(from, to))) {
    const at = endOffset(script, last.end);
    const edits = [
      { start: at, end: at, text: ` ${words}` },
      { start: from, end: endOffset(script, second.end), text: '' },
    ];
    return { edits, grown: { head, column: column + 1 + words.length } };
  }
  const deeper = text.slice(offset(script, 0), offset(script, head.start)).includes('\n');
  const parting = partingOf(text, script, first, { from, to, deeper, column: column + 1 + (words.split('\n')[0] ?? '').length });
  const line = (parting + words).slice((parting + words).lastIndexOf('\n') + 1);
  return { edits: [{ start: from, end: to, text: parting }], grown: { head, column: line.length + ((parting + words).includes('\n') ? 0 : column) } };
}

interface Seam {
  readonly from: number;
  readonly to: number;
  /** Lines of the call stand deeper than those of the calls. */
  readonly deeper: boolean;
  /** Where the line would end. */
  readonly column: number;
}

function partingOf(text: string, script: Script, first: SimpleCommand, { from, to, deeper, column }: Seam): string {
  const between = text.slice(from, to);
  if (hasComment(between)) return commentsKept(text.slice(0, from), between, deeper);
  const ownLine = /^[ \t]*[\\`][ \t]*\r?\n[ \t]*/.exec(between)?.[0];
  const below = ownLine !== undefined && deeper ? ownLine + stepOf(ownLine) : ownLine;
  const perLine = text.slice(offset(script, first.start), from).includes('\n');
  // What the comment explains keeps a line to itself.
  if (below !== undefined && /\n[ \t]*#[^\n]*\n[ \t]*(&& *)?$/.test(text.slice(0, offset(script, first.start)))) return below;
  const lineBefore = /[ \t]*[\\`][ \t]*\r?\n[ \t]*$/.exec(between)?.[0];
  if (lineBefore !== undefined) return perLine && ownLine !== undefined ? ownLine : lineBefore;
  if (ownLine !== undefined && perLine) return ownLine;
  return below !== undefined && column > mostColumns ? below : ' ';
}

/** ` \\`, comment lines and `&& add ` become ` \\` and the comment lines, indented as the packages around them are, or as the call says. */
function commentsKept(before: string, between: string, deeper: boolean): string {
  const lines = between.split('\n');
  const last = lines.at(-1) ?? '';
  const call = indentOf(last.trim() === '' ? (lines.findLast((line) => line.includes('&&')) ?? '') : last);
  const first = before.slice(before.lastIndexOf('\n') + 1);
  const packages = last.trim() === '' ? last : /^\s*(RUN|&&)/i.test(first) ? undefined : indentOf(first);
  const indent = packages ?? (deeper ? call + stepOf(call) : call);
  const comments = lines.filter((line) => line.trimStart().startsWith('#')).map((line) => indent + line.trimStart());
  return [(lines[0] ?? '').replace(/[ \t]*&&/, ''), ...comments, indent].join('\n');
}

function stepOf(indent: string): string {
  return indent.includes('\t') ? '\t' : '    ';
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}
