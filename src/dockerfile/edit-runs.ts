import { applyEdits, type Edit } from '../text.ts';
import { commentsBetween } from './comments.ts';
import { removeInstructions } from './edit-lines.ts';
import type { Comment, Dockerfile, Flag, Instruction } from './model.ts';
import { columnOf, contentLines, jointsOf, mostColumns, styleOf, type Style } from './style.ts';

/**
 * Joins neighbouring RUNs in shell form into the first, which keeps its flags. The bytes of their commands stay as they are; comments between
 * them become comment lines of the continuation. `broken`: on lines of their own, however short they are.
 */
export function joinRuns(dockerfile: Dockerfile, runs: readonly Instruction[], { broken = false } = {}): Edit[] {
  const edits: Edit[] = [];
  const oneLine = !broken && runs.length === 2 && fitsOneLine(dockerfile, runs);
  for (const [i, run] of runs.entries()) {
    const before = runs[i - 1];
    if (!before) continue;
    const start = before.contentEnd;
    const end = run.argument.at[0] ?? run.contentEnd;
    const text = oneLine ? ' && ' : brokenJoint(dockerfile, styleOf(dockerfile), commentsBetween(dockerfile, [before, run], start, end));
    edits.push({ start, end, text });
  }
  return edits;
}

/**
 * Takes a RUN in shell form out and puts its commands in front of those of a later one, with the comments above both and its own flags.
 * `inner`: edits inside of it that are made on the way.
 */
export function joinBelow(dockerfile: Dockerfile, moved: Instruction, below: Instruction, inner: readonly Edit[]): Edit[] {
  const { text, eol } = dockerfile;
  const start = below.comments[0]?.start ?? below.range.start;
  const end = below.argument.at[0] ?? below.contentEnd;
  const { range, contentEnd } = moved;
  const shifted = inner.map((edit) => ({ ...edit, start: edit.start - range.start, end: edit.end - range.start }));
  const own = applyEdits(text.slice(range.start, contentEnd), shifted);
  const above = moved.comments.map((comment) => comment.text + eol).join('');
  const joint = brokenJoint(dockerfile, styleOf(dockerfile), commentsBetween(dockerfile, [below], start, end));
  return [...removeInstructions(dockerfile, [moved], { comments: true }), { start, end, text: above + own + joint }];
}

/**
 * Joins RUNs in shell form in their order. `below`: other instructions stand behind the first, which comes below them. `raised`: a further RUN
 * whose commands come behind the last of the row, past what stands in front of it.
 */
export function gatherRuns(
  dockerfile: Dockerfile,
  row: readonly Instruction[],
  { below, raised }: { readonly below: boolean; readonly raised: Instruction | undefined },
): Edit[] {
  const [first, second] = row;
  const last = row.at(-1);
  if (!first || !last) return [];
  const broken = row.length > 1 && (below || raised !== undefined || row.length > 2);
  const joined =
    below && second ? [...joinBelow(dockerfile, first, second, []), ...joinRuns(dockerfile, row.slice(1), { broken })] : joinRuns(dockerfile, row, { broken });
  if (!raised) return joined;
  const commands = dockerfile.text.slice(raised.argument.at[0] ?? raised.contentEnd, raised.contentEnd);
  const appended = insertCommands(dockerfile, last, last.contentEnd, [commands], { broken });
  return [...joined, appended, ...removeInstructions(dockerfile, [raised], { comments: false })];
}

/** Puts commands behind one of an `&&` list that ends at `at`: on its line while that stays short, else each on a line of its own. `broken`: the RUN will have several lines; `beside`: how many characters other edits bring. */
export function insertCommands(
  dockerfile: Dockerfile,
  run: Instruction,
  at: number,
  commands: readonly string[],
  { broken = false, beside = 0 }: { readonly broken?: boolean; readonly beside?: number } = {},
): Edit {
  const sameLine = commands.map((command) => ` && ${command}`).join('');
  const short = !broken && run.startLine === run.endLine && columnOf(dockerfile.text, run.contentEnd) + sameLine.length + beside <= mostColumns;
  if (short) return { start: at, end: at, text: sameLine };
  const joint = brokenJoint(dockerfile, run.startLine === run.endLine ? styleOf(dockerfile) : ownStyle(dockerfile, run), []);
  return { start: at, end: at, text: commands.map((command) => joint + command).join('') };
}

/** A RUN of a command, with the keyword and some of the flags of another one. */
export function runLike({ text }: Dockerfile, like: Instruction, { flags, command }: { readonly flags: readonly Flag[]; readonly command: string }): string {
  return [like.keywordRange, ...flags]
    .map(({ start, end }) => text.slice(start, end))
    .concat(command)
    .join(' ');
}

