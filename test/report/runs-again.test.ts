import { expect, test } from 'vitest';
import type { RunsAgain } from '../../src/outcome.ts';
import { runsAgainSentences } from '../../src/report/runs-again.ts';

const one: RunsAgain = {
  edit: 'source',
  path: 'src/a.ts',
  before: { again: [2, 3, 4], perhaps: [], of: 3 },
  after: { again: [5, 6], perhaps: [], of: 3 },
  spared: ['npm ci'],
  added: [],
};

function said(...all: readonly Partial<RunsAgain>[]): string[] {
  return runsAgainSentences({ runsAgain: () => all.map((more) => ({ ...one, ...more })) });
}

test('a sentence for what differs, one for edits that come to the same, none for the rest', () => {
  expect(said({}, { edit: 'unneeded', path: 'README.md' }, { edit: 'manifest', path: 'package.json', spared: [] })).toEqual([
    'After a source edit (src/a.ts) or an edit of README.md 2 of 3 RUNs run again instead of all 3: no longer `npm ci`.',
  ]);
  expect(runsAgainSentences({})).toEqual([]);
});

test('none, one, what is left open, what came, and more than a line holds', () => {
  expect(said({ after: { again: [], perhaps: [], of: 3 } })).toEqual(['After a source edit (src/a.ts) no RUN runs again any more.']);
  const alone = { again: [2], perhaps: [], of: 1 };
  expect(said({ before: alone, after: { again: [4], perhaps: [], of: 2 } })).toEqual([
    'After a source edit (src/a.ts) 1 of 2 RUNs runs again: no longer `npm ci`.',
  ]);
  const left = { before: { again: [2, 3], perhaps: [6], of: 4 }, after: { again: [3], perhaps: [7], of: 4 } };
  expect(said(left)).toEqual(['After a source edit (src/a.ts) 1 (perhaps 2) of 4 RUNs runs again instead of 2 (perhaps 3) of 4: no longer `npm ci`.']);
  expect(said({ spared: [], added: ['make'] })).toEqual(['After a source edit (src/a.ts) 2 of 3 RUNs run again instead of all 3: now also `make`.']);
  expect(said({ spared: ['a', 'b', 'c', 'd', 'e'] })[0]).toMatch(/: no longer `a`, `b`, `c` and 2 more\.$/);
});
