import { expect, test } from 'vitest';
import { plainNames } from '../../src/portions/names.ts';

test('names are plain, and no two the same where case counts for nothing', () => {
  const names = ['services/api', 'services-api', 'Services/API', '(root)', '../..', 'con', 'a..b', 'x.lock', '@acme/web, @bob', 'größe', ''];
  const plain = [...plainNames(names).values()];
  expect(plain).toEqual(['services-api', 'services-api-2', 'Services-API-3', 'root', 'group', 'group-con', 'a.b', 'x-lock', 'acme-web-bob', 'gr-e', 'group-2']);
});

test('long names that begin alike stay apart', () => {
  const plain = [...plainNames(['a', 'b'].map((end) => `${'x'.repeat(200)}${end}`)).values()];
  expect(new Set(plain).size).toBe(2);
  for (const name of plain) expect(name.length).toBeLessThanOrEqual(100);
});
