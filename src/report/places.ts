import { readDockerfile } from '../dockerfile/read.ts';
import type { Change, Outcome } from '../outcome.ts';
import { applyEdits, Lines, type Edit } from '../text.ts';
import { hunksOf } from './hunks.ts';

export interface Place {
  /** Lines of the original text, from 1; the last one belongs to it. */
  readonly startLine: number;
  readonly endLine: number;
  /** The instruction that begins there, as it stands in the original text; empty where none does. */
  readonly instruction: string;
}

/** Tells where changes of an outcome lie in its original text. */
export function placesIn({ original }: Pick<Outcome, 'original'>): (change: Pick<Change, 'line' | 'seen' | 'edits'>) => Place {
  const reading = readDockerfile(original);
  const instructions = 'dockerfile' in reading ? reading.dockerfile.instructions : [];
  const lines = new Lines(original);
  const ends = new Map(instructions.map(({ startLine, range, contentEnd }) => [startLine, { start: range.start, end: contentEnd }]));
  return ({ line, seen, edits }) => {
    const { start, end } = ends.get(line) ?? { start: 0, end: 0 };
    const edited = seen === original ? edits.map((edit) => lines.lineOf(Math.max(edit.start, edit.end - 1))) : [];
    return { startLine: line, endLine: Math.max(line, lines.lineOf(Math.max(start, end - 1)), ...edited), instruction: original.slice(start, end) };
  };
}

/**
 * Edits of the original text that make a change: its own where it was the first to see that text, else together with all that were made before it,
 * on whose result it was decided. `before`: how many those are.
 */
export function editsFromOriginal({ original, changes }: Pick<Outcome, 'original' | 'changes'>, change: Change): { edits: readonly Edit[]; before: number } {
  if (change.seen === original) return { edits: change.edits, before: 0 };
  const before = changes.findIndex(({ seen }) => seen === change.seen);
  return { edits: lineEdits(original, applyEdits(change.seen, change.edits)), before };
}

/** Edits of whole lines that lead from one text to the other. */
function lineEdits(before: string, after: string): Edit[] {
  const old = new Lines(before);
  const young = new Lines(after);
  return hunksOf(before, after, 0).map(({ oldStart, oldLines, newStart, newLines }) => {
    return {
      start: old.startOf(oldStart),
      end: old.startOf(oldStart + oldLines),
      text: after.slice(young.startOf(newStart), young.startOf(newStart + newLines)),
    };
  });
}
