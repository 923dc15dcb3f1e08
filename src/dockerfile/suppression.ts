/**
 * A comment `# dockopt-ignore <id> -- reason` above an instruction, or `# dockopt-ignore-file`: what its author does not want changed. It may
 * carry `until=2027-01-01`, before the `--` or behind it: the last day on which it holds.
 */
export interface SuppressionComment {
  readonly wholeFile: boolean;
  /** None: all transforms. */
  readonly ids: readonly string[];
  /** As it is written, a date or not. */
  readonly until: string | undefined;
}

const mark = /^#\s*dockopt-ignore(-file)?\b\s*([^\n]*)$/;
const date = /(?:^|[\s(])until=([^\s,;)]*)/;

/** What a comment, from its `#` on, suppresses; undefined for any other comment. */
export function readSuppression(text: string): SuppressionComment | undefined {
  const match = mark.exec(text);
  if (!match) return undefined;
  const [, file, rest = ''] = match;
  const ids = rest
    .replace(date, '')
    .replace(/--.*$/, '')
    .split(/[\s,]+/);
  return { wholeFile: file !== undefined, ids: ids.filter(Boolean), until: date.exec(rest)?.[1] };
}

/** A day as `2027-01-01`. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The day of a suppression is over. One that cannot be read is not: it keeps what its author wanted. Without `today` none is. */
export function isOver({ until }: SuppressionComment, today: string | undefined): boolean {
  return until !== undefined && today !== undefined && isDay(until) && until < today;
}
