/** Texts, offsets, edits. Offsets are UTF-16 code units into the text they belong to; ranges are half-open. */

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Replaces the range of a text. An insertion has `start === end`. */
export interface Edit extends Range {
  readonly text: string;
}

/** A text put together from parts of a file, with the file's offset of every character (`at.length === text.length + 1`). */
export interface SourceText {
  readonly text: string;
  readonly at: ArrayLike<number>;
}

/** A text that is no part of a file: its offsets are its own. */
export function sourceText(text: string): SourceText {
  return { text, at: Array.from({ length: text.length + 1 }, (_, i) => i) };
}

/** True where two edits share a character, or meet in a place where their order would matter. */
function touch(a: Edit, b: Edit): boolean {
  if (a.start === b.start) return true;
  return a.start < b.end && b.start < a.end;
}

/** Applies edits of which no two touch; throws a RangeError where they do or lie outside the text. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let from = 0;
  for (const edit of sorted(edits)) {
    if (edit.start < from || edit.end < edit.start || edit.end > text.length)
      throw new RangeError(`edit ${edit.start}..${edit.end} overlaps another or lies outside the text of ${text.length}`);
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

/** Edits in the order of their places, to follow many offsets through them. */
export interface Shifts {
  readonly edits: readonly Edit[];
  /** How far what stands in front of an edit has moved, for each edit and for what stands behind the last. */
  readonly before: readonly number[];
}

/** `edits` as for `applyEdits`. */
export function shiftsOf(edits: readonly Edit[]): Shifts {
  const inOrder = sorted(edits);
  const before = [0];
  let shift = 0;
  for (const edit of inOrder) before.push((shift += edit.text.length - (edit.end - edit.start)));
  return { edits: inOrder, before };
}

/** Where an offset of the old text lies in the new one, behind what was inserted there; undefined where an edit replaced it. */
export function follow({ edits, before }: Shifts, offset: number): number | undefined {
  const passed = firstWhere(edits.length, (i) => {
    const edit = edits[i];
    return edit !== undefined && (edit.start > offset || (edit.start === offset && edit.end > offset));
  });
  const last = edits[passed - 1];
  return last && last.end > offset ? undefined : offset + (before[passed] ?? 0);
}

/** Where an offset of the new text lay in the old one; the start of an edit for what it brought. */
export function followBack({ edits, before }: Shifts, offset: number): number {
  const passed = firstWhere(edits.length, (i) => (edits[i]?.start ?? 0) + (before[i] ?? 0) > offset);
  const last = edits[passed - 1];
  if (last && offset < last.start + (before[passed - 1] ?? 0) + last.text.length) return last.start;
  return offset - (before[passed] ?? 0);
}

/** The first of `count` positions for which a condition holds that holds for all behind it, too; `count` where it holds for none. */
export function firstWhere(count: number, holds: (position: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Those of sorted texts that begin with one. */
export function startingWith(all: readonly string[], start: string): readonly string[] {
  const first = firstWhere(all.length, (i) => (all[i] ?? '') >= start);
  let end = first;
  while (all[end]?.startsWith(start) === true) end++;
  return all.slice(first, end);
}

/** Puts edits among others of which no two touch, which are in order and stay so; false, and nothing is put, where one touches another. */
export function addEdits(others: Edit[], edits: readonly Edit[]): boolean {
  const behind = (edit: Edit): number => firstWhere(others.length, (i) => (others[i]?.start ?? 0) > edit.start);
  for (const edit of edits) {
    const at = behind(edit);
    if ([others[at - 1], others[at]].some((other) => other && touch(edit, other))) return false;
  }
  for (const edit of edits) others.splice(behind(edit), 0, edit);
  return true;
}

function sorted(edits: readonly Edit[]): Edit[] {
  return edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

/** Finds the line (from 1) of an offset. */
export class Lines {
  readonly starts: number[] = [0];

  constructor(readonly text: string) {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.starts.push(i + 1);
  }

  lineOf(offset: number): number {
    return Math.max(
      1,
      firstWhere(this.starts.length, (i) => (this.starts[i] ?? 0) > offset),
    );
  }

  /** Offset of the first character of a line (from 1); the text's length for lines behind the last. */
  startOf(line: number): number {
    return this.starts[line - 1] ?? this.text.length;
  }
}
