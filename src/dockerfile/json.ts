/** The strings of a JSON form; undefined for a shell form, 'not-strings' for an array of anything else, which BuildKit rejects. */
export function readJson(argument: string): readonly string[] | 'not-strings' | undefined {
  if (!argument.startsWith('[')) return undefined;
  const values = parsed(argument);
  if (!values) return undefined;
  const strings: string[] = [];
  for (const value of values) {
    if (typeof value !== 'string') return 'not-strings';
    strings.push(wellFormed(value));
  }
  return strings;
}

/** Where the strings of a JSON form of nothing but strings stand, quotes included. */
export function jsonSpans(argument: string): { readonly start: number; readonly end: number }[] {
  return [...argument.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
}

function parsed(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Half of a surrogate pair, which only an escape sequence can make, is U+FFFD for Go. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
