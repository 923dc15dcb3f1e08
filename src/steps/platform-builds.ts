import { posix } from 'node:path';
import type { Crossing } from '../ecosystems/ecosystem.ts';
import { isObstacle } from '../ecosystems/closure.ts';
import { frameworks } from '../frameworks/index.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';
import { filesBefore } from './image-files.ts';
import { positionOf } from './neighbours.ts';
import { callsOf } from './parting.ts';
import { isBelow } from './paths.ts';

/** A stage that builds under emulation where its image is built for several platforms. */
export interface PlatformBuild {
  readonly stage: StageFacts;
  /** Calls that have to be told the platform of the image. */
  readonly calls: readonly { readonly step: Step; readonly command: CommandFacts; readonly crossing: Crossing }[];
  readonly obstacle: { readonly is: 'built upon' | 'not told' | 'unknown' | 'native'; readonly what: string } | undefined;
}

/** The stages that only build, where callers build for several platforms. */
export function platformBuilds(facts: Facts): PlatformBuild[] {
  const foreign = new Set(facts.platforms);
  if (foreign.size < 2) return [];
  return facts.stages.flatMap((stage) => {
    const { from } = stage.stage;
    if (stage.shipped || stage.parent || from.flags.some(({ name }) => name === 'platform') || stage.base.family === 'scratch') return [];
    const outputs = outputsOf(facts, stage);
    if (outputs.length === 0) return [];
    const build = buildOf(facts, stage, outputs);
    return build ? [build] : [];
  });
}

/** What other stages take from it, absolute. */
function outputsOf(facts: Facts, { stage }: StageFacts): string[] {
  const isIt = (name: string | undefined): boolean => name !== undefined && (name.toLowerCase() === stage.name || name === String(stage.index));
  return facts.steps.flatMap(({ copy, run }) => [
    ...(copy && isIt(copy.from) ? copy.sources : []),
    ...(run?.mounts ?? []).flatMap(({ from, source }) => (isIt(from) ? [source] : [])),
  ]);
}

/** What is the same on every platform, of what distributions bring. */
const neutralFiles = /^\/(etc\/(ssl|passwd|group|shadow|ca-certificates|pki|mime\.types|nsswitch\.conf)|usr\/share|usr\/local\/share)(\/|$)/;

function buildOf(facts: Facts, stage: StageFacts, outputs: readonly string[]): PlatformBuild | undefined {
  const calls: PlatformBuild['calls'][number][] = [];
  let obstacle: PlatformBuild['obstacle'];
  let neutral: RegExp | undefined;
  const made: string[] = [];
  for (const step of stage.steps) {
    const { run, instruction } = step;
    if (!run) continue;
    const line = `line ${instruction.startLine}`;
    if (!run.script) obstacle ??= { is: 'unknown', what: line };
    for (const command of run.commands) {
      const { call, ecosystem, kind, program } = command;
      const same = sameFrom(facts, stage, command);
      const crossing = call && ecosystem?.crosses?.(call, facts.platforms);
      if (crossing && isObstacle(crossing)) obstacle ??= { is: 'not told', what: `${crossing.because}, ${line}` };
      else if (crossing && positionOf(run, command) === undefined) obstacle ??= { is: 'unknown', what: line };
      else if (crossing) calls.push({ step, command, crossing });
      else if (same.length > 0) made.push(...same);
      else if (ecosystem?.neutral) neutral = ecosystem.neutral;
      else if (kind === 'unknown' && !ecosystem?.crosses) obstacle ??= { is: 'unknown', what: `\`${program ?? '?'}\`, ${line}` };
    }
  }
  if (calls.length === 0 && !neutral && made.length === 0 && obstacle?.is !== 'not told') return undefined;
  const heir = facts.stages.find(({ parent }) => parent === stage);
  if (heir) obstacle ??= { is: 'built upon', what: `line ${heir.stage.from.startLine}` };
  const native = outputs.find((output) => !isTold(facts, stage, output, { calls, neutral, made }));
  if (native !== undefined) obstacle ??= { is: 'native', what: native };
  return { stage, calls, obstacle };
}

interface Told {
  readonly calls: PlatformBuild['calls'];
  readonly neutral: RegExp | undefined;
  /** Folders with nothing of a platform's own. */
  readonly made: readonly string[];
}

/** Folders that a call makes, and of which a framework knows that they are the same on every platform. */
function sameFrom(facts: Facts, stage: StageFacts, { call }: CommandFacts): string[] {
  const calls = callsOf(facts, stage).flatMap(({ buildCall }) => (buildCall.call === call ? [buildCall] : []));
  return calls.length === 0 ? [] : frameworks.flatMap((framework) => framework.neutral?.({ calls }) ?? []);
}

/** It is built for the platform of the image, or is the same on each. */
function isTold(facts: Facts, stage: StageFacts, output: string, { calls, neutral, made }: Told): boolean {
  const last = stage.steps.at(-1);
  const path = posix.resolve(last?.state.workdir ?? '/', output.replace(/(?<=.)\/+$/, ''));
  if (neutral?.test(path) || neutralFiles.test(path) || made.some((one) => isBelow(path, one))) return true;
  if (calls.some(({ command }) => builds(command, path))) return true;
  const brought = last ? [...filesBefore(last, facts).keys()] : [];
  const touched = stage.steps.some(({ run }) => run?.commands.some(({ writes }) => writes.some((one) => one === path || isBelow(one, path))));
  return !touched && (brought.includes(path) || brought.some((one) => isBelow(one, path)));
}

/** `-o` names it, or the folder that it goes to. */
function builds({ arguments: all, workdir }: CommandFacts, path: string): boolean {
  const at = all.findIndex(({ value }) => value === '-o');
  const output = all[at + 1]?.value;
  if (at < 0 || output === undefined) return workdir !== undefined && posix.dirname(path) === workdir;
  const place = posix.resolve(workdir ?? '/', output);
  // A folder of its own, for what is built alone.
  return (
    path === place || isBelow(path, place) || (isBelow(place, path) && !/^\/(usr|bin|sbin|lib|etc|opt|var|root|home)?(\/(local|bin|lib|sbin))*$/.test(path))
  );
}
