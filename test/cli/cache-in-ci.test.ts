import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonReport } from '../../src/report/json.ts';
import { dockopt, fed, repository } from './built.ts';

const dockerfile = 'FROM node:22-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "server.js"]\n';
const image = {
  Dockerfile: dockerfile,
  'package.json': '{ "name": "app", "version": "1.0.0", "dependencies": { "express": "5.1.0" } }\n',
  'server.js': "require('express')().listen(3000);\n",
};
const only = ['--only', 'cache-in-ci', '--level', 'review'];
const cache = '          cache-from: type=gha\n          cache-to: type=gha,mode=max\n';

function workflow(...steps: readonly string[]): string {
  return ['on: push', 'jobs:', '  image:', '    runs-on: ubuntu-24.04', '    steps:', ...steps.map((step) => `      ${step}`), ''].join('\n');
}

const buildx = '- uses: docker/setup-buildx-action@v3';
const action = '- uses: docker/build-push-action@v6';
const path = '.github/workflows/ci.yml';

/** What is told, each with its place. */
function told(cwd: string): string[] {
  const { callerNotes } = JSON.parse(dockopt(cwd, ...only, '--format', 'json').out) as JsonReport;
  return callerNotes.map(({ file, line, kind, text }) => `${file}:${line} ${kind}: ${text}`);
}

test('a step of build-push-action is written, and nothing is found the next time', () => {
  const text = workflow(buildx, action, '  with:', '    context: .');
  const cwd = repository({ ...image, [path]: text });
  expect(dockopt(cwd, '--check', ...only)).toMatchObject({ code: 1, out: `${path}\n` });
  const { out } = dockopt(cwd, ...only, '--format', 'pretty');
  expect(out).toContain('keep a cache between the builds of .github/workflows/ci.yml:7 image');
  expect(out).toContain('+           cache-from: type=gha\n');
  expect(dockopt(cwd, '--write', ...only).code).toBe(0);
  expect(readFileSync(join(cwd, path), 'utf8')).toBe(text + cache);
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(dockerfile);
  expect(dockopt(cwd, '--check', ...only)).toMatchObject({ code: 0, out: '' });
  expect(dockopt(cwd, ...only).out).not.toContain('cache-from');
});

test('it is off, and at `safe` only judged', () => {
  const cwd = repository({ ...image, [path]: workflow(buildx, action) });
  expect(dockopt(cwd, '--level', 'review').out).not.toContain('cache-from');
  const { files, callerFiles } = JSON.parse(dockopt(cwd, '--only', 'cache-in-ci', '--format', 'json').out) as JsonReport;
  expect([files[0]?.judgement.map(({ id }) => id), callerFiles]).toEqual([['cache-in-ci'], []]);
});

test('two images of one repository do not overwrite the cache of each other', () => {
  const text = workflow(buildx, action, '  with:', '    context: api', action, '  with:', '    context: web');
  const two = Object.fromEntries(['api', 'web'].flatMap((folder) => Object.entries(image).map(([name, content]) => [`${folder}/${name}`, content])));
  const cwd = repository({ ...two, [path]: text });
  expect(dockopt(cwd, '--write', ...only).code).toBe(0);
  const written = readFileSync(join(cwd, path), 'utf8');
  expect(written.match(/cache-.*/g)).toEqual([
    'cache-from: type=gha,scope=api',
    'cache-to: type=gha,mode=max,scope=api',
    'cache-from: type=gha,scope=web',
    'cache-to: type=gha,mode=max,scope=web',
  ]);
});

test('a step of a matrix is written where all its Dockerfiles want it', () => {
  const matrix = workflow(buildx, action, '  with:', '    context: ${{ matrix.image }}').replace(
    '    steps:',
    '    strategy:\n      matrix:\n        image: [api, web]\n    steps:',
  );
  const two = Object.fromEntries(['api', 'web'].flatMap((folder) => Object.entries(image).map(([name, content]) => [`${folder}/${name}`, content])));
  const cwd = repository({ ...two, [path]: matrix });
  expect(told(cwd)).toEqual([]);
  expect(dockopt(cwd, ...only).out).toContain('+          cache-to: type=gha,mode=max,scope=${{ matrix.image }}\n');
  const other = repository({ ...two, 'web/Dockerfile': 'FROM nginx\nCOPY . /usr/share/nginx/html\n', [path]: matrix });
  expect(told(other)).toEqual([expect.stringContaining('which builds another Dockerfile, shares it.')]);
});

test('what only people start keeps the cache of their machines', () => {
  const callers = {
    Makefile: 'image:\n\tdocker build -t app .\n',
    'compose.yaml': 'services:\n  web:\n    build: .\n',
    'docker-bake.hcl': 'target "app" {}\n',
  };
  expect(dockopt(repository({ ...image, ...callers }), '--check', ...only)).toMatchObject({ code: 0, out: '' });
  expect(told(repository({ ...image, ...callers, [path]: workflow('- run: make test # docker', '# - run: make image docker') }))).toEqual([]);
});

