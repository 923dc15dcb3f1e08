import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { docker } from '../../src/verify/docker.ts';
import { copies, merged, repository } from '../cli/built.ts';
import { buildFolder, testEngine } from './engine.ts';

test('the image of dockopt runs on a mounted repository of somebody else, as no root', { timeout: 600_000 }, async (context) => {
  const engine = await testEngine();
  if (!engine) return context.skip();
  const { tag } = await buildFolder(engine, join(import.meta.dirname, '..', '..'));
  const cwd = repository({ Dockerfile: copies, 'a.txt': '', 'b.txt': '', '.gitignore': 'out/\n', 'out/Dockerfile': copies });
  const stranger = 4321;
  for (const path of ['', '.git', 'Dockerfile']) chownSync(join(cwd, path), stranger, stranger);
  chmodSync(cwd, 0o755);
  const run = async (options: readonly string[], ...args: string[]) =>
    await docker(['run', '--rm', '--network=none', ...options, '--volume', `${cwd}:/work`, tag, ...args]);
  const patch = await run([]);
  // That git answers shows in what it ignores.
  expect(patch).toMatchObject({ exitCode: 0, stderr: '' });
  expect(patch.stdout).toContain('+COPY a.txt b.txt ./');
  expect(patch.stdout).not.toContain('out/Dockerfile');
  expect((await run(['--entrypoint', 'id'], '-u')).stdout).toBe('1000\n');
  expect(await run(['--user', String(stranger)], '--write')).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(merged);
  await docker(['image', 'rm', tag]);
});
