import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { copies, dockopt, folder, repository } from '../cli/built.ts';

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd, encoding: 'utf8' });
}

function write(cwd: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
}

const two = (...[first, second]: readonly string[]): string => `FROM debian:bookworm-slim\nWORKDIR /app\nCOPY ${first} ./\nCOPY ${second} ./\n`;

/** Seven Dockerfiles, in each of which something is to change. */
const files: Readonly<Record<string, string>> = {
  'literal/Dockerfile': two('a.txt', 'b.txt'),
  'literal/a.txt': '',
  'literal/b.txt': '',
  'literal/c.txt': '',
  'whole/Dockerfile': `${two('a.txt', 'b.txt')}COPY . .\n`,
  'whole/a.txt': '',
  'whole/b.txt': '',
  'whole/.dockerignore': 'docs\n',
  'whole/docs/a.md': '',
  'pattern/Dockerfile': `${two('a.txt', 'b.txt')}COPY *.py lib/?.rb /lib/\n`,
  'pattern/a.txt': '',
  'pattern/b.txt': '',
  'pattern/a.py': '',
  'pattern/lib/a.rb': '',
  'pattern/lib/long.rb': '',
  'variable/Dockerfile': `${two('a.txt', 'b.txt')}ARG NAME\nCOPY conf/$NAME/x /x\n`,
  'variable/a.txt': '',
  'variable/b.txt': '',
  'variable/conf/one/x': '',
  'mount/Dockerfile': `${two('a.txt', 'b.txt')}RUN --mount=type=bind,source=tools,target=/t true\n`,
  'mount/a.txt': '',
  'mount/b.txt': '',
  'mount/tools/make': '',
  'api/docker/Dockerfile': two('api/a.txt', 'api/b.txt'),
  'api/a.txt': '',
  'api/b.txt': '',
  'compose.yaml': 'services:\n  api:\n    build:\n      context: .\n      dockerfile: api/docker/Dockerfile\n',
  'job/Dockerfile': two('a.txt', 'b.txt'),
  'job/a.txt': '',
  'job/b.txt': '',
  'ci/job.sh': '#!/bin/sh\ndocker build -t job job\n',
  'README.md': '',
};

function committed(more: Readonly<Record<string, string>> = {}): string {
  const cwd = repository({ ...files, ...more });
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-qm', 'first');
  git(cwd, 'branch', 'base');
  return cwd;
}

function chosen(cwd: string, revision = 'base', ...args: string[]): string[] {
  const { code, out, said } = dockopt(cwd, '--check', '--only', 'merge-copies', '--only-new', revision, ...args);
  expect(code, said).toBeLessThan(2);
  return out.split('\n').filter((line) => line !== '');
}

const all = ['api/docker', 'job', 'literal', 'mount', 'pattern', 'variable', 'whole'].map((name) => `${name}/Dockerfile`);

test('without changes none is looked at, and that is no error; without the option all are', () => {
  const cwd = committed();
  expect(dockopt(cwd, '--check', '--only-new', 'base')).toEqual({
    code: 0,
    out: '',
    said: 'dockopt: 0 of 7 Dockerfiles changed since base, or what goes into them\n',
  });
  expect(dockopt(cwd, '--check', '--only', 'merge-copies').out.split('\n')).toEqual([...all, '']);
});

test.each<readonly [string, string, readonly string[]]>([
  ['what no Dockerfile takes', 'README.md', []],
  ['a neighbour of what is copied', 'literal/c.txt', []],
  ['the Dockerfile', 'literal/Dockerfile', ['literal']],
  ['what is copied', 'literal/b.txt', ['literal']],
  ['a new ignore file', 'literal/.dockerignore', ['literal']],
  ['a new ignore file of the Dockerfile alone', 'literal/Dockerfile.dockerignore', ['literal']],
  ['a manifest beside what is copied', 'literal/package.json', ['literal']],
  ['what git ignores in a context, its own or one around it', 'literal/.gitignore', ['api/docker', 'literal']],
  ['anything where all is copied', 'whole/new/deep.txt', ['whole']],
  ['what the ignore file hides', 'whole/docs/a.md', []],
  ['what a pattern takes', 'pattern/lib/b.rb', ['pattern']],
  ['what it does not take', 'pattern/lib/long.rb', []],
  ['what a variable may name', 'variable/conf/two/x', ['variable']],
  ['beside that', 'variable/other/x', []],
  ['what a bind mount takes', 'mount/tools/make', ['mount']],
  ['a source in the context that a compose file gives', 'api/a.txt', ['api/docker']],
  ['the manifest of a workspace at the root of that context', 'package.json', ['api/docker']],
])('%s: %s', (_what, path, expected) => {
  const cwd = committed();
  write(cwd, { [path]: `${files[path] ?? ''}\n# changed\n` });
  const names = expected.map((name) => `${name}/Dockerfile`);
  expect(chosen(cwd)).toEqual(names);
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-qm', 'second');
  expect(chosen(cwd)).toEqual(names);
});

