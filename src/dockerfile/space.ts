/** White space as Go's `unicode.IsSpace` has it; JavaScript's own leaves out U+0085 and adds U+FEFF. */
export function isSpace(code: number): boolean {
  if (code < 0x80) return isAsciiSpace(code);
  if (code === 0x85 || code === 0xa0 || code === 0x1680) return true;
  if (code >= 0x2000 && code <= 0x200a) return true;
  return code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
}

/** What parts keyword, sources and the like: `[\t\v\f\r ]` in BuildKit's parser. */
export function isBlank(code: number): boolean {
  return isAsciiSpace(code) && code !== 0x0a;
}

/** White space where BuildKit looks at single bytes. */
export function isAsciiSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Offset of the first character that is no white space; `end` where there is none. */
export function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Offset behind the last character that is no white space; `start` where there is none. */
export function trimSpace(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}
