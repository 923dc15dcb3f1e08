import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { copies, dockopt, program, repository } from './built.ts';

const alone = (command: string, args: readonly string[], cwd?: string) => spawnSync('unshare', ['-rn', command, ...args], { cwd, encoding: 'utf8' });
const there = alone('true', []).status === 0;
if (!there) console.log('test/cli/network.test.ts was skipped: `unshare -rn` is not allowed here');

test.skipIf(!there)('without a network the patch is the same, and nothing is said', () => {
  const cwd = repository({ 'a.txt': '', 'b.txt': '', Dockerfile: copies });
  expect(alone(process.execPath, ['-e', "require('node:dns').promises.lookup('example.org').catch(() => process.exit(7))"]).status).toBe(7);
  const { status, stdout, stderr } = alone(process.execPath, [program], cwd);
  expect({ code: status, out: stdout, said: stderr }).toEqual(dockopt(cwd));
  expect(stdout).toContain('+COPY a.txt b.txt ./');
});

test.skipIf(!there)('without a network a transform that asks a registry tells of it', () => {
  const cwd = repository({ Dockerfile: 'FROM localhost:1/base:1\n' });
  const { status, stdout, stderr } = alone(process.execPath, [program, '--only', 'pin-base', '--level', 'review', '--check'], cwd);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(stderr).toMatch(/^dockopt: localhost:1 could not be asked for digests, so none of its images was pinned: .+\n$/);
});
