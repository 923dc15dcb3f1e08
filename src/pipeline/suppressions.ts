import type { Dockerfile, Instruction } from '../dockerfile/model.ts';

/** `# dockopt-ignore <id> -- reason` above an instruction, `# dockopt-ignore-file`: what their authors do not want changed. */
export interface Suppressions {
  /** Lines of the comments in the text they were read from, and whether one silenced something. */
  readonly comments: readonly Suppression[];
  readonly wholeFile: boolean;
}

interface Suppression {
  readonly line: number;
  /** No ids: everything. */
  readonly ids: readonly string[];
  readonly instruction: Instruction;
}

const mark = /^#\s*dockopt-ignore(-file)?\b\s*([^\n]*)$/;

export function readSuppressions(dockerfile: Dockerfile): Suppressions {
  const comments: Suppression[] = [];
  let wholeFile = dockerfile.comments.some((comment) => mark.exec(comment.text)?.[1] !== undefined);
  for (const instruction of dockerfile.instructions) {
    for (const comment of instruction.comments) {
      const match = mark.exec(comment.text);
      if (!match) continue;
      if (match[1] !== undefined) wholeFile = true;
      else
        comments.push({
          line: comment.line,
          ids: (match[2] ?? '')
            .replace(/--.*$/, '')
            .split(/[\s,]+/)
            .filter(Boolean),
          instruction,
        });
    }
  }
  return { comments, wholeFile };
}

/** The comment that silences a transform at one of the instructions. */
export function silencedBy({ comments }: Suppressions, id: string, instructions: readonly Instruction[]): Suppression | undefined {
  if (comments.length === 0) return undefined;
  const places = new Set(instructions);
  return comments.find((one) => places.has(one.instruction) && (one.ids.length === 0 || one.ids.includes(id)));
}
