import type { SourceText } from '../text.ts';
import { readComment } from './comments.ts';
import type { Line } from './lines.ts';
import type { Comment } from './model.ts';
import { isSpace, skipSpace } from './space.ts';

export interface JoinedLines {
  readonly source: SourceText;
  readonly comments: readonly Comment[];
  /** Index of the last line that belongs to it. */
  readonly last: number;
}

interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * Joins an instruction's lines as the loop in `Parse` of BuildKit's parser.go does: comment and empty lines go, the mark and the blanks
 * behind it go, indentation stays. `start` is the offset of the first character of the first line that is no white space.
 */
export function joinLines(text: string, lines: readonly Line[], first: number, start: number, escape: string): JoinedLines {
  const pieces: Piece[] = [];
  const comments: Comment[] = [];
  let last = first;
  let line = lines[first];
  let from = start;
  while (line) {
    const mark = continuationMark(text, from, line.end, escape);
    pieces.push({ start: from, end: mark ?? line.end });
    if (mark === undefined) break;
    do {
      line = lines[last + 1];
      if (!line) break;
      last++;
    } while (isLeftOut(text, line, last, comments));
    from = line?.start ?? 0;
  }
  return { source: gather(text, pieces), comments, last };
}

function isLeftOut(text: string, line: Line, index: number, comments: Comment[]): boolean {
  const at = skipSpace(text, line.start, line.end);
  if (at === line.end) return true;
  if (text.charCodeAt(at) !== 0x23) return false;
  comments.push(readComment(text, at, line.end, index + 1));
  return true;
}

/** Offset of the escape character that ends the line. One that another one precedes does not: `([^\\])\\[ \t]*$|^\\[ \t]*$`. */
function continuationMark(text: string, start: number, end: number, escape: string): number | undefined {
  let at = end;
  while (at > start && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--;
  if (at === start || text[at - 1] !== escape) return undefined;
  if (at - 1 > start && text[at - 2] === escape) return undefined;
  return at - 1;
}

function gather(text: string, pieces: readonly Piece[]): SourceText {
  let joined = '';
  for (const piece of pieces) joined += text.slice(piece.start, piece.end);
  let left = 0;
  while (left < joined.length && isSpace(joined.charCodeAt(left))) left++;
  const at: number[] = [];
  for (const piece of pieces) for (let offset = piece.start; offset < piece.end; offset++) at.push(offset);
  at.push(at.length > left ? (at[at.length - 1] ?? 0) + 1 : (pieces[0]?.start ?? 0));
  return { text: left > 0 ? joined.slice(left) : joined, at: left > 0 ? at.slice(left) : at };
}
