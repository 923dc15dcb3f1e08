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

/** True where two edits share a character, or meet in a place where their order would matter. */
export function touch(a: Edit, b: Edit): boolean {
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

/** Where an offset of the old text lies in the new one; undefined where an edit replaced it. */
export function follow(edits: readonly Edit[], offset: number): number | undefined {
  let shift = 0;
  for (const edit of sorted(edits)) {
    if (edit.start > offset || (edit.start === offset && edit.end > edit.start)) break;
    if (edit.end > offset) return undefined;
    shift += edit.text.length - (edit.end - edit.start);
  }
  return offset + shift;
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
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** Offset of the first character of a line (from 1); the text's length for lines behind the last. */
  startOf(line: number): number {
    return this.starts[line - 1] ?? this.text.length;
  }
}
