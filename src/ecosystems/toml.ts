import { parse, type TomlTable, type TomlValue } from 'smol-toml';

/** A TOML file; undefined where there is none or it cannot be read. */
export function tomlOf(text: string | undefined): TomlTable | undefined {
  try {
    return text === undefined ? undefined : parse(text);
  } catch {
    return undefined;
  }
}

/** The table at a path of keys; empty where there is none. */
export function tableAt(table: TomlValue | undefined, ...keys: readonly string[]): TomlTable {
  let found: TomlValue | undefined = table;
  for (const key of keys) found = isTable(found) ? found[key] : undefined;
  return isTable(found) ? found : {};
}

/** The tables of an array, or the only one. */
export function tablesIn(value: TomlValue | undefined): readonly TomlTable[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => isTable(one));
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}
