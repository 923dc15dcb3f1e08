import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { monorepo, type Monorepo } from '../../bench/monorepo/monorepo.ts';
import { writeRepository } from '../../bench/monorepo/on-disk.ts';
import type { JsonReport } from '../../src/report/json.ts';
import type { JsonTargets } from '../../src/report/targets.ts';
import { dockopt } from '../cli/built.ts';

function onDisk({ files }: Monorepo): string {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-monorepo-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeRepository(folder, files);
  return folder;
}

test('a seed makes one repository, and a larger one begins as a smaller one does', () => {
  const { files } = monorepo(50);
  expect([...monorepo(50).files]).toEqual([...files]);
  expect([...monorepo(50, 1).files]).not.toEqual([...files]);
  const [small = [], large = []] = [50, 400].map((size) => monorepo(size).services.map(({ dockerfile }) => dockerfile));
  expect(large.slice(0, small.length)).toEqual(small);
});

test('all languages, layouts and callers are among three hundred services', () => {
  const { services } = monorepo();
  expect(new Set(services.map(({ language }) => language)).size).toBe(13);
  expect(new Set(services.map(({ layout }) => layout)).size).toBe(9);
  const kinds = services.flatMap(({ callers }) => callers.map(({ kind }) => kind));
  expect(new Set(kinds)).toEqual(new Set(['compose', 'bake', 'workflow', 'matrix', 'run', 'make']));
});

test.each([300, 700])('each of %d services has the target that it is generated with', (size) => {
  const expected = monorepo(size);
  const { code, out, said } = dockopt(onDisk(expected), 'targets', '--format', 'json');
  expect({ code, said }).toEqual({ code: 0, said: '' });
  const { targets } = JSON.parse(out) as JsonTargets;
  const shown = targets.map(({ dockerfile, context: { path, given }, stage, callers }) => ({ dockerfile, context: path, given, stage, callers }));
  expect(shown).toEqual(expected.targets);
  expect(targets.filter(({ context: { given, by }, callers: [first] }) => given && by !== `${first?.file}:${first?.line}`)).toEqual([]);
});

test('a monorepo at review: the patch is what --write does, and nothing is left to do', { timeout: 600_000 }, () => {
  // All three hundred take a minute or more.
  const expected = monorepo(process.env['MONOREPO'] === 'all' ? 300 : 60);
  const [written, patched] = [onDisk(expected), onDisk(expected)];
  const { code, out } = dockopt(patched, '--level', 'review', '--format', 'patch');
  expect(code).toBe(0);
  execFileSync('git', ['apply', '-'], { cwd: patched, input: out });
  const wrote = dockopt(written, '--level', 'review', '--write', '--format', 'json');
  const first = JSON.parse(wrote.out) as JsonReport;
  expect(wrote.code).toBe(0);
  expect(treeOf(patched)).toEqual(treeOf(written));
  const again = dockopt(written, '--level', 'review', '--check');
  expect({ code: again.code, out: again.out }).toEqual({ code: 0, out: '' });
  // Templates alone are not understood, before and after.
  const troubled = first.files.filter(({ outcome }) => outcome !== 'changed' && outcome !== 'unchanged').map(({ path }) => path);
  expect(troubled.filter((path) => !path.endsWith('.tmpl'))).toEqual([]);
  expect(first.files.filter(({ outcome }) => outcome === 'changed').length).toBeGreaterThan(expected.services.length / 2);
});

/** What git has of a folder, with all that lies there. */
function treeOf(folder: string): string {
  execFileSync('git', ['-c', 'core.autocrlf=false', 'add', '--all'], { cwd: folder });
  return execFileSync('git', ['write-tree'], { cwd: folder, encoding: 'utf8' });
}
