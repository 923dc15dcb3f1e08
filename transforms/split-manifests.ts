import { posix } from 'node:path';
import { copyLike, moveBehind } from '../src/dockerfile/edit.ts';
import { isObstacle } from '../src/ecosystems/closure.ts';
import { ask, isRefused, type Allowed } from '../src/legality/question.ts';
import { changeOf, firstOfRest, isElsewhere, maySplit, outputsBrought } from '../src/legality/split.ts';
import { endOffset, offset } from '../src/shell/edit.ts';
import type { CommandFacts, Facts, Step } from '../src/steps/facts.ts';
import { isClear } from '../src/steps/made-again.ts';
import { projectInstalls, type ProjectInstall } from '../src/steps/project-installs.ts';
import { contextPath } from '../src/workspace/context-path.ts';
import { declined, defineTransform, finding, type Finding, type IgnoreLine } from '../src/transform.ts';

export default defineTransform({
  id: 'split-manifests',
  title: 'Install dependencies before the source is copied',
  level: 'safe',
  benefit:
    'A layer is made again when anything changes that was copied before it. With the manifests alone in front of the install, an edit of the source finds the dependencies in the cache.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['splits'],
  asks: [maySplit],
  *find(facts) {
    for (const install of projectInstalls(facts)) {
      const verdict = ask(maySplit, { facts, install }, facts.without);
      if (isRefused(verdict)) yield declined(install.step.instruction, verdict);
      else yield split(facts, install, verdict);
    }
  },
});

function split(facts: Facts, install: ProjectInstall, verdict: Allowed): Finding {
  const { step, sources, command } = install;
  const name = install.fetch ?? [command.program, ...wordsOfAction(command)].join(' ');
  const copies = manifestCopies(facts, install);
  const parted = partedAt(facts, install);
  const edits = moveBehind({
    dockerfile: facts.dockerfile,
    moved: sources.map((source) => source.instruction),
    run: step.instruction,
    destinations: new Map(sources.filter((source) => isElsewhere(source, step)).map((source) => [source.instruction, folderOf(source.copy?.path ?? '/')])),
    instead: install.fetch === undefined ? copies : [...copies, fetchRun(facts, install, install.fetch)],
    before: install.fetch !== undefined,
    parted,
  });
  const patterns = outputsBrought(facts, install).map((path) => (isClear(posix.basename(path)) ? `**/${posix.basename(path)}` : path));
  const ignores = [...new Set(patterns)].map((pattern): IgnoreLine => ({ pattern, group: 'made again in the image' }));
  return { ...finding(step.instruction, `\`${name}\` runs again only when ${changeOf(install)} changes`, verdict, edits), ignores };
}

/** The action with what it is done to, up to the first option. */
function wordsOfAction({ arguments: all, use }: CommandFacts): string[] {
  if (use === undefined || use.actionAt < 0) return [];
  const behind = all.slice(use.actionAt).map(({ text }) => text);
  const options = behind.findIndex((text) => text.startsWith('-'));
  return options < 0 ? behind : behind.slice(0, options);
}

/** A RUN with the flags and in the case of the one that it fetches for. */
function fetchRun({ dockerfile: { text } }: Facts, { step, folder }: ProjectInstall, fetch: string): string {
  const { keywordRange, flags } = step.instruction;
  const { workdir = '/' } = step.state;
  const below = posix.relative(workdir, folder);
  const command = below === '' ? fetch : `cd ${workdir === '/' || below.startsWith('../') ? folder : below} && ${fetch}`;
  return [text.slice(keywordRange.start, keywordRange.end), ...flags.map((flag) => text.slice(flag.start, flag.end)), command].join(' ');
}

/** COPYs of the manifests that only the sources bring: one for each folder and each COPY that brought them. */
function manifestCopies({ dockerfile }: Facts, { needed, sources, folder: root, read, step: install }: ProjectInstall): string[] {
  const whole = isObstacle(read) ? [] : (read.folders ?? []).map((folder) => posix.resolve(root, folder));
  const groups = new Map<string, { like: Step; folder: string; files: Set<string> }>();
  for (const [path, { step, source }] of needed) {
    if (!sources.includes(step)) continue;
    const around = whole.find((folder) => path.startsWith(`${folder}/`) && source.endsWith(path.slice(folder.length)));
    const folder = around ?? posix.dirname(path);
    const key = `${step.instruction.index} ${folder}`;
    const group = groups.get(key) ?? { like: step, folder, files: new Set() };
    group.files.add(writtenLike(step, around === undefined ? source : source.slice(0, around.length - path.length)));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ like, folder, files }) => copyLike(dockerfile, like.instruction, [...files], destinationOf(like, folder, install)));
}

/** A path of the context with the `./` or `/` that the COPY which brought it writes in front. */
function writtenLike({ copy }: Step, source: string): string {
  const written = copy?.sources.find((one) => source === contextPath(one) || source.startsWith(`${contextPath(one)}/`));
  return (/^\.?\//.exec(written ?? '')?.[0] ?? '') + source;
}

/** A folder as the COPY that it is taken from would write it. */
function destinationOf(like: Step, folder: string, install: Step): string {
  if (like.copy?.destination.startsWith('/') || isElsewhere(like, install)) return folderOf(folder);
  const below = posix.relative(like.state.workdir ?? '/', folder);
  return below === '' ? './' : `${below}/`;
}

function folderOf(path: string): string {
  return path === '/' ? '/' : `${path}/`;
}

function partedAt(facts: Facts, install: ProjectInstall): { end: number; start: number } | undefined {
  const rest = firstOfRest(facts, install);
  const script = install.step.run?.script;
  const [last, next] = [script?.items[(rest ?? 0) - 1], script?.items[rest ?? 0]];
  return rest === undefined || !script || !last || !next ? undefined : { end: endOffset(script, last.end), start: offset(script, next.start) };
}
