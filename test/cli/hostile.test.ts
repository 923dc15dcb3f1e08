import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { largeHostile, smallHostile, type Hostile } from '../harness/hostile.ts';
import { copies, dockopt, dockoptAs, folder, merged, repository } from './built.ts';

interface Report {
  readonly files: readonly { readonly path: string; readonly outcome: string; readonly faults: readonly unknown[] }[];
}

/** Each in a folder of its own. */
function laidOut(cases: readonly Hostile[]): string {
  const cwd = folder({});
  for (const [index, { bytes }] of cases.entries()) {
    mkdirSync(join(cwd, `case${index}`));
    writeFileSync(join(cwd, `case${index}`, 'Dockerfile'), bytes);
  }
  return cwd;
}

function bytesAt(cwd: string, path: string): Buffer {
  return readFileSync(join(cwd, path));
}

const small = smallHostile(process.cwd());
const refusedOnes = small.filter(({ because }) => because !== undefined);
const readOnes = small.filter(({ because }) => because === undefined);

describe('a file that is not understood', () => {
  test.each(refusedOnes)('is told and left alone, and a 3 where it was named: $name', ({ bytes, because = '' }) => {
    const cwd = folder({});
    writeFileSync(join(cwd, 'Dockerfile'), bytes);
    const named = dockopt(cwd, 'Dockerfile', '--write', '--format', 'json');
    expect(named.code).toBe(3);
    expect(named.said).toMatch(/^dockopt: Dockerfile(:\d+)? is left alone: /);
    expect(named.said).toContain(because);
    expect((JSON.parse(named.out) as Report).files).toMatchObject([{ path: 'Dockerfile', outcome: 'not understood', faults: [] }]);
    expect(bytesAt(cwd, 'Dockerfile')).toEqual(bytes);
  });

  test.each([{ options: [] }, { options: ['--write'] }])('is told and left alone, and a 0 where it was found: $options', ({ options }) => {
    const cwd = laidOut(refusedOnes);
    const found = dockopt(cwd, '--format', 'json', ...options);
    expect(found.code).toBe(0);
    for (const [index, { because = '', bytes }] of refusedOnes.entries()) {
      expect(found.said.split('\n').find((line) => new RegExp(`^dockopt: case${index}/Dockerfile(:\\d+)? is left alone: `).test(line))).toContain(because);
      expect(bytesAt(cwd, `case${index}/Dockerfile`)).toEqual(bytes);
    }
  });
});

test.each(readOnes)('what is odd and yet a Dockerfile is read, and written only where it changes: $name', ({ bytes }) => {
  const cwd = folder({});
  writeFileSync(join(cwd, 'Dockerfile'), bytes);
  const ran = dockopt(cwd, 'Dockerfile', '--write', '--format', 'json');
  expect(ran).toMatchObject({ code: 0, said: '' });
  const [{ outcome } = { outcome: '' }] = (JSON.parse(ran.out) as Report).files;
  expect(outcome).toMatch(/^(un)?changed$/);
  expect(bytesAt(cwd, 'Dockerfile').equals(bytes)).toBe(outcome === 'unchanged');
});

test('what is large ends in an outcome, each', { timeout: 300_000 }, () => {
  const cases = largeHostile();
  const cwd = laidOut(cases);
  const ran = dockopt(cwd, '--write', '--format', 'json', ...cases.map((_case, index) => `case${index}/Dockerfile`));
  expect(ran.code).toBe(3);
  expect(ran.said).not.toContain('went wrong');
  expect(ran.said.match(/ is left alone: /g)).toHaveLength(cases.filter(({ because }) => because !== undefined).length);
  const { files } = JSON.parse(ran.out) as Report;
  for (const [index, { name, because, bytes }] of cases.entries()) {
    const file = files.find(({ path }) => path === `case${index}/Dockerfile`);
    expect(file?.faults, name).toEqual([]);
    expect(file?.outcome, name).toMatch(because === undefined ? /^(un)?changed$/ : /^not understood$/);
    if (because !== undefined) expect(ran.said).toMatch(new RegExp(`^dockopt: case${index}/Dockerfile(:\\d+)? is left alone: .*`, 'm'));
    if (because !== undefined) expect(ran.said).toContain(because);
    expect(bytesAt(cwd, `case${index}/Dockerfile`).equals(bytes), name).toBe(file?.outcome !== 'changed');
  }
});

