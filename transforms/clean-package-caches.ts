import { appendCommand, removeInstruction } from '../src/dockerfile/edit.ts';
import { leavings } from '../src/ecosystems/index.ts';
import { mayCleanUp } from '../src/legality/clean-up.ts';
import { mayDropCleanUp } from '../src/legality/drop-clean-up.ts';
import { mayRenew } from '../src/legality/renew.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { appendWord, endBefore, insertBehind, insertCommand, insertWord, removeItems, replaceWord } from '../src/shell/edit.ts';
import { onlyCleansUp, wayToCleanUp, type Way } from '../src/steps/clean-up.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { cleanedBy, leftBy, type Left } from '../src/steps/leavings.ts';
import { wordsAt } from '../src/steps/neighbours.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding, type Decline, type Finding } from '../src/transform.ts';

export default defineTransform({
  id: 'clean-package-caches',
  title: 'Leave no package index or download cache in a layer',
  level: 'safe',
  benefit:
    'Package lists and download caches are of no use in an image. They are removed in the RUN that made them, or never come: in a later RUN the bytes stay.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['cleans up'],
  asks: [mayCleanUp, mayRenew, mayDropCleanUp],
  *find(facts) {
    for (const step of facts.steps) {
      if (!step.run || !step.stage.shipped) continue;
      for (const left of leftBy(step)) yield* cleaned(facts, step, left);
      yield* dropped(facts, step);
    }
  },
});

function* cleaned(facts: Facts, step: Step, left: Left): Iterable<Finding | Decline> {
  const { instruction } = step;
  const verdict = ask(mayCleanUp, { facts, step, left }, facts.without);
  const way = wayToCleanUp(facts.dockerfile.text, step, left);
  if (isRefused(verdict)) {
    const renewed = verdict.refused === 'later-install' && way && left.leaving.avoidedBy === undefined ? renewal(facts, step, left, way) : undefined;
    yield renewed ?? declined(instruction, verdict);
    return;
  }
  const edits = way && editsFor(facts, step, way);
  if (way && edits) yield finding(instruction, message(left, way), verdict, edits, left.leaving.saves);
}

/** The clean-up together with an update of its own for each later install that lived on what is removed. */
function renewal(facts: Facts, step: Step, left: Left, way: Way): Finding | Decline | undefined {
  const verdict = ask(mayRenew, { facts, step, left }, facts.without);
  const edits = editsFor(facts, step, way);
  if (isRefused(verdict) || !edits) return undefined;
  const updates = mayRenew.places({ facts, step, left });
  const inserted = updates.map(({ script, item, command }) => insertCommand(facts.dockerfile.text, script, item, command));
  return finding(step.instruction, `${message(left, way)}; later installs fetch their own`, verdict, [...edits, ...inserted], left.leaving.saves);
}

function message({ leaving }: Left, way: Way): string {
  if (way.by === 'command' || way.by === 'command behind the call' || way.by === 'removal') return `clean up ${leaving.title} in the same RUN`;
  if (way.by === 'dropping the update') return `drop an update behind which nothing reads ${leaving.title}`;
  return way.by === 'option' ? `${way.option} keeps ${leaving.title} out of the layer` : `drop a RUN that only fetches ${leaving.title}, which nothing reads`;
}

function editsFor({ dockerfile }: Facts, { instruction, run }: Step, way: Way): Edit[] | undefined {
  if (way.by === 'dropping the RUN') return removeInstruction(dockerfile, instruction, { comments: false });
  const script = run?.script;
  if (way.by === 'command') return appendCommand(dockerfile, instruction, way.command, way.connector, script && endBefore(script));
  if (!script) return undefined;
  if (way.by === 'command behind the call') {
    const [item, next] = [script.items[way.item], script.items[way.item + 1]];
    return item && next && [insertBehind(dockerfile.text, script, item, next, way.command)];
  }
  if (way.by === 'removal') return [appendWord(dockerfile.text, script, way.removal.command, way.folder)];
  if (way.by === 'dropping the update') {
    const edit = removeItems(dockerfile.text, script, way.update, way.update);
    return edit && [edit];
  }
  const edits: (Edit | undefined)[] = way.updates.map((position) => removeItems(dockerfile.text, script, position, position));
  for (const call of way.calls) {
    const [word] = wordsAt(call, [call.use?.actionAt ?? -1]);
    const replaced = call.command.words.find((one) => way.replaces.includes(one.text));
    edits.push(replaced ? replaceWord(script, replaced, way.option) : word && insertWord(script, word, way.option));
  }
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}

/** A RUN that only cleans what is clean already. */
function* dropped(facts: Facts, step: Step): Iterable<Finding | Decline> {
  const { instruction, run, state } = step;
  if (!run || !onlyCleansUp(run, state)) return;
  const cleans = leavings.filter((leaving) => run.commands.some((command) => cleanedBy(command, leaving, state)));
  const verdict = ask(mayDropCleanUp, { facts, step, leavings: cleans }, facts.without);
  if (isRefused(verdict)) yield declined(instruction, verdict);
  else
    yield finding(instruction, 'drop a RUN that cleans what is clean already', verdict, removeInstruction(facts.dockerfile, instruction, { comments: false }));
}
