import { expect, test } from 'vitest';
import { blankLines, changedLines } from '../../bench/corpus/lines.ts';

test('changed lines are those removed or those added, whichever are more', () => {
  expect(changedLines('a\nb\nc\n', 'a\nx\ny\nc\n')).toBe(2);
  expect(changedLines('a\nb\nc\n', 'a\n')).toBe(2);
  expect(changedLines('a\n', 'a\n')).toBe(0);
});

test('a line that comes back in the same hunk with other blanks changed only in blanks', () => {
  expect(blankLines('RUN a \\\n  && b\n', 'RUN a \\\n    && b\n')).toEqual({ code: 1, comments: 0 });
  expect(blankLines('RUN a\n# why\nRUN b\n', 'RUN a \\\n    # why\n    && b\n')).toEqual({ code: 0, comments: 1 });
  expect(blankLines('RUN a\n  b\nRUN c\n', 'RUN c\nRUN a\n  b\n')).toEqual({ code: 0, comments: 0 });
  expect(blankLines('a\nb\n', 'b\na\n')).toEqual({ code: 0, comments: 0 });
});
