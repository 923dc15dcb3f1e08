import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runAll } from '../src/batch/batch.ts';
import { noteText } from '../src/report/caller-notes.ts';
import { fixturesIn, readTree } from '../src/testing/fixture.ts';

/** Fixtures whose `before/` holds what builds them: `callers/` has it as it is to be at `review`, `callers.txt` what is told. */
const fixtures = ['mount-secrets', 'mount-ssh'].flatMap((id) =>
  fixturesIn(join(import.meta.dirname, '..', 'fixtures', id))
    .filter(({ folder }) => existsSync(join(folder, 'callers.txt')))
    .map((fixture) => ({ ...fixture, id })),
);

/** The files that would be written, and what is told. */
async function runIn(cwd: string, id: string): Promise<{ readonly files: ReadonlyMap<string, string>; readonly told: string }> {
  const { outcomes, callerFiles, callerNotes } = await runAll([join(cwd, 'Dockerfile')], () => ({ level: 'review', only: [id], cwd }));
  const changed = outcomes.filter((outcome) => outcome.status === 'changed').map(({ path, text }): [string, string] => [path, text]);
  const files = new Map([...changed, ...callerFiles.map(({ path, text }): [string, string] => [path, text])]);
  return { files, told: callerNotes.map((note) => `${noteText(note)}\n`).join('') };
}

test('fixtures hold callers', () => expect(fixtures.length).toBeGreaterThan(20));

test.each(fixtures)('$id: $name is built by its callers afterwards', async ({ id, folder, review = new Map<string, string>() }) => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-')));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  cpSync(join(folder, 'before'), cwd, { recursive: true });
  execFileSync('git', ['init', '-q'], { cwd });
  const { files, told } = await runIn(cwd, id);
  if (process.env['UPDATE_REPORTS'] === '1') writeFileSync(join(folder, 'callers.txt'), told);
  expect(told).toBe(readFileSync(join(folder, 'callers.txt'), 'utf8'));
  expect(Object.fromEntries(files)).toEqual(Object.fromEntries([...review, ...readTree(join(folder, 'callers'))]));
  for (const [path, text] of files) writeFileSync(join(cwd, path), text);
});
