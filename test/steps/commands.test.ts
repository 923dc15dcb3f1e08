import { expect, test } from 'vitest';
import { readScript } from '../../src/shell/read.ts';
import { readCommands } from '../../src/steps/read.ts';
import { empties, overlap } from '../../src/steps/paths.ts';
import type { State } from '../../src/steps/facts.ts';
import { emptyEnvironment } from '../../src/steps/environment.ts';

const state: State = { dialect: 'posix', errexit: false, user: undefined, workdir: '/work', environment: emptyEnvironment() };

function effects(text: string) {
  const script = readScript({ text, at: Array.from({ length: text.length + 1 }, (_, i) => i) });
  return script ? readCommands(script, state).map(({ kind, reads, writes, removes }) => ({ kind, reads, writes, removes })) : [];
}

test.each([
  ['curl -fsSLo /tmp/a https://example.com/b', { kind: 'fetch', reads: [], writes: ['/tmp/a'], removes: [] }],
  ['curl -LO https://example.com/b.tgz?x=1', { kind: 'fetch', reads: [], writes: ['/work/b.tgz'], removes: [] }],
  ['wget -qO c https://example.com/b', { kind: 'fetch', reads: [], writes: ['/work/c'], removes: [] }],
  ['wget https://example.com/b', { kind: 'fetch', reads: [], writes: ['/work/b'], removes: [] }],
  ['tar -xzf /tmp/a.tgz -C /opt', { kind: 'archive', reads: ['/tmp/a.tgz'], writes: ['/opt'], removes: [] }],
  ['unzip a.zip -d /opt', { kind: 'archive', reads: ['/work/a.zip'], writes: ['/opt'], removes: [] }],
  ['rm -rf /a /b/*', { kind: 'file', reads: [], writes: [], removes: ['/a', '/b/*'] }],
  ['mv a /b', { kind: 'file', reads: ['/work/a'], writes: ['/b', '/b/a'], removes: ['/work/a'] }],
  ['chmod +x /a', { kind: 'file', reads: [], writes: ['/a'], removes: [] }],
  ['sed s/a/b/ f', { kind: 'file', reads: ['/work/f'], writes: [], removes: [] }],
  ['sed -e s/a/b/ f', { kind: 'file', reads: ['/work/f'], writes: [], removes: [] }],
  ['[ -f a ]', { kind: 'look', reads: ['/work/a'], writes: [], removes: [] }],
  ['[ "$KIND" = server ]', { kind: 'look', reads: [], writes: [], removes: [] }],
  ['grep -q a/b f', { kind: 'look', reads: ['/work/f'], writes: [], removes: [] }],
  ['grep -e a/b f', { kind: 'look', reads: ['/work/f'], writes: [], removes: [] }],
  ["awk '{print $1}' f", { kind: 'look', reads: ['/work/f'], writes: [], removes: [] }],
  ['find a -name b', { kind: 'look', reads: ['/work/a'], writes: [], removes: [] }],
  ['sed -i s/a/b/ f', { kind: 'file', reads: ['/work/f'], writes: ['/work/f'], removes: [] }],
  ['echo a > b', { kind: 'file', reads: [], writes: ['/work/b'], removes: [] }],
  ['make', { kind: 'unknown', reads: [], writes: [], removes: [] }],
  ['./make', { kind: 'unknown', reads: [], writes: [], removes: [] }],
  ['./rm x', { kind: 'unknown', reads: [], writes: [], removes: [] }],
  ['cd /a', { kind: 'shell', reads: [], writes: [], removes: [] }],
  ['A=1', { kind: 'shell', reads: [], writes: [], removes: [] }],
])('%s', (text, effect) => expect(effects(text)).toEqual([effect]));

test.each(['sudo -E', 'env A=b', 'nice -n 5', 'timeout -k 5 60', 'DEBIAN_FRONTEND=noninteractive'])('`%s` in front of a command is seen through', (prefix) => {
  expect(effects(`${prefix} mkdir /a`)).toEqual([{ kind: 'file', reads: [], writes: ['/a'], removes: [] }]);
});

test('a cd moves what comes behind it', () => {
  expect(effects('cd /opt && touch a && cd b && touch c').map((effect) => effect.writes)).toEqual([[], ['/opt/a'], [], ['/opt/b/c']]);
});

test('paths overlap where one holds the other or a glob may match', () => {
  expect(overlap('/a/b', '/a')).toBe(true);
  expect(overlap('/a/*.txt', '/a/b.txt')).toBe(true);
  expect(overlap('/a/b', '/a/c')).toBe(false);
  expect(overlap('/ab', '/a')).toBe(false);
  expect(overlap('a*.json', 'ab*.json')).toBe(true);
  expect(overlap('package*.json', 'tsconfig*.json')).toBe(false);
  expect(overlap('*.json', '*.yaml')).toBe(false);
  expect(overlap('[ab].json', 'ab*')).toBe(true);
});

test('a folder is emptied by removing it, its content or a parent', () => {
  expect(empties('/var/lib/apt/lists/*', '/var/lib/apt/lists')).toBe(true);
  expect(empties('/var/lib/apt/lists', '/var/lib/apt/lists')).toBe(true);
  expect(empties('/var/lib/apt/*', '/var/lib/apt/lists')).toBe(true);
  expect(empties('/var/lib/apt/lists/partial', '/var/lib/apt/lists')).toBe(false);
  expect(empties('/var/cache/*', '/var/lib/apt/lists')).toBe(false);
});
