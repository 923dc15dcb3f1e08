import { gatherRuns, insertCommands, joinBelow, joinRuns } from '../src/dockerfile/edit.ts';
import { mayJoinRemoval } from '../src/legality/join-removal.ts';
import { mayRemoveBuildPackages } from '../src/legality/remove-build-packages.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { endOffset, insertWord, offset, putBehind, removeWord, textBetween } from '../src/shell/edit.ts';
import { buildInstalls, positionIn, removalPosition, type BuildInstall } from '../src/steps/build-packages.ts';
import type { Facts } from '../src/steps/facts.ts';
import { packagesRemovedLate } from '../src/steps/late-removals.ts';
import { wordsAt } from '../src/steps/neighbours.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'virtual-build-dependencies',
  title: 'Take out what only the build needs where it built',
  level: 'review',
  benefit:
    'Compilers and headers that are installed for one build stay in the image, and removing them in a later RUN saves nothing: they are installed, used and removed in one.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['removes build packages'],
  asks: [mayRemoveBuildPackages, mayJoinRemoval],
  *find(facts) {
    for (const install of buildInstalls(facts)) {
      const { instruction } = install.step;
      const verdict = ask(mayRemoveBuildPackages, { facts, install }, facts.without);
      if (isRefused(verdict)) {
        yield declined(instruction, verdict);
        continue;
      }
      const edits = editsFor(facts, install);
      const gone = install.packages.flatMap(({ name, build }) => (build ? [name] : []));
      if (edits) yield finding(instruction, `remove ${gone.join(', ')} in the RUN that builds with ${gone.length > 1 ? 'them' : 'it'}`, verdict, edits);
    }
    for (const removal of packagesRemovedLate(facts)) {
      const { bringing, row, inside, passed, removing, removed } = removal;
      const verdict = ask(mayJoinRemoval, { facts, removal }, facts.without);
      if (isRefused(verdict)) {
        yield declined(removing.instruction, verdict);
        continue;
      }
      const runs = row.map(({ instruction }) => instruction);
      const edits = gatherRuns(facts.dockerfile, runs, { below: inside.length > 0, raised: passed.length > 0 ? removing.instruction : undefined });
      yield finding(bringing.instruction, `install, use and remove ${removed} in one RUN`, verdict, edits);
    }
  },
});

function editsFor({ dockerfile }: Facts, install: BuildInstall): Edit[] | undefined {
  const { step, last, between, command, manager, packages } = install;
  const script = last.run?.script;
  const item = script?.items[removalPosition(last) ?? -1];
  if (!script || !item) return undefined;
  const broken = step !== last;
  const gone = packages.flatMap(({ build, position }) => (build ? [command.arguments[position]?.text ?? ''] : []));
  const removal = manager.removal(command.call?.calledAs ?? '', gone);
  const beside = removal.join(' && ').length;
  const inner = installEdits(dockerfile.text, install, (at, commands) => insertCommands(dockerfile, step.instruction, at, commands, { broken, beside }));
  const grown = inner.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0);
  const runs = [step, ...between, last].map(({ instruction }) => instruction);
  const removing = insertCommands(dockerfile, last.instruction, endOffset(script, item.end), removal, { broken, beside: grown });
  if (!broken) return [...inner, removing];
  if (between.every(({ run }) => run)) return [...inner, ...joinRuns(dockerfile, runs, { broken }), removing];
  return [...joinBelow(dockerfile, step.instruction, last.instruction, inner), removing];
}

/** What stays by name, and what is taken out again: in one install, or in two where only an install tells them apart. */
function installEdits(text: string, install: BuildInstall, behind: (at: number, commands: readonly string[]) => Edit): Edit[] {
  const { command, manager, packages, libraries, step } = install;
  const script = step.run?.script;
  const item = script?.items[positionIn(install) ?? -1];
  const { words } = command.command;
  const [first] = wordsAt(
    command,
    packages.slice(0, 1).map(({ position }) => position),
  );
  const [last] = wordsAt(
    command,
    packages.slice(-1).map(({ position }) => position),
  );
  const before = first && words[words.indexOf(first) - 1];
  if (!script || !item || !last || !before) return [];
  const { apart } = manager;
  const upToLast = words.slice(0, words.indexOf(last) + 1);
  const added = libraries.length > 0 ? [putBehind(text, script, upToLast, libraries)] : [];
  if (apart === undefined) return added;
  const start = offset(script, item.start);
  const named = new Set(
    wordsAt(
      command,
      packages.map(({ position }) => position),
    ),
  );
  const call = words
    .filter((word) => !named.has(word))
    .map((word) => word.text)
    .join(' ');
  if (packages.every(({ build }) => build)) {
    const joint = behind(start, ['']).text;
    const kept = libraries.length > 0 ? [{ start, end: start, text: `${call} ${libraries.join(' ')}${joint}` }] : [];
    return [...kept, insertWord(script, before, apart)];
  }
  const taken = packages.flatMap(({ build, position }) => (build ? wordsAt(command, [position]) : []));
  const moved = taken.map((word) => {
    const previous = words[words.indexOf(word) - 1];
    return (previous ? textBetween(text, script, previous, word) : ' ') + text.slice(offset(script, word.start), endOffset(script, word.end));
  });
  const end = endOffset(script, item.end);
  const second = behind(end, [`${call} ${apart}${moved.join('')}`]).text;
  return [...taken.map((word) => removeWord(script, command.command, word)), { start: end, end, text: (added[0]?.text ?? '') + second }];
}
