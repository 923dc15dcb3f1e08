import { once } from '../once.ts';
import type { Dockerfile, Instruction } from './model.ts';
import type { Edit } from '../text.ts';
import { skipSpace, trimSpace } from './space.ts';

export const mostColumns = 100;

/** `leading`: a continuation line begins with `&&`; `trailing`: the line before it ends with `&&`. */
type Joint = 'leading' | 'trailing';

export interface Style {
  readonly joint: Joint;
  readonly indent: string;
  /** What stands in front of the continuation mark. */
  readonly gap: '' | ' ';
}

/** A line of an instruction that is no comment and not empty. */
export interface ContentLine {
  readonly indent: string;
  /** Without indentation, continuation mark and blanks at its end. */
  readonly text: string;
  /** The continuation mark stands right behind the text. */
  readonly glued: boolean;
}

/** The lines of an instruction up to its last character: heredocs are not among them. The first begins with the keyword. */
export function contentLines({ text, escape }: Dockerfile, { range, contentEnd }: Instruction): ContentLine[] {
  const lines: ContentLine[] = [];
  for (let start = range.start; start < contentEnd;) {
    const feed = text.indexOf('\n', start);
    const last = feed < 0 || feed >= contentEnd;
    let end = trimSpace(text, start, last ? contentEnd : feed);
    const from = skipSpace(text, start, end);
    if (from < end && text[from] !== '#') {
      const marked = !last && text[end - 1] === escape;
      const mark = end - 1;
      if (marked) end = trimSpace(text, from, mark);
      lines.push({ indent: blanksAt(text, start, from), text: text.slice(from, end), glued: marked && end === mark });
    }
    start = last ? contentEnd : feed + 1;
  }
  return lines;
}

/** Spaces and tabs: what else is white space for BuildKit is a word for the shell. */
function blanksAt(text: string, start: number, end: number): string {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  return text.slice(start, at);
}

/** The joints between the lines, with the indentation of the line behind each. */
export function jointsOf(lines: readonly ContentLine[]): Style[] {
  const joints: Style[] = [];
  for (const [i, line] of lines.entries()) {
    const before = lines[i - 1];
    if (!before) continue;
    const gap = before.glued ? '' : ' ';
    if (line.text.startsWith('&&')) joints.push({ joint: 'leading', indent: line.indent, gap });
    else if (before.text.endsWith('&&')) joints.push({ joint: 'trailing', indent: line.indent, gap });
  }
  return joints;
}

/** How most RUNs of the file are broken into lines. */
export const styleOf = once((dockerfile: Dockerfile): Style => {
  const lines = dockerfile.instructions.filter((one) => one.keyword === 'RUN').map((one) => contentLines(dockerfile, one));
  const joints = lines.flatMap(jointsOf);
  const leading = joints.filter(({ joint }) => joint === 'leading');
  const joint = leading.length * 2 >= joints.length ? 'leading' : 'trailing';
  const all = lines.flatMap((own) => own.slice(1));
  const own = joints.filter((one) => one.joint === joint);
  const indent = mostUsedIndent(own) ?? mostUsedIndent(all) ?? '    ';
  return { joint, indent, gap: own.filter(({ gap }) => gap === '').length * 2 > own.length ? '' : ' ' };
});

/** The indentation of continuation lines of COPY and ADD, or else of RUN. */
export function copyIndentOf(dockerfile: Dockerfile): string {
  const copies = dockerfile.instructions.filter((one) => one.keyword === 'COPY' || one.keyword === 'ADD');
  return mostUsedIndent(copies.flatMap((one) => contentLines(dockerfile, one).slice(1))) ?? styleOf(dockerfile).indent;
}

/** Of equally frequent ones the first; undefined where there is no line. */
export function mostUsedIndent(lines: readonly { indent: string }[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { indent } of lines) counts.set(indent, (counts.get(indent) ?? 0) + 1);
  let most: string | undefined;
  for (const [indent, count] of counts) if (most === undefined || count > (counts.get(most) ?? 0)) most = indent;
  return most;
}

/** Columns before an offset on its line. */
export function columnOf(text: string, offset: number): number {
  return offset - (offset > 0 ? text.lastIndexOf('\n', offset - 1) + 1 : 0);
}

/** A keyword in the case in which another instruction has its own. */
export function keywordLike({ text }: Dockerfile, { keywordRange, keyword }: Instruction, other: string): string {
  return text.slice(keywordRange.start, keywordRange.end) === keyword.toLowerCase() ? other.toLowerCase() : other;
}

/** What stands in place of a keyword and the blanks behind it: where instructions with longer and shorter keywords begin in the same column, so does this one. */
export function replaceKeyword(dockerfile: Dockerfile, instruction: Instruction, other: string): Edit {
  const { start, end } = instruction.keywordRange;
  const width = columnWidth(dockerfile, instruction);
  const text = keywordLike(dockerfile, instruction, other);
  const stands = (one: Instruction): boolean => one.keyword.length !== instruction.keyword.length && columnWidth(dockerfile, one) === width;
  if (width === undefined || !dockerfile.instructions.some(stands)) return { start, end, text };
  return { start, end: start + width, text: text.padEnd(Math.max(width, text.length + 1)) };
}

/** How far behind the start of the keyword, which spaces alone part from it, the rest begins. */
function columnWidth({ text }: Dockerfile, { keywordRange, flags, argument }: Instruction): number | undefined {
  const at = flags[0]?.start ?? argument.at[0];
  return at !== undefined && /^ +$/.test(text.slice(keywordRange.end, at)) ? at - keywordRange.start : undefined;
}
