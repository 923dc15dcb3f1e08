import { posix } from 'node:path';
import { holdsCompilers } from '../src/bases/base.ts';
import type { RunTimeTwin } from '../src/bases/run-time.ts';
import { copyLike, freeStageName, isParted, keywordLike, partStage, putBefore, runLike, runOf } from '../src/dockerfile/edit.ts';
import type { Instruction } from '../src/dockerfile/model.ts';
import { isObstacle } from '../src/ecosystems/closure.ts';
import { addingOn } from '../src/ecosystems/index.ts';
import { mayIntroduceStages } from '../src/legality/introduce-stages.ts';
import { mayPartCopy } from '../src/legality/part-copy.ts';
import { mayRemoveBuildPackages } from '../src/legality/remove-build-packages.ts';
import { ask, isRefused, type Allowed, type Verdict } from '../src/legality/question.ts';
import { foldersOnTwin, mayRunOn, mayStartOn, packagesOnTwin, type RunOn } from '../src/legality/run-on.ts';
import { buildInstalls } from '../src/steps/build-packages.ts';
import { isAskedFor } from '../src/steps/targeted.ts';
import type { CommandFacts, Facts, Step } from '../src/steps/facts.ts';
import { isClear } from '../src/steps/made-again.ts';
import { manifestCopies } from '../src/steps/manifest-copies.ts';
import { mixedCopyOf, partsOf, type MixedCopy } from '../src/steps/mixed-copies.ts';
import { outputsBrought } from '../src/steps/outputs.ts';
import { isBelow } from '../src/steps/paths.ts';
import { environmentOf, madeBy, packagesFolder, partingOf, unpackedBy, type DependencyStage, type Parting } from '../src/steps/parting.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding, type Decline, type Finding, type IgnoreLine } from '../src/transform.ts';

export default defineTransform({
  id: 'introduce-stages',
  title: 'Build in one stage, ship another',
  level: 'review',
  benefit:
    'A compiler, its caches and the sources are most of an image that builds what it runs. A stage of its own builds; the image that is shipped gets what runs, on a base without build tools.',
  keeps: ['comments'],
  does: ['introduces stages'],
  asks: [mayIntroduceStages, mayStartOn, mayPartCopy],
  references: ['https://docs.docker.com/build/building/multi-stage/'],
  *find(facts) {
    const mixed = mixedCopyOf(facts);
    if (mixed) yield ofMixed(mixed);
    const parting = partingOf(facts);
    if (!parting || isNoGain(parting)) return;
    const { from } = parting.stage.stage;
    const parted = ask(mayIntroduceStages, parting, facts.without);
    const verdict = isRefused(parted) || !parting.base ? parted : on(parting, parted, ask(mayStartOn, startOn(parting, parting.base), facts.without));
    if (isRefused(verdict)) yield declined(from, verdict);
    else {
      const image = parting.base?.image ?? '';
      const change =
        image === parting.stage.stage.base
          ? `what builds goes in a stage of its own`
          : `${parting.stage.base.image} only builds; what runs is shipped on ${image}`;
      yield { ...finding(from, change, verdict, editsFor(parting)), ignores: hidden(parting) };
    }
  },
});

/** A COPY of all that a stage holds, where that stage is there already. */
function ofMixed(mixed: MixedCopy): Finding | Decline {
  const { facts, step } = mixed;
  const { range } = step.instruction;
  const verdict = ask(mayPartCopy, mixed, facts.without);
  if (isRefused(verdict)) return declined(step.instruction, verdict);
  const folder = step.copy?.destination.startsWith('/') === false ? (step.state.workdir ?? '/') : '/';
  const lines = partsOf(mixed).map(({ path, isFile }) =>
    copyLike(facts.dockerfile, step.instruction, [path], isFile ? `${shortened(folder, posix.dirname(path))}/` : shortened(folder, path)),
  );
  const text = lines.join(facts.dockerfile.eol);
  return finding(step.instruction, 'packages and what is built are copied by themselves', verdict, [{ start: range.start, end: range.end, text }]);
}

