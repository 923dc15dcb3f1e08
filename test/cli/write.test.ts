import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeChangeSet } from '../../src/write.ts';
import { copies, dockopt, folder, merged, repository } from './built.ts';

const sources = { 'a.txt': '', 'b.txt': '' };

test('--write leaves the new text, the mode and nothing else', () => {
  const cwd = repository({ ...sources, Dockerfile: copies });
  chmodSync(join(cwd, 'Dockerfile'), 0o640);
  expect(dockopt(cwd, '--write').code).toBe(0);
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(merged);
  expect(statSync(join(cwd, 'Dockerfile')).mode & 0o777).toBe(0o640);
  expect(readdirSync(cwd).toSorted()).toEqual(['.git', 'Dockerfile', 'a.txt', 'b.txt']);
});

test('a link inside the root stays one, one that leaves it is not written through', () => {
  const cwd = repository({ ...sources, 'docker/real': copies });
  const outside = folder({ Dockerfile: copies });
  symlinkSync('docker/real', join(cwd, 'Dockerfile'));
  symlinkSync(join(outside, 'Dockerfile'), join(cwd, 'Dockerfile.out'));
  expect(dockopt(cwd, '--write', '--context', '.').code).toBe(0);
  expect(lstatSync(join(cwd, 'Dockerfile')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(cwd, 'docker/real'), 'utf8')).toBe(merged);
  const named = dockopt(cwd, '--write', '--context', '.', 'Dockerfile.out');
  expect(named.code).toBe(3);
  expect(named.said).toContain('leaves the root');
  expect(readFileSync(join(outside, 'Dockerfile'), 'utf8')).toBe(copies);
});

test('a file that changed in the meantime is left alone, and with it its change set', () => {
  const cwd = folder({ one: 'old\n', two: 'newer\n' });
  const files = ['one', 'two'].map((name) => ({ path: join(cwd, name), before: 'old\n', after: 'new\n' }));
  expect(writeChangeSet(files, cwd)).toMatchObject({ path: join(cwd, 'two') });
  expect(readdirSync(cwd)).toEqual(['one', 'two']);
  expect(readFileSync(join(cwd, 'one'), 'utf8')).toBe('old\n');
  writeFileSync(join(cwd, 'two'), 'old\n');
  expect(writeChangeSet(files, cwd)).toBeUndefined();
  expect(readFileSync(join(cwd, 'one'), 'utf8') + readFileSync(join(cwd, 'two'), 'utf8')).toBe('new\nnew\n');
});

test('bytes that are no text are no match for the text that was read from them', () => {
  const cwd = folder({});
  writeFileSync(join(cwd, 'one'), Buffer.from([0xff, 0x0a]));
  expect(writeChangeSet([{ path: join(cwd, 'one'), before: '\uFFFD\n', after: 'new\n' }], cwd)?.because).toContain('changed');
});
