import type { Dockerfile, Instruction } from '../dockerfile/model.ts';
import { isDay, isOver, readSuppression } from '../dockerfile/suppression.ts';
import type { SuppressionDate } from '../outcome.ts';

/** The `# dockopt-ignore` comments of a Dockerfile. */
export interface Suppressions {
  /** Those that hold: their lines in the text they were read from, and what they silence. */
  readonly comments: readonly Suppression[];
  readonly wholeFile: boolean;
  /** In the order of their lines. */
  readonly dates: readonly SuppressionDate[];
}

interface Suppression {
  readonly line: number;
  /** No ids: everything. */
  readonly ids: readonly string[];
  readonly instruction: Instruction;
}

/** `today`: as `2027-01-01`; without it no date is over. */
export function readSuppressions(dockerfile: Dockerfile, today: string | undefined): Suppressions {
  const comments: Suppression[] = [];
  const dates: SuppressionDate[] = [];
  let wholeFile = false;
  for (const { text, line } of dockerfile.comments) {
    const suppression = readSuppression(text);
    if (!suppression) continue;
    const { until } = suppression;
    if (until !== undefined && !isDay(until)) dates.push({ line, until, is: 'no date' });
    if (until !== undefined && isOver(suppression, today)) dates.push({ line, until, is: 'over' });
    else if (suppression.wholeFile) wholeFile = true;
  }
  for (const instruction of dockerfile.instructions) {
    for (const { text, line } of instruction.comments) {
      const suppression = readSuppression(text);
      if (suppression && !suppression.wholeFile && !isOver(suppression, today)) comments.push({ line, ids: suppression.ids, instruction });
    }
  }
  return { comments, wholeFile, dates };
}

/** The comment that silences a transform at one of the instructions. */
export function silencedBy({ comments }: Suppressions, id: string, instructions: readonly Instruction[]): Suppression | undefined {
  if (comments.length === 0) return undefined;
  const places = new Set(instructions);
  return comments.find((one) => places.has(one.instruction) && (one.ids.length === 0 || one.ids.includes(id)));
}
