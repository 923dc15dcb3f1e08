import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { gitApply } from '../../src/portions/git-apply.ts';
import { patchOf } from '../../src/report/patch.ts';

const folder = mkdtempSync(join(tmpdir(), 'dockopt-apply-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** undefined where git refuses. */
function byGit(text: string, patch: string): string | undefined {
  writeFileSync(join(folder, 'file'), text);
  const { status } = spawnSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: patch });
  return status === 0 ? readFileSync(join(folder, 'file'), 'utf8') : undefined;
}

// Few different lines, so that a place is found where it was not meant.
const text = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', 'd\r'), { minLength: 1, maxLength: 14 }), fc.boolean())
  .map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''));

test('a patch does to any text what git does with it', () => {
  let refused = 0;
  let applied = 0;
  fc.assert(
    fc.property(text, text, fc.nat(12), (original, changed, above) => {
      fc.pre(original !== changed);
      const lines = original.match(/[^\n]*\n|[^\n]+$/g) ?? [];
      const other = lines.toSpliced(above % lines.length, above % 2, 'a\n', 'b\n').join('');
      const patch = patchOf({ path: 'file', original, text: changed });
      expect(gitApply(original, patch)).toBe(changed);
      const made = gitApply(other, patch);
      if (made === undefined) refused++;
      else applied++;
      expect(made).toBe(byGit(other, patch));
    }),
    { numRuns: 150, seed: 7 },
  );
  expect(Math.min(refused, applied)).toBeGreaterThan(0);
});

test('lines above and between move a place, and git and this find the same one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<string>('a\n', 'b\n', 'c\n'), { minLength: 8, maxLength: 20 }), fc.nat(19), fc.nat(19), (lines, at, where) => {
      const original = lines.join('');
      const patch = patchOf({ path: 'file', original, text: lines.toSpliced(at % lines.length, 1, 'new\n').join('') });
      const moved = lines.toSpliced(where % lines.length, 0, 'more\n', 'and more\n').join('');
      expect(gitApply(moved, patch)).toBe(byGit(moved, patch));
    }),
    { numRuns: 150, seed: 7 },
  );
});
