import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dockerfile, Instruction } from '../../src/dockerfile/model.ts';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { readScript } from '../../src/shell/read.ts';
import type { SourceText } from '../../src/text.ts';
import { drawn, realShapes } from '../harness/shapes.ts';

function read(text: string): Dockerfile {
  const reading = readDockerfile(text);
  if ('notUnderstood' in reading) throw new Error(reading.notUnderstood.because);
  return reading.dockerfile;
}

function refusal(text: string): string {
  const reading = readDockerfile(text);
  return 'notUnderstood' in reading ? `${reading.notUnderstood.id} ${reading.notUnderstood.line ?? ''}`.trimEnd() : 'read';
}

describe('refusals', () => {
  test.each([
    ['', 'no-from'],
    ['# nothing\n', 'no-from'],
    ['ARG x\n', 'no-from'],
    ['ARG x\nRUN y\nFROM a\n', 'no-from 2'],
    ['FROM a\n\n{{ if .x }}\nRUN y\n', 'unknown-keyword 3'],
    ['FROM a\nONBUILD FOO x\n', 'unknown-keyword 2'],
    ['FROM a\nRUN\u00a0x\n', 'unknown-keyword 2'],
    ['FROM a\nONBUILD onbuild RUN x\n', 'syntax-error 2'],
    ['FROM a\nCOPY x\n', 'syntax-error 2'],
    ['FROM a\nADD ["x"]\n', 'syntax-error 2'],
    ['FROM a\nHEALTHCHECK x y\n', 'syntax-error 2'],
    ['FROM a b\n', 'syntax-error 1'],
    ['FROM a AS 1\n', 'syntax-error 1'],
    ['FROM a\nENV x\n', 'syntax-error 2'],
    ['FROM a\nLABEL x=1 y\n', 'syntax-error 2'],
    ['FROM a\nCMD ["x", 1]\n', 'syntax-error 2'],
    ['FROM a\nCOPY --chown=ü x y\n', 'syntax-error 2'],
    ['FROM a\nCOPY --chown 1 x y\n', 'syntax-error 2'],
    ['# syntax=docker/dockerfile:1\n# escape=`\n# escape=`\nFROM a\n', 'directive-error 3'],
    ['# escape=x\nFROM a\n', 'directive-error 1'],
    ['FROM a\nRUN <<E\nx\n', 'unterminated-heredoc 2'],
    ['FROM a\nRUN x\rRUN y\n', 'readings-disagree 3'],
    ['# syntax=example/frontend:2\nFROM a\n', 'foreign-frontend 1'],
    ['#!/usr/bin/env x\n# syntax=example/frontend:2\nFROM a\n', 'foreign-frontend 2'],
    ['# check=skip=all\n# syntax = mirror.example:5000/docker/other:1\nFROM a\n', 'foreign-frontend 2'],
    ['# syntax=docker/dockerfile:1.7-labs@sha256:00\nFROM a\n', 'read'],
    ['# syntax=mirror.example:5000/docker/dockerfile-upstream\nFROM a\n', 'read'],
    [`FROM a\nRUN ${'x'.repeat(65_535 - 4)}\n`, 'read'],
    [`FROM a\nRUN ${'x'.repeat(65_536 - 4)}\n`, 'line-too-long 2'],
    [`FROM a\nRUN ${'é'.repeat(32_766)}\r\n`, 'line-too-long 2'],
    [`FROM a\n${'# comment\n'.repeat(200_000)}`, 'too-large'],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });
});

