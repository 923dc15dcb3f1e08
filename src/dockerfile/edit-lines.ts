import type { Edit } from '../text.ts';
import { splitLines, type Line } from './lines.ts';
import type { Dockerfile, Instruction } from './model.ts';
import { skipSpace } from './space.ts';

export interface Removal {
  /** The comments above and inside go too; else those inside become comment lines of their own. */
  readonly comments: boolean;
}

/** Puts instructions behind another one. */
export function putBehind({ eol }: Dockerfile, { range }: Instruction, instructions: readonly string[]): Edit[] {
  return instructions.length === 0 ? [] : [{ start: range.end, end: range.end, text: instructions.map((one) => eol + one).join('') }];
}

/** Puts instructions in front of another one and of the comments that belong to it. */
export function putBefore({ eol }: Dockerfile, { range, comments }: Instruction, instructions: readonly string[]): Edit[] {
  const at = comments[0]?.start ?? range.start;
  return instructions.length === 0 ? [] : [{ start: at, end: at, text: instructions.map((one) => one + eol).join('') }];
}

/** Removes an instruction with the lines that it stands on. */
export function removeInstruction(dockerfile: Dockerfile, instruction: Instruction, removal: Removal): Edit[] {
  return removeInstructions(dockerfile, [instruction], removal);
}

/** Removes instructions, and of the empty lines around them what would make a gap wider than the widest that was there. */
export function removeInstructions(dockerfile: Dockerfile, instructions: readonly Instruction[], { comments }: Removal): Edit[] {
  const { text, eol } = dockerfile;
  const lines = splitLines(text);
  const edits: Edit[] = [];
  for (const block of blocksOf(text, lines, instructions, comments)) {
    const kept = comments ? [] : block.instructions.flatMap((instruction) => instruction.innerComments);
    const start = lines[block.first]?.start ?? text.length;
    const end = lines[block.last]?.next ?? text.length;
    if (kept.length === 0) edits.push(removeBlock(dockerfile, lines, block));
    else {
      const finalEol = text[end - 1] === '\n' ? eol : '';
      edits.push({ start, end, text: kept.map((comment) => comment.text).join(eol) + finalEol });
    }
  }
  return edits;
}

/** Lines, by index, that go together: nothing but empty lines between them. */
interface Block {
  readonly instructions: Instruction[];
  readonly first: number;
  readonly last: number;
  /** The widest gap in it. */
  readonly gap: number;
}

function blocksOf(text: string, lines: readonly Line[], instructions: readonly Instruction[], comments: boolean): Block[] {
  const blocks: Block[] = [];
  for (const instruction of instructions.toSorted((a, b) => a.index - b.index)) {
    const first = ((comments ? instruction.comments[0]?.line : undefined) ?? instruction.startLine) - 1;
    const own: Block = { instructions: [instruction], first, last: instruction.endLine - 1, gap: 0 };
    const before = blocks.at(-1);
    const gap = emptyLines(text, lines, first, -1);
    if (before && before.last + gap + 1 === first) {
      before.instructions.push(instruction);
      blocks[blocks.length - 1] = { ...own, instructions: before.instructions, first: before.first, gap: Math.max(before.gap, gap) };
    } else blocks.push(own);
  }
  return blocks;
}

function removeBlock({ text, eol }: Dockerfile, lines: readonly Line[], { first, last, gap }: Block): Edit {
  const above = emptyLines(text, lines, first, -1);
  const below = emptyLines(text, lines, last, 1);
  const start = lines[first]?.start ?? text.length;
  const startAt = (index: number): number => lines[index]?.start ?? text.length;
  if (first - above === 0) return { start: text.startsWith('\uFEFF') ? 1 : 0, end: startAt(last + below + 1), text: '' };
  if (last + below === lines.length - 1) return removeTail(text, lines, first - above, last);
  const wanted = Math.max(above, below, gap) - above;
  const added = Math.max(0, wanted - below);
  return { start, end: startAt(last + 1 + below - (wanted - added)), text: eol.repeat(added) };
}

/** The last lines go with the empty ones above them; where the file had no final line end it has none afterwards. */
function removeTail(text: string, lines: readonly Line[], first: number, last: number): Edit {
  const above = lines[first - 1];
  const end = lines[last]?.next ?? text.length;
  const start = text[end - 1] === '\n' ? above?.next : above?.end;
  return { start: start ?? 0, end, text: '' };
}

/** How many empty lines follow each other next to a line, downwards or upwards. */
function emptyLines(text: string, lines: readonly Line[], index: number, step: 1 | -1): number {
  let count = 0;
  for (let line = lines[index + step]; line && skipSpace(text, line.start, line.end) === line.end; line = lines[index + step * (count + 1)]) count++;
  return count;
}

/** Removes the empty lines inside an instruction, heredocs left as they are. */
export function removeEmptyContinuations({ text }: Dockerfile, { range, heredocs }: Instruction): Edit[] {
  const [first] = heredocs;
  const behind = first ? first.body.start : text.indexOf('\n', range.end) + 1 || text.length;
  const lines = splitLines(text.slice(range.start, behind)).slice(1);
  const edits: Edit[] = [];
  for (const line of lines) {
    const [start, end] = [range.start + line.start, range.start + line.next];
    if (skipSpace(text, start, range.start + line.end) < range.start + line.end) continue;
    const before = edits.at(-1);
    if (before?.end === start) edits[edits.length - 1] = { ...before, end };
    else edits.push({ start, end, text: '' });
  }
  return edits;
}
