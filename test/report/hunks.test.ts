import { applyPatch } from 'diff';
import { expect, test } from 'vitest';
import { hunksOf } from '../../src/report/hunks.ts';

function patched(before: string, after: string, context: number): string | false {
  const headers = { oldFileName: 'a', newFileName: 'a', oldHeader: undefined, newHeader: undefined };
  return applyPatch(before, { ...headers, hunks: hunksOf(before, after, context) }, { autoConvertLineEndings: false });
}

function lines(count: number, word: string): string {
  return Array.from({ length: count }, (_, i) => `${word} ${i}\n`).join('');
}

test.each([
  ['few differences', 'a\nb\nc\n', 'a\nx\nc\n'],
  ['all of many lines', lines(3000, 'a'), lines(3000, 'b')],
  ['many lines between equal ones', `1\n2\n3\n4\n${lines(3000, 'a')}5\n6\n7\n8\n`, `1\n2\n3\n4\n${lines(2500, 'b')}5\n6\n7\n8\n`],
  ['no final line end', `1\n${lines(3000, 'a')}b`, `1\n${lines(3000, 'b')}b`],
  ['a final line end more', `${lines(3000, 'a')}b`, `${lines(3000, 'b')}b\n`],
  ['nothing behind', lines(3000, 'a'), ''],
])('a patch leads from one text to the other: %s', (_what, before, after) => {
  for (const context of [0, 3]) expect(patched(before, after, context)).toBe(after);
});

test('a side without lines begins where they would stand, however many lines the other has', () => {
  for (const many of [3, 3000]) {
    expect(hunksOf('', lines(many, 'a'), 3)).toMatchObject([{ oldStart: 1, oldLines: 0, newStart: 1, newLines: many }]);
    expect(hunksOf(lines(many, 'a'), '', 3)).toMatchObject([{ oldStart: 1, oldLines: many, newStart: 1, newLines: 0 }]);
  }
});

test('of many differences only what stands between the first and the last is in the patch', () => {
  const [hunk, ...more] = hunksOf(`1\n2\n3\n4\n${lines(3000, 'a')}5\n6\n`, `1\n2\n3\n4\n${lines(3000, 'b')}5\n6\n`, 3);
  expect(more).toEqual([]);
  expect(hunk?.lines.filter((line) => line.startsWith(' '))).toEqual([' 2', ' 3', ' 4', ' 5', ' 6']);
});