describe('what is no file', () => {
  test('a pipe is never waited for', () => {
    const cwd = folder({});
    execFileSync('mkfifo', [join(cwd, 'Dockerfile')]);
    const named = dockopt(cwd, '--write', 'Dockerfile');
    expect(named).toMatchObject({ code: 3, out: '' });
    expect(named.said).toContain('Dockerfile could not be read: it is no file');
    writeFileSync(join(cwd, 'Dockerfile.b'), merged);
    const found = dockopt(cwd, '--write');
    expect(found.code).toBe(0);
    expect(found.said).toContain('Dockerfile is left alone: it is no file');
  });

  test('a folder named Dockerfile is a folder', () => {
    const cwd = folder({ 'Dockerfile/a': '' });
    expect(dockopt(cwd, 'Dockerfile')).toMatchObject({ code: 2, out: '' });
    writeFileSync(join(cwd, 'Dockerfile', 'Dockerfile'), copies);
    expect(dockopt(cwd, '--check', '--context', '.')).toMatchObject({ code: 1, out: 'Dockerfile/Dockerfile\n', said: '' });
  });

  test('a loop of links', () => {
    const cwd = folder({ 'Dockerfile.b': merged });
    symlinkSync('Dockerfile.loop', join(cwd, 'Dockerfile'));
    symlinkSync('Dockerfile', join(cwd, 'Dockerfile.loop'));
    symlinkSync('.', join(cwd, 'again'));
    for (const args of [['Dockerfile'], []]) {
      const ran = dockopt(cwd, '--write', ...args);
      expect(ran.code).toBe(3);
      expect(ran.said).toMatch(/^dockopt: Dockerfile could not be read: ELOOP/m);
    }
  });

  test('a link out of the root', () => {
    const outside = folder({ Dockerfile: copies });
    const cwd = repository({ 'Dockerfile.b': merged });
    symlinkSync(join(outside, 'Dockerfile'), join(cwd, 'Dockerfile'));
    const named = dockopt(cwd, '--write', 'Dockerfile');
    expect(named.code).toBe(3);
    expect(named.said).toContain('it is a link that leaves the root');
    const found = dockopt(cwd, '--write');
    expect(found.code).toBe(0);
    expect(found.said).toContain('it is a link that leaves the root');
    expect(readFileSync(join(outside, 'Dockerfile'), 'utf8')).toBe(copies);
  });
});

test('a file that may not be read is a 3 and is named', (context) => {
  const cwd = folder({ Dockerfile: copies, 'b/Dockerfile': merged });
  const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
  chmodSync(cwd, 0o755);
  if (nobody !== undefined) for (const path of ['.', 'b', 'b/Dockerfile']) chownSync(join(cwd, path), nobody, nobody);
  chmodSync(join(cwd, 'Dockerfile'), 0);
  if (dockoptAs(nobody, cwd, '--version').code !== 0) context.skip('another user cannot run the built program here');
  for (const args of [['Dockerfile'], []]) {
    const ran = dockoptAs(nobody, cwd, '--write', ...args);
    expect(ran).toMatchObject({ code: 3, out: '' });
    expect(ran.said).toMatch(/^dockopt: Dockerfile could not be read: EACCES/m);
  }
  chmodSync(join(cwd, 'Dockerfile'), 0o644);
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(copies);
});

test('a file that changes while it is worked on is not overwritten', () => {
  const mine = `
    import { appendFileSync } from 'node:fs';
    import { defineTransform, finding } from 'dockopt';
    export default defineTransform({
      id: 'slow', title: 'Take its time', level: 'safe', keeps: [],
      *find({ dockerfile }) {
        if (dockerfile.text.includes('USER')) return;
        appendFileSync('Dockerfile', '# by another hand\\n');
        const at = dockerfile.instructions.at(-1);
        yield finding(at, 'a user', { allowed: 'safe', because: 'a test says so' }, [{ start: at.range.end, end: at.range.end, text: '\\nUSER 1' }]);
      },
    });`;
  const cwd = folder({ Dockerfile: copies, 'b/Dockerfile': copies, 'mine.mjs': mine });
  const ran = dockopt(cwd, '--write', '-t', 'mine.mjs', 'Dockerfile');
  expect(ran.code).toBe(3);
  expect(ran.said).toContain('Dockerfile was not written: it was changed while dockopt ran; run dockopt again');
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8').replaceAll('# by another hand\n', '')).toBe(copies);
});

test.each([
  'a b/Dockerfile',
  "it's/Dockerfile",
  'a"b/Dockerfile',
  'a\nb/Dockerfile',
  '-x/Dockerfile',
  '--write/Dockerfile',
  'ü\u200b/Dockerfile',
  '$(touch c)/Dockerfile',
])('a path like %j is a path', (path) => {
  const cwd = repository({ [path]: copies, [join(dirname(path), 'a.txt')]: '', [join(dirname(path), 'b.txt')]: '' });
  const patch = dockopt(cwd, '--', path);
  expect(patch).toMatchObject({ code: 0, said: '' });
  expect(patch.out).toContain('+COPY a.txt b.txt ./');
  writeFileSync(join(cwd, 'x.patch'), patch.out);
  execFileSync('git', ['apply', 'x.patch'], { cwd });
  expect(readFileSync(join(cwd, path), 'utf8')).toBe(merged);
  writeFileSync(join(cwd, path), copies);
  expect(dockopt(cwd, '--write')).toMatchObject({ code: 0, said: '' });
  expect(readFileSync(join(cwd, path), 'utf8')).toBe(merged);
});

test.each([
  '',
  ' ',
  ',',
  '@',
  '@:1',
  'chain-runs@',
  'chain-runs@:',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '\u0000'.replace('\0', '\u0007'),
  'a'.repeat(10_000),
])('--only %j ends in a message, or takes all', (only) => {
  const cwd = repository({ Dockerfile: copies, 'a.txt': '', 'b.txt': '' });
  const ran = dockopt(cwd, '--check', '--only', only);
  expect(ran.code).toBe(/^[ ,]*$/.test(only) ? 1 : 2);
  expect(ran.said === '').toBe(ran.code === 1);
  expect(ran.said).not.toMatch(/\n {4}at /);
});
