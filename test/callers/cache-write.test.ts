import { describe, expect, test } from 'vitest';
import type { BuildCache } from '../../src/build-input.ts';
import { readBake } from '../../src/callers/bake/read.ts';
import { writeBake } from '../../src/callers/bake/write.ts';
import type { Caller } from '../../src/callers/caller.ts';
import { readMakefile } from '../../src/callers/commands/files.ts';
import { readCompose } from '../../src/callers/compose/read.ts';
import { readPipeline } from '../../src/callers/pipelines.ts';
import { readWorkflow } from '../../src/callers/workflows/read.ts';
import { gives, type Written } from '../../src/callers/write.ts';
import { writeInput } from '../../src/callers/writers.ts';
import { filesOf } from './read.ts';

const path = '.github/workflows/ci.yml';

function cacheFor({ file, line, name }: Caller, more: Partial<BuildCache> = {}, startedBy = file): BuildCache {
  return { kind: 'cache', id: 'cache', amongOthers: false, builds: [{ file, line, name, startedBy, byAction: true }], ...more };
}

function shownOf(result: Written): string {
  return 'told' in result ? `told: ${result.told}` : result.text;
}

function written(text: string, more: Partial<BuildCache> = {}): string {
  const [caller] = callersIn(text);
  if (!caller) throw new Error('nothing is built there');
  const input = cacheFor(caller, more);
  const result = writeInput(caller, input, text, caller);
  if (!('told' in result)) {
    const [after] = callersIn(result.text);
    expect(after && gives(after, input)).toBe(true);
    expect(after?.dockerfile).toEqual(caller.dockerfile);
  }
  return shownOf(result);
}

function callersIn(text: string): readonly Caller[] {
  return readWorkflow({ path, text }, filesOf({ [path]: text, Dockerfile: '', 'api/Dockerfile': '', 'web/Dockerfile': '' })).callers;
}

interface Job {
  readonly on?: string;
  readonly runsOn?: string;
  readonly matrix?: readonly string[];
  readonly setup?: readonly string[];
  readonly build?: readonly string[];
  readonly uses?: string;
}

const buildx = ['- uses: docker/setup-buildx-action@v3'];

function workflow({ on = 'on: push', runsOn = 'ubuntu-24.04', matrix = [], setup = buildx, build = [], uses = 'docker/build-push-action@v6' }: Job): string {
  const strategy = matrix.length === 0 ? [] : ['    strategy:', '      matrix:', ...matrix.map((line) => `        ${line}`)];
  const steps = [
    '- uses: actions/checkout@v4',
    ...setup,
    `- uses: ${uses}`,
    '  with:',
    '    context: .',
    ...build.map((line) => `    ${line}`),
    '    push: true',
  ];
  return [on, 'jobs:', '  image:', `    runs-on: ${runsOn}`, ...strategy, '    steps:', ...steps.map((line) => `      ${line}`), ''].join('\n');
}

const lines = (from: string, to: string): string => `          cache-from: ${from}\n          cache-to: ${to}\n`;
const scoped = (name: string): string => lines(`type=gha,scope=${name}`, `type=gha,mode=max,scope=${name}`);
const named = (...build: readonly string[]): string => workflow({ build });
const keeps = (text: string): unknown => callersIn(text)[0]?.keepsCache;
const asked = 'Add `cache-from: type=gha` and `cache-to: type=gha,mode=max` to `with`.';

