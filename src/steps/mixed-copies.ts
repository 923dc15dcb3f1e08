import { posix } from 'node:path';
import { isObstacle } from '../ecosystems/closure.ts';
import { once } from '../once.ts';
import type { Facts, StageFacts, Step } from './facts.ts';
import { partingFor, type Parting } from './parting.ts';
import { outputsOf } from './outputs.ts';
import { absolute, isBelow } from './paths.ts';
import { allInstalls } from './project-installs.ts';
import { stageNamed } from './sources.ts';
import { startOf } from './start.ts';

/** A COPY that brings a whole project from the stage that built it: packages, output and source in one. */
export interface MixedCopy {
  readonly facts: Facts;
  /** The shipped stage. */
  readonly stage: StageFacts;
  readonly step: Step;
  /** The stage that it copies from, as if that were parted for what this one starts. */
  readonly parting: Parting;
  /** A RUN behind it, which may use all of it. */
  readonly behind: Step | undefined;
}

/** The one COPY of the last stage that brings, to the same place, all that it starts; undefined where there is none. */
export const mixedCopyOf = once((facts: Facts): MixedCopy | undefined => {
  const stage = facts.stages.at(-1);
  const start = stage && startOf(stage);
  if (!stage || !start || stage.parent) return undefined;
  for (const [at, step] of stage.steps.entries()) {
    const source = stageNamed(facts, stage, step.copy?.from);
    const folder = source && folderOf(step);
    if (!source || folder === undefined || !isBelow(start.state.workdir ?? '/', folder)) continue;
    const installs = allInstalls(facts).filter((install) => install.step.stage === source);
    if (!installs.some((install) => outputsOf(install).some((path) => isBelow(path, folder)))) continue;
    const parting = partingFor(facts, source, start, stage);
    if (!parting) continue;
    const behind = stage.steps.slice(at + 1).find(({ run }) => run);
    if (isObstacle(parting.program)) return { facts, stage, step, parting, behind };
    const { installed, artefacts } = parting.program;
    const paths = [...(installed ? [installed.folder] : []), ...artefacts.map(({ path }) => path)];
    if (!installed || artefacts.length === 0 || installed.made || installed.workspace || parting.program.unpacked) return undefined;
    const isMixed = paths.every((path) => isBelow(path, folder) && path !== folder) && artefacts.every(({ path, destination }) => path === destination);
    if (isMixed) return { facts, stage, step, parting, behind };
  }
  return undefined;
});

/** The folder that a COPY brings to where it lay, and nothing else. */
function folderOf({ copy, instruction, state }: Step): string | undefined {
  if (instruction.innerComments.length > 0) return undefined;
  const [source = '', ...more] = copy?.sources ?? [];
  const path = more.length > 0 || /[$*?[]/.test(source) ? undefined : absolute(source.replace(/(?<=.)\/\.?$/, ''), '/', undefined);
  // A WORKDIR made it: who owns it hangs on none of its COPYs.
  return path !== undefined && path !== '/' && copy?.path === path && isBelow(state.workdir ?? '/', path) ? path : undefined;
}

/** What the COPY is parted into, in order: what changes least comes first; absolute paths of the stage that builds. */
export function partsOf({ parting: { program, manifests } }: MixedCopy): { readonly path: string; readonly isFile: boolean }[] {
  if (isObstacle(program)) return [];
  const { installed, artefacts } = program;
  return [
    ...(installed ? [{ path: installed.folder, isFile: false }] : []),
    ...manifests.map(({ source, destination }) => ({ path: posix.join(destination, posix.basename(source)), isFile: true })),
    ...artefacts.map(({ path, inFolder = false }) => ({ path, isFile: inFolder })),
  ];
}