/** Nothing is built, and another FROM will do, or to take the compilers out where they are: both are smaller changes. */
function isNoGain({ facts, stage, program, base }: Parting): boolean {
  if (isObstacle(program) || program.artefacts.length > 0) return false;
  if (!base) return holdsCompilers(stage.base) === false;
  if (!isRefused(ask(mayRunOn, { facts, stage, steps: stage.steps, twin: base }))) return true;
  return buildInstalls(facts).some(
    (install) => install.step.stage === stage && !install.between.some(({ copy }) => copy) && !isRefused(ask(mayRemoveBuildPackages, { facts, install })),
  );
}

/** Both have to hold: what is lost on the other image is what differs. */
function on(parting: Parting, parted: Allowed, verdict: Verdict): Verdict {
  const { base, stage } = parting;
  if (isRefused(verdict)) return verdict;
  const lost = base && base.loses.length > 0 ? `${verdict.differs ?? ''}; ` : '';
  const other = base?.image === stage.stage.base ? lost : `it runs on ${base?.image ?? ''}: ${lost}`;
  const folders = base ? foldersOnTwin(startOn(parting, base)) : [];
  const copied = folders.length > 0 ? `; ${folders.join(' and ')} come from the build, as no server holds packages of its release any more` : '';
  return { ...parted, because: `${parted.because}${copied}`, differs: `${other}${parted.differs ?? ''}` };
}

/** What runs, on the base that it is to run on. */
function startOn(parting: Parting, twin: RunTimeTwin): RunOn {
  const packages = twin.foreign ? parting.packages : [];
  return { ...parting, twin, made: madeBy(parting), packages, restarts: isObstacle(parting.restart) || parting.restart.size > 0, afterBuild: true };
}

function editsFor(parting: Parting): Edit[] {
  const { facts, stage, last, program, restart, repeated, moved, packages, lean, workdir, base, steps, isServed, owner, project, manifests, dependencies } =
    parting;
  const { dockerfile } = facts;
  const { from } = stage.stage;
  const { artefacts, installed } = isObstacle(program) ? { artefacts: [], installed: undefined } : program;
  const folder = last.state.workdir ?? '/';
  const build = isAskedFor(facts, stage) ? freeStageName(dockerfile, 'build', 'builder', 'compile') : (stage.stage.name ?? '');
  const installing = freeStageName(dockerfile, 'dependencies', 'production-dependencies');
  const write = (keyword: string): string => keywordLike(dockerfile, from, keyword);
  const copied = (name: string, path: string, destination: string): string =>
    `${write('COPY')} --from=${name} ${owner === undefined ? '' : `--chown=${owner} `}${path} ${destination}`;
  const wanted = [...new Set([...(base ? packagesOnTwin({ facts, stage, steps, twin: base, isServed, made: madeBy(parting) }) : []), ...packages])];
  const install = addingOn(stage.base.family)?.commands(wanted, lean) ?? [];
  const environment = environmentOf(parting);
  const ending = unpackedBy(parting);
  const search = environment ? [`${write('ENV')} ${environment.path}`] : [];
  const settings = environment?.settings.map((one) => `${write('ENV')} ${one}`) ?? [];
  const edits = partStage(dockerfile, {
    stage: stage.stage,
    last: last.instruction,
    ending: ending === undefined ? [] : [`${write('RUN')} ${ending}`],
    name: build,
    between: dependencies ? [{ name: installing, blocks: blocksOf(facts, dependencies) }] : [],
    base: base?.image ?? stage.stage.base,
    blocks: [
      wanted.length === 0 ? [] : [runOf(dockerfile, write('RUN'), install)],
      (base ? foldersOnTwin(startOn(parting, base)) : []).map((one) => `${write('COPY')} --from=${build} ${one} ${one}`),
      workdir === undefined ? [] : [`${write('WORKDIR')} ${workdir}`],
      ...inBlocks(facts, repeated, moved, restart),
      [
        ...search,
        ...(installed ? [copied(dependencies ? installing : build, packagesFolder(installed), shortened(folder, packagesFolder(installed)))] : []),
        ...manifests.map(({ like, source, destination }) => copyLike(dockerfile, like.instruction, [source], shortened(folder, destination))),
        ...project.map(({ instruction }) => writtenAs(facts, instruction)),
        ...artefacts.map(({ path, destination, inFolder }) =>
          copied(build, path, inFolder ? `${shortened(folder, posix.dirname(destination))}/` : shortened(folder, destination)),
        ),
      ],
    ],
    moved: moved.map(({ instruction }) => instruction),
  });
  const behind = isObstacle(restart) ? [] : [...restart].filter(([{ index }]) => index > last.instruction.index);
  for (const [{ range }, lines] of behind) edits.push({ start: range.start, end: range.end, text: lines.join(dockerfile.eol) });
  return environment
    ? [...putBefore(dockerfile, environment.before.instruction, [...settings, ...search, `${write('RUN')} ${environment.by}`]), ...edits]
    : edits;
}

