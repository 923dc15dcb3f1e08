import type { Instruction, Stage } from '../dockerfile/model.ts';
import { pairsOf } from '../dockerfile/pairs.ts';
import { valueOf } from '../dockerfile/shell-words.ts';
import { targetPlatform } from '../legality/leave-platform.ts';
import { addsLikeCopy } from '../steps/plain-adds.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { isFollowedByItsLike, isPreceded } from '../steps/neighbours.ts';
import { absolute } from '../steps/paths.ts';
import { scriptStart } from '../steps/starts.ts';
import { unquoted } from '../steps/read.ts';
import type { Does } from '../transform.ts';
import { healthCheck } from './health-checks.ts';
import { nativeReading } from './native-builds.ts';
import { isPlainBind } from './passing.ts';
import { unpinned } from './pins.ts';

type Reading = (step: Step, facts: Facts) => string[] | undefined;

/** What an instruction means to a transform that may write it in another way, for each way; undefined where it is nothing of the kind. */
const readings: Readonly<Partial<Record<Does, Reading>>> = {
  'writes pairs with =': ({ instruction }, { dockerfile }) => pairs(instruction, dockerfile.escape),
  'writes folders absolutely': (step) => {
    const { instruction, state } = step;
    if (instruction.keyword !== 'WORKDIR' || isPreceded(step, 'WORKDIR')) return undefined;
    const path = absolute(unquoted(instruction.argument.text), state.workdir, undefined);
    return path === undefined ? undefined : [`WORKDIR ${path}`];
  },
  'writes protocols in lower case': ({ instruction }) =>
    instruction.keyword === 'EXPOSE'
      ? instruction.words.map(({ text }) => `EXPOSE ${text.replace(/\/\w+(?=["']*$)/, (protocol) => protocol.toLowerCase())}`)
      : undefined,
  'drops what is overridden': (step) => (['CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(step.instruction.keyword) && isFollowedByItsLike(step) ? [] : undefined),
  'labels the maintainer': ({ instruction }, { dockerfile }) =>
    instruction.keyword === 'MAINTAINER'
      ? [`LABEL org.opencontainers.image.authors=${unquoted(instruction.argument.text)}`]
      : instruction.keyword === 'LABEL'
        ? pairs(instruction, dockerfile.escape)
        : undefined,
  'runs without a shell': ({ instruction: { keyword, json, argument } }) => {
    if (keyword !== 'CMD' && keyword !== 'ENTRYPOINT') return undefined;
    return json || /^[\w@%+=:,./ -]+$/.test(argument.text) ? [`${keyword} ${JSON.stringify(json ?? argument.text.split(/ +/))}`] : undefined;
  },
  'builds natively': (step) => nativeReading(step),
  'asks by another program': healthCheck,
  'starts directly': (step, facts) => {
    const { keyword, json } = step.instruction;
    if (keyword !== 'CMD' && keyword !== 'ENTRYPOINT') return undefined;
    const { started } = scriptStart(facts, step) ?? {};
    const words = started && !started.obstacle ? started.words : json;
    return words && [`${keyword} ${JSON.stringify(words)}`];
  },
};

/** What an instruction says, read with what the transform may do to it; undefined where it is read as it stands. */
export function readingOf(facts: Facts, step: Step, does: readonly Does[]): string[] | undefined {
  for (const kind of does) {
    const reading = readings[kind]?.(step, facts);
    if (reading) return reading;
  }
  return undefined;
}

function pairs(instruction: Instruction, escape: string): string[] | undefined {
  if (instruction.keyword !== 'ENV' && instruction.keyword !== 'LABEL') return undefined;
  return pairsOf(instruction).map(({ name, value }) => `${instruction.keyword} ${name}=${valueOf(value, escape) ?? value}`);
}

/** The keyword, COPY for an ADD that does no more where the transform may write it so. */
export function writtenKeyword(facts: Facts, step: Step, does: readonly Does[]): string {
  return does.includes('copies in place of adding') && addsLikeCopy(facts, step) ? 'COPY' : step.instruction.keyword;
}

/** A FROM with its flags, its base and the name of its stage, `AS` in either case. */
export function writtenFrom({ from, base, name = '' }: Stage, does: readonly Does[]): string {
  const written = does.includes('writes stage names in lower case') ? name : (from.words[2]?.text ?? '');
  return `FROM ${writtenFlags(from, does)} ${does.includes('pins images') ? unpinned(base) : base} AS ${written}`;
}

/** Flags as BuildKit reads them, in their order. */
export function writtenFlags({ flags }: Instruction, does: readonly Does[]): string {
  const lower = does.includes('writes stage names in lower case');
  return flags
    .filter(({ name, value = '' }) => !does.includes('leaves the platform out') || name !== 'platform' || !targetPlatform.test(value))
    .filter(({ name, value = '' }) => !does.includes('mounts what is deleted') || name !== 'mount' || !isPlainBind(value))
    .filter(({ name }) => !does.includes('sets owners while copying') || (name !== 'chown' && name !== 'chmod'))
    .filter(({ name }) => !does.includes('links copies') || name !== 'link')
    .filter(({ name, value = '' }) => !does.includes('builds natively') || name !== 'platform' || value !== '$BUILDPLATFORM')
    .filter(({ name, value = '' }) => !does.includes('mounts ssh') || name !== 'mount' || !/(^|,)type=ssh(,|$)/.test(value))
    .filter(({ name, value = '' }) => !does.includes('mounts secrets') || name !== 'mount' || !/(^|,)type=secret(,|$)/.test(value))
    .filter(({ name, value = '' }) => !does.includes('mounts') || name !== 'mount' || !/(^|,)type=cache(,|$)/.test(value))
    .map(({ name, value = '' }) => `--${name}=${lower ? withLowerStage(name, value) : does.includes('pins images') ? unpinned(value) : value}`)
    .join(' ');
}

/** `--from=Build` and `--mount=…,from=Build`, where they name a stage and no image. */
function withLowerStage(flag: string, value: string): string {
  if (flag === 'from') return /^[\w.-]+$/.test(value) ? value.toLowerCase() : value;
  return flag === 'mount' ? value.replace(/(?<=(?:^|,)from=)[\w.-]+(?=,|$)/, (stage) => stage.toLowerCase()) : value;
}
