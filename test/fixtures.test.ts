import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defineTests } from '../src/testing/tests.ts';
import builtIn from '../transforms/index.ts';

const root = join(import.meta.dirname, '..', 'fixtures');

for (const transform of builtIn) defineTests({ transform, fixtures: join(root, transform.id), test });

test('every folder in fixtures/ belongs to something', () => {
  const known = new Set([...builtIn.map((transform) => transform.id), 'book', 'buildkit', 'dockerignore', 'hostile', 'runs-again']);
  expect(readdirSync(root).filter((name) => !known.has(name))).toEqual([]);
});
