import { expect, test } from 'vitest';
import { readOwners } from '../../src/portions/owners.ts';

test.each([
  ['* @all\n', 'a/Dockerfile', ['@all']],
  ['* @all\n/a/ @a @b # both\n', 'a/x/Dockerfile', ['@a', '@b']],
  ['/a/ @a\n* @all\n', 'a/Dockerfile', ['@all']],
  ['* @all\n/a/\n', 'a/Dockerfile', []],
  ['a @a\n', 'x/a/Dockerfile', ['@a']],
  ['/a @a\n', 'x/a/Dockerfile', []],
  ['docs/* @docs\n', 'docs/Dockerfile', ['@docs']],
  ['docs/* @docs\n', 'docs/deep/Dockerfile', []],
  ['docs/** @docs\n', 'docs/deep/Dockerfile', ['@docs']],
  ['*.dev @dev\n', 'x/Dockerfile.dev', ['@dev']],
  ['Dockerfile @case\n', 'x/dockerfile', []],
  ['/my\\ files/ @blank\n', 'my files/Dockerfile', ['@blank']],
  ['# a comment\r\n\r\n* @all\r\n', 'Dockerfile', ['@all']],
  ['* @all\n!a/ @none\n', 'a/Dockerfile', ['@all']],
])('%j gives %s to %j', (text, path, owners) => {
  expect(readOwners(text)(path)).toEqual(owners);
});

const sections = `* @all
[Backend][2] @back @end
a/
b/ @b
^[Docs] @docs
*.md
[Nobody]
c/
!a/
`;

test.each([
  ['a/Dockerfile', ['@all', '@back', '@end']],
  ['b/Dockerfile', ['@all', '@b']],
  ['b/README.md', ['@all', '@b', '@docs']],
  ['c/Dockerfile', ['@all']],
])('each section of GitLab has its say, with its own owners where a line names none: %s', (path, owners) => {
  expect(readOwners(sections)(path)).toEqual(owners);
});

test('what a section excludes has none of its owners', () => {
  expect(readOwners('[A] @a\n*\n!x/\n[B]\nx/ @b\n')('x/Dockerfile')).toEqual(['@b']);
});

test('lines that are no patterns are passed over', () => {
  expect(readOwners('\\\n[\n* @all\n')('Dockerfile')).toEqual(['@all']);
});
