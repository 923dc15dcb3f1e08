import { ignoreGroups, type IgnoreLine } from '../transform.ts';
import { ignoreMatcher, readIgnoreFile } from '../workspace/ignore.ts';

/** Lines that say more than the others together, each once. */
export function distinctLines(lines: readonly IgnoreLine[]): IgnoreLine[] {
  const once = [...new Map(lines.map((line) => [line.pattern, line])).values()];
  return once.filter((line) => /[!*?[\\]/.test(line.pattern) || !once.some((other) => other !== line && hides(other.pattern, line.pattern)));
}

function hides(pattern: string, path: string): boolean {
  const reading = readIgnoreFile(pattern);
  return 'rules' in reading && ignoreMatcher(reading.rules).hides(path);
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
  return [...(ended.trim() === '' ? [] : [ended]), ...blocks].join(feed);
}