test('what CI starts is told', () => {
  const cwd = repository({
    ...image,
    Makefile: 'image:\n\tdocker build -t app .\n',
    'compose.yaml': 'services:\n  web:\n    build: .\n',
    'docker-bake.hcl': 'target "app" {}\n',
    'ci/build.sh': 'docker build -t app .\n',
    'package.json': '{ "scripts": { "image": "docker build ." } }\n',
    [path]: workflow('- run: make image', '- run: docker compose up -d', '- uses: docker/bake-action@v6', '- run: ./ci/build.sh', '- run: npm run image'),
  });
  expect(told(cwd).map((one) => one.replace(/ to know:.*/, ''))).toEqual([
    'compose.yaml:3',
    'docker-bake.hcl:1',
    'Makefile:2',
    'ci/build.sh:1',
    'package.json:1',
  ]);
  expect(dockopt(cwd, '--check', ...only)).toMatchObject({ code: 0, out: '' });
  expect(dockopt(cwd, '--write', ...only)).toMatchObject({ code: 0, out: '' });
  expect(dockopt(cwd, ...only, '--format', 'pretty').out).toContain('\n1 change to make by hand.\n');
  const { out, said } = fed(cwd, dockerfile, '--stdin-filename', 'Dockerfile', ...only);
  expect(out.toString()).toBe(dockerfile);
  expect(said).toContain('dockopt: compose.yaml:3 to know: Add `cache_from: ');
});

/** Something is found. */
function isFound(files: Readonly<Record<string, string>>): boolean {
  return dockopt(repository({ ...image, ...files }), ...only, '--format', 'json').out.includes('keep a cache');
}

test('where a cache is already nothing is found', () => {
  expect(isFound({ [path]: workflow(buildx, action, '  with:', '    cache-from: type=gha') })).toBe(false);
  expect(
    isFound({
      [path]: workflow(
        buildx,
        action,
        '  with:',
        '    cache-from: type=registry,ref=org/app:cache',
        action,
        '  with:',
        '    cache-to: type=registry,ref=org/app:cache',
      ),
    }),
  ).toBe(false);
  expect(isFound({ [path]: workflow(buildx, action, '  with:', '    no-cache: true') })).toBe(false);
  expect(
    isFound({ 'docker-bake.hcl': 'target "app" {}\n', [path]: workflow('- uses: docker/bake-action@v6', '  with:', '    set: app.cache-from=type=gha') }),
  ).toBe(false);
  expect(isFound({ '.gitlab-ci.yml': 'a:\n  script:\n    - docker build --cache-from $IMAGE --build-arg BUILDKIT_INLINE_CACHE=1 .\n' })).toBe(false);
  expect(isFound({ '.gitlab-ci.yml': 'a:\n  script:\n    - docker build --cache-from $CACHE .\n' })).toBe(false);
  expect(isFound({ '.gitlab-ci.yml': 'a:\n  script:\n    - docker build --no-cache .\n' })).toBe(false);
  expect(isFound({ '.gitlab-ci.yml': 'a:\n  script:\n    - buildah bud .\n' })).toBe(false);
  expect(
    isFound({ '.circleci/config.yml': 'jobs:\n  a:\n    steps:\n      - setup_remote_docker: { docker_layer_caching: true }\n      - run: docker build .\n' }),
  ).toBe(false);
});

test('the old way by `docker pull` is told that it can go', () => {
  const script = 'image:\n  script:\n    - docker pull $IMAGE || true\n    - docker build --cache-from $IMAGE -t $IMAGE .\n';
  expect(told(repository({ ...image, '.gitlab-ci.yml': script }))).toEqual([
    expect.stringContaining('.gitlab-ci.yml:4 to know: Build by `docker buildx build --cache-from type=registry,ref=$IMAGE:cache '),
  ]);
  expect(told(repository({ ...image, '.gitlab-ci.yml': `variables: { DOCKER_BUILDKIT: 0 }\n${script}` }))).toEqual([]);
});

test('a bake file for CI is written where an action builds it that can write a cache', () => {
  const bake = 'target "app" {\n  context = "."\n}\n';
  const steps = ['- uses: docker/bake-action@v6', '  with:', '    files: docker-bake.ci.hcl'];
  const cwd = repository({ ...image, 'docker-bake.ci.hcl': bake, [path]: workflow(buildx, ...steps) });
  expect(dockopt(cwd, '--write', ...only).code).toBe(0);
  expect(readFileSync(join(cwd, 'docker-bake.ci.hcl'), 'utf8')).toBe(bake.replace('}', '  cache-from = ["type=gha"]\n  cache-to = ["type=gha,mode=max"]\n}'));
  expect(dockopt(cwd, '--check', ...only)).toMatchObject({ code: 0, out: '' });
  expect(isFound({ 'docker-bake.ci.hcl': bake, [path]: workflow(...steps, buildx) })).toBe(true);
  expect(told(repository({ ...image, 'docker-bake.ci.hcl': bake, [path]: workflow(...steps, buildx) }))).toHaveLength(1);
});
