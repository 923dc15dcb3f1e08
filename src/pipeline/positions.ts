import { followBack, type Shifts } from '../text.ts';

/** The edits that led from the original text to the current one, step by step. */
export type Trail = readonly Shifts[];

/** The offset in the original text of a place in the current one; the start of an edit for what it brought. */
export function back(trail: Trail, offset: number): number {
  let place = offset;
  for (let i = trail.length - 1; i >= 0; i--) {
    const shifts = trail[i];
    if (shifts) place = followBack(shifts, place);
  }
  return place;
}