describe('build-push-action', () => {
  test('behind setup-buildx-action gets both options', () => {
    const before = workflow({});
    expect(written(before)).toBe(before + lines('type=gha', 'type=gha,mode=max'));
    const bare = before.replace(/ +with:[^]*/, '');
    expect(written(bare)).toBe(`${bare}        with:\n${lines('type=gha', 'type=gha,mode=max')}`);
  });

  test('one of several images gets a scope', () => {
    expect(written(named(), { amongOthers: true })).toBe(named() + scoped('image'));
    expect(written(named('file: api/Dockerfile', 'target: run'), { amongOthers: true })).toBe(named('file: api/Dockerfile', 'target: run') + scoped('api-run'));
    expect(written(named('file: Dockerfile.web', 'platforms: linux/arm64'), { amongOthers: true })).toContain('scope=web-arm64\n');
  });

  test('what a matrix tells apart is told apart by it', () => {
    const build = ['file: ${{ matrix.image }}/Dockerfile'];
    const before = workflow({ matrix: ['image: [api, web]'], build });
    expect(written(before)).toBe(before + lines('type=gha,scope=${{ matrix.image }}', 'type=gha,mode=max,scope=${{ matrix.image }}'));
    expect(written(workflow({ matrix: ['node: [20, 22]'], build: ['build-args: NODE=${{ matrix.node }}'] }))).toContain('mode=max,scope=${{ matrix.node }}\n');
    // A job may have a matrix that the build does not read.
    expect(written(workflow({ matrix: ['node: [20, 22]'] }))).toContain('cache-to: type=gha,mode=max\n');
    expect(written(workflow({ matrix: ['platform: ["linux/amd64,linux/arm64"]'], build: ['platforms: ${{ matrix.platform }}'] }))).toContain(
      'told: A cache cannot be named by ${{ matrix.platform }}',
    );
    expect(written(workflow({ matrix: ['image: ${{ fromJSON(inputs.all) }}'], build }))).toContain('told: A cache cannot be named by');
  });

  test('what it builds is not known from the file', () => {
    expect(written(workflow({ build: ['file: ${{ inputs.file }}'] }))).toContain('told: What it builds is decided by ${{ inputs.file }}, by which');
  });

  test('the builder has to be one that writes a cache', () => {
    const told = (setup: readonly string[]): string => written(workflow({ setup }));
    expect(told([])).toBe(`told: There is no docker/setup-buildx-action before it, and the docker driver writes no cache. ${asked}`);
    expect(told([...buildx, "  if: github.ref == 'refs/heads/main'"])).toBe(`told: Its docker/setup-buildx-action does not always run. ${asked}`);
    expect(told([...buildx, '  with: { driver: docker }'])).toBe(`told: Its builder is of the driver docker. ${asked}`);
    expect(told([...buildx, '  with: { endpoint: "tcp://builder:1234" }'])).toContain('Its builder runs elsewhere');
    expect(told([...buildx, '  with: { use: false }'])).toContain('It chooses its builder itself.');
    expect(told([...buildx, '  with: { version: v0.12.0 }'])).toContain('Its Buildx is v0.12.0');
    expect(told([...buildx, '  with:', '    driver-opts: image=moby/buildkit:v0.12.5'])).toContain('Its BuildKit is moby/buildkit:v0.12.5');
    expect(told([...buildx, '  with:', '    driver-opts: image=${{ env.BUILDKIT }}'])).toContain('Its BuildKit is ${{ env.BUILDKIT }}, and');
    expect(told([...buildx, '  with:', '    driver-opts: image=moby/buildkit:v0.23.1', '    version: v0.24.0'])).toContain('cache-from: type=gha\n');
    expect(written(workflow({ setup: [], uses: 'docker/build-push-action@v1' }))).toContain('It is not known what this action takes.');
  });

  test('others must not write it, and somebody has to read it', () => {
    const told = (on: string): string => written(workflow({ on }));
    expect(told('on: [push, pull_request_target]')).toContain('told: On pull_request_target others could write');
    expect(told('on:\n  push:\n    tags: [v*]')).toContain('told: It runs for tags alone');
    expect(told('on:\n  release:\n    types: [published]')).toContain('told: It runs for tags alone');
    expect(told('on:\n  push:\n    branches: [main]\n    tags: [v*]')).toContain('cache-from: type=gha\n');
    expect(told('on: [push, pull_request]')).toContain('cache-from: type=gha\n');
    expect(written(workflow({ runsOn: 'self-hosted' }))).toContain("told: It does not run on one of GitHub's own runners");
  });

  test('an image is no cache', () => {
    expect(written(workflow({ build: ['cache-from: org/app:latest'] }))).toBe(
      `told: It reads a cache that nothing here writes. ${asked} That takes the place of the cache from org/app:latest, and of a \`docker pull\` of it: to BuildKit an image is none, unless it was built with BUILDKIT_INLINE_CACHE=1.`,
    );
  });

  test('actions that keep one by themselves, and steps that want none, are known', () => {
    expect(keeps(workflow({ uses: 'depot/build-push-action@v1' }))).toBe(true);
    expect(keeps(workflow({ build: ['no-cache: true'] }))).toBe(true);
    expect(keeps(workflow({}))).toBe(false);
  });
});

