import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copies, dockopt, merged, repository } from './built.ts';

const sources = { 'a.txt': '', 'b.txt': '' };

test.each([
  ['as it is', 'Dockerfile', copies, merged],
  ['CRLF', 'Dockerfile', copies.replaceAll('\n', '\r\n'), merged.replaceAll('\n', '\r\n')],
  ['no final line end', 'Dockerfile', copies.slice(0, -1), merged.slice(0, -1)],
  ['a change in a last line without an end', 'Dockerfile', copies.replace(/CMD.*\n/, '').slice(0, -1), merged.replace(/CMD.*\n/, '').slice(0, -1)],
  ['a byte order mark', 'Dockerfile', `\uFEFF${copies}`, `\uFEFF${merged}`],
  ['blanks in the name', 'my files/Dockerfile.a b', copies, merged],
  ['letters beyond ASCII in the name', 'größe/Dockerfile', copies, merged],
  ['quotes in the name', 'a"b\\c/Dockerfile', copies, merged],
])('git applies the patch: %s', (_what, name, before, after) => {
  const cwd = repository({ ...sources, [name]: before });
  const ran = dockopt(cwd, '--context', '.', '--only', 'merge-copies');
  expect(ran).toMatchObject({ code: 0, said: '' });
  execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd, input: ran.out });
  expect(readFileSync(join(cwd, name), 'utf8')).toBe(after);
});

test('the patch of several files names each change, and its paths are those of the working directory', () => {
  const cwd = repository({ ...sources, 'x/Dockerfile': copies, 'x/y/Dockerfile': copies, Dockerfile: copies });
  const { out } = dockopt(join(cwd, 'x'), '--context', '..');
  expect(out).toMatch(/^# dockopt merge-copies@Dockerfile:3 safe: .*\n--- a\/Dockerfile\n\+\+\+ b\/Dockerfile\n@@ /);
  expect(out.match(/^--- /gm)).toHaveLength(2);
  execFileSync('git', ['apply', '-'], { cwd: join(cwd, 'x'), input: out });
  expect(readFileSync(join(cwd, 'x/y/Dockerfile'), 'utf8')).toBe(merged);
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(copies);
});

test('with --why the patch tells reasons, and still applies', () => {
  const cwd = repository({ ...sources, Dockerfile: copies });
  const { out } = dockopt(cwd, '--why');
  expect(out).toMatch(/^# dockopt .*\n# {3}\S/);
  execFileSync('git', ['apply', '--check', '-'], { cwd, input: out });
});

test('where git would guess the paths wrong it is said how to apply', () => {
  const cwd = repository({ ...sources, 'x/x/Dockerfile': copies, 'x/Dockerfile': copies });
  const { out, said } = dockopt(join(cwd, 'x'), '--context', '..', 'x');
  expect(said).toContain('git apply -p1');
  execFileSync('git', ['apply', '-p1', '-'], { cwd: join(cwd, 'x'), input: out });
  expect(readFileSync(join(cwd, 'x/x/Dockerfile'), 'utf8')).toBe(merged);
  expect(readFileSync(join(cwd, 'x/Dockerfile'), 'utf8')).toBe(copies);
});
