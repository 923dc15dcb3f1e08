import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Outcome } from '../src/outcome.ts';
import { runAll } from '../src/batch/batch.ts';
import { runFile, type RunOptions } from '../src/run.ts';
import { folder, repository } from './cli/built.ts';

const install = 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "server.js"]\n';
const split = install.replace('COPY . .\nRUN npm ci\n', 'COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n');
const manifests = { 'package.json': '{"name": "a", "version": "1.0.0"}\n', 'package-lock.json': '{"lockfileVersion": 3, "packages": {}}\n' };
const open = { ...manifests, 'server.js': '' };
const project = { ...open, '.dockerignore': 'node_modules\n' };

type Files = Readonly<Record<string, string>>;

function below(place: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${place}/${path}`, text]));
}

function run(files: Files, path: string, options: Partial<RunOptions> = {}): Promise<Outcome> {
  const cwd = repository(files);
  return runFile(join(cwd, path), { level: 'safe', only: ['split-manifests'], cwd, ...options });
}

test('a context that a caller gives is decided', async () => {
  const files = { ...below('web', project), 'other/Dockerfile': 'FROM scratch\n', 'web/docker/Dockerfile': install, 'package.json': '{}\n' };
  // Its own folder is a guess, and two above it hold the manifest.
  expect((await run(files, 'web/docker/Dockerfile')).text).toBe(install);
  const compose = 'services:\n  web:\n    build:\n      context: ./web\n      dockerfile: docker/Dockerfile\n';
  const outcome = await run({ ...files, 'compose.yaml': compose }, 'web/docker/Dockerfile');
  expect(outcome.context).toEqual({ path: 'web', given: true, by: 'compose.yaml:3 web' });
  expect(outcome.contexts).toEqual([outcome.context]);
  expect(outcome.text).toBe(split);
});

const elsewhere = { 'other/Dockerfile': 'FROM scratch\n' };

test('a manifest in a folder above the Dockerfile names the context, and leaves it a guess', async () => {
  const { text, judgement } = await run({ ...elsewhere, ...project, 'docker/Dockerfile': install }, 'docker/Dockerfile');
  expect(text).toBe(install);
  expect(judgement).toMatchObject([{ level: 'review', differs: expect.stringContaining('a guess') }]);
});

test.each([
  ['web/docker/Dockerfile', install, below('web', project), 'web', 'package.json'],
  ['docker/Dockerfile', install.replace('npm ci', 'cd ui && npm ci'), below('ui', project), '.', 'ui/package.json'],
  ['docker/Dockerfile', install.replace('COPY', 'COPY package*.json ./\nCOPY'), project, '.', 'package.json'],
  ['docker/Dockerfile', 'FROM golang:1.22\nWORKDIR /src\nADD . /src\nRUN apt-get update && go build ./...\n', { 'go.mod': '' }, '.', 'go.mod'],
  ['Dockerfile', 'FROM python:3\nCOPY . /srv\nRUN pip install -r /srv/requirements/base.txt\n', { 'requirements/base.txt': '' }, '.', 'requirements/base.txt'],
])('a manifest that an install needs and one folder alone holds names the context: %s', async (path, text, files, context, manifest) => {
  const outcome = await run({ ...elsewhere, ...files, [path]: text }, path, { level: 'review' });
  expect(outcome.context).toEqual({ path: context, given: false, by: `alone holds ${manifest}, which an install needs` });
});

test.each([
  ['two folders hold it', install, { 'docker/package.json': '{}' }],
  ['a RUN clones the project', install.replace('COPY', 'RUN git clone https://example.org/app /app\nCOPY'), {}],
  ['a RUN makes it', install.replace('COPY . .\n', 'COPY . .\nRUN npm init -y\n'), {}],
  ['a RUN writes it', install.replace('npm ci', 'echo {} > package.json && npm ci'), {}],
  ['another image brings it', install.replace('COPY', 'COPY --from=registry.example/app /app .\nCOPY'), {}],
  ['a mount brings it', install.replace('RUN', 'RUN --mount=type=bind,from=registry.example/app,target=/app'), {}],
  ['a variable says what is copied', install.replace('COPY .', 'ARG SOURCE\nCOPY $SOURCE'), {}],
  ['no COPY brings it', install.replace('COPY . .', 'COPY . /srv'), {}],
  ['the folder is not known', install.replace('WORKDIR /app', 'ARG FOLDER\nWORKDIR $FOLDER'), {}],
])('a manifest does not decide where %s', async (_what, text, files) => {
  const outcome = await run({ ...elsewhere, ...project, 'docker/Dockerfile': text, ...files }, 'docker/Dockerfile');
  expect(outcome.context).toEqual({ path: 'docker', given: false, by: 'its own folder' });
});

test('a manifest beside the Dockerfile does not decide where an install needs one of another folder', async () => {
  const files = { ...below('web', project), 'package.json': '{}', 'web/docker/go.mod': '', 'web/docker/Dockerfile': install };
  expect((await run(files, 'web/docker/Dockerfile')).context).toEqual({ path: 'web/docker', given: false, by: 'its own folder' });
  const { context } = await run({ ...files, 'web/docker/Dockerfile': install.replace('npm ci', 'make') }, 'web/docker/Dockerfile');
  expect(context).toEqual({ path: 'web/docker', given: false, by: 'holds go.mod, which no folder above it does' });
});

test('the root is the context of a Dockerfile below it where bake says so', async () => {
  const bake = 'target "api" {\n  context = "."\n  dockerfile = "api/Dockerfile"\n}\n';
  const outcome = await run({ ...project, 'docker-bake.hcl': bake, 'api/Dockerfile': install }, 'api/Dockerfile');
  expect(outcome.context).toEqual({ path: '.', given: true, by: 'docker-bake.hcl:1 api' });
  expect(outcome.text).toBe(split);
});

test('--context goes before what callers say', async () => {
  const files = {
    ...project,
    'compose.yaml': 'services:\n  a:\n    build:\n      context: sub\n      dockerfile: ../Dockerfile\n',
    Dockerfile: install,
    'sub/x': '',
  };
  expect((await run(files, 'Dockerfile')).text).toBe(install);
  const cwd = repository(files);
  const outcome = await runFile(join(cwd, 'Dockerfile'), {
    level: 'safe',
    only: ['split-manifests'],
    cwd,
    context: { folder: cwd, by: '--context', decided: true },
  });
  expect(outcome.contexts).toEqual([{ path: '.', given: true, by: '--context' }]);
  expect(outcome.text).toBe(split);
});

const twice = 'services:\n  a:\n    build: { context: a, dockerfile: ../Dockerfile }\n  b:\n    build: { context: b, dockerfile: ../Dockerfile }\n';

test('with several contexts a change is made that holds with each', async () => {
  const outcome = await run({ Dockerfile: install, 'compose.yaml': twice, ...below('a', project), ...below('b', project) }, 'Dockerfile');
  expect(outcome.contexts).toEqual([
    { path: 'a', given: true, by: 'compose.yaml:3 a' },
    { path: 'b', given: true, by: 'compose.yaml:5 b' },
  ]);
  expect(outcome.text).toBe(split);
});

test.each([
  ['lacks a manifest', { 'package.json': undefined }, /does not hold/],
  ['holds other manifests', { '.npmrc': 'fund=false\n' }, /another change/],
])('a change that does not hold with one of them is refused: it %s', async (_what, other, why) => {
  const there = Object.fromEntries(Object.entries({ ...project, ...other }).filter((file): file is [string, string] => file[1] !== undefined));
  const outcome = await run({ Dockerfile: install, 'compose.yaml': twice, ...below('a', project), ...below('b', there) }, 'Dockerfile');
  expect(outcome.text).toBe(install);
  expect(outcome.declined).toMatchObject([{ refusal: 'other-context', because: expect.stringContaining('with the context b (compose.yaml:5 b)') }]);
  expect(outcome.declined[0]?.because).toMatch(why);
});

test('what one of them needs hidden is written there', async () => {
  const cwd = repository({ Dockerfile: install, 'compose.yaml': twice, ...below('a', { ...open, '.dockerignore': '**/node_modules\n' }), ...below('b', open) });
  const { outcomes, ignoreFiles } = await runAll([join(cwd, 'Dockerfile')], () => ({ level: 'safe', only: ['split-manifests'], cwd }));
  expect(outcomes[0]?.text).toBe(split);
  expect(ignoreFiles).toMatchObject([{ path: 'b/.dockerignore', text: '# made again in the image\n**/node_modules\n' }]);
});

test('two callers with one context are one', async () => {
  const compose = 'services:\n  a:\n    build: .\n  b:\n    build: { context: ., target: x }\n';
  const outcome = await run({ ...project, Dockerfile: install, 'compose.yaml': compose }, 'Dockerfile');
  expect(outcome.contexts).toEqual([{ path: '.', given: true, by: 'compose.yaml:3 a' }]);
});

test('a context that something outside of the repository decides leaves what leans on it to people', async () => {
  const files = { ...project, Dockerfile: install, Makefile: 'image:\n\tdocker build -f Dockerfile $(CONTEXT)\n' };
  const by = 'the only Dockerfile, at the root; Makefile:2 image builds it with $(CONTEXT)';
  const alone = await run(files, 'Dockerfile');
  expect(alone.contexts).toEqual([{ path: '.', given: false, by }]);
  const beside = await run({ ...files, 'compose.yaml': 'services:\n  a:\n    build: .\n' }, 'Dockerfile');
  expect(beside.contexts).toEqual([
    { path: '.', given: true, by: 'compose.yaml:3 a' },
    { path: '.', given: false, by },
  ]);
  for (const { text, judgement } of [alone, beside]) {
    expect(text).toBe(install);
    expect(judgement).toMatchObject([{ level: 'review', differs: expect.stringContaining('a guess') }]);
  }
});

test('a context outside of the repository is one that nobody here knows', async () => {
  const files = { ...project, Dockerfile: install, 'build.sh': 'docker build -f Dockerfile /srv/app\n' };
  const { contexts, judgement } = await run(files, 'Dockerfile');
  expect(contexts).toMatchObject([{ path: '.', given: false, by: expect.stringMatching(/; build\.sh:1 .* builds it with \/srv\/app$/) }]);
  expect(judgement).toMatchObject([{ level: 'review' }]);
});

test('a context behind a link that leaves the repository is not read', async () => {
  const outside = folder(project);
  const cwd = repository({ ...project, Dockerfile: install, 'compose.yaml': 'services:\n  a:\n    build: { context: out, dockerfile: ../Dockerfile }\n' });
  symlinkSync(outside, join(cwd, 'out'));
  const { contexts } = await runFile(join(cwd, 'Dockerfile'), { level: 'safe', cwd });
  expect(contexts).toMatchObject([{ path: '.', given: false }]);
});

test('an image that is built from elsewhere is not ours', async () => {
  const compose = 'services:\n  a:\n    build: https://example.org/a.git\n  b:\n    build:\n      context: .\n      dockerfile_inline: FROM scratch\n';
  const outcome = await run({ ...project, Dockerfile: install, 'compose.yaml': compose }, 'Dockerfile');
  expect(outcome.contexts).toEqual([{ path: '.', given: false, by: 'the only Dockerfile, at the root' }]);
  expect(outcome.text).toBe(split);
});

test('a stage that a caller names is shipped', async () => {
  const stages = 'FROM debian:bookworm AS dev\nRUN apt-get update && apt-get install -y gcc\nFROM scratch\nCOPY --from=dev /usr/bin/gcc /\n';
  const options = { only: ['clean-package-caches'] };
  expect((await run({ Dockerfile: stages }, 'Dockerfile', options)).text).toBe(stages);
  const compose = 'services:\n  dev:\n    build: { context: ., target: dev }\n';
  expect((await run({ Dockerfile: stages, 'compose.yaml': compose }, 'Dockerfile', options)).changes).toMatchObject([{ line: 2 }]);
});

test('a Dockerfile of another folder that is named alike takes no change away', async () => {
  const compose = 'services:\n  a:\n    build: { context: ., dockerfile: a/Dockerfile }\n  b:\n    build: .\n';
  const cwd = repository({ ...open, 'compose.yaml': compose, Dockerfile: 'FROM scratch\nCOPY server.js /\n', 'a/Dockerfile': install });
  const options: RunOptions = { level: 'safe', only: ['split-manifests'], cwd: join(cwd, 'a') };
  const { outcomes, ignoreFiles } = await runAll([join(cwd, 'a/Dockerfile')], () => options);
  expect(outcomes).toMatchObject([{ path: 'Dockerfile', text: split, changes: [{ id: 'split-manifests' }] }]);
  expect(ignoreFiles).toMatchObject([{ path: '../.dockerignore', context: '..' }]);
});
