import type { BuildInput, GivenInput } from '../../build-input.ts';
import { cacheToAdd } from '../cache.ts';
import type { Caller, DeclaredEntry } from '../caller.ts';
import { argumentIn, writtenValue } from '../commands/argument-value.ts';
import { writeCommandWith } from '../commands/write.ts';
import { lineAround, newLineOf } from '../lines.ts';
import { declares, emptyWithout, fileFrom, inPlaceOf, replacedBy, sourceOfSecret, type ArgumentValue, type Written } from '../write.ts';
import { withEntry, withoutAt } from '../yaml-edit.ts';
import { kindAt, pathAround, scalarAt, type YamlPath } from '../yaml-places.ts';
import { writeCache } from './cache.ts';

/** Steps of workflows and composite actions: `build-args` of build-push-action to `secrets`, and commands in `run`. */
export function writeWorkflow(caller: Caller, input: BuildInput, text: string): Written {
  const step = caller.optionsAt === undefined ? pathAround(text, 'uses', caller.start) : undefined;
  if (input.kind === 'cache') return step ? writeCache(caller, input, text, step) : { told: cacheToAdd(caller, input) };
  if (caller.optionsAt !== undefined) return writeRun(caller, input, text);
  if (!step) return { told: `GitHub builds it by itself and gives it no secrets${inPlaceOf(caller, input)}.` };
  return writeBuildPush(caller, input, text, step);
}

/** https://github.com/docker/build-push-action#inputs; the first release had other ones. */
const known = /^(docker|depot|useblacksmith)\/build-push-action@(?!v1(\.|$))/;

function writeBuildPush(caller: Caller, input: GivenInput, text: string, step: YamlPath): Written {
  const argument = replacedBy(caller, input);
  const given = inputOf(caller, input, argument);
  const tell = (because: string): Written => ({
    told: `${because} Add \`${given.key}: ${given.shown ?? given.line}\` to \`with\`${inPlaceOf(caller, input)}.`,
  });
  if (!known.test(scalarAt(text, [...step, 'uses'])?.value ?? '')) return tell('It is not known what this action takes.');
  if (given.refused !== undefined) return tell(given.refused);
  const added = declares(caller, input) ? text : withLine(text, step, given.key, given.line);
  const result = added === undefined || !argument ? added : withoutLine(added, [...step, 'with', 'build-args'], argument.text);
  return result === undefined ? tell('It cannot be edited in place.') : { text: result, notes: given.notes, leaked: given.leaked };
}

interface Input {
  readonly key: string;
  readonly line: string;
  /** The same without what is no expression, which may be a value. */
  readonly shown?: string | undefined;
  readonly notes: readonly string[];
  readonly leaked: readonly string[];
  readonly refused?: string | undefined;
}

function inputOf(caller: Caller, input: GivenInput, argument: DeclaredEntry | undefined): Input {
  const nothing = { notes: [], leaked: [] };
  if (input.kind === 'ssh') return { key: 'ssh', line: input.id, ...nothing };
  const { id, source } = input;
  const value = argument && valueOf(argument);
  if ('file' in source) {
    const path = fileFrom(caller, source.file);
    const said = sourceOfSecret(input, value && 'literal' in value ? value : undefined) ?? nothing;
    return {
      key: 'secret-files',
      line: `${id}=${path ?? source.file}`,
      ...said,
      refused: path === undefined ? 'The folder of its context is not known.' : undefined,
    };
  }
  if (value && 'expression' in value) {
    const literals = value.expression.split(/\$\{\{(?:(?!\}\}).)*\}\}/).filter((part) => part.length > 3);
    return { key: 'secrets', line: `${id}=${value.expression}`, shown: literals.length > 0 ? `${id}=…` : undefined, notes: [], leaked: literals };
  }
  const line = `${id}=\${{ secrets.${source.environment} }}`;
  const refused = caller.kind === 'action' ? 'An action of the repository has no secrets but its inputs.' : undefined;
  const notes = [`The repository has to have the secret ${source.environment}.`];
  if (!value || value.literal === '') return { key: 'secrets', line, notes, leaked: [], refused };
  const said = sourceOfSecret(input, value) ?? nothing;
  return { key: 'secrets', line, notes: [...said.notes, ...notes], leaked: said.leaked, refused };
}