describe('the model', () => {
  const text =
    '\uFEFF# syntax=docker/dockerfile:1\n\n# builds it\n# well\nFROM --platform=$BUILDPLATFORM node:20 as Build\n\n# apart\n\n' +
    'RUN --mount=type=cache,target="/a b" \\\n  # one\n  npm ci   \\\n\n  && npm test  \nCOPY --from=x a "b c"  /d/ \nONBUILD RUN y\nRUN <<-"E" cat\n\tbody\n\tE\n';
  const dockerfile = read(text);
  const [from, run, copy, onbuild, heredoc] = dockerfile.instructions;
  const slice = (range: { start: number; end: number } | undefined): string => text.slice(range?.start, range?.end);

  test('has directives, comments and the instruction each belongs to', () => {
    expect(dockerfile.directives.map((one) => [one.name, one.value, slice(one)])).toEqual([['syntax', 'docker/dockerfile:1', '# syntax=docker/dockerfile:1']]);
    expect(dockerfile.comments.map(({ text: comment, line }) => [comment, line])).toEqual([
      ['# builds it', 3],
      ['# well', 4],
      ['# apart', 7],
    ]);
    expect(from?.comments.map((one) => one.text)).toEqual(['# builds it', '# well']);
    expect(run?.comments).toEqual([]);
    expect(run?.innerComments.map((one) => [one.text, one.line])).toEqual([['# one', 10]]);
  });

  test('has stages', () => {
    expect(dockerfile.stages).toMatchObject([{ index: 0, base: 'node:20', name: 'build' }]);
    expect(dockerfile.stages[0]?.instructions).toEqual(dockerfile.instructions.slice(1));
  });

  test('has flags and arguments with their places', () => {
    expect(run?.flags.map(({ name, value }) => [name, value])).toEqual([['mount', 'type=cache,target=/a b']]);
    expect(slice(run?.flags[0])).toBe('--mount=type=cache,target="/a b"');
    expect(run?.argument.text).toBe('npm ci     && npm test');
    expect(run && [run.startLine, run.endLine, slice({ start: run.contentEnd, end: run.range.end })]).toEqual([9, 13, '  ']);
    expect(copy?.words.map((word) => [word.text, slice(word)])).toEqual(['a', '"b', 'c"', '/d/'].map((word) => [word, word]));
    expect(onbuild?.argument.text).toBe('RUN y');
  });

  test('has heredocs', () => {
    expect(heredoc?.heredocs).toMatchObject([{ name: 'E', chomp: true, expand: false, content: '\tbody\n' }]);
    expect(slice(heredoc?.heredocs[0]?.body)).toBe('\tbody\n');
    expect(heredoc && slice(heredoc.range)).toBe('RUN <<-"E" cat\n\tbody\n\tE');
    expect(heredoc && slice({ start: heredoc.range.start, end: heredoc.contentEnd })).toBe('RUN <<-"E" cat');
  });
});

/** What is wrong with the offsets of a joined text, if anything. */
function misplaced(text: string, { text: joined, at }: SourceText): string | undefined {
  if (at.length !== joined.length + 1) return 'not an offset for each character';
  for (let i = 0; i < joined.length; i++) {
    if (text[at[i] ?? -1] !== joined[i]) return `character ${i} of ${JSON.stringify(joined)} lies elsewhere`;
    if (i > 0 && (at[i] ?? 0) <= (at[i - 1] ?? 0)) return `character ${i} of ${JSON.stringify(joined)} lies before the last`;
  }
  return undefined;
}

/** What is wrong with the places in a model, if anything. */
function misplacedIn({ text, instructions, comments, directives }: Dockerfile): string | undefined {
  let end = 0;
  for (const { range, keywordRange, contentEnd, joined, argument, heredocs, flags, ...instruction } of instructions) {
    if (range.start < end || keywordRange.start !== range.start || contentEnd > range.end) return 'instructions overlap';
    if (instruction.startLine > instruction.endLine) return 'lines run backwards';
    const wrong = misplaced(text, joined) ?? misplaced(text, argument);
    if (wrong !== undefined) return wrong;
    if (heredocs.some(({ content, body }) => text.slice(body.start, body.end) !== content)) return 'a body lies elsewhere';
    if ([...instruction.comments, ...instruction.innerComments].some((one) => text.slice(one.start, one.end) !== one.text)) return 'a comment lies elsewhere';
    if (flags.some((flag) => text[flag.start] !== '-')) return 'a flag lies elsewhere';
    end = range.end;
  }
  // Between them there is nothing but white space.
  let rest = text.replace(/^\uFEFF/, ' ');
  for (const part of [...instructions.map((one) => one.range), ...comments, ...directives])
    rest = rest.slice(0, part.start) + ' '.repeat(part.end - part.start) + rest.slice(part.end);
  return rest.replaceAll('\u0085', ' ').trim() === '' ? undefined : 'something lies between the instructions';
}

const fragment = fc.constantFrom(
  ...'FROM|RUN|COPY|ADD|ENV|ONBUILD|HEALTHCHECK|CMD|run|a|b=1|--mount=x|--|"|\'|$x|${x:-|}|<<|<<E|<<-E|<<"E"|E|[|]|,|"x"|#|# c|\\|`|\n|\r\n|\r|\n\n| |\t|  |\u00a0|\f|\uFEFF|é|\ud83d\ude00|# escape=`\n|# syntax=docker/dockerfile:1\n|FROM a\n|RUN b \\\n|E\n'.split(
    '|',
  ),
);
const fragments = fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(''));
const anyText = fc.oneof(
  fragments,
  fragments.map((text) => `FROM a\n${text}`),
  fc.string({ unit: 'binary' }),
);

