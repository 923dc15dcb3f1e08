import { Readable } from 'node:stream';
import { packTar, type TarEntry } from 'modern-tar';
import { expect, test } from 'vitest';
import { readTree } from '../../src/verify/tree.ts';

async function tree(...entries: TarEntry[]) {
  return await readTree(Readable.from([Buffer.from(await packTar(entries))]));
}

function file(name: string, body: string, more: Partial<TarEntry['header']> = {}): TarEntry {
  return { header: { name, size: Buffer.byteLength(body), type: 'file', mode: 0o644, ...more }, body };
}

test('kind, content, mode, owner and capabilities of what lies in an image', async () => {
  const { files } = await tree(
    { header: { name: 'opt/', size: 0, type: 'directory', mode: 0o1777, uid: 1000, gid: 1001 } },
    file('opt/a', 'hello', { pax: { 'SCHILY.xattr.security.capability': 'x' } }),
    { header: { name: 'opt/b', size: 0, type: 'symlink', linkname: '../a', mode: 0o777 } },
    { header: { name: 'opt/c', size: 0, type: 'link', linkname: 'opt/a' } },
  );
  const a = {
    kind: 'file',
    content: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    bytes: 5,
    mode: '0644',
    owner: '0:0',
    attributes: 'security.capability=78',
  };
  expect([...files]).toEqual([
    ['/opt', { kind: 'folder', content: '', bytes: 0, mode: '1777', owner: '1000:1001', attributes: '' }],
    ['/opt/a', a],
    ['/opt/b', { kind: 'link', content: '../a', bytes: 0, mode: '0777', owner: '0:0', attributes: '' }],
    ['/opt/c', a],
  ]);
});

test('homes are what the accounts say', async () => {
  const { homes } = await tree(file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/srv/app/:/bin/sh\nbroken\n'));
  expect([...homes]).toEqual(['/root', '/srv/app']);
});

test.each([
  ['2026-01-02T03:04:05.678Z', '2026-02-03T04:05:06.789Z'],
  ['2026-01-02 03:04:05', '2026-02-03 04:05:06'],
  ['Fri Jan  2 03:04:05 UTC 2026', 'Tue Feb  3 04:05:06 UTC 2026'],
  ['Fri, 02 Jan 2026 03:04:05 GMT', 'Tue, 03 Feb 2026 04:05:06 GMT'],
])('%s is a time stamp', async (one, other) => {
  const { files } = await tree(file('a', `built ${one}\n`), file('b', `built ${other}\n`), file('c', `built twice ${one}\n`));
  expect(files.get('/a')?.timeless).toBeDefined();
  expect(files.get('/a')?.timeless).toBe(files.get('/b')?.timeless);
  expect(files.get('/a')?.timeless).not.toBe(files.get('/c')?.timeless);
});

test.each(['1767323045', '2026-01-02', '03:04:05', 'version 2026.1.2'])('%s may be a value', async (text) => {
  expect((await tree(file('a', text))).files.get('/a')?.timeless).toBeUndefined();
});

test('a stream that is cut short is an error', async () => {
  const whole = Buffer.from(await packTar([file('a', 'a'.repeat(5000))]));
  await expect(readTree(Readable.from([whole.subarray(0, 2000)]))).rejects.toThrow(/tar|truncated|end/i);
});
