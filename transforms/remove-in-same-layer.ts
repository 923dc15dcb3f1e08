import { addFlags, appendCommand, gatherRuns, removeInstruction } from '../src/dockerfile/edit.ts';
import { mayDeleteEarlier } from '../src/legality/delete-earlier.ts';
import { mayDeleteUnpacked } from '../src/legality/delete-unpacked.ts';
import { mayJoinDeletion } from '../src/legality/join-removal.ts';
import { mayPassByMount } from '../src/legality/pass-by-mount.ts';
import { ask, isRefused, type Allowed } from '../src/legality/question.ts';
import { removeItems, removeWord } from '../src/shell/edit.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { filesRemovedLate, type LateRemoval } from '../src/steps/late-removals.ts';
import type { Dockerfile } from '../src/dockerfile/model.ts';
import { positionOf } from '../src/steps/neighbours.ts';
import { lateDeletions, type LateDeletion } from '../src/steps/late-deletions.ts';
import { archivesLeft, passingFiles, type Deletion, type PassingFile } from '../src/steps/passing-files.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding, type Finding } from '../src/transform.ts';

export default defineTransform({
  id: 'remove-in-same-layer',
  title: 'Store nothing that is deleted again',
  level: 'safe',
  benefit:
    'What one layer brings and a later one deletes stays in the image. A file of the context that one RUN needs comes by a mount, an archive goes in the RUN that unpacked it.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['mounts what is deleted', 'deletes what it unpacked', 'moves deletions'],
  asks: [mayPassByMount, mayJoinDeletion, mayDeleteEarlier, mayDeleteUnpacked],
  *find(facts) {
    for (const file of passingFiles(facts)) {
      const verdict = ask(mayPassByMount, { facts, file }, facts.without);
      if (isRefused(verdict)) yield declined(file.copy.instruction, verdict);
      else yield* mounted(facts, file, verdict);
    }
    const deletions = lateDeletions(facts);
    const joined = new Set<Step>();
    for (const removal of filesRemovedLate(facts)) {
      const { removing, removed } = removal;
      const earlier = deletions.find(({ deleting }) => deleting === removing);
      if (earlier && !isRefused(ask(mayDeleteEarlier, { facts, deletion: earlier }, facts.without))) continue;
      const verdict = ask(mayJoinDeletion, { facts, removal }, facts.without);
      if (!isRefused(verdict)) {
        joined.add(removing);
        yield finding(removing.instruction, `bring, use and delete ${removed} in one RUN`, verdict, joinedEdits(facts, removal));
      } else if (!earlier) yield declined(removing.instruction, verdict);
    }
    for (const deletion of deletions) {
      if (joined.has(deletion.deleting)) continue;
      const verdict = ask(mayDeleteEarlier, { facts, deletion }, facts.without);
      if (isRefused(verdict)) yield declined(deletion.deleting.instruction, verdict);
      else yield deletedEarlier(facts, deletion, verdict);
    }
    for (const step of facts.steps) {
      if (!step.stage.shipped) continue;
      const unpacked: { readonly path: string; readonly word: string; readonly verdict: Allowed }[] = [];
      for (const { path, word } of archivesLeft(step)) {
        const verdict = ask(mayDeleteUnpacked, { facts, step, path }, facts.without);
        if (isRefused(verdict)) yield declined(step.instruction, verdict);
        else unpacked.push({ path, word, verdict });
      }
      const [first] = unpacked;
      if (!first) continue;
      const edits = appendCommand(facts.dockerfile, step.instruction, `rm ${unpacked.map(({ word }) => word).join(' ')}`);
      const paths = unpacked.map(({ path }) => path).join(', ');
      yield finding(step.instruction, `delete ${paths} in the RUN that unpacked ${unpacked.length > 1 ? 'them' : 'it'}`, first.verdict, edits);
    }
  },
});

function* mounted({ dockerfile }: Facts, { copy, run, source, path, deleted }: PassingFile, verdict: Allowed): Iterable<Finding> {
  const inRun: Edit[] = [];
  const edits = removeInstruction(dockerfile, copy.instruction, { comments: false });
  for (const deletion of deleted) {
    const deleting = withoutDeletion(dockerfile, deletion);
    if (!deleting) return;
    (deletion.step === run ? inRun : edits).push(...deleting);
  }
  const shorter = inRun.reduce((sum, { start, end, text }) => sum + end - start - text.length, 0);
  const flags = addFlags(dockerfile, run.instruction, [`--mount=type=bind,source=${source},target=${path}`], undefined, shorter);
  const message = `mount ${source} for the RUN that needs it, instead of copying and deleting it`;
  yield finding(copy.instruction, message, verdict, [...edits, ...inRun, ...flags], '20 MB copied and deleted later stay in the image (measured)');
}

function joinedEdits({ dockerfile }: Facts, { row, inside, passed, removing }: LateRemoval): Edit[] {
  const instructions = row.map(({ instruction }) => instruction);
  return gatherRuns(dockerfile, instructions, { below: inside.length > 0, raised: passed.length > 0 ? removing.instruction : undefined });
}

function deletedEarlier({ dockerfile }: Facts, { writing, deleting, path }: LateDeletion, verdict: Allowed): Finding {
  const { argument, contentEnd } = deleting.instruction;
  const commands = dockerfile.text.slice(argument.at[0] ?? contentEnd, contentEnd);
  const edits = [...appendCommand(dockerfile, writing.instruction, commands), ...removeInstruction(dockerfile, deleting.instruction, { comments: false })];
  return finding(deleting.instruction, `delete ${path} in the RUN that wrote it`, verdict, edits);
}

/** Takes the word out of its `rm`, the command out of its list, or the RUN out of the file; undefined where a comment would go, or nothing would be left of the RUN that needs it. */
function withoutDeletion(dockerfile: Dockerfile, { step, command, word }: Deletion): Edit[] | undefined {
  const { run, instruction } = step;
  const position = run && positionOf(run, command);
  if (!run?.script || position === undefined) return undefined;
  if (command.arguments.filter(({ text }) => !text.startsWith('-')).length > 1) return [removeWord(run.script, command.command, word)];
  if (run.commands.length > 1) {
    const edit = removeItems(dockerfile.text, run.script, position, position);
    return edit && [edit];
  }
  const commented = instruction.comments.length + instruction.innerComments.length > 0;
  return commented ? undefined : removeInstruction(dockerfile, instruction, { comments: false });
}
