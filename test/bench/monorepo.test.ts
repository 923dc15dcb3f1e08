import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { monorepo, type Monorepo } from '../../bench/monorepo/monorepo.ts';
import { writeRepository } from '../../bench/monorepo/on-disk.ts';
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
