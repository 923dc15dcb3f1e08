import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runAll } from '../../src/batch/batch.ts';
import { jsonReport } from '../../src/report/json.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { plain } from '../../src/report/layout.ts';
import { patchReport } from '../../src/report/patch.ts';
import { prettyReport } from '../../src/report/pretty.ts';
import { secretValuesIn } from '../../src/steps/secret-values.ts';
import { fixturesIn } from '../../src/testing/fixture.ts';

const fixtures = fixturesIn(join(import.meta.dirname, '..', '..', 'fixtures', 'mount-secrets'));
const leaking = fixtures.filter(({ before }) => secretValuesIn(before.get('Dockerfile') ?? '').length > 0);

test('fixtures hold credentials as they are', () => {
  expect(leaking.length).toBeGreaterThan(4);
  expect([...new Set(leaking.flatMap(({ before }) => secretValuesIn(before.get('Dockerfile') ?? '')))].every((value) => /hunter/.test(value))).toBe(true);
});

test.each(leaking.flatMap((fixture) => (['safe', 'review'] as const).map((level) => ({ fixture, level, name: fixture.name }))))(
  'no report of $name at $level holds the credential, but for patch and new text',
  async ({ fixture, level }) => {
    const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-')));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    cpSync(join(fixture.folder, 'before'), cwd, { recursive: true });
    execFileSync('git', ['init', '-q'], { cwd });
    const batch = await runAll([join(cwd, 'Dockerfile')], () => ({ level, cwd }));
    const options = { width: 100, paint: plain, command: '', written: false };
    const pretty = [true, false].map((why) => prettyReport(batch, { ...options, why }));
    const comments = [true, false].map((why) =>
      patchReport(batch, why)
        .split('\n')
        .filter((line) => line.startsWith('#'))
        .join('\n'),
    );
    const json = JSON.stringify(JSON.parse(jsonReport(batch, cwd)), (key, value: unknown) => (key === 'patch' || key === 'text' ? undefined : value));
    for (const report of [...pretty, ...comments, json, markdownReport(batch)]) expect(report).not.toContain('hunter');
    if (level === 'review') expect(pretty[0]).toContain('***');
  },
);
