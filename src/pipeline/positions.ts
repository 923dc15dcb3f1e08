import type { Edit } from '../text.ts';

/** The edits that led from the original text to the current one, step by step. */
export type Trail = readonly (readonly Edit[])[];

/** The offset in the original text of a place in the current one; the start of an edit for what it brought. */
export function back(trail: Trail, offset: number): number {
  let place = offset;
  for (const edits of trail.toReversed()) place = before(edits, place);
  return place;
}

function before(edits: readonly Edit[], offset: number): number {
  let shift = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    const start = edit.start + shift;
    if (offset < start) break;
    if (offset < start + edit.text.length) return edit.start;
    shift += edit.text.length - (edit.end - edit.start);
  }
  return offset - shift;
}
