import { posix } from 'node:path';
import type { Instruction } from '../dockerfile/model.ts';
import { pairsOf } from '../dockerfile/pairs.ts';
import { ecosystems } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import { isCredentialName, isSecretValue } from './credential-names.ts';
import { isManagersFile, isSettingsFile, namingIn } from './credential-uses.ts';
import type { Facts, Step } from './facts.ts';
import { filesBefore } from './image-files.ts';
import { earlierSteps } from './neighbours.ts';
import { unquoted } from './read.ts';
import { names, variablesExpanded } from './variables.ts';

/** A credential that a build gets in an ARG or ENV. */
export interface CredentialVariable {
  readonly name: string;
  /** Each ARG and ENV that sets it, those in front of the first FROM among them. */
  readonly declared: readonly Instruction[];
  /** What is written in the file for it, quotes taken off; undefined where nothing is. */
  readonly literal: string | undefined;
  /** The file sets it to nothing: the build does without it. */
  readonly optional: boolean;
  /** An ENV sets it, so that the image has it. */
  readonly kept: boolean;
  /** RUNs that get it, in order. */
  readonly runs: readonly Step[];
  /** The first of other instructions that use it. */
  readonly used: Instruction | undefined;
}

/** The credentials among the ARGs and ENVs of a Dockerfile. */
export const credentialVariables = once((facts: Facts): CredentialVariable[] => {
  const found = new Map<string, Instruction[]>();
  for (const instruction of facts.dockerfile.instructions)
    for (const { name } of settingsOf(instruction)) if (isCredential(name, facts)) found.set(name, [...(found.get(name) ?? []), instruction]);
  return [...found].map(([name, declared]) => variableOf(facts, name, declared));
});

/** Names with what is written for them; undefined for an ARG without a default. */
export function settingsOf(instruction: Instruction): { readonly name: string; readonly value: string | undefined }[] {
  if (instruction.keyword === 'ENV') return pairsOf(instruction).map(({ name, value }) => ({ name, value: unquoted(value) }));
  if (instruction.keyword !== 'ARG') return [];
  return instruction.words.map(({ text }) => {
    const equals = text.indexOf('=');
    return equals < 0 ? { name: text, value: undefined } : { name: text.slice(0, equals), value: unquoted(text.slice(equals + 1)) };
  });
}

/** By its name, or as the address of an index with a user and a password in it, which may be its caller's. */
function isCredential(name: string, { dockerfile, given }: Facts): boolean {
  if (isCredentialName(name) || (given.secrets.has(name) && addresses.has(name))) return true;
  return /_URL$|PROXY$/.test(name) && dockerfile.instructions.some((one) => settingsOf(one).some((set) => set.name === name && hasPassword(set.value ?? '')));
}

/** Variables that managers take the addresses of their indexes from. */
const addresses: ReadonlySet<string> = new Set(ecosystems.flatMap(({ credentials }) => Object.values(credentials?.addresses ?? {})));

function hasPassword(url: string): boolean {
  const password = /^\w+:\/\/[^\s/:@]*:([^\s/@]+)@/.exec(url)?.[1];
  return password !== undefined && isSecretValue(password);
}

function variableOf(facts: Facts, name: string, declared: readonly Instruction[]): CredentialVariable {
  const values = declared.flatMap((one) => settingsOf(one).flatMap((set) => (set.name === name && set.value !== undefined ? [set.value] : [])));
  return {
    name,
    declared,
    literal: values.find((value) => value !== '' && !isItself(value, name)),
    optional: isOptional(declared, name),
    kept: declared.some(({ keyword }) => keyword === 'ENV'),
    runs: facts.steps.filter((step) => step.run && isInForce(step, name) && (names(step.instruction, name) || readsIt(facts, step, name))),
    used: facts.dockerfile.instructions.find((one) => one.keyword !== 'RUN' && uses(one, name)),
  };
}

/** Each ARG that is no mere mention of one in front of the first FROM sets it to nothing. */
function isOptional(declared: readonly Instruction[], name: string): boolean {
  const defaults = declared.flatMap((one) => (one.keyword === 'ARG' ? settingsOf(one) : [])).flatMap((set) => (set.name === name ? [set.value] : []));
  return defaults.includes('') && defaults.every((value) => value === '' || value === undefined);
}

/** `ENV NPM_TOKEN=$NPM_TOKEN` */
export function isItself(value: string, name: string): boolean {
  return value === `$${name}` || value === `\${${name}}`;
}

function isInForce(step: Step, name: string): boolean {
  return earlierSteps(step).some(({ instruction }) => settingsOf(instruction).some((set) => set.name === name));
}

function uses(instruction: Instruction, name: string): boolean {
  const { keyword } = instruction;
  if (keyword === 'ENV' || keyword === 'ARG')
    return settingsOf(instruction).some(
      (set) => new RegExp(`\\$\\{?${name}\\b`).test(set.value ?? '') && !(set.name === name && isItself(set.value ?? '', name)),
    );
  return variablesExpanded(instruction).includes(name) || (startsLater.has(keyword) && names(instruction, name));
}

const startsLater: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ONBUILD']);

/** A manager gets credentials by that name, or a file that what runs here may read names it. */
function readsIt(facts: Facts, step: Step, name: string): boolean {
  const isNamed = namingIn(name);
  const files = [...filesBefore(step, facts)].flatMap(([path, { source }]) => {
    // It may come under the name that is read, or be moved to it.
    const file = [path, source].map((one) => posix.basename(one)).find(isSettingsFile);
    return file !== undefined && isNamed(facts.context.text(source) ?? '') ? [file] : [];
  });
  const forManagers = files.length > 0 && files.every(isManagersFile);
  return (step.run?.commands ?? []).some(({ kind, ecosystem, use, arguments: all, program = '' }) => {
    if (readers.some(([reader, variables]) => reader.test(program) && variables.test(name))) return true;
    if (ecosystem?.ofDistribution) return false;
    const { variables, programs = [program] } = ecosystem?.credentials ?? {};
    if (variables?.test(name) && programs.includes(program)) return use?.action !== 'other' || all.some(({ value }) => value !== undefined && talks.has(value));
    return files.length > 0 && (kind === 'package' || (kind === 'unknown' && (!forManagers || !interpreters.has(program))));
  });
}

/** Other programs, and the variables that they take credentials from. */
const readers: readonly (readonly [program: RegExp, variables: RegExp])[] = [
  // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
  [/^(aws|s3cmd|s5cmd|sam)$/, /^AWS_/],
  // https://cli.github.com/manual/gh_help_environment
  [/^gh$/, /^(GH|GITHUB)_(ENTERPRISE_)?TOKEN$/],
  // https://docs.sentry.io/cli/configuration/
  [/^sentry-cli$/, /^SENTRY_/],
  // https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
  [/^(huggingface-cli|hf)$/, /^(HF_TOKEN|HUGGING_FACE_HUB_TOKEN)$/],
];

/** What asks a registry, beside installs. */
const talks: ReadonlySet<string> = new Set(['publish', 'deploy', 'upload', 'push', 'audit', 'view', 'info', 'outdated', 'whoami']);

/** Programs that run code, and call no manager by themselves. */
const interpreters: ReadonlySet<string> = new Set(['node', 'python', 'python3', 'ruby', 'php', 'java', 'perl']);
