import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copies, dockopt, repository } from './built.ts';

const sources = { 'a.txt': '', 'b.txt': '', Dockerfile: `${copies}MAINTAINER me\n` };
const mine = (find: string, id = 'name-the-author'): string => `
import { defineTransform, finding } from 'dockopt';
export default defineTransform({
  id: '${id}', title: 'Name the author in a label', level: 'review', keeps: ['files', 'stages', 'comments'],
  *find(facts) { ${find} },
});
`;
const label = `
  for (const { keyword, range } of facts.dockerfile.instructions)
    if (keyword === 'MAINTAINER') {
      const at = facts.dockerfile.instructions.find((one) => one.range === range);
      const text = 'LABEL org.opencontainers.image.authors="me"';
      yield finding(at, 'MAINTAINER is deprecated', { allowed: 'review', because: 'a label is read by tools', differs: 'the field Author' }, [{ ...range, text }]);
    }`;

test.each(['mine.ts', 'mine.js', 'mine.mjs'])('-t %s runs it, and built-in ones only where --only names them', (name) => {
  const cwd = repository({ ...sources, [name]: mine(label) });
  const alone = dockopt(cwd, '-t', `./${name}`, '--level', 'review');
  expect(alone).toMatchObject({ code: 0, said: '' });
  expect(alone.out).toContain('+LABEL org.opencontainers.image.authors="me"');
  expect(alone.out).not.toContain('+COPY');
  const both = dockopt(cwd, '-t', `./${name}`, '--level', 'review', '--only', 'merge-copies');
  expect(both.out).toContain('+COPY a.txt b.txt ./');
  expect(both.out).toContain('+LABEL');
});

test('an error in it names its file and leaves every Dockerfile alone', () => {
  const cwd = repository({ ...sources, 'mine.ts': mine("throw new Error('oh dear');") });
  const ran = dockopt(cwd, '-t', 'mine.ts', '--only', 'merge-copies', '--write');
  expect(ran).toMatchObject({ code: 3, out: '' });
  expect(ran.said).toContain('mine.ts (name-the-author) failed on Dockerfile: oh dear');
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(sources.Dockerfile);
});

test.each([
  ['syntax', 'export default {', 'mine.ts could not be loaded'],
  ['no default export', 'export const a = 1;', 'default export'],
  ['no id', 'export default {};', '`id`'],
  ['an id in capitals', mine('', 'Mine'), '`id`'],
  ['no find', "export default { id: 'a', title: 'b', level: 'safe', keeps: [] };", '`find`'],
  ['a built-in id', mine('', 'chain-runs'), 'built-in'],
])('what is wrong with it is a 2: %s', (_what, text, why) => {
  const ran = dockopt(repository({ ...sources, 'mine.ts': text }), '-t', 'mine.ts');
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.said).toContain('mine.ts');
  expect(ran.said).toContain(why);
});

const raise = `
export const options = { to: 20 };
export default ({ source }, api, { to }) => {
  const root = api.dockerfile(source);
  api.stats('bases', root.find('FROM').length);
  return root.find('FROM').replaceWith(() => 'FROM node:' + to).toSource();
};
`;

test('a plain function, with an option, a sum and its file as id', () => {
  const cwd = repository({ ...sources, 'b/Dockerfile': copies, 'raise_node.js': raise });
  const ran = dockopt(cwd, '-t', 'raise_node.js', '--opt', 'to=22', '--format', 'json');
  expect(ran).toMatchObject({ code: 0, said: 'dockopt: raise-node counted bases: 2\n' });
  const { files } = JSON.parse(ran.out) as { files: { text: string; counts: unknown; changes: { finding: string }[] }[] };
  expect(files.map(({ text }) => text.split('\n')[0])).toEqual(['FROM node:22', 'FROM node:22']);
  expect(files[0]).toMatchObject({ counts: [{ id: 'raise-node', name: 'bases', quantity: 1 }], changes: [{ finding: 'raise-node@Dockerfile:1' }] });
});

const append = (word: string): string => `export default ({ source }) => source.includes('# ${word}') ? undefined : source + '# ${word}\\n';`;

test('several run in the order given', () => {
  const cwd = repository({ Dockerfile: 'FROM a\n', 'one.js': append('one'), 'two.js': append('two') });
  expect(dockopt(cwd, '-t', 'two.js', '-t', 'one.js', '--write').code).toBe(0);
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe('FROM a\n# two\n# one\n');
});

test('--only chooses among several, too', () => {
  const cwd = repository({ Dockerfile: 'FROM a\n', 'one.js': append('one'), 'two.js': append('two') });
  expect(dockopt(cwd, '-t', 'two.js', '-t', 'one.js', '--only', 'one').out).toMatch(/^\+# one$/m);
  expect(dockopt(cwd, '-t', 'two.js', '-t', 'one.js', '--only', 'one').out).not.toContain('+# two');
});

test('an option that no transform takes is a 2', () => {
  const cwd = repository({ ...sources, 'raise.js': raise });
  expect(dockopt(cwd, '-t', 'raise.js', '--opt', 'form=22')).toMatchObject({
    code: 2,
    said: 'dockopt: --opt form=22: no transform here takes it; there are raise.to, mount-caches.systemPackages\n',
  });
});
