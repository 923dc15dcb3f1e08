import { lowerInstructions } from '../src/dockerfile/edit.ts';
import { mayCopyBelow } from '../src/legality/copy-below.ts';
import { lowerings, mayMoveDown } from '../src/legality/move-down.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { installsByName, sourcesAbove, type SourceAbove } from '../src/steps/installs-by-name.ts';
import { writtenOtherwise } from '../src/steps/shared-prefix.ts';
import { names, variablesSet, type MoveDown } from '../src/steps/variables.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'order-by-change',
  title: 'Put what changes often below what has no use for it',
  level: 'review',
  benefit:
    'Each RUN has the ARGs and ENVs above it in its cache key, whether it reads them or not: with a revision or a date declared on top, nothing below it is found in the cache again. So it is with the source: packages that are installed by name below it are installed again after each edit. Told, and not edited, is where Dockerfiles of a repository do the same first steps in other words, which are then stored once for each.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['moves variables', 'copies below installs'],
  asks: [mayMoveDown, mayCopyBelow],
  *find(facts) {
    for (const { move, verdict } of lowerings(facts)) {
      const { above, behind, moved, variables } = move;
      const at = (moved[0] ?? behind).instruction;
      if (isRefused(verdict)) {
        yield declined(at, verdict);
        continue;
      }
      const used = variables.some((variable) => above !== undefined && names(above.instruction, variable));
      const instructions = moved.map(({ instruction }) => instruction);
      const edits = lowerInstructions(facts.dockerfile, { moved: instructions, above: above?.instruction, behind: behind.instruction, used });
      yield finding(at, messageOf(move), verdict, edits);
    }
    for (const above of sourcesAbove(facts)) {
      const { moved, behind } = above;
      const verdict = ask(mayCopyBelow, { facts, above }, facts.without);
      if (isRefused(verdict)) {
        yield declined(behind.instruction, verdict);
        continue;
      }
      const instructions = moved.map(({ instruction }) => instruction);
      const edits = lowerInstructions(facts.dockerfile, { moved: instructions, above: undefined, behind: behind.instruction, used: false });
      yield finding(behind.instruction, messageOn(above), verdict, edits);
    }
    for (const { step, first, more } of writtenOtherwise(facts)) {
      const because = 'steps that are the same word for word, from FROM on, are built, stored and pulled once for all images';
      const elsewhere = more === 0 ? first : `${first} and ${more} more`;
      yield finding(step.instruction, `this RUN does in other words what the one in ${elsewhere} does`, { allowed: 'advice', because }, []);
    }
  },
});

function messageOf({ declared, moved, passed }: MoveDown): string {
  const set = moved.flatMap((step) => (step.instruction.keyword === 'ARG' || declared.includes(step) ? variablesSet(step.instruction) : []));
  const verb = set.length === 1 ? 'comes' : 'come';
  return `${set.join(', ')} ${verb} below ${passed.length === 1 ? 'a RUN that does' : `${passed.length} RUNs that do`} not read ${set.length === 1 ? 'it' : 'them'}`;
}

function messageOn({ moved, passed }: SourceAbove): string {
  const what = moved.length === 1 ? 'what is copied comes' : `${moved.length} COPYs come`;
  const { length } = passed.filter(installsByName);
  return `${what} below ${length === 1 ? 'a RUN that installs' : `${length} RUNs that install`} packages by name`;
}
