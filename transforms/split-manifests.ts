import { posix } from 'node:path';
import { copyLike, moveBehind } from '../src/dockerfile/edit.ts';
import { ask, isRefused, type Allowed } from '../src/legality/question.ts';
import { firstOfRest, maySplit, outputsBrought } from '../src/legality/split.ts';
import { endOffset, offset } from '../src/shell/edit.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { projectInstalls, type ProjectInstall } from '../src/steps/project-installs.ts';
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
  const behind = command.arguments.slice(command.use?.actionAt ?? 0).map(({ text }) => text);
  const options = behind.findIndex((text) => text.startsWith('-'));
  const words = options < 0 ? behind : behind.slice(0, options);
  const name = install.fetch ?? [command.program, ...words].join(' ');
  const copies = manifestCopies(facts, install);
  const edits = moveBehind({
    dockerfile: facts.dockerfile,
    moved: sources.map((source) => source.instruction),
    run: step.instruction,
    instead: install.fetch === undefined ? copies : [...copies, fetchRun(facts, install, install.fetch)],
    before: install.fetch !== undefined,
    parted: partedAt(facts, install),
  });
  const ignores = outputsBrought(facts, install).map((pattern): IgnoreLine => ({ pattern, group: 'made again in the image' }));
  return { ...finding(step.instruction, `\`${name}\` runs again only when a manifest changes`, verdict, edits), ignores };
}

/** A RUN with the flags and in the case of the one that it fetches for. */
function fetchRun({ dockerfile: { text } }: Facts, { step, folder }: ProjectInstall, fetch: string): string {
  const { keywordRange, flags } = step.instruction;
  const below = posix.relative(step.state.workdir ?? '/', folder);
  const command = below === '' ? fetch : `cd ${step.state.workdir === undefined || below.startsWith('../') ? folder : below} && ${fetch}`;
  return [text.slice(keywordRange.start, keywordRange.end), ...flags.map((flag) => text.slice(flag.start, flag.end)), command].join(' ');
}

/** COPYs of the manifests that only the sources bring: one for each folder and each COPY that brought them. */
function manifestCopies({ dockerfile }: Facts, { needed, sources }: ProjectInstall): string[] {
  const groups = new Map<string, { like: Step; folder: string; files: string[] }>();
  for (const [path, { step, source }] of needed) {
    if (!sources.includes(step)) continue;
    const folder = posix.dirname(path);
    const key = `${step.instruction.index} ${folder}`;
    const group = groups.get(key) ?? { like: step, folder, files: [] };
    group.files.push(source);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ like, folder, files }) => copyLike(dockerfile, like.instruction, files, destinationOf(like, folder)));
}

/** A folder as the COPY that it is taken from would write it. */
function destinationOf({ copy, state }: Step, folder: string): string {
  if (copy?.destination.startsWith('/')) return folder === '/' ? '/' : `${folder}/`;
  const below = posix.relative(state.workdir ?? '/', folder);
  return below === '' ? './' : `${below}/`;
}

function partedAt(facts: Facts, install: ProjectInstall): { end: number; start: number } | undefined {
  const rest = firstOfRest(facts, install);
  const script = install.step.run?.script;
  const [last, next] = [script?.items[(rest ?? 0) - 1], script?.items[rest ?? 0]];
  return rest === undefined || !script || !last || !next ? undefined : { end: endOffset(script, last.end), start: offset(script, next.start) };
}
