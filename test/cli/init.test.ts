import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copies, dockopt, repository } from './built.ts';

const sources = { 'a.txt': '', 'b.txt': '', Dockerfile: copies, 'api/Dockerfile': copies };

/** The configuration with everything in it that stands in comments. */
function inFull(text: string): string {
  return text.replaceAll(/^( *)\/\/ (?=["\w]+: [[{])/gm, '$1');
}

test.each([
  ['dockopt.config.ts', { 'package.json': '{}' }, []],
  ['dockopt.config.json', { 'package.json': '{}' }, ['--json']],
  ['dockopt.config.json', {}, []],
] as const)('%s is written where there is %j, changes nothing, and says what holds', (name, more, args) => {
  const cwd = repository({ ...sources, ...more });
  const plain = dockopt(cwd).out;
  const ran = dockopt(cwd, 'init', ...args);
  expect(ran).toMatchObject({ code: 0, said: '' });
  expect(ran.out).toMatch(
    /^dockopt\.config\.\w+ is written\. It holds for 2 Dockerfiles:\n {2}Dockerfile\n {2}api\/Dockerfile\n\n.*npx dockopt\n.*npx dockopt --write\n$/,
  );
  expect(ran.out).toContain(name);
  expect(dockopt(cwd)).toEqual({ code: 0, out: plain, said: '' });
});

test.each([[[]], [['--json']]])('what its comments teach is right: init %j', (args) => {
  const cwd = repository({ ...sources, 'package.json': '{}', 'legacy/Dockerfile': copies, 'services/api/Dockerfile': copies });
  dockopt(cwd, 'init', ...args);
  const [name = ''] = readdirSync(cwd).filter((one) => one.startsWith('dockopt.config'));
  const text = readFileSync(join(cwd, name), 'utf8');
  const full = inFull(text).replace('./label-author.ts', './mine.ts');
  expect(full.match(/^ {2}"?\w+"?: /gm)).toHaveLength(6);
  const other = repository({
    ...sources,
    [name]: full,
    'services/api/Dockerfile': copies,
    'mine.ts':
      "import { defineTransform } from 'dockopt';\nexport default defineTransform({ id: 'mine', title: 'Mine', level: 'safe', keeps: [], find: () => [] });\n",
  });
  expect(dockopt(other, '--check')).toMatchObject({ code: 1, said: '' });
});

test('no configuration that is there is written over, whatever its form', () => {
  const cwd = repository({ ...sources, 'dockopt.config.mjs': 'export default {};\n' });
  const ran = dockopt(cwd, 'init');
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.said).toContain('dockopt.config.mjs holds here already');
  expect(dockopt(join(cwd, 'api'), 'init').said).toContain('../dockopt.config.mjs holds here already');
  const linked = repository(sources);
  symlinkSync('nowhere.json', join(linked, 'dockopt.config.json'));
  expect(dockopt(linked, 'init')).toMatchObject({ code: 2, out: '' });
  expect(readdirSync(linked)).not.toContain('nowhere.json');
});

test('without a Dockerfile it says what to do', () => {
  const cwd = repository({});
  mkdirSync(join(cwd, 'a'));
  expect(dockopt(cwd, 'init').out).toContain('npx dockopt path/to/file');
});
