import type { Edit } from '../text.ts';
import type { Dockerfile, Instruction } from './model.ts';

/** A command for a heredoc: its offset in the file, and its lines with an indentation for those that continue it. */
interface Command {
  readonly at: number;
  readonly lines: (indent: string) => string;
}

/** Puts a heredoc of commands in place of what a RUN in shell form runs. Its flags stay where they are, its comments stand above the commands that they stood above. */
export function writeAsHeredoc({ text }: Dockerfile, run: Instruction, commands: readonly Command[]): Edit[] {
  const start = run.flags.at(-1)?.end ?? run.keywordRange.end;
  const indent = /\n\t/.test(text.slice(start, run.range.end)) ? '\t' : '    ';
  const comments = run.innerComments.filter((comment) => comment.start > start);
  const body: string[] = [];
  for (const { at, lines } of commands) {
    while (comments[0] && comments[0].start < at) body.push(comments.shift()?.text ?? '');
    body.push(lines(indent));
  }
  body.push(...comments.map((comment) => comment.text));
  const name = ['EOF', 'END'].find((one) => !body.includes(one));
  return name === undefined ? [] : [{ start, end: run.range.end, text: ` <<${[name, ...body, name].join('\n')}` }];
}
