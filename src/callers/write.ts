import { posix } from 'node:path';
import type { BuildInput, BuildSecret, GivenInput, SecretSource } from '../build-input.ts';
import { cacheToAdd, coldBuildAt } from './cache.ts';
import type { Caller, DeclaredEntry } from './caller.ts';

/** The text of a caller's file with what a Dockerfile wants written into it, or what whoever keeps the file has to do. */
export type Written =
  | {
      readonly text: string;
      /** What is worth saying of it. */
      readonly notes: readonly string[];
      /** Values that stood in the file: nothing but the file and its patch may show them. */
      readonly leaked: readonly string[];
    }
  | { readonly told: string };

/** Writes an input into the file of a caller that does not give it yet; `before`: the caller before any file was edited. */
export type InputWriter = (caller: Caller, input: BuildInput, text: string, before: Caller) => Written;

/** What a build argument gets its value from. */
export type ArgumentValue =
  | { readonly environment: string; /** There is a value for when that is not set. */ readonly otherwise?: string | undefined }
  | { readonly file: string }
  | { readonly literal: string }
  /** More than one thing decides. */
  | { readonly unclear: string };

/** The build argument that an input stands in for, as a caller declares it. */
export function replacedBy({ declared }: Caller, { insteadOf }: BuildInput): DeclaredEntry | undefined {
  return insteadOf === undefined ? undefined : declared.args.find(({ name }) => name === insteadOf);
}

/** A caller gives an input, and no longer the argument that brought it. */
export function gives(caller: Caller, input: BuildInput): boolean {
  return declares(caller, input) && !replacedBy(caller, input);
}

/** A caller gives an input, in whatever way. */
export function declares({ declared }: Caller, { kind, id }: BuildInput): boolean {
  if (kind === 'cache') return declared.cacheFrom.length > 0 && declared.cacheTo.length > 0;
  if (kind === 'ssh') return declared.ssh.some((one) => one.id === id);
  return declared.secrets.some((one) => one.id === id && one.undefinedHere !== true);
}

interface Given {
  readonly source: SecretSource;
  readonly notes: readonly string[];
  readonly leaked: readonly string[];
}

/** Where a secret comes from that an argument brought; undefined where one name does not say it. */
export function sourceOfSecret(input: BuildSecret, value: ArgumentValue | undefined): Given | undefined {
  const { source } = input;
  if (value && 'unclear' in value) return undefined;
  const literal = value && 'literal' in value ? value.literal : '';
  const leaked = literal === '' ? [] : [literal];
  const notes =
    literal === ''
      ? []
      : [
          `The value of ${input.insteadOf ?? input.id} stood in this file and is in its history. Replace it where it is valid, and give the new one ${given(source)}.`,
        ];
  if ('file' in source) return { source, notes, leaked };
  if (!value) return { source, notes: [`Whoever builds has to have ${source.environment} in the environment.`], leaked };
  if ('file' in value) return { source: { file: value.file }, notes, leaked };
  if ('literal' in value) return { source, notes: literal === '' ? [`Whoever builds has to have ${source.environment} in the environment.`] : notes, leaked };
  if (value.otherwise === undefined || value.otherwise === '') return { source: { environment: value.environment }, notes, leaked };
  const fallback = /\$/.test(value.otherwise) ? [] : [value.otherwise];
  return {
    source: { environment: value.environment },
    notes: [`There is no value any more for when ${value.environment} is not set.`],
    leaked: fallback,
  };
}

function given(source: SecretSource): string {
  return 'environment' in source ? `in the environment, as ${source.environment}` : `as the file ${source.file}`;
}

/** A file of the build context relative to the folder that a caller's paths are relative to; undefined where that is not known. */
export function fileFrom({ context, folder }: Caller, file: string): string | undefined {
  if (context.is !== 'here' || folder.is !== 'here') return undefined;
  return posix.relative(folder.path, posix.join(context.path, file)) || undefined;
}

/** The value of `--secret`; undefined where it would have to be quoted. */
export function secretOption(caller: Caller, input: BuildSecret, source: SecretSource): string | undefined {
  const path = 'file' in source ? filePart(caller, source.file) : '';
  const value = 'environment' in source ? fromEnvironment(input, source.environment) : `id=${input.id},${path ?? ''}`;
  return path !== undefined && /^[\w./=@:+,-]+$/.test(value) ? value : undefined;
}

/**
 * A secret from a variable. Without `env=` the build fails where the variable of that name is not set; with it the secret is empty,
 * and `required=true` lets it pass: https://docs.docker.com/build/building/secrets/#sources
 */
export function fromEnvironment({ id, optional = false }: BuildSecret, environment: string): string {
  return optional || id !== environment ? `id=${id},env=${environment}` : `id=${id}`;
}

/** What is to be known of a secret that nothing fails without; `passed`: what gives it, in place of `docker build` itself. */
export function emptyWithout(input: BuildSecret, source: SecretSource, passed?: string): readonly string[] {
  const name = passed ?? ('environment' in source && source.environment !== input.id ? source.environment : undefined);
  return name === undefined || input.optional === true ? [] : [`Where ${name} is not set, the build gets an empty secret and goes on.`];
}

function filePart(caller: Caller, file: string): string | undefined {
  const path = fileFrom(caller, file);
  return path === undefined ? undefined : `src=${path}`;
}

/** What is to be added by hand, as options of `docker build`. */
export function optionsFor(input: GivenInput): string {
  if (input.kind === 'ssh') return `--ssh ${input.id}`;
  return `--secret ${'environment' in input.source ? fromEnvironment(input, input.source.environment) : `id=${input.id},src=${input.source.file}`}`;
}

/** What whoever keeps the file has to do. */
export function byHand(caller: Caller, input: BuildInput): string {
  return input.kind === 'cache' ? cacheToAdd(caller, input) : `Add ${optionsFor(input)}${inPlaceOf(caller, input)}.`;
}

/** An input is wanted of a caller; `before`: as it was before any file was edited. */
export function isWantedOf(before: Caller, input: BuildInput): boolean {
  return input.kind !== 'cache' || coldBuildAt(before, input) !== undefined;
}

/** In place of which argument. */
export function inPlaceOf(caller: Caller, input: BuildInput): string {
  const argument = replacedBy(caller, input);
  return argument ? ` in place of the build argument ${argument.name}` : '';
}
