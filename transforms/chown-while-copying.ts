import { addFlag, removeInstruction } from '../src/dockerfile/edit.ts';
import { mayOwnWhileCopying } from '../src/legality/own-while-copying.ts';
import { ask, isRefused, type Allowed } from '../src/legality/question.ts';
import { removeItems, removeWord } from '../src/shell/edit.ts';
import type { Facts } from '../src/steps/facts.ts';
import { copiesInto, isDoneByCopies, ownershipChanges, type OwnershipChange } from '../src/steps/ownership.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding, type Finding } from '../src/transform.ts';

export default defineTransform({
  id: 'chown-while-copying',
  title: 'Set owner and mode while copying',
  level: 'safe',
  benefit: 'A RUN that changes owner or mode of what was copied stores every file a second time. COPY writes them as they are to be.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['sets owners while copying'],
  asks: [mayOwnWhileCopying],
  *find(facts) {
    for (const step of facts.steps) {
      for (const change of ownershipChanges(step)) {
        if (copiesInto(facts, change).length === 0) continue;
        const verdict = ask(mayOwnWhileCopying, { facts, change }, facts.without);
        if (isRefused(verdict)) yield declined(step.instruction, verdict);
        else yield* owned(facts, change, verdict);
      }
    }
  },
});

function* owned(facts: Facts, change: OwnershipChange, verdict: Allowed): Iterable<Finding> {
  const { dockerfile } = facts;
  const { step, command, flag, value, given, paths, position, recursive } = change;
  const script = step.run?.script;
  const owner = flag === 'chown' && given.includes(':') ? given : value;
  const edits: Edit[] = copiesInto(facts, change).flatMap(({ instruction }) =>
    instruction.flags.some(({ name }) => name === flag) ? [] : addFlag(instruction, `--${flag}=${owner}`),
  );
  const alone = step.run?.commands.length === 1;
  if (!isDoneByCopies(facts, change)) {
    // The folder itself gets the owner that it had.
    const word = command.command.words.find(({ value: one }) => one === recursive);
    if (script && word) edits.push(removeWord(script, command.command, word));
  } else if (alone) {
    if (step.instruction.comments.length + step.instruction.innerComments.length > 0) return;
    edits.push(...removeInstruction(dockerfile, step.instruction, { comments: false }));
  } else {
    const removed = script && removeItems(dockerfile.text, script, position, position);
    if (!removed) return;
    edits.push(removed);
  }
  yield finding(step.instruction, `${flag} ${paths.join(' ')} while copying`, verdict, edits, '20 MB copied and then changed were stored twice (measured)');
}
