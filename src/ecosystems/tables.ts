import { parse } from 'smol-toml';
import { parser } from './javascript/parsers.ts';

/** What JSON and TOML files hold, read without a belief in their shape. */
export type Table = Readonly<Record<string, unknown>>;

/** A TOML file; undefined where there is none or it cannot be read. */
export function tomlOf(text: string | undefined): Table | undefined {
  try {
    return text === undefined ? undefined : parse(text);
  } catch {
    return undefined;
  }
}

/** A JSON file that holds an object; undefined where there is none or it cannot be read. */
export function jsonOf(text: string | undefined): Table | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text.replace(/^\uFEFF/, ''));
    return isTable(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The same of a file in which comments and trailing commas may stand. */
export function commentedJsonOf(text: string | undefined): Table | undefined {
  try {
    const value: unknown = text === undefined ? undefined : parser('json5').parse<unknown>(text);
    return isTable(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The table at a path of keys; empty where there is none. */
export function tableAt(value: unknown, ...keys: readonly string[]): Table {
  let found = value;
  for (const key of keys) found = isTable(found) ? found[key] : undefined;
  return isTable(found) ? found : {};
}

/** The tables of an array, or the only one. */
export function tablesIn(value: unknown): readonly Table[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => isTable(one));
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
