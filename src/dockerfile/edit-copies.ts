import type { Edit } from '../text.ts';
import { removeInstructions } from './edit-lines.ts';
import type { Comment, Dockerfile, Instruction, Word } from './model.ts';
import { columnOf, contentLines, copyIndentOf, mostColumns, mostUsedIndent } from './style.ts';

/** What one later COPY adds: its sources, below its comments. */
interface Addition {
  readonly sources: string;
  readonly comments: readonly Comment[];
}

/**
 * Joins COPYs in shell form with the same flags into the same directory: the first one gets all sources, the others go with their lines.
 * Their comments stand above their sources.
 */
export function joinCopies(dockerfile: Dockerfile, copies: readonly Instruction[]): Edit[] {
  const [first, ...later] = copies;
  const destination = first?.words.at(-1);
  const lastSource = first?.words.at(-2);
  if (!first || !destination || !lastSource || later.length === 0) return [];
  const additions = later.map((copy) => additionOf(dockerfile, copy));
  const edits = sourceEdits(dockerfile, first, lastSource, destination, additions);
  if (!destination.text.endsWith('/')) edits.push({ start: destination.end, end: destination.end, text: '/' });
  return [...edits, ...removeInstructions(dockerfile, later, { comments: true })];
}

/** Sources put behind those of a COPY in shell form. */
export function addSources(copy: Instruction, sources: readonly string[]): Edit[] {
  const last = copy.words.at(-2);
  return last ? [{ start: last.end, end: last.end, text: sources.map((source) => ` ${source}`).join('') }] : [];
}

/** Takes a source out of a COPY in shell form, which goes with its last one. */
export function removeSource(dockerfile: Dockerfile, copy: Instruction, source: Word): Edit[] {
  const at = copy.words.indexOf(source);
  const next = copy.words[at + 1];
  if (copy.words.length <= 2 || !next) return removeInstructions(dockerfile, [copy], { comments: false });
  const before = copy.words[at - 1];
  return [before ? { start: before.end, end: source.end, text: '' } : { start: source.start, end: next.start, text: '' }];
}

/** Puts files of a folder in place of that folder, into the same one. */
export function replaceFolder({ words }: Instruction, folder: Word, names: readonly string[]): Edit[] {
  const destination = words.at(-1);
  const files = names.map((name) => `${folder.text.replace(/\/+$/, '')}/${name}`);
  const slash = !destination || destination.text.endsWith('/') ? [] : [{ start: destination.end, end: destination.end, text: '/' }];
  return [{ start: folder.start, end: folder.end, text: files.join(' ') }, ...slash];
}

/** A further flag for a COPY or ADD, behind those that it has. */
export function addFlag({ flags, keywordRange }: Instruction, flag: string): Edit[] {
  const at = flags.at(-1)?.end ?? keywordRange.end;
  return [{ start: at, end: at, text: ` ${flag}` }];
}

function additionOf({ text }: Dockerfile, copy: Instruction): Addition {
  const sources = copy.words.slice(0, -1).map((word) => {
    const own = text.slice(word.start, word.end);
    return own.includes('\n') ? word.text : own;
  });
  return { sources: sources.join(' '), comments: [...copy.comments, ...copy.innerComments] };
}

function sourceEdits(dockerfile: Dockerfile, first: Instruction, lastSource: Word, destination: Word, additions: readonly Addition[]): Edit[] {
  const { text } = dockerfile;
  const gap = { start: lastSource.end, end: destination.start };
  const broken = text.slice(gap.start, gap.end).includes('\n');
  // A COPY with its sources below each other goes on like that.
  const listed = text.slice(first.words[0]?.start, gap.end).includes('\n');
  const slash = destination.text.endsWith('/') ? 0 : 1;
  const end = destination.end - destination.start + slash;
  if (!listed) {
    const plain = additions.map(({ sources }) => sources).join(' ');
    const columns = columnOf(text, gap.end) + plain.length + ' '.length + end;
    const commented = additions.some(({ comments }) => comments.length > 0);
    if (!commented && columns <= mostColumns) return [{ start: gap.end, end: gap.end, text: `${plain} ` }];
  }
  const column = listed ? Infinity : columnOf(text, gap.start);
  const lines = wrapped(dockerfile, indentOf(dockerfile, first), additions, column, broken ? 0 : end);
  return broken ? [{ start: gap.start, end: gap.start, text: lines }] : [{ ...gap, text: `${lines} ` }];
}

/** The additions, on a line while it is not full and none of them has comments; what stands behind commented ones begins a line too. */
function wrapped({ escape, eol }: Dockerfile, indent: string, additions: readonly Addition[], column: number, behind: number): string {
  let text = '';
  let columns = column;
  let commented = false;
  for (const [i, { sources, comments }] of additions.entries()) {
    const room = i === additions.length - 1 ? ` ${escape}`.length + behind : ` ${escape}`.length;
    if (!commented && comments.length === 0 && columns + ' '.length + sources.length + room <= mostColumns) {
      text += ` ${sources}`;
      columns += ' '.length + sources.length;
      continue;
    }
    text += ` ${escape}${eol}`;
    for (const comment of comments) text += indent + comment.text + eol;
    text += indent + sources;
    columns = indent.length + sources.length;
    commented = comments.length > 0 || column === Infinity;
  }
  return text;
}

function indentOf(dockerfile: Dockerfile, first: Instruction): string {
  return mostUsedIndent(contentLines(dockerfile, first).slice(1)) ?? copyIndentOf(dockerfile);
}
