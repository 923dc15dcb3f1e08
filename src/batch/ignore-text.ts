import { ignoreGroups, type IgnoreLine } from '../transform.ts';
import { hiddenBy } from '../workspace/ignore.ts';

/** Lines that say more than the ignore file and the others together, each once, in the first of its groups. */
export function distinctLines(existing: string, lines: readonly IgnoreLine[]): IgnoreLine[] {
  const there = new Set(existing.split(/\r?\n/));
  const byGroup = ignoreGroups.flatMap((group) => lines.filter((line) => line.group === group));
  const once = byGroup.filter((line, i) => !there.has(line.pattern) && byGroup.findIndex(({ pattern }) => pattern === line.pattern) === i);
  const hidden = hiddenBy({ text: once.flatMap(({ pattern }) => (pattern.startsWith('!') ? [] : pattern)).join('\n') });
  return once.filter((line) => {
    // It brings back what another of these lines hides, or nothing.
    if (line.pattern.startsWith('!')) return hidden(line.pattern.slice(1));
    if (/[*?[\\]/.test(line.pattern)) return true;
    return ![existing, ...once.filter((other) => other !== line).map(({ pattern }) => pattern)].some((text) => hiddenBy({ text })(line.pattern));
  });
}

/** An ignore file with lines at its end, each group below a comment; with the line ends that are there. */
export function extended(existing: string, lines: readonly IgnoreLine[]): string {
  const feed = existing.includes('\r\n') ? '\r\n' : '\n';
  const blocks: string[] = [];
  for (const group of ignoreGroups) {
    const patterns = lines.filter((line) => line.group === group).map(({ pattern }) => pattern);
    if (patterns.length > 0) blocks.push([`# ${group}`, ...patterns, ''].join(feed));
  }
  const ended = existing === '' || existing.endsWith('\n') ? existing : existing + feed;
  const parted = /\n\r?\n$/.test(ended) ? ended.slice(0, -feed.length) : ended;
  return [...(ended.trim() === '' ? [] : [parted]), ...blocks].join(feed);
}
