import type { Edit } from '../text.ts';
import { commentsBetween } from './comments.ts';
import { removeInstructions } from './edit-lines.ts';
import type { Comment, Dockerfile, Instruction } from './model.ts';

/** A COPY of some files with the keyword and the flags of another one, and more flags. */
export function copyLike({ text }: Dockerfile, like: Instruction, sources: readonly string[], destination: string, more: readonly string[] = []): string {
  const flags = [...like.flags.map((flag) => text.slice(flag.start, flag.end)), ...more];
  const words = [...sources, destination];
  const plain = words.every((word) => /^[^\s"'\\$`[\]]+$/.test(word));
  const keyword = text.slice(like.keywordRange.start, like.keywordRange.end);
  return [keyword, ...flags, plain ? words.join(' ') : JSON.stringify(words).replaceAll('","', '", "')].join(' ');
}

export interface Move {
  readonly dockerfile: Dockerfile;
  /** COPYs that go behind the RUN, in order, with the comments that explain them. */
  readonly moved: readonly Instruction[];
  readonly run: Instruction;
  /** Destinations of COPYs that are to be another word there. */
  readonly destinations?: ReadonlyMap<Instruction, string> | undefined;
  /** Instructions that come where the COPYs stood, or else in front of the RUN. */
  readonly instead: readonly string[];
  /** The COPYs stay in front of the RUN, behind what comes. */
  readonly before?: boolean;
  /** Offsets where the RUN is parted: the end of the last command that stays in it, and the start of the next. */
  readonly parted?: { readonly end: number; readonly start: number } | undefined;
}

/** Says of a comment that it belongs to an install more than to the COPY below it. */
const aboutInstalling = /\b(install|dependenc|requirement|packages?\b|modules?\b|cach)/i;

/** Puts COPYs behind a RUN. What comes instead stands where the last of them stood, if nothing but COPYs is between, else right in front of the RUN. */
export function moveBehind({ dockerfile, moved, run, destinations, instead, before = false, parted }: Move): Edit[] {
  const { text, eol, instructions } = dockerfile;
  const last = moved.at(-1);
  if (!last) return [];
  const [first = last] = moved;
  if (before && instructions.slice(first.index, run.index).every((one) => moved.includes(one))) {
    const at = first.comments[0]?.start ?? first.range.start;
    return [{ start: at, end: at, text: instead.map((one) => one + eol).join('') }];
  }
  const inPlace = !before && instructions[last.index + 1] === run && instead.length > 0;
  const gone = inPlace ? moved.slice(0, -1) : moved;
  const edits = removeInstructions(dockerfile, gone, { comments: true });
  const own = moved.map((one) => {
    const comments = inPlace && one === last ? ownComments(one) : one.comments;
    return [...comments.map((comment) => comment.text), withDestination(dockerfile, one, destinations?.get(one))].join(eol);
  });
  const gap = isParted(text, last, run) ? eol : '';
  const put = `${eol}${gap}${own.join(eol)}`;
  if (inPlace) edits.push({ start: ownComments(last)[0]?.start ?? last.range.start, end: last.range.end, text: instead.join(eol) });
  else if (instead.length > 0) {
    const at = run.comments[0]?.start ?? run.range.start;
    edits.push({ start: at, end: at, text: [...instead, ...(before ? own : [])].map((one) => one + eol).join('') });
  }
  if (before) return edits;
  if (parted) {
    const flags = run.flags.map((flag) => `${text.slice(flag.start, flag.end)} `).join('');
    const comments = commentsBetween(dockerfile, [run], parted.end, parted.start).map((comment) => comment.text + eol);
    const keyword = text.slice(run.keywordRange.start, run.keywordRange.end);
    edits.push({ start: parted.end, end: parted.start, text: `${put}${eol}${gap}${comments.join('')}${keyword} ${flags}` });
  } else {
    const next = instructions[run.index + 1];
    edits.push({ start: run.range.end, end: run.range.end, text: next && !isParted(text, run, next) ? put + gap : put });
  }
  return edits;
}

export interface Lowering {
  /** In order. */
  readonly moved: readonly Instruction[];
  /** Right above it, comments included, they come; else behind `behind`. */
  readonly above: Instruction | undefined;
  readonly behind: Instruction;
  /** `above` is what needs them. */
  readonly used: boolean;
}

/** Puts instructions further down in their stage, with the comments that explain them; those that stood apart from others do so again. */
export function lowerInstructions(dockerfile: Dockerfile, { moved, above, behind, used }: Lowering): Edit[] {
  const { text, eol, instructions } = dockerfile;
  const taken = moved.map((one) => (isHeading(dockerfile, one, moved) ? { ...one, comments: [] } : one));
  const lines = taken.flatMap((one, i) => {
    const before = instructions[one.index - 1];
    const gap = i > 0 && before && isParted(text, before, one) ? [''] : [];
    return [...gap, ...one.comments.map((comment) => comment.text), indentOf(text, one) + text.slice(one.range.start, one.range.end)];
  });
  const edits = removeInstructions(dockerfile, taken, { comments: true });
  const apart = standsApart(dockerfile, moved) ? eol : '';
  if (above) {
    const before = instructions[above.index - 1];
    const at = above.comments[0]?.start ?? above.range.start;
    const gap = before && isParted(text, before, above) ? '' : apart;
    return [...edits, { start: at, end: at, text: gap + lines.map((line) => line + eol).join('') + (used ? '' : apart) }];
  }
  const next = instructions[behind.index + 1];
  const inStage = next?.keyword === 'FROM' ? undefined : next;
  const parted = inStage && isParted(text, behind, inStage);
  const put = (parted ? eol : apart) + lines.map((line) => eol + line).join('') + (inStage && !parted ? apart : '');
  return [...edits, { start: behind.range.end, end: behind.range.end, text: put }];
}

/** The blanks in front of its keyword. */
function indentOf(text: string, { range }: Instruction): string {
  return /[ \t]*$/.exec(text.slice(0, range.start))?.[0] ?? '';
}

/** Empty lines part them from what is above and below, or they begin their stage. */
function standsApart({ text, instructions }: Dockerfile, moved: readonly Instruction[]): boolean {
  const [first, last] = [moved[0], moved.at(-1)];
  const [before, after] = [first && instructions[first.index - 1], last && instructions[last.index + 1]];
  if (!first || !last || !before || !after) return false;
  return (before.keyword === 'FROM' || isParted(text, before, first)) && isParted(text, last, after);
}

/** The comment above an instruction speaks of a row of them, of which the next one stays. */
function isHeading({ instructions }: Dockerfile, { index, keyword, endLine, comments, words }: Instruction, moved: readonly Instruction[]): boolean {
  const next = instructions[index + 1];
  if (!next || moved.includes(next) || next.keyword !== keyword || next.startLine !== endLine + 1) return false;
  const name = words[0]?.text.split('=')[0] ?? '';
  return !comments.some((comment) => comment.text.includes(name));
}

/** An empty line parts an instruction from the next one, or from the comments above that. */
export function isParted(text: string, { range }: Instruction, next: Instruction): boolean {
  return /\r?\n[ \t]*\r?\n/.test(text.slice(range.end, next.comments[0]?.start ?? next.range.start));
}

function withDestination({ text }: Dockerfile, { range, words }: Instruction, destination: string | undefined): string {
  const word = words.at(-1);
  if (destination === undefined || !word) return text.slice(range.start, range.end);
  return text.slice(range.start, word.start) + destination + text.slice(word.end, range.end);
}

/** The comments above a COPY but for those that speak of the install. */
function ownComments({ comments }: Instruction): readonly Comment[] {
  return comments.slice(comments.findLastIndex((comment) => aboutInstalling.test(comment.text)) + 1);
}
