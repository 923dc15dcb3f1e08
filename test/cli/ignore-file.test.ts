import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lossOf } from '../../src/ignore-lines.ts';
import type { JsonReport } from '../../src/report/json.ts';
import { dockopt, dockoptAs, fed, repository } from './built.ts';

const dockerfile = 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "index.js"]\n';
const split = 'FROM node:22-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "index.js"]\n';
const project = {
  Dockerfile: dockerfile,
  'package.json': '{ "name": "a", "version": "1.0.0" }\n',
  'package-lock.json': '{ "name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "a", "version": "1.0.0" } } }\n',
  'index.js': 'console.log(1);\n',
};
const only = ['--only', 'split-manifests'];
const hidden = '# made again in the image\n**/node_modules\n';

function textOf(cwd: string, path: string): string {
  return readFileSync(join(cwd, path), 'utf8');
}

test('what a split needs hidden is written with it, and found there the next time', () => {
  const cwd = repository(project);
  const checked = dockopt(cwd, '--check', ...only);
  expect([checked.code, checked.out]).toEqual([1, 'Dockerfile\n.dockerignore\n']);
  expect(dockopt(cwd, '--write', ...only).code).toBe(0);
  expect([textOf(cwd, 'Dockerfile'), textOf(cwd, '.dockerignore')]).toEqual([split, hidden]);
  expect(dockopt(cwd, '--check', ...only).code).toBe(0);
});

