import { applyEdits, Lines, type Edit } from '../text.ts';
import type { Dockerfile } from '../dockerfile/model.ts';
import type { Draft } from './collection.ts';

/** Collects edits of one Dockerfile. Two insertions at one place are made in the order in which they were asked for. */
export function draftOf({ text, eol }: Dockerfile): Draft {
  const edits: Edit[] = [];
  return {
    eol,
    edits,
    add: (more) => {
      for (const edit of more) {
        if (edits.some((one) => one.start < edit.end && edit.start < one.end))
          throw new Error(
            `two edits meet in line ${new Lines(text).lineOf(edit.start)}: make one of them, or make the second on the source that the first gave`,
          );
        edits.push(edit);
      }
    },
    toSource: () => applyEdits(text, edits),
  };
}
