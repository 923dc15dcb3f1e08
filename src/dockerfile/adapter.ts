import { DockerfileParser } from 'dockerfile-ast';

/** An instruction as dockerfile-ast parts it from the others; lines from 1. */
export interface Outline {
  readonly keyword: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** What dockerfile-ast makes of a text; undefined where it gives up. Below the instruction it is not sound: nothing else is taken from it. */
export function outline(text: string): Outline[] | undefined {
  try {
    const outlines: Outline[] = [];
    for (const instruction of DockerfileParser.parse(text).getInstructions()) {
      const { start, end } = instruction.getRange();
      // Where the file ends in a continuation its range ends on the line behind the last line feed.
      const lastLine = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
      outlines.push({ keyword: instruction.getKeyword(), firstLine: start.line + 1, lastLine });
    }
    return outlines;
  } catch {
    return undefined;
  }
}