/** Whether words lie where they say: at their place the argument goes on with them. An escape character at the very end is in the range alone. */
function misplacedWords({ text }: Dockerfile, { argument, words }: Instruction): string | undefined {
  for (const word of words) {
    const from = argument.text.length === 0 ? -1 : Array.from(argument.at).indexOf(word.start);
    const to = from + word.text.length;
    const ends = [to - 1, to].map((i) => (argument.at[i] ?? -1) + 1);
    if (from < 0 || !argument.text.startsWith(word.text, from) || !ends.includes(word.end)) return `the word ${JSON.stringify(word.text)} lies elsewhere`;
    if (word.end > text.length) return 'a word goes beyond the text';
  }
  return undefined;
}

/** Whether commands and words of the shell lie where they say, in the very text that the shell gets. */
function misplacedInShell({ keyword, json, argument, heredocs }: Instruction): string | undefined {
  const script = keyword === 'RUN' && !json && heredocs.length === 0 ? readScript(argument) : undefined;
  let end = 0;
  for (const item of script?.items ?? []) {
    if (item.start < end || item.end < item.start) return 'items of a list overlap';
    if (item.pipeline.some((command) => command.start < item.start || command.end > item.end)) return 'a command lies outside of its item';
    end = item.end;
  }
  for (const { start, end: behind, words } of script?.commands ?? []) {
    if (start > behind || behind > argument.text.length) return 'a command lies outside of the text';
    const wrong = words.find((word) => argument.text.slice(word.start, word.end) !== word.text || word.start < start || word.end > behind);
    if (wrong) return `the word ${JSON.stringify(wrong.text)} of a command lies elsewhere`;
  }
  return undefined;
}

/**
 * What an instruction's range holds beside its joined text: the escape character and the blanks that continue a line, line ends, comment and
 * empty lines, white space in front of the keyword of a continued first line, and below it the heredocs.
 */
function lostFrom({ text, escape }: Dockerfile, { range, joined, innerComments, heredocs }: Instruction): string | undefined {
  const covered = new Set(Array.from(joined.at).slice(0, -1));
  const end = heredocs[0]?.body.start ?? range.end;
  for (const comment of innerComments) for (let at = comment.start; at < comment.end; at++) covered.add(at);
  for (let at = range.start; at < end; at++) {
    const character = text[at] ?? '';
    if (covered.has(at) || /[\s\u0085]/.test(character)) continue;
    if (character !== escape || !/^[ \t]*\r*(\n|$)/.test(text.slice(at + 1, end))) return `${JSON.stringify(character)} at ${at} belongs to nothing`;
  }
  return undefined;
}

test('any text is read or refused, and no character is lost: each belongs to one part', () => {
  const property = fc.property(fc.oneof(anyText, realShapes), (text) => {
    const reading = readDockerfile(text);
    if ('notUnderstood' in reading) return;
    const { dockerfile } = reading;
    expect(misplacedIn(dockerfile)).toBeUndefined();
    for (const instruction of dockerfile.instructions) {
      expect(lostFrom(dockerfile, instruction)).toBeUndefined();
      expect(misplacedWords(dockerfile, instruction)).toBeUndefined();
      expect(misplacedInShell(instruction)).toBeUndefined();
    }
    const stacked = [...dockerfile.comments, ...dockerfile.directives, ...dockerfile.instructions.map((one) => one.range)].toSorted(
      (a, b) => a.start - b.start,
    );
    for (const [i, part] of stacked.entries()) expect(part.start).toBeGreaterThanOrEqual(stacked[i - 1]?.end ?? 0);
  });
  fc.assert(property, { numRuns: drawn.numRuns * 10, seed: drawn.seed });
});

test('any text is read or refused, and every part lies where it says', () => {
  const property = fc.property(anyText, (text) => {
    const reading = readDockerfile(text);
    return 'notUnderstood' in reading ? reading.notUnderstood.because !== '' : misplacedIn(reading.dockerfile) === undefined;
  });
  expect(fc.check(property, { numRuns: 3000, seed: 20261124 }).counterexample).toBeNull();
});