/** A RUN of commands that each need the one before: on one line while that stays short, else each on a line of its own. */
export function runOf(dockerfile: Dockerfile, keyword: string, commands: readonly string[]): string {
  const line = `${keyword} ${commands.join(' && ')}`;
  return line.length <= mostColumns ? line : `${keyword} ${commands.join(brokenJoint(dockerfile, styleOf(dockerfile), []))}`;
}

function fitsOneLine(dockerfile: Dockerfile, runs: readonly Instruction[]): boolean {
  const [first, second] = runs;
  if (!first || !second || runs.some((run) => run.startLine !== run.endLine)) return false;
  const behind = second.argument.at[0] ?? second.contentEnd;
  if (commentsBetween(dockerfile, runs, first.contentEnd, behind).length > 0) return false;
  return columnOf(dockerfile.text, first.contentEnd) + ' && '.length + second.contentEnd - behind <= mostColumns;
}

function brokenJoint({ escape, eol }: Dockerfile, { joint, indent, gap }: Style, comments: readonly Comment[]): string {
  const lines = comments.map((comment) => indent + comment.text + eol).join('');
  if (joint === 'trailing') return ` &&${gap}${escape}${eol}${lines}${indent}`;
  return `${gap}${escape}${eol}${lines}${indent}&& `;
}

/**
 * Appends a command to a RUN in shell form: on its line while that stays short, else on a line of its own in the RUN's style. Nothing for another form.
 * `at` is the end of its last command where something else stands behind that.
 */
export function appendCommand(dockerfile: Dockerfile, run: Instruction, command: string, connector: '&&' | ';' = '&&', at = run.contentEnd): Edit[] {
  // The body of `RUN <<EOF` is the script only where nothing else stands on the line.
  if (run.json || run.argument.text.startsWith('<<')) return [];
  const sameLine = `${connector === ';' ? ';' : ' &&'} ${command}`;
  // A comment stays beside what it speaks of.
  const commented = /^[; \t]*#/.test(dockerfile.text.slice(at, run.contentEnd));
  if (run.heredocs.length > 0 || commented || (run.startLine === run.endLine && staysShort(dockerfile, run, sameLine)))
    return [{ start: at, end: at, text: sameLine }];
  const style = ownStyle(dockerfile, run);
  const { escape, eol } = dockerfile;
  if (connector === ';') return [{ start: at, end: at, text: `; ${escape}${eol}${style.indent}${command}` }];
  return [{ start: at, end: at, text: brokenJoint(dockerfile, style, []) + command }];
}

/**
 * Gives a RUN further flags, and a command in front of its own: one flag on its line while that stays short, else each on a line of its own, with
 * the commands behind them. `shorter`: how many characters other edits take off its line.
 */
export function addFlags(dockerfile: Dockerfile, run: Instruction, flags: readonly string[], first: string | undefined, shorter: number): Edit[] {
  const { text, escape, eol } = dockerfile;
  const at = run.flags.at(-1)?.end ?? run.keywordRange.end;
  const start = run.argument.at[0] ?? run.contentEnd;
  const gap = text.slice(at, start);
  const onLine = ` ${flags.join(' ')}`;
  const heredoc = run.heredocs.length > 0;
  const lineEnd = heredoc ? endOfLine(text, start) : run.contentEnd;
  const one = heredoc ? !text.slice(start, lineEnd).trimEnd().endsWith(escape) : run.startLine === run.endLine;
  const short = flags.length === 1 && one && columnOf(text, lineEnd) + onLine.length - shorter <= mostColumns;
  if (short && first === undefined) return [{ start: at, end: at, text: onLine }];
  const style = heredoc ? styleOf(dockerfile) : ownStyle(dockerfile, run);
  const command = first === undefined ? '' : first + brokenJoint(dockerfile, style, []);
  const below = /\n([ \t]*)$/.exec(gap);
  const joint = ` ${escape}${eol}${below?.[1] ?? style.indent}`;
  // A flag stands on the first line, and those below it each on one of its own.
  if (!below) return [{ start: at, end: start, text: ` ${flags.join(joint)}${joint}${command}` }];
  const edits = [{ start: at, end: at, text: (run.flags.length > 0 ? joint : ' ') + flags.join(joint) }];
  return command === '' ? edits : [...edits, { start, end: start, text: command }];
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function staysShort({ text }: Dockerfile, run: Instruction, added: string): boolean {
  const joints = run.argument.text.split('&&').length - 1;
  return joints <= 1 && columnOf(text, run.contentEnd) + added.length <= mostColumns;
}

/** The style of the RUN's last `&&` between lines; without one the file's, at the indentation of the RUN's last line. */
function ownStyle(dockerfile: Dockerfile, run: Instruction): Style {
  const lines = contentLines(dockerfile, run);
  const own = jointsOf(lines).at(-1);
  if (own) return own;
  const style = styleOf(dockerfile);
  return { ...style, indent: lines.slice(1).findLast(({ indent }) => indent !== '')?.indent ?? lines.slice(1).at(-1)?.indent ?? style.indent };
}
