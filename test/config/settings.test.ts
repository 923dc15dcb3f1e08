import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsFrom } from '../../src/config/settings.ts';

const folder = import.meta.dirname;

test('of several overrides that match a later one wins, key by key and transform by transform', () => {
  const settingsOf = settingsFrom(
    {
      level: 'review',
      target: 'build',
      transforms: { a: 'off', b: 'on', c: { x: 1 } },
      overrides: [
        { files: ['api/'], level: 'safe', context: 'api', transforms: { a: { y: 2 } } },
        { files: ['*.dev', '!web/*.dev'], target: 'dev', transforms: { a: 'on', c: { z: 3 } } },
      ],
    },
    folder,
    'dockopt.config.json',
  );
  expect(settingsOf(join(folder, 'Dockerfile'))).toEqual({
    excluded: false,
    level: 'review',
    context: undefined,
    target: 'build',
    states: { a: 'off', b: 'on', c: 'on' },
    options: { a: {}, b: {}, c: { x: 1 } },
  });
  expect(settingsOf(join(folder, 'api/a/Dockerfile'))).toMatchObject({
    level: 'safe',
    context: { folder: join(folder, 'api'), by: 'dockopt.config.json' },
    target: 'build',
    states: { a: 'on' },
    options: { a: { y: 2 } },
  });
  expect(settingsOf(join(folder, 'api/Dockerfile.dev'))).toMatchObject({ level: 'safe', target: 'dev', options: { a: {}, c: { z: 3 } } });
  expect(settingsOf(join(folder, 'web/Dockerfile.dev'))).toMatchObject({ target: 'build', states: { a: 'off' } });
});

test.each([
  ['legacy/', 'legacy/Dockerfile', true],
  ['legacy/', 'a/legacy/b/Dockerfile', true],
  ['/legacy/', 'a/legacy/Dockerfile', false],
  ['*.dev', 'a/Dockerfile.dev', true],
  ['*.dev', 'a/Dockerfile.DEV', false],
  ['a/**/Dockerfile', 'a/b/c/Dockerfile', true],
  ['Dockerfile', '../Dockerfile', false],
])('the glob %s for %s: %s', (glob, path, matches) => {
  expect(settingsFrom({ exclude: [glob] }, folder, '')(join(folder, path)).excluded).toBe(matches);
});
