import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { copies, dockopt, folder, repository } from './built.ts';

/** Paths in the report, sorted. */
function found(cwd: string, ...args: string[]): string[] {
  const { files } = JSON.parse(dockopt(cwd, '--format', 'json', ...args).out) as { files: { path: string }[] };
  return files.map(({ path }) => path).toSorted();
}

const names = ['Dockerfile', 'Dockerfile.dev', 'api.Dockerfile', 'Containerfile', 'Containerfile.x', 'sub/dockerfile', 'sub/WEB.DOCKERFILE'];
const others = ['Dockerfile.dockerignore', 'api.Dockerfile.dockerignore', 'Dockerfiles', 'MyDockerfile', 'node_modules/a/Dockerfile'];

test('Dockerfiles are found by their names, in any case', () => {
  const files = Object.fromEntries([...names, ...others].map((name) => [name, copies]));
  expect(found(repository(files))).toEqual(names.toSorted());
  expect(found(folder(files))).toEqual(names.toSorted());
});

test('what git ignores is not looked at', () => {
  const files = { '.gitignore': 'build/\n', 'build/Dockerfile': copies, Dockerfile: copies };
  expect(found(repository(files))).toEqual(['Dockerfile']);
  expect(found(folder(files))).toEqual(['Dockerfile', 'build/Dockerfile']);
});

test('a repository inside a repository is looked at with its own rules', () => {
  const cwd = repository({ Dockerfile: copies, 'inner/Dockerfile': copies, 'inner/out/Dockerfile': copies, 'inner/.gitignore': 'out\n' });
  execFileSync('git', ['init', '-q'], { cwd: join(cwd, 'inner') });
  expect(found(cwd)).toEqual(['Dockerfile', 'inner/Dockerfile']);
});

test('the Dockerfiles of vendored dependencies are left alone, unless they are named', () => {
  const dependency = 'api/vendor/example.org/lib/Dockerfile';
  const cwd = repository({
    Dockerfile: copies,
    'vendor/Dockerfile': copies,
    [dependency]: copies,
    'api/vendor/modules.txt': '# example.org/lib v1.0.0\n',
    'web/vendor/acme/lib/Dockerfile': copies,
    'web/vendor/autoload.php': '<?php\n',
  });
  expect(found(cwd)).toEqual(['Dockerfile', 'vendor/Dockerfile']);
  expect(dockopt(cwd).said).toContain('2 of dependencies, below api/vendor, web/vendor, left alone: to change one, name its file');
  expect(found(cwd, dependency)).toEqual([dependency]);
});

test('a deleted file that git still tracks is not missed', () => {
  const cwd = repository({ Dockerfile: copies, 'gone/Dockerfile': copies });
  execFileSync('git', ['add', '.'], { cwd });
  execFileSync('rm', ['-r', 'gone'], { cwd });
  expect(found(cwd)).toEqual(['Dockerfile']);
});

test('what begins with no instruction is no Dockerfile, unless it is named', () => {
  const cwd = repository({
    'Dockerfile.md': '# How\n\nThis is prose\n',
    'Dockerfile.j2': '{% if a %}\nFROM b\n',
    Dockerfile: '# syntax=docker/dockerfile:1\n\n  from a\n',
  });
  const ran = dockopt(cwd);
  expect(ran).toMatchObject({ code: 0, said: '' });
  expect(found(cwd)).toEqual(['Dockerfile']);
  expect(dockopt(cwd, 'Dockerfile.md').code).toBe(3);
});

test('a link is followed inside the root and nowhere else, and a file is met once', () => {
  const cwd = repository({ 'a/Dockerfile': copies });
  const outside = folder({ Dockerfile: copies });
  symlinkSync('a/Dockerfile', join(cwd, 'Dockerfile'));
  symlinkSync(join(outside, 'Dockerfile'), join(cwd, 'Dockerfile.out'));
  symlinkSync('nothing', join(cwd, 'Dockerfile.none'));
  expect(found(cwd)).toEqual(['a/Dockerfile']);
  expect(dockopt(cwd).said).toContain('Dockerfile.out is left alone: it is a link that leaves the root');
});

test('a path outside the working directory is a 2 in patch form only', () => {
  const cwd = repository({ 'a/Dockerfile': copies, 'b/c': '' });
  const ran = dockopt(join(cwd, 'b'), '../a');
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.said).toContain('outside the working directory');
  expect(found(join(cwd, 'b'), '../a')).toEqual(['../a/Dockerfile']);
});
