import { describe, expect, test } from 'vitest';
import { appendCommand, joinCopies, joinRuns, removeInstruction, removeInstructions } from '../../src/dockerfile/edit.ts';
import type { Dockerfile, Instruction } from '../../src/dockerfile/model.ts';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { applyEdits, type Edit } from '../../src/text.ts';

function read(text: string): Dockerfile {
  const reading = readDockerfile(text);
  if ('notUnderstood' in reading) throw new Error(reading.notUnderstood.because);
  return reading.dockerfile;
}

type Pick = (dockerfile: Dockerfile, instructions: Instruction[]) => Edit[];

/** The text after an edit of those instructions that have a keyword; what comes out must be understood. */
function edited(text: string, keyword: string, pick: Pick): string {
  const dockerfile = read(text);
  const after = applyEdits(
    text,
    pick(
      dockerfile,
      dockerfile.instructions.filter((one) => one.keyword === keyword),
    ),
  );
  read(after);
  return after;
}

const join = (text: string): string => edited(text, 'RUN', joinRuns);
const joinCopy = (text: string): string => edited(text, 'COPY', joinCopies);
const append = (text: string, command: string, connector?: '&&' | ';'): string =>
  edited(text, 'RUN', (dockerfile, runs) => runs.slice(-1).flatMap((run) => appendCommand(dockerfile, run, command, connector)));
const remove = (text: string, keyword: string, comments = false): string =>
  edited(text, keyword, (dockerfile, instructions) => removeInstructions(dockerfile, instructions, { comments }));

describe('joinRuns', () => {
  test('puts two short ones on one line', () => {
    expect(join('FROM a\nRUN one\nRUN two\nCMD x\n')).toBe('FROM a\nRUN one && two\nCMD x\n');
  });

  test('keeps flags of the first, bytes of both, blanks behind the last and a missing final newline', () => {
    expect(join('from a\nrun --network=none one  -x\t"y"   \nrun --network=none   two  ')).toBe('from a\nrun --network=none one  -x\t"y" && two  ');
  });

  test('breaks the line where it would have more than 100 columns', () => {
    const long = `RUN ${'x'.repeat(90)}\n`;
    expect(join(`FROM a\n${long}RUN yy\n`)).toBe(`FROM a\nRUN ${'x'.repeat(90)} && yy\n`);
    expect(join(`FROM a\n${long}RUN yyy\n`)).toBe(`FROM a\nRUN ${'x'.repeat(90)} \\\n    && yyy\n`);
  });

  test('writes three below each other, empty lines between them gone', () => {
    expect(join('FROM a\n\nRUN one\n\n\nRUN two\nRUN three\n\nCMD x\n')).toBe('FROM a\n\nRUN one \\\n    && two \\\n    && three\n\nCMD x\n');
  });

  test('keeps comments between them, in order', () => {
    expect(join('FROM a\n# one\nRUN one\n# far\n\n  # near\n# two  \nRUN two\n')).toBe(
      'FROM a\n# one\nRUN one \\\n    # far\n    # near\n    # two\n    && two\n',
    );
  });

  test('keeps comments between a keyword and its command', () => {
    expect(join('FROM a\nRUN one\nRUN \\\n# why\n  two \\\n  # more\n  --x\n')).toBe('FROM a\nRUN one \\\n  # why\n  && two \\\n  # more\n  --x\n');
  });

  test('follows the indentation that most lines with && have', () => {
    expect(join('FROM a\nRUN one \\\n && two \\\n && three \\\n      --flag \\\n      --other \\\n      --more\nRUN four\n')).toBe(
      'FROM a\nRUN one \\\n && two \\\n && three \\\n      --flag \\\n      --other \\\n      --more \\\n && four\n',
    );
  });

  test('writes && at the end of lines where the file does', () => {
    expect(join('FROM a\nRUN one && \\\n\ttwo\n# three\nRUN three\n')).toBe('FROM a\nRUN one && \\\n\ttwo && \\\n\t# three\n\tthree\n');
  });

  test('keeps CRLF and the escape character', () => {
    expect(join('# escape=`\r\nFROM a\r\nRUN one `\r\n  --x\r\nRUN two\r\n')).toBe('# escape=`\r\nFROM a\r\nRUN one `\r\n  --x `\r\n  && two\r\n');
  });
});

