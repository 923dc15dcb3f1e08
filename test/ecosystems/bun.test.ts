import { expect, test } from 'vitest';
import { read, told } from './call.ts';

test.each([
  ['bun install --frozen-lockfile', 'install'],
  ['bun i -p', 'install'],
  ['bun ci', 'install'],
  ['bun add zod', 'install'],
  ['bun update', 'upgrade'],
  ['bun remove zod', 'remove'],
  ['bun --version', 'other'],
  ['bun run build', 'not understood'],
  ['bun build index.ts', 'not understood'],
  ['bun index.ts', 'not understood'],
  ['bun test', 'not understood'],
  ['bun x prisma generate', 'not understood'],
  ['bun pm cache rm', 'not understood'],
  ['bun', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test.each([
  ['bun install', ['package.json', 'bun.lock', 'bun.lockb', 'bunfig.toml', '.npmrc']],
  ['bun --cwd web install', ['web/package.json', 'web/bun.lock', 'web/bun.lockb', 'web/bunfig.toml', 'web/.npmrc']],
  ['bun --cwd $DIR install', undefined],
  ['bun add -g pm2', []],
])('the files that %s reads', (line, reads) => {
  expect(read(line)?.reads).toEqual(reads);
});