test('what builds it, now or before, counts', () => {
  const cwd = committed();
  write(cwd, { 'ci/job.sh': '#!/bin/sh\ndocker build --pull -t job job\n' });
  expect(chosen(cwd)).toEqual(['job/Dockerfile']);
  rmSync(join(cwd, 'ci/job.sh'));
  expect(chosen(cwd)).toEqual(['job/Dockerfile']);
  git(cwd, 'checkout', '-q', '.');
  write(cwd, { 'compose.yaml': 'services: {}\n' });
  expect(chosen(cwd)).toEqual(['api/docker/Dockerfile']);
});

test('a file that is deleted or moved away counts where it was taken', () => {
  const cwd = committed();
  rmSync(join(cwd, 'literal/a.txt'));
  renameSync(join(cwd, 'mount/tools'), join(cwd, 'mount/more'));
  expect(chosen(cwd)).toEqual(['literal/Dockerfile', 'mount/Dockerfile']);
});

test('a configuration holds for all, and so does a transform in a file', () => {
  const cwd = committed({ 'dockopt.config.json': '{}' });
  write(cwd, { 'dockopt.config.json': '{ "level": "safe" }' });
  expect(chosen(cwd)).toEqual(all);
  git(cwd, 'checkout', '-q', '.');
  expect(chosen(cwd)).toEqual([]);
});

test('a new Dockerfile that is not tracked counts, and one that git ignores is not found', () => {
  const cwd = committed({ '.gitignore': 'out/\n' });
  write(cwd, { 'new/Dockerfile': copies, 'new/a.txt': '', 'new/b.txt': '', 'out/Dockerfile': copies });
  expect(chosen(cwd)).toEqual(['new/Dockerfile']);
});

test('what came to the other branch meanwhile does not count', () => {
  const cwd = committed();
  git(cwd, 'checkout', '-qb', 'work');
  write(cwd, { 'mount/a.txt': 'mine' });
  git(cwd, 'commit', '-qam', 'mine');
  git(cwd, 'checkout', '-q', 'base');
  write(cwd, { 'literal/a.txt': 'theirs' });
  git(cwd, 'commit', '-qam', 'theirs');
  git(cwd, 'checkout', '-q', 'work');
  expect(chosen(cwd)).toEqual(['mount/Dockerfile']);
});

test('from a folder below the root, with settings of git that change how it names paths, and where a link leads to it', () => {
  const cwd = committed();
  git(cwd, 'config', 'diff.relative', 'true');
  git(cwd, 'config', 'diff.renames', 'copies');
  write(cwd, { 'literal/a.txt': 'new' });
  expect(chosen(join(cwd, 'literal'))).toEqual(['Dockerfile']);
  expect(chosen(join(cwd, 'mount'))).toEqual([]);
  const link = join(folder({}), 'link');
  symlinkSync(cwd, link);
  expect(chosen(link)).toEqual(['literal/Dockerfile']);
});

test('a repository inside the repository, of which the revision says nothing, counts', () => {
  const cwd = committed();
  write(cwd, { 'inner/Dockerfile': copies, 'inner/a.txt': '', 'inner/b.txt': '' });
  git(join(cwd, 'inner'), 'init', '-q');
  git(join(cwd, 'inner'), 'add', '-A');
  expect(chosen(cwd)).toEqual(['inner/Dockerfile']);
});

test('an unknown revision, no git and a shallow clone are errors that say what to do', () => {
  const cwd = committed();
  for (const unknown of ['nowhere', '--output=x', ''])
    expect(dockopt(cwd, '--check', `--only-new=${unknown}`)).toEqual({
      code: 2,
      out: '',
      said: `dockopt: --only-new ${unknown}: git knows no such revision here\n`,
    });
  expect(dockopt(folder({ Dockerfile: copies }), '--only-new', 'main')).toMatchObject({
    code: 2,
    said: expect.stringContaining('is not in a git repository') as string,
  });
  write(cwd, { 'literal/a.txt': 'new' });
  git(cwd, 'commit', '-qam', 'second');
  const clone = folder({});
  git(clone, 'clone', '-q', '--depth', '1', pathToFileURL(cwd).href, 'it');
  git(join(clone, 'it'), 'fetch', '-q', '--depth', '1', 'origin', 'base');
  for (const revision of ['origin/base', 'FETCH_HEAD'])
    expect(dockopt(join(clone, 'it'), '--only-new', revision)).toMatchObject({ code: 2, said: expect.stringContaining('fetch-depth: 0') as string });
  git(join(clone, 'it'), 'fetch', '-q', '--unshallow');
  expect(chosen(join(clone, 'it'), 'FETCH_HEAD^')).toEqual(['literal/Dockerfile']);
  expect(dockopt(cwd, '--only-new', 'base', '--stdin-filename', 'Dockerfile')).toMatchObject({ code: 2, out: '' });
});
