import { expect, test } from 'vitest';
import { told } from './call.ts';

test.each([
  ['corepack enable', 'other'],
  ['corepack enable pnpm', 'other'],
  ['corepack prepare pnpm@9.15.0 --activate', 'other'],
  ['corepack install --global yarn@4.5.3', 'other'],
  ['corepack prepare --activate', 'not understood'],
  ['corepack install', 'not understood'],
  ['corepack prepare pnpm@$VERSION --activate', 'other'],
  ['corepack prepare pnpm --activate', 'other'],
  ['corepack use pnpm@9', 'not understood'],
  ['corepack pnpm install', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});