test('commands are told', () => {
  const run = 'on: push\njobs:\n  image:\n    steps:\n      - run: docker build -t app .\n';
  expect(written(run)).toBe(
    'told: Build by `docker buildx build --cache-from type=gha --cache-to type=gha,mode=max` (with `--load` where docker needs the image afterwards), behind docker/setup-buildx-action and crazy-max/ghaction-github-runtime, which gives commands what the cache of GitHub needs.',
  );
  const make = 'image:\n\tdocker build -t app .\n';
  const [rule] = readMakefile({ path: 'Makefile', text: make }).callers;
  expect(rule && shownOf(writeInput(rule, cacheFor(rule, {}, path), make, rule))).toContain(
    'told: In CI alone (.github/workflows/ci.yml), build by `docker buildx build --cache-from type=gha ',
  );
  const gitlab = 'image:\n  script:\n    - docker pull $CI_REGISTRY_IMAGE:latest || true\n    - docker build --cache-from $CI_REGISTRY_IMAGE:latest .\n';
  const [job] = readPipeline({ path: '.gitlab-ci.yml', text: gitlab }, filesOf({})).callers;
  expect(job && shownOf(writeInput(job, cacheFor(job), gitlab, job))).toBe(
    'told: Build by `docker buildx build --cache-from type=registry,ref=$CI_REGISTRY_IMAGE:cache --cache-to type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max` (with `--load` where docker needs the image afterwards), behind `docker buildx create --use`, since the docker driver writes no cache. That takes the place of the cache from $CI_REGISTRY_IMAGE:latest, and of a `docker pull` of it: to BuildKit an image is none, unless it was built with BUILDKIT_INLINE_CACHE=1.',
  );
});

test('compose is told', () => {
  const text = 'services:\n  web:\n    build: .\n';
  const [web] = readCompose({ path: 'compose.yaml', text }, filesOf({ 'compose.yaml': text, Dockerfile: '' })).callers;
  expect(web && shownOf(writeInput(web, cacheFor(web, {}, path), text, web))).toBe(
    'told: Add `cache_from: ["type=registry,ref=REGISTRY/IMAGE:cache"]` and `cache_to: ["type=registry,ref=REGISTRY/IMAGE:cache,mode=max"]` to the build of web, in a compose file that is read in CI alone (.github/workflows/ci.yml), with a builder of docker-container.',
  );
});

function bake(file: string, text: string, more: Partial<BuildCache> = {}): string {
  const [target] = readBake({ path: file, text }, filesOf({ [file]: text, Dockerfile: '' })).callers;
  if (!target) throw new Error('nothing is built there');
  const input = cacheFor(target, {}, path);
  return shownOf(writeBake(target, { ...input, ...more }, text));
}

describe('bake', () => {
  const text = 'target "app" {\n  context = "."\n}\n';

  test('a target that people build as well is told', () => {
    expect(bake('docker-bake.hcl', text)).toBe(
      'told: Add `app.cache-from=type=gha` and `app.cache-to=type=gha,mode=max` to `set` of docker/bake-action in .github/workflows/ci.yml (`--set` of `docker buildx bake`).',
    );
  });

  test('one for CI is written', () => {
    const after = 'target "app" {\n  context = "."\n  cache-from = ["type=gha"]\n  cache-to = ["type=gha,mode=max"]\n}\n';
    expect(bake('docker-bake.ci.hcl', text)).toBe(after);
    expect(bake('docker-bake.hcl', text.replace('app', 'app-ci'))).toBe(after.replace('app', 'app-ci'));
    expect(bake('ci.json', '{\n  "target": {\n    "app": {\n      "context": "."\n    }\n  }\n}\n')).toBe(
      '{\n  "target": {\n    "app": {\n      "context": ".",\n      "cache-from": ["type=gha"],\n      "cache-to": ["type=gha,mode=max"]\n    }\n  }\n}\n',
    );
    expect(bake('docker-bake.ci.hcl', text, { builds: [] })).toContain('told: Add `app.cache-from=');
  });
});
