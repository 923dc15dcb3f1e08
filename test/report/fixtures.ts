import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runAll, type Batch } from '../../src/batch/batch.ts';
import type { RunOptions } from '../../src/run.ts';
import { dockerfilesOf, fixturesIn, type Fixture } from '../../src/testing/fixture.ts';
import { counted, defineTransform, finding } from '../../src/transform.ts';

const root = join(import.meta.dirname, '..', '..', 'fixtures');

/** Two fixtures of each transform and the cases of the guides; with REPORTS=all every fixture. */
export function chosenFixtures(): Fixture[] {
  const most = process.env['REPORTS'] === 'all' ? Infinity : 2;
  return readdirSync(root).flatMap((group) =>
    fixturesIn(join(root, group))
      .filter(({ folder }) => existsSync(join(folder, 'before')))
      .slice(0, group === 'book' ? Infinity : most),
  );
}

export interface Ran {
  readonly batch: Batch;
  /** Absolute. */
  readonly cwd: string;
}

/** Runs over files in a checkout of their own below a folder. */
async function runIn(cwd: string, paths: readonly string[], options: Omit<RunOptions, 'cwd'>): Promise<Ran> {
  execFileSync('git', ['init', '-q'], { cwd });
  const batch = await runAll(
    paths.map((path) => join(cwd, path)),
    () => ({ today: '2026-11-28', ...options, cwd }),
  );
  return { batch, cwd };
}

/** The results of fixtures as a run over a checkout gives them. */
export async function runFixtures(fixtures: readonly Fixture[], level: 'safe' | 'review', below: string): Promise<Ran[]> {
  const runs: Ran[] = [];
  for (const fixture of fixtures) {
    const cwd = mkdtempSync(join(below, 'fixture-'));
    cpSync(join(fixture.folder, 'before'), cwd, { recursive: true });
    runs.push(await runIn(cwd, dockerfilesOf(fixture), { level }));
  }
  return runs;
}

export function folderForTests(): { readonly below: string; readonly remove: () => void } {
  const below = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-reports-')));
  return { below, remove: () => rmSync(below, { recursive: true, force: true }) };
}

export const token = 'ghp_0123456789abcdefghij';

const files = {
  // A credential that stays, and one change beside it.
  'leaks/Dockerfile': `FROM debian:bookworm-slim\nENV GITHUB_TOKEN=${token}\n# dockopt-ignore link-copies until=2020-01-01\nWORKDIR /app\nCOPY a.txt ./\nCOPY b.txt ./\n`,
  'leaks/a.txt': '',
  'leaks/b.txt': '',
  'api/Dockerfile': 'FROM node:22-slim\nWORKDIR /app\nARG NPM_TOKEN\nCOPY . .\nRUN npm ci\nRUN npm test\nCMD ["node", "server.js"]\n',
  'api/package.json': '{ "name": "api", "version": "1.0.0" }',
  'api/package-lock.json': '{ "name": "api", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "api", "version": "1.0.0" } } }',
  'api/server.js': '',
  'compose.yaml': `services:\n  api:\n    build:\n      context: api\n      args:\n        NPM_TOKEN: ${token}\n`,
  'build.sh': '#!/bin/sh\nT=$(cat token)\ndocker build --build-arg NPM_TOKEN=$T api\n',
  '.github/workflows/ci.yml':
    'on: push\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n        with:\n          context: api\n',
  'template/Dockerfile': 'FROM debian\n{{ range }}\n',
  'README.md': '# Example\n',
};

const everyField = defineTransform({
  id: 'every-field',
  title: 'Want and count something',
  level: 'review',
  keeps: ['stages'],
  *find({ dockerfile }) {
    yield counted('instructions', dockerfile.instructions.length);
    const argument = dockerfile.instructions.find(({ range }) => dockerfile.text.slice(range.start, range.end).trim() === 'ARG NPM_TOKEN');
    const run = dockerfile.instructions.find(({ keyword }) => keyword === 'RUN');
    if (!argument || !run) return;
    const verdict = { allowed: 'review', because: 'a secret stays out', differs: 'whoever builds it gives a secret' } as const;
    const edits = [
      { start: argument.range.start, end: argument.range.end + 1, text: '' },
      { start: run.range.start + 4, end: run.range.start + 4, text: '--mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN ' },
    ];
    const wants = [
      { kind: 'secret', id: 'NPM_TOKEN', source: { environment: 'NPM_TOKEN' }, insteadOf: 'NPM_TOKEN' },
      { kind: 'secret', id: 'npmrc', source: { file: '.npmrc' }, optional: true },
      { kind: 'ssh', id: 'default' },
    ] as const;
    yield { ...finding(argument, 'mount NPM_TOKEN', verdict, edits, 'a layer with the token'), wants };
  },
});

const faulty = defineTransform({
  id: 'goes-wrong',
  title: 'Go wrong',
  level: 'safe',
  keeps: [],
  find() {
    throw new Error('it went wrong');
  },
});

/** A run in which everything happens that a report can tell. */
export function runEverything(below: string): Promise<Ran> {
  const cwd = mkdtempSync(join(below, 'everything-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  const paths = ['api/Dockerfile', 'leaks/Dockerfile', 'missing/Dockerfile', 'template/Dockerfile'];
  return runIn(cwd, paths, { level: 'review', used: [everyField, faulty], states: { 'cache-in-ci': 'on' } });
}
