import { readParts, type Parts } from '../../src/dockerfile/instruction.ts';
import type { Dockerfile, Instruction } from '../../src/dockerfile/model.ts';

type Argued = Pick<Parts, 'keyword' | 'argument' | 'words' | 'json'>;

/** An instruction as BuildKit's parser reads it; what is empty or false is left out. */
export interface BuildkitInstruction {
  keyword: string;
  startLine: number;
  endLine: number;
  text: string;
  args: string[];
  json?: boolean;
  flags?: string[];
  heredocs?: { name: string; content: string; expand: boolean; chomp: boolean }[];
  commentsAbove?: string[];
}

/** The model in BuildKit's terms. */
export function asBuildkitSees(dockerfile: Dockerfile): BuildkitInstruction[] {
  return dockerfile.instructions.map((instruction) => {
    const { keyword, startLine, endLine, joined, json, flags, heredocs } = instruction;
    const comments = buildkitComments(dockerfile, instruction);
    return {
      keyword,
      startLine,
      endLine,
      text: joined.text,
      args: buildkitArguments(dockerfile, instruction),
      ...(json && { json: true }),
      ...(flags.length > 0 && { flags: flags.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name}=${value}`)) }),
      ...(heredocs.length > 0 && { heredocs: heredocs.map(({ name, content, expand, chomp }) => ({ name, content, expand, chomp })) }),
      ...(comments.length > 0 && { commentsAbove: comments }),
    };
  });
}

/** The arguments of an instruction as BuildKit's parser lists them, made from the model. */
function buildkitArguments(dockerfile: Dockerfile, instruction: Instruction): string[] {
  if (instruction.keyword !== 'ONBUILD') return listed(instruction);
  const trigger = readParts(instruction.argument, dockerfile.escape, instruction.startLine);
  if ('because' in trigger || instruction.argument.text === '') return [];
  return [instruction.argument.text.slice(0, trigger.keywordLength), ...listed(trigger)];
}

function listed({ keyword, argument, words, json }: Argued): string[] {
  if (keyword === 'HEALTHCHECK' && json) return [words[0]?.text ?? '', ...json];
  if (json) return [...json];
  if (keyword === 'ENV' || keyword === 'LABEL')
    return pairs(
      argument.text,
      words.map((word) => word.text),
    );
  if (keyword === 'RUN' || keyword === 'CMD' || keyword === 'ENTRYPOINT' || keyword === 'SHELL') return argument.text === '' ? [] : [argument.text];
  return words.map((word) => word.text);
}

function pairs(text: string, words: readonly string[]): string[] {
  const [first] = words;
  if (first === undefined) return [];
  if (!first.includes('=')) {
    const [name = '', blank = ''] = /^([^\t\v\f\r ]*)([\t\v\f\r ]+)/.exec(text)?.slice(1) ?? [];
    return [name, text.slice(name.length + blank.length), ''];
  }
  return words.flatMap((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1), '=']);
}

/**
 * The comments that BuildKit hangs on an instruction: all since the one before, an empty one makes it forget those above.
 * Of each it drops the first character of the line, so that an indented one keeps its `#`.
 */
function buildkitComments(dockerfile: Dockerfile, instruction: Instruction): string[] {
  const before = dockerfile.instructions[instruction.index - 1];
  let kept: string[] = [];
  for (const comment of dockerfile.comments) {
    if (comment.start > instruction.range.start || (before && comment.start < before.range.end)) continue;
    const lineStart = dockerfile.text.lastIndexOf('\n', comment.start) + 1;
    const text = dockerfile.text.slice(lineStart, comment.end).replace('\uFEFF', '').slice(1).trim();
    if (text === '') kept = [];
    else kept.push(text);
  }
  return kept;
}
