import { structuredPatch, type StructuredPatchHunk } from 'diff';

/** Looking for the fewest lines costs the square of this. */
const mostDifferences = 2000;

/** The parts of two texts that differ, with `context` lines around them, as a unified patch has them: the fewest lines, while they are not too many. */
export function hunksOf(before: string, after: string, context: number): StructuredPatchHunk[] {
  return structuredPatch('', '', before, after, undefined, undefined, { context, maxEditLength: mostDifferences })?.hunks ?? [oneHunk(before, after, context)];
}

/** All lines between the first that differ and the last. */
function oneHunk(before: string, after: string, context: number): StructuredPatchHunk {
  const old = linesOf(before);
  const young = linesOf(after);
  let same = 0;
  while (same < old.length && same < young.length && old[same] === young[same]) same++;
  let end = 0;
  while (end < old.length - same && end < young.length - same && old.at(-1 - end) === young.at(-1 - end)) end++;
  const start = Math.max(0, same - context);
  const behind = Math.min(end, context);
  const lines = [
    ...marked(' ', old.slice(start, same)),
    ...marked('-', old.slice(same, old.length - end)),
    ...marked('+', young.slice(same, young.length - end)),
    ...marked(' ', old.slice(old.length - end, old.length - end + behind)),
  ];
  const oldLines = old.length - end + behind - start;
  const newLines = young.length - end + behind - start;
  return { oldStart: start + 1, oldLines, newStart: start + 1, newLines, lines };
}

/** With their line ends. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function marked(mark: string, lines: readonly string[]): string[] {
  return lines.flatMap((line) => (line.endsWith('\n') ? [mark + line.slice(0, -1)] : [mark + line, '\\ No newline at end of file']));
}
