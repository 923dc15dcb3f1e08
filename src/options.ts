import { UsageError } from './usage-error.ts';
import type { Transform } from './transform.ts';

export type OptionValue = string | number | boolean;
/** Options of a transform by name; in its definition the value is the default and says the type. */
export type Options = Readonly<Record<string, OptionValue>>;

/**
 * Reads `--opt` arguments: `name=value` for every transform that has the option, `id.name=value` for one. By transform id.
 * Throws a UsageError for one that none has.
 */
export function readOptions(given: readonly string[], transforms: readonly Transform[]): Record<string, Record<string, string>> {
  const read: Record<string, Record<string, string>> = {};
  for (const one of given) {
    const match = /^(?:([a-z][a-z0-9-]*)\.)?([^=.]+)=(.*)$/s.exec(one);
    const [, id, name = '', value = ''] = match ?? [];
    if (!match) throw new UsageError(`--opt ${one}: it has the form name=value, or id.name=value for one transform`);
    const takers = transforms.filter((transform) => (id === undefined ? transform.options && name in transform.options : transform.id === id));
    const all = transforms.flatMap((transform) => Object.keys(transform.options ?? {}).map((option) => `${transform.id}.${option}`));
    if (takers.length === 0)
      throw new UsageError(`--opt ${one}: no transform here takes it; ${all.length === 0 ? 'none has options' : `there are ${all.join(', ')}`}`);
    for (const transform of takers) {
      withOptions(transform, { [name]: value }, `--opt ${one}`);
      read[transform.id] = { ...read[transform.id], [name]: value };
    }
  }
  return read;
}

/** A transform that finds with these options in place of its defaults. Throws a UsageError, which names `where`, for one that it does not have. */
export function withOptions(transform: Transform, given: Readonly<Record<string, unknown>>, where: string): Transform {
  const defaults = transform.options ?? {};
  const options: Record<string, OptionValue> = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    const kind = typeof defaults[name];
    if (kind === 'undefined') throw new UsageError(`${where}: ${transform.id} has no option ${name}${named(defaults)}`);
    const read = kind === typeof value ? value : readOption(String(value), kind);
    if (!isOption(read) || typeof read !== kind)
      throw new UsageError(`${where}: ${transform.id} takes ${article[kind] ?? kind} for ${name}, not ${JSON.stringify(value)}`);
    options[name] = read;
  }
  return { ...transform, options };
}

export function isOption(value: unknown): value is OptionValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

const article: Readonly<Record<string, string>> = { boolean: 'true or false', number: 'a number', string: 'a text' };

function named(defaults: Options): string {
  const names = Object.keys(defaults);
  return names.length === 0 ? '; it has none' : `; it has ${names.join(', ')}`;
}

/** From the command line everything comes as text. */
function readOption(text: string, kind: string): unknown {
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (kind === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  return text;
}
