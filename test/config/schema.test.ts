import { expect, test } from 'vitest';
import { readShape, readUse } from '../../src/config/schema.ts';
import { defineTransform, type Transform } from '../../src/transform.ts';

const plain = defineTransform({ id: 'plain', title: 'Plain', level: 'safe', keeps: [], find: () => [] });
const tuned: Transform & { options: Record<string, string | number | boolean> } = { ...plain, id: 'tuned', options: { most: 3, deep: false, name: 'a' } };
const around = { transforms: [plain, tuned], all: true, folder: import.meta.dirname };

function problems(raw: unknown, all = true): string[] {
  const shape = readShape(raw, { ...around, all });
  return 'problems' in shape ? shape.problems.map(({ path, message }) => `${path.join('/')}: ${message}`) : [];
}

test.each([
  [{}],
  [{ level: 'review', context: '..', target: 'build', use: ['./mine.ts', plain], exclude: ['legacy/', '!legacy/a', '**/*.dev', '/x?[ab]'] }],
  [{ transforms: { plain: 'off', tuned: { most: 4, deep: true, name: 'b' } } }],
  [{ images: { 'registry.example/node:*': { like: 'node:*' }, 'registry.example/base': { like: 'debian:bookworm-slim' } } }],
  [{ overrides: [{ files: ['a/'], level: 'safe', transforms: { plain: 'on' }, context: '.', target: 'a' }] }],
  [{ commit: { branch: 'x/{group}', message: '{title}' } }],
])('%j is a configuration, and comes out as it went in', (raw) => {
  expect(readShape(raw, around)).toEqual({ config: raw });
});

test.each([
  [3, ': must be an object'],
  [
    { levl: 'safe' },
    'levl: there is no such key; did you mean level? (allowed: level, transforms, context, target, prefer, use, exclude, images, baseline, commit, overrides)',
  ],
  [{ level: 'advice' }, "level: must be 'safe' or 'review'"],
  [{ level: 'reviw' }, "level: must be 'safe' or 'review'; did you mean review?"],
  [{ target: 3 }, 'target: must be a string'],
  [{ context: 'nowhere' }, 'context: there is no folder nowhere'],
  [{ transforms: { plan: 'on' } }, 'transforms/plan: there is no such transform; did you mean plain? (`dockopt list` names them)'],
  [{ transforms: { plain: true } }, "transforms/plain: must be 'on', 'off' or an object of options"],
  [{ transforms: { plain: { most: 1 } } }, 'transforms/plain/most: there is no such option (it has none)'],
  [{ transforms: { tuned: { mots: 1 } } }, 'transforms/tuned/mots: there is no such option; did you mean most? (allowed: most, deep, name)'],
  [{ transforms: { tuned: { most: '1' } } }, 'transforms/tuned/most: must be a number'],
  [{ transforms: { tuned: { most: [1] } } }, 'transforms/tuned/most: must be a string, a number, true or false'],
  [{ use: './mine.ts' }, 'use: must be a list of files'],
  [{ use: [{ ...plain, keeps: undefined }] }, 'use/0: must be the path of a file, or what `defineTransform` made'],
  [{ exclude: 'a' }, 'exclude: must be a list of globs'],
  [{ exclude: [''] }, 'exclude/0: is empty'],
  [{ exclude: ['./a'] }, 'exclude/0: begins with ./, which matches nothing; leave it out'],
  [{ exclude: ['!../a'] }, 'exclude/0: leaves the folder of the configuration'],
  [{ exclude: ['a\\b'] }, 'exclude/0: holds a backslash; folders are parted by /'],
  [{ exclude: ['*.{a,b}'] }, 'exclude/0: holds braces, which a .gitignore does not know; write two globs'],
  [{ exclude: ['[a'] }, 'exclude/0: holds a [ that is not closed'],
  [{ exclude: ['# a'] }, 'exclude/0: is a comment in a .gitignore; write \\# for a name that begins so'],
  [{ images: { a: 'node:20' } }, 'images/a: must be an object'],
  [{ images: { a: {} } }, 'images/a/like: is missing'],
  [
    { images: { a: { like: 'someone/app' } } },
    'images/a/like: of someone/app nothing is known either; name an image of Docker Hub with its tag, such as debian:bookworm-slim',
  ],
  [{ images: { a: { like: 'node:*' } } }, 'images/a/like: has more * than a'],
  [{ overrides: [{}] }, 'overrides/0/files: is missing'],
  [{ overrides: [{ files: [], exclude: [] }] }, 'overrides/0/exclude: there is no such key (allowed: files, level, transforms, context, target, prefer)'],
])('%j is none, and it is told why', (raw, problem) => {
  expect(problems(raw)).toEqual([problem]);
});

test('everything that is wrong is told at once', () => {
  const raw = { a: 1, b: 2, level: 3, overrides: [{ files: ['../a'], transforms: { plan: 'on', tuned: { x: 1 } } }], transforms: { plan: 'of' } };
  expect(problems(raw).map((problem) => problem.replace(/:.*/, ''))).toEqual([
    'level',
    'transforms/plan',
    'transforms/plan',
    'overrides/0/files/0',
    'overrides/0/transforms/plan',
    'overrides/0/transforms/tuned/x',
    'a',
    'b',
  ]);
});

test('where transforms could not be loaded, ids that are not known are let pass, and no others', () => {
  expect(problems({ transforms: { mine: 'on', tuned: { mots: 1 } } }, false)).toHaveLength(1);
  expect(readUse({ use: ['a.ts', 3] })).toBeUndefined();
  expect(readUse({ levl: 'safe' })).toEqual([]);
});
