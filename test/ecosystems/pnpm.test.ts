import { expect, test } from 'vitest';
import { read, told } from './call.ts';

test.each([
  ['pnpm install --frozen-lockfile', 'install'],
  ['pnpm i -r --offline', 'install'],
  ['pnpm -r install', 'install'],
  ['pnpm recursive install', 'install'],
  ['pnpm --filter web install', 'install'],
  ['pnpm add -g turbo', 'install'],
  ['pnpm fetch --prod', 'install'],
  ['pnpm up', 'upgrade'],
  ['pnpm prune --prod', 'remove'],
  ['pnpm store prune', 'other'],
  ['pnpm config set store-dir /s', 'other'],
  ['pnpm --version', 'other'],
  ['pnpm deploy --filter=web --prod /out', 'not understood'],
  ['pnpm rebuild', 'not understood'],
  ['pnpm build', 'not understood'],
  ['pnpm -r run build', 'not understood'],
  ['pnpm --filter web build', 'not understood'],
  ['pnpm dlx x', 'not understood'],
  ['pnpx x', 'not understood'],
  ['pnpm', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test('fetch reads the lockfile, not the manifests', () => {
  expect(read('pnpm fetch')).toMatchObject({ reads: ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.pnpmfile.mjs', '.npmrc'] });
  expect(read('pnpm install')?.reads).toContain('package.json');
  expect(read('pnpm -C web install')?.reads).toContain('web/package.json');
  expect(read('pnpm add -g turbo')?.reads).toEqual([]);
});
