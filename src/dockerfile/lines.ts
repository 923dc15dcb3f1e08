/** A physical line: `end` lies before its line end, `next` behind it. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** Lines end with a line feed; any carriage returns before it belong to the line end. A last, empty line is none. */
export function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed + 1;
    let end = feed < 0 ? text.length : feed;
    while (end > start && text.charCodeAt(end - 1) === 0x0d) end--;
    lines.push({ start, end, next });
    start = next;
  }
  return lines;
}

/** The line end that most lines have. */
export function mainLineEnd(text: string, lines: readonly Line[]): '\n' | '\r\n' {
  let crlf = 0;
  let lf = 0;
  for (const line of lines) {
    if (text.charCodeAt(line.next - 1) !== 0x0a) continue;
    if (line.next - line.end > 1) crlf++;
    else lf++;
  }
  return crlf > lf ? '\r\n' : '\n';
}