/** Instructions in their order and with the comments of those that move, parted as they were. */
function inBlocks(facts: Facts, repeated: readonly Step[], moved: readonly Step[], restart: Parting['restart'] = new Map()): string[][] {
  const { text, instructions } = facts.dockerfile;
  const blocks: string[][] = [];
  for (const step of [...repeated, ...moved].toSorted((a, b) => a.instruction.index - b.instruction.index)) {
    const { instruction } = step;
    const before = instructions[instruction.index - 1];
    const lines = [...(moved.includes(step) ? instruction.comments.map((comment) => comment.text) : []), ...writtenAnew(facts, instruction, restart)];
    const block = before && isParted(text, before, instruction) ? undefined : blocks.at(-1);
    if (block) block.push(...lines);
    else blocks.push(lines);
  }
  return blocks;
}

/** A path as it is written where the working directory is its folder or one above. */
function shortened(folder: string, path: string): string {
  if (!isBelow(path, folder) || folder === '/') return path;
  return path === folder ? '.' : `./${posix.relative(folder, path)}`;
}

/** What stands in the stage that installs without what only the development needs. */
function blocksOf(facts: Facts, { install, settings, copies, option }: DependencyStage): string[][] {
  const { dockerfile } = facts;
  const { step, command, folder } = install;
  const manifests = manifestCopies(facts, install).map(({ like, sources, destination, flags }) =>
    copyLike(dockerfile, like.instruction, sources, destination, flags),
  );
  const call = `${textOf(step, command)} ${option}`;
  const there = command.workdir === step.state.workdir ? call : `cd ${folder} && ${call}`;
  return [
    ...inBlocks(facts, settings, []),
    [...copies.map(({ instruction }) => writtenAs(facts, instruction)), ...manifests],
    [runLike(dockerfile, step.instruction, { flags: step.instruction.flags, command: there })],
  ];
}

function textOf({ run }: Step, { command }: CommandFacts): string {
  return run?.script?.source.text.slice(command.start, command.end) ?? '';
}

function writtenAs({ dockerfile: { text } }: Facts, { range }: Instruction): string {
  return text.slice(range.start, range.end);
}

function writtenAnew(facts: Facts, instruction: Instruction, restart: Parting['restart']): readonly string[] {
  return (isObstacle(restart) ? undefined : restart.get(instruction)) ?? [writtenAs(facts, instruction)];
}

/** What lies about of the packages must not come with the project. */
function hidden({ facts, project, program }: Parting): IgnoreLine[] {
  const installed = isObstacle(program) ? undefined : program.installed;
  const paths = installed
    ? outputsBrought(facts, { read: { files: [], outputs: [installed.folder], floating: undefined }, folder: '/', sources: project })
    : [];
  return [...new Set(paths)].map((path) => ({
    pattern: isClear(posix.basename(path)) ? `**/${posix.basename(path)}` : path,
    group: 'made again in the image',
  }));
}
