import { expect, test } from 'vitest';
import { gitIgnored, gitIgnoresIn } from '../../src/workspace/git-ignore.ts';

function patterns(text: string, folder = '', prefix = ''): string[] {
  return gitIgnored([{ folder, prefix, text }]).map(({ pattern }) => pattern);
}

test('a name that git matches everywhere is named at the root alone', () => {
  expect(patterns('node_modules/\n/dist\nbuild/\ndocs/out\n')).toEqual(['node_modules', 'dist', 'build', 'docs/out']);
});

test('a kind of files is meant for any folder', () => {
  expect(patterns('*.log\n*.py[!x]\nlogs/*.txt\n')).toEqual(['**/*.log', '**/*.py[^x]', 'logs/*.txt']);
});

test('blanks and comments are none, and what needs an escape is left out', () => {
  expect(patterns('# dist\n\\#dist\n\\!out\ntmp   \n\r\na\\ b\n')).toEqual(['tmp']);
});

test('a pattern of which something is taken back is left out', () => {
  expect(patterns('logs/*\n!logs/.gitkeep\n*.jar\n!gradle/wrapper/gradle-wrapper.jar\ntmp\n')).toEqual(['tmp']);
  expect(patterns('*\n!src\n')).toEqual([]);
});

test('one in a folder is told from the root of the context', () => {
  expect(patterns('dist\n/out\n*.log\n', 'web')).toEqual(['web/dist', 'web/out', 'web/**/*.log']);
});

test('one above the context is told from there', () => {
  expect(patterns('dist\n/out\nweb/app/tmp\nweb\n', '', 'web/app')).toEqual(['dist', 'tmp', 'web']);
});

test('all that reach into the context are found, from above to below', () => {
  const texts = new Map([
    ['.gitignore', 'a'],
    ['web/app/deep/.gitignore', 'd'],
    ['web/app/.gitignore', 'c'],
    ['web/.gitignore', 'b'],
    ['other/.gitignore', 'e'],
  ]);
  const found = gitIgnoresIn([...texts.keys()], 'web/app', (path) => texts.get(path));
  expect(found.map(({ text, folder, prefix }) => [text, folder, prefix])).toEqual([
    ['a', '', 'web/app'],
    ['b', '', 'app'],
    ['c', '', ''],
    ['d', 'deep', ''],
  ]);
});
