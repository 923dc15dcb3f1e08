import { firstWhere, type Edit } from '../text.ts';
import type { Dockerfile, Instruction } from './model.ts';

/** The instructions that edits change or stand right beside, in the order of the edits. */
export function touchedBy({ instructions }: Dockerfile, edits: readonly Edit[]): Instruction[] {
  const touched: Instruction[] = [];
  for (const edit of edits) {
    let at = firstWhere(instructions.length, (i) => (instructions[i]?.range.end ?? 0) >= edit.start);
    for (let one = instructions[at]; one && one.range.start <= edit.end; one = instructions[++at]) touched.push(one);
  }
  return touched;
}