describe('appendCommand', () => {
  test('on the same line while that is short', () => {
    expect(append('FROM a\nRUN one && two  \nCMD x\n', 'three')).toBe('FROM a\nRUN one && two && three  \nCMD x\n');
    expect(append('FROM a\nRUN one', 'two')).toBe('FROM a\nRUN one && two');
  });

  test('behind spaces and tabs only: another blank would be a word for the shell', () => {
    expect(append('FROM a\nRUN one && two \\\n\f\u00a0three\n', 'four')).toBe('FROM a\nRUN one && two \\\n\f\u00a0three \\\n&& four\n');
  });

  test('on a line of its own where the line is long or has two && already', () => {
    expect(append('FROM a\nRUN one && two && three\n', 'four')).toBe('FROM a\nRUN one && two && three \\\n    && four\n');
    expect(append(`FROM a\nRUN ${'x'.repeat(95)}\n`, 'y')).toBe(`FROM a\nRUN ${'x'.repeat(95)} \\\n    && y\n`);
  });

  test("in the RUN's own style where it has several lines", () => {
    expect(append('FROM a\nRUN one && \\\n  two && \\\n  three \\\n     --x\n', 'four')).toBe(
      'FROM a\nRUN one && \\\n  two && \\\n  three \\\n     --x && \\\n  four\n',
    );
    expect(append('FROM a\nRUN one \\\n && two \\\n      --x\n', 'three')).toBe('FROM a\nRUN one \\\n && two \\\n      --x \\\n && three\n');
    expect(append('FROM a\nRUN apt install \\\n\tcurl \\\n\tgit\n', 'x')).toBe('FROM a\nRUN apt install \\\n\tcurl \\\n\tgit \\\n\t&& x\n');
  });

  test('keeps CRLF and the escape character', () => {
    expect(append('# escape=`\r\nFROM a\r\nrun one `\r\n   && two\r\n', 'three')).toBe('# escape=`\r\nFROM a\r\nrun one `\r\n   && two `\r\n   && three\r\n');
  });

  test('behind a semicolon where it is told so', () => {
    expect(append('FROM a\nRUN one; two\n', 'three', ';')).toBe('FROM a\nRUN one; two; three\n');
    expect(append('FROM a\nRUN one; \\\n  two\n', 'three', ';')).toBe('FROM a\nRUN one; \\\n  two; \\\n  three\n');
  });

  test('on the line that opens a heredoc, before a continuation mark at the end of the file', () => {
    expect(append('FROM a\nRUN <<E\nx\nE\n', 'y')).toBe('FROM a\nRUN <<E\nx\nE\n');
    expect(append('FROM a\nRUN ["x"]\n', 'y')).toBe('FROM a\nRUN ["x"]\n');
    expect(append('FROM a\nRUN cat <<E\nx\nE\nCMD x\n', 'y')).toBe('FROM a\nRUN cat <<E && y\nx\nE\nCMD x\n');
    expect(append('FROM a\nRUN one \\\n  two \\\n', 'y')).toBe('FROM a\nRUN one \\\n  two \\\n  && y \\\n');
  });
});

