import type { Dockerfile, Instruction } from '../src/dockerfile/model.ts';
import { addFlags, appendCommand } from '../src/dockerfile/edit.ts';
import { mayMount } from '../src/legality/mount.ts';
import { ask, isRefused, type Allowed } from '../src/legality/question.ts';
import { appendInHeredoc, insertInSeries, insertWord, putBefore, removeItems, removeWord, replaceItem } from '../src/shell/edit.ts';
import type { Script } from '../src/shell/script.ts';
import { cacheUsesOf, unmounted, type CacheUse } from '../src/steps/cache-uses.ts';
import type { CommandFacts, Facts, RunFacts, Step } from '../src/steps/facts.ts';
import { mountPlan, type MountPlan } from '../src/steps/mount-plan.ts';
import { mountFlags } from '../src/steps/mounts.ts';
import { endsWithFailures, firstPlace, isPlainList } from '../src/steps/neighbours.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'mount-caches',
  title: 'Keep downloads and compiler caches between builds',
  level: 'safe',
  benefit:
    'When a manifest changes, its install runs again and fetches everything anew. On a cache mount what was fetched before stays with the builder, outside of every layer.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['mounts'],
  asks: [mayMount],
  options: { systemPackages: false },
  *find(facts, { systemPackages }) {
    for (const step of facts.steps) {
      const { uses, unknown } = cacheUsesOf(step, facts);
      const inLayer = ({ ecosystem }: CommandFacts): boolean => step.stage.shipped && !systemPackages && ecosystem?.ofDistribution === true;
      for (const { command, because, file } of unknown)
        if (!inLayer(command)) yield declined(step.instruction, { refused: 'no-place', because: file === undefined ? because : `${because}: ${file}` });
      const allowed: { use: CacheUse; verdict: Allowed }[] = [];
      for (const use of uses) {
        if (use.calls.some(({ command }) => inLayer(command)) || (use.identity !== undefined && unmounted(use).length === 0)) continue;
        const verdict = ask(mayMount, { facts, use }, facts.without);
        if (isRefused(verdict)) yield declined(step.instruction, verdict);
        else allowed.push({ use, verdict });
      }
      const [level] = allowed.map(({ verdict }) => verdict.allowed).toSorted((a) => (a === 'safe' ? -1 : 1));
      const now = allowed.filter(({ verdict }) => verdict.allowed === level);
      const edits = mountEdits(
        facts,
        step,
        now.map(({ use }) => use),
      );
      if (now[0] && edits) yield finding(step.instruction, `keep ${now.map(({ use }) => use.title).join(' and ')} between builds`, now[0].verdict, edits);
    }
  },
});

function mountEdits(facts: Facts, { instruction, run }: Step, uses: readonly CacheUse[]): Edit[] | undefined {
  if (!run || uses.length === 0) return undefined;
  const { dockerfile } = facts;
  const { script } = run;
  const { plan } = mountPlan(dockerfile.text, run, uses);
  const edits: Edit[] = script ? inScript(dockerfile, instruction, { ...run, script }, plan) : [];
  const shorter = edits.reduce((sum, { start, end, text }) => sum + end - start - text.length, 0);
  return [
    ...addFlags(
      dockerfile,
      instruction,
      uses.flatMap((use) => mountFlags(use, facts)),
      isFirstOfAll(run) ? plan.around?.first : undefined,
      shorter,
    ),
    ...edits,
  ];
}

/** What comes first stands right behind the flags. */
function isFirstOfAll(run: RunFacts): boolean {
  return run.form === 'shell' && firstPlace(run) === 0;
}

function inScript(
  dockerfile: Dockerfile,
  instruction: Instruction,
  run: RunFacts & { readonly script: Script },
  { dropped, options, sets, removed, around }: MountPlan,
): Edit[] {
  const { script } = run;
  const { text } = dockerfile;
  const first = script.items[firstPlace(run)];
  const edits: Edit[] = around && first && !isFirstOfAll(run) ? [insertInSeries(dockerfile, script, first, around.first)] : [];
  edits.push(...dropped.map(({ command, word }) => removeWord(script, command.command, word)));
  for (const { behind, option } of options) edits.push(insertWord(script, behind, option));
  for (const { before, text: set } of sets) edits.push(putBefore(script, before, set));
  const last = script.items.length - 1;
  for (const [from, to] of removed) {
    const item = script.items[from];
    if (around && item && from === last) edits.push(replaceItem(script, item, around.last));
    else edits.push(...[removeItems(text, script, from, to)].filter((edit) => edit !== undefined));
  }
  if (!around || removed.some(([from]) => from === last)) return edits;
  const isStrict = endsWithFailures(run);
  if (run.form === 'heredoc') return [...edits, appendInHeredoc(dockerfile, script, around.last, isStrict)];
  return [...edits, ...appendCommand(dockerfile, instruction, around.last, isStrict && !isPlainList(run) ? ';' : '&&')];
}
