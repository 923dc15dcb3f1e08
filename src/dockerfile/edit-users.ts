import type { Edit } from '../text.ts';
import { isParted } from './edit-moves.ts';
import { runOf } from './edit-runs.ts';
import type { Dockerfile, Instruction, Stage } from './model.ts';
import { keywordLike } from './style.ts';

export interface NewUser {
  readonly name: string;
  /** Commands that make it; none where it is there. */
  readonly made: readonly string[];
}

/** Instructions that act in the image: a user who is set comes behind them. */
const acts = /^(RUN|COPY|ADD|WORKDIR|SHELL|ARG|ONBUILD)$/;

/** Has another user than root run what a stage starts: made behind the RUNs that begin the stage, and set in front of its command, or else at its end. */
export function leaveRoot(dockerfile: Dockerfile, { from, instructions }: Stage, { name, made }: NewUser): Edit[] {
  const { text, eol } = dockerfile;
  const edits: Edit[] = [];
  if (made.length > 0) {
    const first = instructions.findIndex(({ keyword }) => keyword === 'COPY' || keyword === 'ADD');
    const anchor = instructions.slice(0, first < 0 ? instructions.length : first).findLast(({ keyword }) => keyword === 'RUN') ?? from;
    const next = instructions[instructions.indexOf(anchor) + 1];
    const gap = next && isParted(text, anchor, next) ? eol : '';
    edits.push({ start: anchor.range.end, end: anchor.range.end, text: `${eol}${gap}${runOf(dockerfile, keywordLike(dockerfile, from, 'RUN'), made)}` });
  }
  const last = instructions.findLastIndex(({ keyword }) => acts.test(keyword));
  const command = instructions.find(({ keyword }, i) => i > last && (keyword === 'CMD' || keyword === 'ENTRYPOINT'));
  const user = `${keywordLike(dockerfile, from, 'USER')} ${name}`;
  if (command) {
    const at = command.comments[0]?.start ?? command.range.start;
    const before = instructions[instructions.indexOf(command) - 1];
    const apart = command.comments.length > 0 && before && isParted(text, before, command) ? eol : '';
    return [...edits, { start: at, end: at, text: user + eol + apart }];
  }
  return [...edits, ...atEnd(dockerfile, instructions.at(-1) ?? from, user)];
}

function atEnd({ eol }: Dockerfile, { range }: Instruction, line: string): Edit[] {
  return [{ start: range.end, end: range.end, text: eol + line }];
}