/** A name alone is taken from the environment of the step. */
function valueOf({ text, name }: DeclaredEntry): { readonly expression: string } | { readonly literal: string } {
  const [, value] = /^"?[^=]*=([^]*?)"?$/.exec(text) ?? [];
  if (value === undefined) return { expression: `\${{ env.${name} }}` };
  return value.includes('${{') ? { expression: value } : { literal: value };
}

function withLine(text: string, step: YamlPath, key: string, line: string): string | undefined {
  const value = key === 'ssh' ? line : { block: [line] };
  const inputs = [...step, 'with'];
  if (kindAt(text, inputs) === 'absent') return withEntry(text, step, 'with', { [key]: value });
  const path = [...inputs, key];
  if (kindAt(text, path) === 'absent') return withEntry(text, inputs, key, value);
  const scalar = scalarAt(text, path);
  if (!scalar || scalar.style === 'other') return undefined;
  const newLine = newLineOf(text);
  const own = lineAround(text, scalar.start);
  if (scalar.style === 'plain') {
    const outer = /^ *(?:- +)?/.exec(text.slice(own.start, own.end))?.[0].length ?? 0;
    const indent = newLine + ' '.repeat(outer + 2);
    return `${text.slice(0, scalar.start)}|${indent}${text.slice(scalar.start, scalar.end)}${indent}${line}${text.slice(scalar.end)}`;
  }
  const last = text.slice(0, scalar.end).trimEnd().length;
  const indent = /\n( *)\S/.exec(text.slice(scalar.start, scalar.end))?.[1];
  return indent === undefined ? undefined : `${text.slice(0, last)}${newLine}${indent}${line}${text.slice(last)}`;
}

function withoutLine(text: string, path: YamlPath, entry: string): string | undefined {
  const scalar = scalarAt(text, path);
  if (!scalar) return undefined;
  if (scalar.value.split('\n').filter((line) => line.trim() !== '').length === 1) return withoutAt(text, path);
  if (scalar.style !== 'literal') return undefined;
  const lines = text.slice(scalar.start, scalar.end).matchAll(/^[ \t]*(\S[^\n]*)\n?/gm);
  const found = [...lines].filter(([, line = '']) => line.trim() === entry);
  const [only] = found;
  if (!only || found.length > 1) return undefined;
  const start = scalar.start + only.index;
  return text.slice(0, start) + text.slice(start + only[0].length);
}

/** What a step gets by an expression it gets by a variable of its environment, which the command names. */
function writeRun(caller: Caller, input: GivenInput, text: string): Written {
  const argument = replacedBy(caller, input);
  const value = argument && (writtenValue(argument.text, argument.name)?.value ?? '');
  const [, expression] = /^(\$\{\{(?:(?!\}\}).)*\}\})$/.exec(value ?? '') ?? [];
  if (!argument || expression === undefined) return writeCommandWith(caller, input, text, argument && argumentIn(argument, caller.kind));
  const [, variable] = /^\$\{\{\s*env\.(\w+)\s*\}\}$/.exec(expression) ?? [];
  if (variable !== undefined) return writeCommandWith(caller, input, text, { environment: variable });
  if (input.kind === 'ssh' || 'file' in input.source) return writeCommandWith(caller, input, text, undefined);
  const name = input.source.environment;
  const step = pathAround(text, 'run', caller.start);
  const there = step && scalarAt(text, [...step, 'env', name]);
  const given: ArgumentValue = step && (!there || there.value === expression) ? { environment: name } : { unclear: expression };
  const result = writeCommandWith(caller, input, text, given);
  if ('told' in result || !step || there) return result;
  const environment = [...step, 'env'];
  const added =
    kindAt(result.text, environment) === 'absent'
      ? withEntry(result.text, step, 'env', { [name]: expression })
      : withEntry(result.text, environment, name, expression);
  return added === undefined
    ? { told: `Set ${name} in \`env\` and add --secret id=${input.id},env=${name}${inPlaceOf(caller, input)}.` }
    : { ...result, text: added, notes: [...result.notes, ...emptyWithout(input, input.source, /\bsecrets\.\w+/.exec(expression)?.[0])] };
}
