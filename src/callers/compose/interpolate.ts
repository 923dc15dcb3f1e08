export type Environment = ReadonlyMap<string, string>;

/**
 * A text of a compose file with its variables replaced; undefined where one of them is set outside of the repository.
 * https://docs.docker.com/reference/compose-file/interpolation/
 */
export function interpolate(text: string, environment: Environment): string | undefined {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$') {
      result += text[i];
      continue;
    }
    if (text[i + 1] === '$') {
      result += '$';
      i++;
      continue;
    }
    const plain = /^[A-Za-z_]\w*/.exec(text.slice(i + 1))?.[0];
    const end = plain === undefined ? closing(text, i + 1) : i + plain.length;
    const value = plain === undefined ? braced(text.slice(i + 2, end), environment) : environment.get(plain);
    if (end === undefined || value === undefined) return undefined;
    result += value;
    i = end;
  }
  return result;
}

/** Offset of the brace that closes the one at an offset. */
function closing(text: string, open: number): number | undefined {
  if (text[open] !== '{') return undefined;
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}' && --depth === 0) return i;
  }
  return undefined;
}

function braced(inner: string, environment: Environment): string | undefined {
  const [, name = '', operator, word = ''] = /^([A-Za-z_]\w*)(?:(:?[-?+])([^]*))?$/.exec(inner) ?? [];
  const value = environment.get(name);
  const isSet = value !== undefined && (value !== '' || operator?.startsWith(':') !== true);
  if (operator?.endsWith('+') === true) return isSet ? interpolate(word, environment) : undefined;
  if (isSet) return value;
  return operator?.endsWith('-') === true ? interpolate(word, environment) : undefined;
}

/** The variables of an `.env` file. */
export function readEnvironment(text: string | undefined): Environment {
  const environment = new Map<string, string>();
  for (const line of (text ?? '').split(/\r?\n/)) {
    const [, name, quoted, double, plain = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:'([^']*)'|"([^"]*)"|(.*?))(?:\s+#.*|\s*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const value = quoted ?? interpolate(double ?? plain, environment);
    if (value !== undefined) environment.set(name, value);
  }
  return environment;
}
