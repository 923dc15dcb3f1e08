import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { copies, program, repository } from './built.ts';

// What is seen on a terminal alone needs one; `script` of util-linux makes one.
const hasScript = spawnSync('script', ['--version']).status === 0;

test.skipIf(!hasScript)('on a terminal a bar shows how far a run over many Dockerfiles is, and the report follows', () => {
  const names = Array.from({ length: 25 }, (_, index) => `s${index}`);
  const cwd = repository(
    Object.fromEntries(names.flatMap((name) => [`Dockerfile`, 'a.txt', 'b.txt'].map((file) => [`${name}/${file}`, file === 'Dockerfile' ? copies : '']))),
  );
  const command = [process.execPath, program, '--only', 'merge-copies'].map((word) => `'${word}'`).join(' ');
  const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd, encoding: 'utf8' });
  expect(stdout).toContain('of 25 files');
  expect(stdout).toContain('25 changes in 25 files');
  expect(status).toBe(0);
});
