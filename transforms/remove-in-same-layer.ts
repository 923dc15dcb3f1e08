import { addFlags, appendCommand, gatherRuns, removeInstruction } from '../src/dockerfile/edit.ts';
import { mayDeleteEarlier } from '../src/legality/delete-earlier.ts';
import { mayDeleteUnpacked } from '../src/legality/delete-unpacked.ts';
import { mayJoinDeletion } from '../src/legality/join-removal.ts';
import { mayMountUnpacked, mayPassByMount, type PassedByMount } from '../src/legality/pass-by-mount.ts';
import { ask, isRefused, type Allowed, type Question } from '../src/legality/question.ts';
import { removeItems, removeWord } from '../src/shell/edit.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { filesRemovedLate, type LateRemoval } from '../src/steps/late-removals.ts';
import type { Dockerfile } from '../src/dockerfile/model.ts';
import { positionOf } from '../src/steps/neighbours.ts';
import { lateDeletions, type LateDeletion } from '../src/steps/late-deletions.ts';
import { archivesCopied, archivesLeft, passingFiles, type Deletion, type PassingFile } from '../src/steps/passing-files.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding, type Decline, type Finding } from '../src/transform.ts';

export default defineTransform({
  id: 'remove-in-same-layer',
  title: 'Store nothing that is deleted again',
  level: 'safe',
  benefit:
    'What one layer brings and a later one deletes stays in the image. A file of the context that one RUN needs comes by a mount, an archive goes in the RUN that unpacked it.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['mounts what is deleted', 'deletes what it unpacked', 'moves deletions'],
  asks: [mayPassByMount, mayMountUnpacked, mayJoinDeletion, mayDeleteEarlier, mayDeleteUnpacked],
  *find(facts) {
    const passing = passingFiles(facts);
    for (const copy of new Set(passing.map((file) => file.copy)))
      yield* mountedFrom(
        facts,
        mayPassByMount,
        passing.filter((file) => file.copy === copy),
      );
    for (const archive of archivesCopied(facts)) yield* mountedFrom(facts, mayMountUnpacked, [archive]);
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

/** All files of one COPY, or none. */
function* mountedFrom(facts: Facts, question: Question<PassedByMount>, files: readonly PassingFile[]): Iterable<Finding | Decline> {
  let allowed: Allowed | undefined;
  for (const file of files) {
    const verdict = ask(question, { facts, file }, facts.without);
    if (isRefused(verdict)) {
      yield declined(file.copy.instruction, verdict);
      return;
    }
    allowed = verdict;
  }
  const edits = mountEdits(facts, files);
  const [first] = files;
  if (!first || !allowed || !edits) return;
  const goes = first.deleted.length > 0 || first.swept !== undefined;
  const sources = files.map(({ source }) => source).join(', ');
  const message = `mount ${sources} for the RUN that needs ${files.length > 1 ? 'them' : 'it'}, instead of copying ${goes ? 'and deleting ' : ''}${files.length > 1 ? 'them' : 'it'}`;
  yield finding(first.copy.instruction, message, allowed, edits, goes ? '20 MB copied and deleted later stay in the image (measured)' : undefined);
}

function mountEdits({ dockerfile }: Facts, files: readonly PassingFile[]): Edit[] | undefined {
  const edits = files.slice(0, 1).flatMap(({ copy }) => removeInstruction(dockerfile, copy.instruction, { comments: false }));
  const shorter = new Map<Step, number>();
  const deletions = files.flatMap(({ deleted }) => deleted);
  for (const command of new Set(deletions.map((one) => one.command))) {
    const own = deletions.filter((one) => one.command === command);
    const deleting = withoutDeletion(dockerfile, own);
    if (!deleting) return undefined;
    edits.push(...deleting);
    for (const { step } of own.slice(0, 1))
      shorter.set(
        step,
        deleting.reduce((sum, { start, end, text }) => sum + end - start - text.length, shorter.get(step) ?? 0),
      );
  }
  for (const run of new Set(files.map((file) => file.run))) {
    const flags = files.filter((file) => file.run === run).map(({ source, path }) => `--mount=type=bind,source=${source},target=${path}`);
    edits.push(...addFlags(dockerfile, run.instruction, flags, undefined, shorter.get(run) ?? 0));
  }
  return edits;
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

/** Takes the words out of their `rm`, the command out of its list, or the RUN out of the file; undefined where a comment would go, or nothing would be left of the RUN that needs them. */
function withoutDeletion(dockerfile: Dockerfile, words: readonly Deletion[]): Edit[] | undefined {
  const [first] = words;
  if (!first) return undefined;
  const { step, command } = first;
  const { run, instruction } = step;
  const position = run && positionOf(run, command);
  if (!run?.script || position === undefined) return undefined;
  const { script } = run;
  if (command.arguments.filter(({ text }) => !text.startsWith('-')).length > words.length)
    return words.map(({ word }) => removeWord(script, command.command, word));
  if (run.commands.length > 1) {
    const edit = removeItems(dockerfile.text, script, position, position);
    return edit && [edit];
  }
  const commented = instruction.comments.length + instruction.innerComments.length > 0;
  return commented ? undefined : removeInstruction(dockerfile, instruction, { comments: false });
}
