import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonReport } from '../../src/report/json.ts';
import { copies, fed, folder, merged, repository } from './built.ts';

const sources = { 'api/a.txt': '', 'api/b.txt': '' };

test('the Dockerfile on stdin comes out rewritten, as the file of that path would be, and nothing is written', () => {
  const cwd = repository({ ...sources, 'api/Dockerfile': 'FROM other\n' });
  const ran = fed(cwd, copies, '--stdin-filename', 'api/Dockerfile');
  expect([ran.code, ran.out.toString(), ran.said]).toEqual([0, merged, '']);
  expect(readdirSync(join(cwd, 'api'))).toEqual(['Dockerfile', 'a.txt', 'b.txt']);
});

test('nothing need be at the path, which decides context and configuration', () => {
  const cwd = repository({
    ...sources,
    'dockopt.config.json': '{ "exclude": ["old/"], "overrides": [{ "files": ["*.dev"], "transforms": { "merge-copies": "off" } }] }',
  });
  expect(fed(cwd, copies, '--stdin-filename', 'api/new/Dockerfile').out.toString()).toBe(merged);
  expect(fed(cwd, copies, '--stdin-filename', 'api/Dockerfile.dev').out.toString()).toBe(copies);
  const excluded = fed(cwd, copies, '--stdin-filename', 'old/Dockerfile');
  expect([excluded.code, excluded.out.toString()]).toEqual([0, copies]);
  expect(excluded.said).toContain('old/Dockerfile is left alone: dockopt.config.json excludes it');
  const { files } = JSON.parse(fed(cwd, copies, '--stdin-filename', 'api/new/Dockerfile', '--format', 'json').out.toString()) as JsonReport;
  expect(files).toMatchObject([{ path: 'api/new/Dockerfile', context: { path: 'api' }, text: merged }]);
});

test.each([
  ['nothing to change', Buffer.from(merged), 0, ''],
  ['a byte order mark, CRLF, no final line end', Buffer.from(`\uFEFF${merged.replaceAll('\n', '\r\n').trimEnd()}`), 0, ''],
  ['a template', Buffer.from('FROM a\n{% if b %}\n'), 3, 'api/Dockerfile:2 is left alone: '],
  ['no UTF-8', Buffer.from([0x46, 0x52, 0x4f, 0x4d, 0x20, 0xff, 0x0a]), 3, 'it is not UTF-8'],
  ['NUL bytes', Buffer.from('FROM a\0\n'), 3, 'NUL bytes'],
  ['nothing at all', Buffer.from(''), 3, 'is left alone'],
])('%s: it comes out byte for byte', (_what, bytes, code, said) => {
  const ran = fed(repository(sources), bytes, '--stdin-filename', 'api/Dockerfile');
  expect(ran.code).toBe(code);
  expect(ran.out.equals(bytes)).toBe(true);
  expect(ran.said).toContain(said);
  expect(ran.said === '').toBe(code === 0);
});

test('with --check nothing comes out, and a change that is pending is a 1', () => {
  const cwd = repository(sources);
  const check = (text: string): unknown[] => {
    const { code, out, said } = fed(cwd, text, '--check', '--stdin-filename', 'api/Dockerfile');
    return [code, out.toString(), said];
  };
  expect(check(copies)).toEqual([1, '', '']);
  expect(check(merged)).toEqual([0, '', '']);
});

test('--format patch gives the patch of that path', () => {
  expect(fed(repository(sources), copies, '--stdin-filename', 'api/Dockerfile', '--format', 'patch').out.toString()).toContain('+++ b/api/Dockerfile\n');
});

test('a transform that fails leaves it alone', () => {
  const cwd = repository(sources);
  writeFileSync(
    join(cwd, 'mine.ts'),
    "import { defineTransform } from 'dockopt';\nexport default defineTransform({ id: 'mine', title: 'Mine', level: 'safe', keeps: [], find() { throw new Error('oh dear'); } });\n",
  );
  const ran = fed(cwd, copies, '--stdin-filename', 'api/Dockerfile', '-t', './mine.ts', '--only', 'merge-copies');
  expect([ran.code, ran.out.toString()]).toEqual([3, copies]);
  expect(ran.said).toContain('mine.ts (mine) failed on api/Dockerfile: oh dear');
});

test.each([
  [['--write'], 'neither --write nor paths'],
  [['api/Dockerfile'], 'neither --write nor paths'],
  [['--stdin-filename', 'b'], 'once'],
  [['--target', 'nowhere'], 'no Dockerfile here has a stage of that name'],
])('with %j it is a 2', (args, why) => {
  const ran = fed(repository(sources), copies, '--stdin-filename', 'api/Dockerfile', ...args);
  expect([ran.code, ran.out.toString()]).toEqual([2, '']);
  expect(ran.said).toContain(why);
});

test('a folder is no name for it, and a link that leaves the root is followed nowhere', () => {
  const cwd = repository(sources);
  expect(fed(cwd, copies, '--stdin-filename', 'api').said).toContain('it is a folder');
  mkdirSync(join(cwd, 'b'));
  symlinkSync(folder({ 'a.txt': '', 'b.txt': '' }), join(cwd, 'b/out'));
  const ran = fed(cwd, copies, '--stdin-filename', 'b/out/Dockerfile');
  expect([ran.code, ran.out.toString()]).toEqual([3, copies]);
});
