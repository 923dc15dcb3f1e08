import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dockerfile } from '../../src/dockerfile/model.ts';
import { isLegacy, pairsOf, writePair } from '../../src/dockerfile/pairs.ts';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { valueOf } from '../../src/dockerfile/shell-words.ts';
import { applyEdits } from '../../src/text.ts';

function dockerfileOf(text: string): Dockerfile | undefined {
  const reading = readDockerfile(text);
  return 'dockerfile' in reading ? reading.dockerfile : undefined;
}

/** The ENV with `=`, if it can be written so. */
function rewritten(text: string): string | undefined {
  const dockerfile = dockerfileOf(text);
  const env = dockerfile?.instructions[1];
  const edits = dockerfile && env && isLegacy(env) ? writePair(dockerfile, env) : undefined;
  return edits && applyEdits(text, edits);
}

function valuesOf(text: string): (string | undefined)[] {
  const dockerfile = dockerfileOf(text);
  const env = dockerfile?.instructions[1];
  return env ? pairsOf(env).map(({ name, value }) => `${name}=${valueOf(value, dockerfile.escape) ?? 'an error'}`) : [];
}

test.each([
  ['A b', 'A=b'],
  ['A b  c', 'A="b  c"'],
  ["A it\\'s $ODD", 'A="it\'s $ODD"'],
  [`A 'a"b' c`, 'A="a\\"b c"'],
  ['A x\\ y z', 'A="x y z"'],
  ['A a\\b c', 'A="ab c"'],
  ['A "a\\b" c', 'A="a\\b c"'],
  ['A \\$HOME is $HOME', 'A="\\$HOME is $HOME"'],
  // Without its quote the second line would be a comment.
  ['A "\\\n  " #b', undefined],
  ['A $"b" c', undefined],
  ['A ${b:-"c d"} e', undefined],
  ["A it's open", undefined],
])('ENV %s is ENV %s', (before, after) => {
  expect(rewritten(`FROM a\nENV ${before}\n`)).toBe(after === undefined ? undefined : `FROM a\nENV ${after}\n`);
});

test('a value stays the same whatever it is made of', () => {
  const pieces = ['a', 'b', ' ', '  ', '"', "'", '\\', '`', '$', '$A', '${A}', '${A:-b}', '{', '}', '=', '#', '\\\n  ', '\t'];
  const values = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 });
  let written = 0;
  fc.assert(
    fc.property(values, fc.boolean(), (parts, backtick) => {
      const text = `${backtick ? '# escape=`\n' : ''}FROM a\nENV NAME ${parts.join('')}x\n`;
      const after = rewritten(text);
      if (after === undefined) return;
      written++;
      expect(valuesOf(after)).toEqual(valuesOf(text));
      expect(isLegacy(dockerfileOf(after)?.instructions[1] ?? expect.fail(after))).toBe(false);
    }),
    { numRuns: 5000 },
  );
  expect(written).toBeGreaterThan(1000);
});
