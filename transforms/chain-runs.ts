import { joinRuns } from '../src/dockerfile/edit.ts';
import { mayFuseRuns } from '../src/legality/fuse-runs.ts';
import { mayCleanUpOnce, mayDropUpdate, mayUniteInstalls } from '../src/legality/installs.ts';
import { ask, isRefused, type Allowed } from '../src/legality/question.ts';
import { growing, removeItems, uniteCommands, type Growing } from '../src/shell/edit.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { gainOf, isPassedOver, isSmall } from '../src/steps/gain.ts';
import { neighbouringInstalls, repeatedCleanUps, repeatedUpdates } from '../src/steps/installs.ts';
import { neighbours, wordsAt } from '../src/steps/neighbours.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding, type Decline, type Finding } from '../src/transform.ts';

export default defineTransform({
  id: 'chain-runs',
  title: 'Chain RUNs where one layer is smaller or fresher than several',
  level: 'safe',
  benefit:
    'What a later RUN deletes stays in the layer that wrote it, and an `update` of its own is cached while its `install` asks for newer packages: both are right only in one RUN.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['unites installs'],
  asks: [mayFuseRuns, mayUniteInstalls, mayDropUpdate, mayCleanUpOnce],
  *find(facts) {
    for (const row of neighbours(facts, 'RUN')) yield* joins(facts, row);
    for (const step of facts.steps) if (step.stage.shipped && step.run?.form === 'shell') yield* shortened(facts, step);
  },
});

/** Grows a group from each RUN as long as joining the next one (or one behind small file operations) saves something. */
function* joins(facts: Facts, row: readonly Step[]): Iterable<Finding | Decline> {
  let group: Step[] = [];
  let why: string[] = [];
  for (let i = 0; i < row.length; i++) {
    const step = row[i];
    if (!step) continue;
    const last = group.at(-1);
    const ahead = last ? reached(group, row, i) : undefined;
    if (last && ahead) {
      const refused = refusal(facts, group, row.slice(i, ahead.to + 1));
      if (!refused) {
        for (const added of row.slice(i, ahead.to + 1)) group.push(added);
        why.push(ahead.gain);
        i = ahead.to;
        continue;
      }
      yield refused;
    }
    yield* joined(facts, group, why);
    group = [step];
    why = [];
  }
  yield* joined(facts, group, why);
}

/** The next RUN that is better in the group: the very next, or one with only small file operations before it. */
function reached(group: readonly Step[], row: readonly Step[], from: number): { to: number; gain: string } | undefined {
  for (let to = from; to < row.length; to++) {
    const step = row[to];
    if (!step) return undefined;
    for (let i = group.length - 1; i >= 0; i--) {
      const member = group[i];
      if (!member) continue;
      const gain =
        (i === group.length - 1 && to === from) || !step.run || !isSmall(step.run) || !member.run || !isSmall(member.run)
          ? gainOf(member, step, to === from)
          : undefined;
      if (gain !== undefined) return { to, gain };
    }
    if (!step.run || !isPassedOver(step.run, group)) return undefined;
  }
  return undefined;
}

function refusal(facts: Facts, group: readonly Step[], added: readonly Step[]): Decline | undefined {
  const earlier = [...group];
  for (const second of added) {
    const first = earlier.at(-1);
    const verdict = first && ask(mayFuseRuns, { facts, first, second, earlier }, facts.without);
    if (verdict && isRefused(verdict)) return declined(second.instruction, verdict);
    earlier.push(second);
  }
  return undefined;
}

function* joined(facts: Facts, group: readonly Step[], why: readonly string[]): Iterable<Finding> {
  const [first, second] = group;
  if (!first || !second) return;
  const instructions = group.map((step) => step.instruction);
  const { because } = mayFuseRuns.answer({ facts, first, second, earlier: [first] });
  const verdict: Allowed = { allowed: 'safe', because: [...new Set(why), because].join('; ') };
  yield finding(first.instruction, `join ${group.length} RUNs`, verdict, joinRuns(facts.dockerfile, instructions));
}

/** What falls away inside one RUN: an update that repeats another, an install beside an install. */
function* shortened(facts: Facts, step: Step): Iterable<Finding | Decline> {
  const { instruction, run } = step;
  if (!run?.script) return;
  // Neighbours go together: their edits would meet.
  const rows: { from: number; to: number; verdict: Allowed }[] = [];
  for (const { between, from, to } of repeatedUpdates(step)) {
    const verdict = ask(mayDropUpdate, { facts, step, between }, facts.without);
    const row = rows.at(-1);
    if (isRefused(verdict)) yield declined(instruction, verdict);
    else if (row && row.to + 1 === from) row.to = to;
    else rows.push({ from, to, verdict });
  }
  for (const { from, to, verdict } of rows) {
    const edit = removeItems(facts.dockerfile.text, run.script, from, to);
    if (edit) yield finding(instruction, 'fetch the package index once', verdict, [edit]);
  }
  for (const { title, item, between } of repeatedCleanUps(step)) {
    const verdict = ask(mayCleanUpOnce, { facts, step, between }, facts.without);
    if (isRefused(verdict)) {
      yield declined(instruction, verdict);
      continue;
    }
    const edit = removeItems(facts.dockerfile.text, run.script, item, item);
    if (edit) yield finding(instruction, `clean up ${title} once, behind the last install`, verdict, [edit]);
  }
  for (const row of neighbouringInstalls(run)) {
    const edits: Edit[] = [];
    let count = 1;
    let allowed: Allowed | undefined;
    let call: Growing | undefined;
    for (let i = 1; i < row.length; i++) {
      const [first, second] = [row[i - 1], row[i]];
      if (!first || !second) continue;
      const verdict = ask(mayUniteInstalls, { facts, first, second }, facts.without);
      call ??= growing(facts.dockerfile.text, run.script, first.command);
      const moved = wordsAt(second, second.use?.packages ?? []);
      const last = wordsAt(first, first.use?.packages ?? []).at(-1);
      const united = isRefused(verdict) ? undefined : uniteCommands(facts.dockerfile.text, run.script, call, [first.command, second.command], moved, last);
      call = united?.grown;
      if (!united || isRefused(verdict)) continue;
      count++;
      edits.push(...united.edits);
      allowed = verdict;
    }
    if (allowed) yield finding(instruction, `unite ${count} installs`, allowed, edits);
  }
}
