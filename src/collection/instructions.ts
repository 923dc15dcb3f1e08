import { removeInstructions } from '../dockerfile/edit.ts';
import type { Dockerfile, Instruction, Stage } from '../dockerfile/model.ts';
import type { Edit } from '../text.ts';
import type { Item, Kind } from './collection.ts';

/** An instruction as a collection holds it. */
export interface FoundInstruction extends Instruction, Item {
  /** undefined for an ARG before the first FROM. */
  readonly stage: Stage | undefined;
  /** It belongs to the last stage, which a build without a target ships. */
  readonly final: boolean;
}

export function foundInstructions(dockerfile: Dockerfile): FoundInstruction[] {
  const { instructions, stages, text } = dockerfile;
  return instructions.map((instruction) => {
    const stage = stages.findLast(({ from }) => from.index <= instruction.index);
    return { ...instruction, text: text.slice(instruction.range.start, instruction.range.end), stage, final: stage !== undefined && stage === stages.at(-1) };
  });
}

export function instructionKind(dockerfile: Dockerfile): Kind<FoundInstruction> {
  const { eol, text } = dockerfile;
  return {
    isNamed: (instruction, name) => instruction.keyword === name.toUpperCase(),
    rangeOf: (instruction) => instruction.range,
    insertBefore: ({ comments, range }, inserted): Edit => {
      const at = lineStart(text, comments[0]?.start ?? range.start);
      return { start: at, end: at, text: inserted + eol };
    },
    insertAfter: ({ range }, inserted) => ({ start: range.end, end: range.end, text: eol + inserted }),
    remove: (instructions) => removeInstructions(dockerfile, instructions, { comments: false }),
  };
}

function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}
