import { posix } from 'node:path';
import { addSources, copyLike, moveBehind, putBehind, runLike } from '../src/dockerfile/edit.ts';
import { mayComplete } from '../src/legality/complete.ts';
import { ask, isRefused, type Allowed } from '../src/legality/question.ts';
import { changeOf, firstOfRest, maySplit } from '../src/legality/split.ts';
import { partsAt } from '../src/shell/edit.ts';
import { shortCall } from '../src/steps/commands.ts';
import type { Facts } from '../src/steps/facts.ts';
import { incompleteInstalls, type IncompleteInstall } from '../src/steps/incomplete-installs.ts';
import { isClear } from '../src/steps/made-again.ts';
import { isElsewhere, manifestCopies, missingCopies, placeAt, type ManifestCopy } from '../src/steps/manifest-copies.ts';
import { outputsBrought, type Installing } from '../src/steps/outputs.ts';
import { fetchRun, projectInstalls, type ProjectInstall } from '../src/steps/project-installs.ts';
import { declined, defineTransform, finding, type Finding, type IgnoreLine } from '../src/transform.ts';

export default defineTransform({
  id: 'split-manifests',
  title: 'Install dependencies before the source is copied',
  level: 'safe',
  benefit:
    'A layer is made again when anything changes that was copied before it. With the manifests alone in front of the install, an edit of the source finds the dependencies in the cache.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['splits'],
  asks: [maySplit, mayComplete],
  *find(facts) {
    for (const install of projectInstalls(facts)) {
      const verdict = ask(maySplit, { facts, install }, facts.without);
      if (isRefused(verdict)) yield declined(install.step.instruction, verdict);
      else yield split(facts, install, verdict);
    }
    for (const install of incompleteInstalls(facts)) {
      const verdict = ask(mayComplete, { facts, install }, facts.without);
      if (isRefused(verdict)) yield declined(install.step.instruction, verdict);
      else yield complete(facts, install, verdict);
    }
  },
});

function split(facts: Facts, install: ProjectInstall, verdict: Allowed): Finding {
  const { dockerfile } = facts;
  const { step, moved, command, fetch } = install;
  const copies = manifestCopies(facts, install).map((copy) => written(facts, copy));
  const rest = firstOfRest(facts, install);
  const edits = moveBehind({
    dockerfile,
    moved: moved.map(({ instruction }) => instruction),
    run: step.instruction,
    destinations: new Map(moved.filter((source) => isElsewhere(source, step)).map((source) => [source.instruction, placeAt(source, step)])),
    instead: fetch === undefined ? copies : [...copies, runLike(dockerfile, step.instruction, fetchRun(install, fetch))],
    before: fetch !== undefined,
    parted: rest === undefined || !step.run?.script ? undefined : partsAt(step.run.script, rest),
  });
  const change = `\`${fetch?.command ?? shortCall(command)}\` runs again only when ${changeOf(install)} changes`;
  return { ...finding(step.instruction, change, verdict, edits), ignores: hidden(facts, install) };
}

function complete(facts: Facts, install: IncompleteInstall, verdict: Allowed): Finding {
  const { dockerfile } = facts;
  const { joined, behind, copies } = missingCopies(install);
  const edits = [...joined].flatMap(([copy, sources]) => addSources(copy.instruction, sources));
  edits.push(
    ...putBehind(
      dockerfile,
      behind.instruction,
      copies.map((copy) => written(facts, copy)),
    ),
  );
  const names = [...install.missing.values()].map(({ source }) => source);
  const named = names.length > 3 ? `the ${names.length} files that it reads and lacks` : names.join(', ');
  return { ...finding(install.step.instruction, `\`${shortCall(install.command)}\` gets ${named}`, verdict, edits), ignores: hidden(facts, install) };
}

function written({ dockerfile }: Facts, { like, sources, destination, flags }: ManifestCopy): string {
  return copyLike(dockerfile, like.instruction, sources, destination, flags);
}

/** What the source would bring in place of what was installed. */
function hidden(facts: Facts, install: Installing): IgnoreLine[] {
  const patterns = outputsBrought(facts, install).map((path) => (isClear(posix.basename(path)) ? `**/${posix.basename(path)}` : path));
  return [...new Set(patterns)].map((pattern) => ({ pattern, group: 'made again in the image' }));
}
