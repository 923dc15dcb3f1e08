import type { Comment, Dockerfile, Instruction } from './model.ts';
import { trimSpace } from './space.ts';

/** The comment that begins at `start`, the offset of its `#`, on a line (from 1) that ends at `end`. */
export function readComment(text: string, start: number, end: number, line: number): Comment {
  const last = trimSpace(text, start, end);
  return { start, end: last, text: text.slice(start, last), line };
}

/** The block of comment lines that ends right above a line, of those collected since the instruction before. */
export function blockAbove(comments: readonly Comment[], line: number): Comment[] {
  let first = comments.length;
  let expected = line - 1;
  while (first > 0 && comments[first - 1]?.line === expected) {
    first--;
    expected--;
  }
  return comments.slice(first);
}

/** Comments in a part of the text, outside of instructions or inside those given, in order. */
export function commentsBetween(dockerfile: Dockerfile, instructions: readonly Instruction[], start: number, end: number): Comment[] {
  const { comments } = dockerfile;
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  const found: Comment[] = [];
  for (let comment = comments[low]; comment && comment.end <= end; comment = comments[++low]) found.push(comment);
  for (const { innerComments } of instructions) for (const comment of innerComments) if (comment.start >= start && comment.end <= end) found.push(comment);
  return found.toSorted((a, b) => a.start - b.start);
}