describe('removeInstruction', () => {
  test('takes all its lines and one of two gaps', () => {
    expect(remove('FROM a\nUSER x\nCMD x\n', 'USER')).toBe('FROM a\nCMD x\n');
    expect(remove('FROM a\n\nRUN one \\\n  # c\n  two\n\nCMD x\n', 'RUN', true)).toBe('FROM a\n\nCMD x\n');
    expect(remove('FROM a\n\n\nUSER x\n\nCMD x\n', 'USER')).toBe('FROM a\n\n\nCMD x\n');
    expect(remove('FROM a\n\nUSER x\n\n\nCMD x\n', 'USER')).toBe('FROM a\n\n\nCMD x\n');
    expect(remove('FROM a\n\nUSER x\nCMD x\n', 'USER')).toBe('FROM a\n\nCMD x\n');
  });

  test('takes its heredocs', () => {
    expect(remove('FROM a\nRUN <<E\nx\nE\nCMD x\n', 'RUN')).toBe('FROM a\nCMD x\n');
  });

  test('takes its comments only when asked', () => {
    const text = 'FROM a\n# far\n\n# near\nRUN one \\\n  # inside\n  two\nCMD x\n';
    expect(remove(text, 'RUN', true)).toBe('FROM a\n# far\n\nCMD x\n');
    expect(remove(text, 'RUN')).toBe('FROM a\n# far\n\n# near\n# inside\nCMD x\n');
  });

  test('leaves the end of the file as it was', () => {
    expect(remove('FROM a\n\nUSER x\n', 'USER')).toBe('FROM a\n');
    expect(remove('FROM a\n\nUSER x', 'USER')).toBe('FROM a');
    expect(remove('FROM a\r\nUSER x', 'USER')).toBe('FROM a');
  });

  test('leaves the beginning of the file as it was', () => {
    expect(remove('\uFEFFARG x\n\nFROM a\n', 'ARG')).toBe('\uFEFFFROM a\n');
  });

  test('several at once leave one gap', () => {
    expect(remove('FROM a\nUSER x\n\nUSER y\nCMD x\n', 'USER')).toBe('FROM a\n\nCMD x\n');
    expect(remove('FROM a\r\n\r\nUSER x\r\n\r\nUSER y\r\n\r\nCMD x\r\n', 'USER')).toBe('FROM a\r\n\r\nCMD x\r\n');
  });

  test('one of two', () => {
    const text = 'FROM a\nUSER x\nUSER y\n';
    const dockerfile = read(text);
    const [, first] = dockerfile.instructions;
    expect(first && applyEdits(text, removeInstruction(dockerfile, first, { comments: false }))).toBe('FROM a\nUSER y\n');
  });
});

describe('joinCopies', () => {
  test('puts all sources on one line', () => {
    expect(joinCopy('FROM a\nCOPY --chown=1:1 one.txt ./\nCOPY --chown=1:1 two  three ./\nCMD x\n')).toBe(
      'FROM a\nCOPY --chown=1:1 one.txt two three ./\nCMD x\n',
    );
  });

  test('gives the destination a slash', () => {
    expect(joinCopy('from a\ncopy one .\ncopy two ./')).toBe('from a\ncopy one two ./');
    expect(joinCopy('FROM a\nCOPY one /srv  \n\nCOPY two /srv/\n\nCMD x\n')).toBe('FROM a\nCOPY one two /srv/  \n\nCMD x\n');
  });

  test('keeps comments above the sources that they explain', () => {
    expect(joinCopy('FROM a\nCOPY one.txt ./\nCOPY two.txt ./\n# why\nCOPY more/three.txt .\nCOPY four ./\nCMD x\n')).toBe(
      'FROM a\nCOPY one.txt two.txt \\\n    # why\n    more/three.txt \\\n    four ./\nCMD x\n',
    );
    expect(joinCopy('FROM a\n# one\nCOPY one ./\nCOPY \\\n  # two\n  two ./\n')).toBe('FROM a\n# one\nCOPY one \\\n  # two\n  two ./\n');
  });

  test('breaks lines of more than 100 columns', () => {
    const [b, c] = ['b'.repeat(40), 'c'.repeat(60)];
    expect(joinCopy(`FROM a\nCOPY a /x/\nCOPY ${b} /x/\nCOPY ${c} /x/\nCOPY d /x/\n`)).toBe(`FROM a\nCOPY a ${b} \\\n    ${c} d /x/\n`);
  });

  test('goes on as a COPY of several lines began', () => {
    expect(joinCopy('FROM a\nCOPY one \\\n     two \\\n     ./\nCOPY three ./\nCOPY four ./\n')).toBe(
      'FROM a\nCOPY one \\\n     two \\\n     three \\\n     four \\\n     ./\n',
    );
    expect(joinCopy('FROM a\nCOPY one \\\n\ttwo ./\nCOPY three ./\n')).toBe('FROM a\nCOPY one \\\n\ttwo \\\n\tthree ./\n');
  });

  test('keeps CRLF and the escape character', () => {
    expect(joinCopy('# escape=`\r\nFROM a\r\nCOPY one ./\r\n# why\r\nCOPY two ./\r\nCMD x')).toBe(
      '# escape=`\r\nFROM a\r\nCOPY one `\r\n    # why\r\n    two ./\r\nCMD x',
    );
  });
});