test('lines that are there are not found again, those with a character class neither', () => {
  const cwd = repository({ Dockerfile: 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["python", "a.py"]\n', 'a.py': '' });
  expect(dockopt(cwd, '--write').code).toBe(0);
  expect(textOf(cwd, '.dockerignore')).toContain('**/*.py[co]\n');
  expect(dockopt(cwd).out).toBe('');
});

test('the patch makes the ignore file, and extends one with its own line ends', () => {
  const cwd = repository(project);
  const apply = (): void => void execFileSync('git', ['apply'], { cwd, input: dockopt(cwd, ...only).out });
  apply();
  expect(textOf(cwd, '.dockerignore')).toBe(hidden);
  writeFileSync(join(cwd, 'Dockerfile'), dockerfile);
  writeFileSync(join(cwd, '.dockerignore'), 'dist');
  apply();
  expect(textOf(cwd, '.dockerignore')).toBe(`dist\n\n${hidden}`);
  writeFileSync(join(cwd, 'Dockerfile'), dockerfile);
  writeFileSync(join(cwd, '.dockerignore'), 'dist\r\n');
  expect(dockopt(cwd, '--write', ...only).code).toBe(0);
  expect(textOf(cwd, '.dockerignore')).toBe(`dist\r\n\r\n${hidden.replaceAll('\n', '\r\n')}`);
});

test('an ignore file of the Dockerfile itself is the one that is extended', () => {
  const cwd = repository({ ...project, 'Dockerfile.dockerignore': 'dist\n', '.dockerignore': 'node_modules\n' });
  expect(dockopt(cwd, '--write', ...only).code).toBe(0);
  expect(textOf(cwd, 'Dockerfile.dockerignore')).toBe(`dist\n\n${hidden}`);
  expect(textOf(cwd, '.dockerignore')).toBe('node_modules\n');
});

test('a split is withdrawn where another Dockerfile of the context copies what would be hidden, run or not', () => {
  const other = 'FROM node:22-slim\nCOPY index.js node_modules /app/\n';
  const cwd = repository({ ...project, 'other.Dockerfile': other });
  for (const paths of [[], ['Dockerfile']]) {
    const { out, code } = dockopt(cwd, ...paths, ...only, '--format', 'json', '--context', '.');
    const { files, ignoreFiles } = JSON.parse(out) as JsonReport;
    expect([code, ignoreFiles, files.find(({ path }) => path === 'Dockerfile')?.outcome]).toEqual([0, [], 'unchanged']);
    expect(files.flatMap(({ declined }) => declined)).toMatchObject([
      { refusal: 'copied-by-name', because: expect.stringMatching(/would be hidden from other\.Dockerfile, too: a COPY/) as string },
    ]);
  }
});

test('where one file of a change set cannot be written, none is', () => {
  const cwd = repository(project);
  for (const path of ['.', ...Object.keys(project)]) chmodSync(join(cwd, path), 0o777);
  chmodSync(join(cwd, 'Dockerfile'), 0o444);
  const ran = dockoptAs(4321, cwd, '--write', ...only);
  expect(ran.code).toBe(3);
  expect(ran.said).toContain('Dockerfile was not written, and nothing that goes with it');
  expect(existsSync(join(cwd, '.dockerignore'))).toBe(false);
  expect(textOf(cwd, 'Dockerfile')).toBe(dockerfile);
});

test('a Dockerfile on stdin is not split where an ignore file would have to be written', () => {
  const cwd = repository(project);
  expect(fed(cwd, dockerfile, '--stdin-filename', 'Dockerfile', ...only).out.toString()).toBe(dockerfile);
  writeFileSync(join(cwd, '.dockerignore'), 'node_modules\n');
  expect(fed(cwd, dockerfile, '--stdin-filename', 'Dockerfile', ...only).out.toString()).toBe(split);
});

test('the report tells of the new ignore file', () => {
  const { out } = dockopt(repository(project), ...only, '--format', 'pretty');
  expect(out).toContain('  .dockerignore   new\n    + # made again in the image\n    + **/node_modules\n');
  expect(out).toContain('1 change in 2 files.');
});

function shown(files: Record<string, string>): string {
  return dockopt(repository(files), '--only', 'generate-dockerignore', '--context', '.', '--format', 'pretty').out;
}

test('the report tells of an ignore file with the one Dockerfile that asks for it, and behind those that share it', () => {
  const alone = shown({ ...project, 'README.md': '' });
  expect(alone).toMatch(/^ {2}the context loses \.git, .* that no step needs {2,}generate-dockerignore {2}safe$/m);
  expect(alone.indexOf('\n  .dockerignore   new\n')).toBeLessThan(alone.indexOf('Worth your judgement'));
  const shared = shown({ ...project, 'b.Dockerfile': dockerfile });
  expect(shared.match(/\.dockerignore {3}new/g)).toHaveLength(1);
  expect(shared.lastIndexOf('generate-dockerignore  safe')).toBeLessThan(shared.indexOf('\n.dockerignore   new\n'));
  // Each is hidden from its own image at safe, and from the other's at review only.
  expect(shared).not.toMatch(/\+ (b\.)?Dockerfile$/m);
  expect(shared).toMatch(/^ {4}the context loses b\.Dockerfile, which no step needs/m);
  expect(shared).not.toMatch(/^ {4}the context loses \.git/m);
});

test('the report counts files where the size says nothing', () => {
  const cwd = repository({ ...project, 'large.txt': 'x'.repeat(60_000) });
  execFileSync('git', ['add', '-A'], { cwd });
  const { out } = dockopt(cwd, '--only', 'generate-dockerignore', '--format', 'pretty');
  expect(out).toContain('    a fresh clone sends 4 instead of 5 files (60 kB)\n');
});

test('the report counts what a fresh clone sends less', () => {
  const cwd = repository({ ...project, 'CONTRIBUTING.md': 'x'.repeat(2500) });
  execFileSync('git', ['add', '-A'], { cwd });
  const needed = ['package.json', 'package-lock.json', 'index.js'] as const;
  const bytes = needed.map((path) => project[path].length).reduce((sum, length) => sum + length, 0);
  const review = ['--only', 'generate-dockerignore', '--level', 'review'];
  const { ignoreFiles } = JSON.parse(dockopt(cwd, ...review, '--format', 'json').out) as JsonReport;
  const before = { files: 5, bytes: bytes + dockerfile.length + 2500 };
  expect(ignoreFiles).toMatchObject([{ path: '.dockerignore', context: '.', clone: { before, after: { files: 3, bytes } } }]);
  expect(dockopt(cwd, ...review, '--format', 'pretty').out).toContain(`a fresh clone sends ${bytes} B in 3 files instead of 2.7 kB in 5 files`);
});

test('a change says of what is hidden only what stands for all Dockerfiles of the context', () => {
  const server = 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nCMD ["node", "index.js"]\n';
  const cwd = repository({
    '.gitignore': '.env\n*.log\n',
    'index.js': '',
    Dockerfile: server,
    'web.Dockerfile': `${server}RUN npx vite build && grep -c . *.log\n`,
  });
  const { out } = dockopt(cwd, '--only', 'generate-dockerignore', '--level', 'review', '--context', '.', '--format', 'json');
  const { files, ignoreFiles } = JSON.parse(out) as JsonReport;
  expect(ignoreFiles.map(({ text }) => text)).toEqual([expect.not.stringMatching(/env|log/)]);
  const changes = files.flatMap((file) => file.changes);
  expect(changes.map(({ message }) => message)).toEqual(changes.map(({ ignores }) => lossOf(ignores)));
  expect(changes.flatMap(({ message }) => message).join()).not.toMatch(/env|log/);
});

test('what another Dockerfile lets through at review only is one change', () => {
  const cwd = repository({
    'index.js': '',
    Dockerfile: 'FROM node:22\nCOPY . /app\n',
    'other.Dockerfile': 'FROM node:22\nNOT AN INSTRUCTION\n',
    '.gitignore': '*.log\ncoverage\n',
  });
  const { out } = dockopt(cwd, 'Dockerfile', '--only', 'generate-dockerignore', '--context', '.', '--format', 'json');
  const [file] = (JSON.parse(out) as JsonReport).files;
  const demoted = file?.judgement.filter(({ because }) => because.startsWith('it would be hidden from other.Dockerfile, too: ')) ?? [];
  expect(demoted.map(({ message }) => message)).toEqual(['the context loses .git, *.log and 3 more that no step needs']);
});

test('lines are parted from what is there by one empty line', () => {
  const cwd = repository({ ...project, '.dockerignore': 'dist\n\n' });
  expect(dockopt(cwd, '--write', ...only).code).toBe(0);
  expect(textOf(cwd, '.dockerignore')).toBe(`dist\n\n${hidden}`);
});

test('a Dockerfile is not split in one of its contexts while the ignore file of another cannot be written', () => {
  const { Dockerfile: _dockerfile, ...app } = project;
  const compose = 'services:\n  a:\n    build: { context: a, dockerfile: ../Dockerfile }\n  b:\n    build: { context: b, dockerfile: ../Dockerfile }\n';
  const below = (folder: string): Record<string, string> => Object.fromEntries(Object.entries(app).map(([path, text]) => [`${folder}/${path}`, text]));
  const cwd = repository({ Dockerfile: dockerfile, 'compose.yaml': compose, ...below('a'), ...below('b') });
  for (const path of ['.', 'a', 'Dockerfile']) chmodSync(join(cwd, path), 0o777);
  const ran = dockoptAs(4321, cwd, '--write', ...only);
  expect([ran.code, existsSync(join(cwd, 'a/.dockerignore')), textOf(cwd, 'Dockerfile')]).toEqual([3, false, dockerfile]);
  chmodSync(join(cwd, 'b'), 0o777);
  expect(dockoptAs(4321, cwd, '--write', ...only).code).toBe(0);
  expect([textOf(cwd, 'a/.dockerignore'), textOf(cwd, 'b/.dockerignore'), textOf(cwd, 'Dockerfile')]).toEqual([hidden, hidden, split]);
});
