import { posix } from 'node:path';
import type { BuildCache, BuildInput, BuildSecret, SecretSource } from '../../build-input.ts';
import { actionsCache, cacheToAdd, coldBuildAt } from '../cache.ts';
import type { Caller, DeclaredEntry } from '../caller.ts';
import { emptyWithout, fileFrom, fromEnvironment, inPlaceOf, replacedBy, sourceOfSecret, type ArgumentValue, type Written } from '../write.ts';
import { withEntry, withItem, withoutAt } from '../yaml-edit.ts';
import { itemsAt, kindAt, type YamlPath } from '../yaml-places.ts';
import { readHcl, readTemplate, type Attribute, type Expression, type Part } from './hcl.ts';
import { withListedText, withoutEntry } from './hcl-edit.ts';

/** `args` to `secret` or `ssh`: https://docs.docker.com/build/bake/reference/#targetsecret */
export function writeBake(caller: Caller, input: BuildInput, text: string): Written {
  if (input.kind === 'cache') return writeCache(caller, input, text);
  const argument = replacedBy(caller, input);
  const asked = (value: string): string =>
    `Add \`${input.kind === 'ssh' ? 'ssh' : 'secret'} = ["${value}"]\` to the target ${caller.name}${inPlaceOf(caller, input)}.`;
  const byHand = input.kind === 'ssh' ? input.id : (secretIn(caller, input, input.source) ?? `id=${input.id}`);
  if (argument && argument.file !== caller.file) return { told: `The argument comes from ${argument.file}. ${asked(byHand)}` };
  const isJson = caller.file.endsWith('.json');
  const given = input.kind === 'ssh' ? undefined : sourceOfSecret(input, argument && (isJson ? valueInJson(argument, text) : valueInHcl(argument, text)));
  const value = input.kind === 'ssh' ? input.id : given && secretIn(caller, input, given.source);
  if (value === undefined) return { told: `No single variable makes the value, or its context is not known. ${asked(byHand)}` };
  const key = input.kind === 'ssh' ? 'ssh' : 'secret';
  const isGiven = caller.declared[input.kind === 'ssh' ? 'ssh' : 'secrets'].some(({ id }) => id === input.id);
  const listed = isGiven
    ? text
    : isJson
      ? listedInJson(text, ['target', caller.name], key, value)
      : withListedText(text, caller.name, argument?.start, key, value);
  const result =
    listed === undefined || !argument ? listed : isJson ? withoutInJson(listed, caller.name, argument) : withoutEntry(listed, argument.start, argument.name);
  return result === undefined
    ? { told: `It cannot be edited in place. ${asked(value)}` }
    : { text: result, notes: given && input.kind === 'secret' ? [...given.notes, ...emptyWithout(input, given.source)] : [], leaked: given?.leaked ?? [] };
}

/** Where file or target say that they are for CI, which an action starts: a build elsewhere could not reach GitHub's cache. */
function writeCache(caller: Caller, input: BuildCache, text: string): Written {
  const { file, name } = caller;
  const isForCi = /(^|[-_.])ci([-_.]|$)/i.test(posix.basename(file)) || /(^|[-_])ci([-_]|$)/i.test(name);
  if (!isForCi || coldBuildAt(caller, input)?.byAction !== true) return { told: cacheToAdd(caller, input) };
  const { from, to } = actionsCache(caller, input);
  const listed = (whole: string, key: string, value: string): string | undefined =>
    file.endsWith('.json') ? listedInJson(whole, ['target', name], key, value) : withListedText(whole, name, undefined, key, value);
  const first = listed(text, 'cache-from', from);
  const result = first === undefined ? undefined : listed(first, 'cache-to', to);
  return result === undefined ? { told: `It cannot be edited in place. ${cacheToAdd(caller, input)}` } : { text: result, notes: [], leaked: [] };
}

function secretIn(caller: Caller, input: BuildSecret, source: SecretSource): string | undefined {
  if ('environment' in source) return fromEnvironment(input, source.environment);
  const path = fileFrom(caller, source.file);
  return path === undefined || /["\\,$]/.test(path) ? undefined : `id=${input.id},src=${path}`;
}

function listedInJson(text: string, target: YamlPath, key: string, value: string): string | undefined {
  const path = [...target, key];
  const kind = kindAt(text, path);
  if (kind === 'list') return itemsAt(text, path).includes(value) ? text : withItem(text, path, value);
  return kind === 'absent' ? withEntry(text, target, key, [value]) : undefined;
}

/** In the target itself, or in one that it inherits from. */
function withoutInJson(text: string, name: string, argument: DeclaredEntry): string | undefined {
  return kindAt(text, ['target', name, 'args', argument.name]) === 'absent' ? undefined : withoutAt(text, ['target', name, 'args', argument.name]);
}

function valueInJson({ text }: DeclaredEntry, whole: string): ArgumentValue {
  return valueOf(readTemplate(text, false), text, (name) => {
    if (kindAt(whole, ['variable', name]) === 'absent') return undefined;
    return kindAt(whole, ['variable', name, 'default']) === 'absent' ? '' : 'its default';
  });
}

function valueInHcl({ start, text }: DeclaredEntry, whole: string): ArgumentValue {
  const body = readHcl(whole);
  if ('because' in body) return { unclear: text };
  const entry = body.blocks
    .flatMap((block) => [...block.body.attributes.values(), ...block.body.blocks.flatMap((inner) => [...inner.body.attributes.values()])])
    .flatMap(entriesOf)
    .find(({ key }) => key.start === start);
  if (entry?.value.kind !== 'template') return { unclear: text };
  return valueOf(entry.value.parts, text, (name) => {
    const variable = body.blocks.find(({ type, labels }) => type === 'variable' && labels[0] === name);
    return variable && defaultOf(variable.body.attributes.get('default')?.value);
  });
}

function entriesOf(attribute: Attribute): Attribute[] {
  return attribute.value.kind === 'object' ? [attribute, ...attribute.value.entries.values()] : [attribute];
}

function defaultOf(value: Expression | undefined): string {
  if (!value) return '';
  const [part, ...more] = value.kind === 'template' ? value.parts : [];
  if (more.length === 0 && typeof part === 'string') return part;
  return more.length === 0 && part !== undefined && typeof part !== 'string' && 'unknown' in part && part.unknown === 'null' ? '' : '$';
}

/** `defaultOfVariable`: undefined for what is no variable, which alone takes its value from the environment. */
function valueOf(parts: readonly Part[], text: string, defaultOfVariable: (name: string) => string | undefined): ArgumentValue {
  const [part, ...more] = parts;
  if (part === undefined || more.length > 0) return { unclear: text };
  if (typeof part === 'string') return { literal: part };
  if ('unknown' in part) return part.unknown === 'null' ? { literal: '' } : { unclear: text };
  const otherwise = defaultOfVariable(part.name);
  return otherwise === undefined ? { unclear: text } : { environment: part.name, otherwise };
}
