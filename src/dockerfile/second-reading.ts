import { outline } from './adapter.ts';
import { withoutMisreadings } from './misreadings.ts';
import type { Instruction } from './model.ts';

/** Compares the instructions with what dockerfile-ast sees; the first line where they differ, undefined where they agree. */
export function secondReadingDiffers(text: string, instructions: readonly Instruction[], escape: string): number | undefined {
  const outlines = outline(withoutMisreadings(text, instructions, escape));
  if (!outlines) return 1;
  for (const [index, own] of instructions.entries()) {
    const other = outlines[index];
    if (!other || other.keyword !== own.keyword || other.firstLine !== own.startLine) return own.startLine;
    if (other.lastLine !== lastJoinedLine(text, own)) return own.startLine;
  }
  return outlines[instructions.length]?.firstLine;
}

function lastJoinedLine(text: string, instruction: Instruction): number {
  let line = instruction.endLine;
  for (const { body } of instruction.heredocs) line -= feeds(text, body.start, body.end) + 1;
  return line;
}

function feeds(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
