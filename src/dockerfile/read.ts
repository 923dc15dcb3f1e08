import { blockAbove, readComment } from './comments.ts';
import { isDockerfileFrontend, readDirectives, readFrontend } from './directives.ts';
import { heredocWords, readBody } from './heredocs.ts';
import { readParts, type Parts } from './instruction.ts';
import { joinLines, type JoinedLines } from './join.ts';
import { mainLineEnd, splitLines, type Line } from './lines.ts';
import type { Comment, Heredoc, Instruction, NotUnderstood, Reading } from './model.ts';
import { refusals } from './refusals.ts';
import { secondReadingDiffers } from './second-reading.ts';
import { rangeOf } from './source.ts';
import { skipSpace, trimSpace } from './space.ts';
import { readStages } from './stages.ts';

const mostBytes = 2_000_000;
// bufio.MaxScanTokenSize, one less for the line feed
const mostLineBytes = 65_535;

/**
 * Reads a Dockerfile as BuildKit's parser does. Offsets count a leading byte order mark. Never throws. It holds its own reading against that of
 * dockerfile-ast, unless asked for its `own` alone: for what is only looked at, and for texts on the way to one that is read by both.
 */
export function readDockerfile(text: string, readings: 'both' | 'own' = 'both'): Reading {
  const reading = read(text, readings);
  return 'because' in reading ? { notUnderstood: reading } : { dockerfile: reading };
}

function read(text: string, readings: 'both' | 'own') {
  if (longerThan(text, 0, text.length, mostBytes)) return refusals.tooLarge();
  const lines = splitLines(text);
  for (const [index, line] of lines.entries()) {
    const end = text.charCodeAt(line.next - 1) === 0x0a ? line.next - 1 : line.next;
    if (longerThan(text, line.start, end, mostLineBytes)) return refusals.lineTooLong(index + 1);
  }

  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const frontend = readFrontend(text, lines, start);
  if (frontend && !isDockerfileFrontend(frontend.image)) return refusals.foreignFrontend(frontend.image, frontend.line);
  const head = readDirectives(text, lines, start);
  if ('because' in head) return head;
  const { directives, escape } = head;

  const body = readInstructions(text, lines, head.lines, start, escape);
  if ('because' in body) return body;
  const { instructions, comments } = body;
  const stages = readStages(instructions);
  if ('because' in stages) return stages;
  const differing = readings === 'both' ? secondReadingDiffers(text, instructions, escape) : undefined;
  if (differing !== undefined) return refusals.readingsDisagree(differing);
  return { text, eol: mainLineEnd(text, lines), escape, directives, instructions, stages, comments };
}

interface Body {
  readonly instructions: readonly Instruction[];
  readonly comments: readonly Comment[];
}

function readInstructions(text: string, lines: readonly Line[], first: number, start: number, escape: string): Body | NotUnderstood {
  const instructions: Instruction[] = [];
  const comments: Comment[] = [];
  let since = 0;
  for (let index = first; index < lines.length; index++) {
    const line = lines[index];
    if (!line) break;
    const at = skipSpace(text, index === 0 ? start : line.start, line.end);
    if (at === line.end) continue;
    if (text[at] === '#') {
      comments.push(readComment(text, at, line.end, index + 1));
      continue;
    }
    const joined = joinLines(text, lines, index, at, escape);
    const parts = readParts(joined.source, escape, index + 1);
    if ('because' in parts) return parts;
    const attached = readHeredocs(text, lines, joined, parts, index + 1);
    if ('because' in attached) return attached;
    const above = blockAbove(comments.slice(since), index + 1);
    instructions.push(assemble(instructions.length, index, lines[attached.next - 1] ?? line, attached, joined, parts, above));
    since = comments.length;
    index = attached.next - 1;
  }
  return { instructions, comments };
}

interface Attached {
  readonly heredocs: readonly Heredoc[];
  /** Index of the line behind the last terminator, or behind the last joined line. */
  readonly next: number;
}

function readHeredocs(text: string, lines: readonly Line[], joined: JoinedLines, parts: Parts, line: number): Attached | NotUnderstood {
  const heredocs: Heredoc[] = [];
  let next = joined.last + 1;
  if (!mayHoldHeredoc(parts.trigger ?? parts) || !joined.source.text.includes('<<')) return { heredocs, next };
  const words = heredocWords(joined.source.text);
  if (!words) return refusals.syntaxError('the word of a heredoc does not parse', line);
  for (const word of words) {
    const body = readBody(text, lines, next, word);
    if (!body) return refusals.unterminatedHeredoc(word.name, line);
    heredocs.push(body.heredoc);
    next = body.next;
  }
  return { heredocs, next };
}

function mayHoldHeredoc(parts: Parts): boolean {
  return (parts.keyword === 'RUN' || parts.keyword === 'COPY' || parts.keyword === 'ADD') && !parts.json;
}

function assemble(index: number, first: number, lastLine: Line, attached: Attached, joined: JoinedLines, parts: Parts, comments: Comment[]): Instruction {
  const { source } = joined;
  const keywordRange = rangeOf(source, 0, parts.keywordLength);
  const content = rangeOf(source, 0, trimSpace(source.text, 0, source.text.length));
  return {
    index,
    keyword: parts.keyword,
    keywordRange,
    range: { start: keywordRange.start, end: lastLine.end },
    contentEnd: content.end,
    startLine: first + 1,
    endLine: attached.next,
    joined: source,
    flags: parts.flags,
    argument: parts.argument,
    words: parts.words,
    json: parts.json,
    heredocs: attached.heredocs,
    comments,
    innerComments: joined.comments,
  };
}

/** More bytes of UTF-8 than `most`; counted only where the number of characters leaves it open. */
function longerThan(text: string, start: number, end: number, most: number): boolean {
  const length = end - start;
  if (length > most) return true;
  return length * 3 > most && Buffer.byteLength(text.slice(start, end)) > most;
}
