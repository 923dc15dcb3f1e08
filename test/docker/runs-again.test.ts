import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hold } from './runs-again.ts';
import { testEngine } from './engine.ts';

/** `npm run proof:runs-again` builds these and more. */
const cases = [
  { name: 'bind-mounts', over: undefined },
  { name: 'copy-from-stage', over: 'after' },
  { name: 'ignore-file', over: undefined },
  { name: 'link-and-exclude', over: undefined },
  { name: 'stage-of-copies', over: undefined },
  { name: 'stages-from-stages', over: undefined },
];

const engine = await testEngine();

describe.skipIf(!engine)('after an edit the builder makes again what was predicted', () => {
  test.concurrent.each(cases)('$name', { timeout: 120_000 }, async ({ name, over }) => {
    const edits = await hold(join(import.meta.dirname, '..', '..', 'fixtures', 'runs-again', name), over);
    expect(edits).toHaveLength(3);
    for (const { path, steps } of edits) {
      const foretold = steps.filter(({ predicted }) => predicted !== 'unknown');
      expect(foretold.length, path).toBeGreaterThan(steps.length / 2);
      const lines = (which: 'predicted' | 'did'): string[] => foretold.map((one) => `${one.step.instruction.startLine} ${one[which]}`);
      expect(lines('did'), path).toEqual(lines('predicted'));
    }
  });
});
