import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readImage, removeAll } from '../../src/verify/engine.ts';
import { hiddenFiles } from '../../src/verify/hidden.ts';
import { judge, verify } from '../../src/verify/verify.ts';
import { readTree } from '../../src/testing/fixture.ts';
import { buildFolder, isCached, network, sentBytes, testEngine } from './engine.ts';

interface App {
  readonly name: string;
  /** The RUN of the new text that an edit of the source finds in the cache, or the fetch in front of the original one. */
  readonly install: string;
  /** What a build says that gets a package of the lockfile. */
  readonly gets: RegExp;
  readonly edited: string;
  /** What lies about where people work and goes into the image, before and after. */
  readonly brought: Junk;
  /** The same of what the new ignore file keeps out. */
  readonly hidden: Junk;
  readonly inEachRun?: true;
}

/** Texts by path. */
type Junk = Readonly<Record<string, string>>;

const large = 'x'.repeat(4 << 20);

/** Small applications with real lockfiles. All of them with SPLITS=all; else those that take little time. */
const apps: readonly App[] = [
  {
    name: 'app-npm',
    install: 'npm ci --omit=dev',
    gets: /added \d+ packages/,
    edited: 'src/server.js',
    brought: { 'npm-debug.log': 'of yesterday\n' },
    hidden: {
      'node_modules/ms/package.json': '{"name":"ms","version":"0.0.1"}',
      'node_modules/ms/index.js': 'throw new Error("another one")',
      'node_modules/.package-lock.json': '{"lockfileVersion":3,"packages":{"node_modules/ms":{"version":"2.1.3"}}}',
      'node_modules/.cache/large': large,
      'packages/tide/node_modules': 'a file in place of a folder\n',
    },
    inEachRun: true,
  },
  {
    name: 'app-pnpm',
    install: 'pnpm install --frozen-lockfile',
    gets: /Progress: .*added [1-9]/,
    edited: 'apps/web/index.js',
    brought: {},
    hidden: {
      node_modules: 'a file in place of a folder\n',
      'apps/web/node_modules/ms/index.js': 'throw new Error("another one")',
      'packages/units/node_modules/large': large,
    },
  },
  {
    name: 'app-pip',
    install: 'pip install --no-cache-dir -r requirements/production.txt',
    gets: /Collecting flask/i,
    edited: 'sundial/app.py',
    brought: { '.venv/pyvenv.cfg': 'home = /nowhere\n', 'sundial/__pycache__/app.cpython-311.pyc': 'broken' },
    hidden: {},
    inEachRun: true,
  },
  {
    name: 'app-uv',
    install: 'uv sync --frozen --no-dev --no-install-project',
    gets: / \+ tabulate==/,
    edited: 'src/almanac/main.py',
    brought: {},
    hidden: { '.venv/pyvenv.cfg': 'home = /nowhere\n', '.venv/bin/python': 'broken\n', '.venv/lib/large': large },
  },
  {
    name: 'app-go',
    install: 'go mod download',
    gets: /go: downloading /,
    edited: 'cmd/pier/main.go',
    brought: { pier: 'no program\n', '.gocache/README': 'of go build\n' },
    hidden: {},
    inEachRun: true,
  },
  {
    name: 'app-composer',
    install: 'composer install --no-dev --no-interaction --optimize-autoloader --no-scripts --no-autoloader',
    gets: /Installing acme\/stem/,
    edited: 'src/Sheet.php',
    brought: {},
    hidden: { 'vendor/autoload.php': '<?php throw new Exception("another one");', 'vendor/acme/leaf': 'a file in place of a folder\n', 'vendor/large': large },
  },
  {
    name: 'app-bundler',
    install: 'bundle install --local',
    gets: /Using pulley/,
    edited: 'lib/rope.rb',
    brought: {},
    hidden: { '.bundle/config': '---\nBUNDLE_PATH: "/nowhere"\n', 'vendor/bundle/ruby': 'a file in place of a folder\n', 'vendor/bundle/large': large },
  },
  {
    name: 'bundler-vendored',
    install: 'bundle install --local',
    gets: /Installing cleat/,
    edited: 'lib/rope.rb',
    brought: {},
    hidden: { '.bundle/config': '---\nBUNDLE_PATH: "/nowhere"\n', 'vendor/bundle/large': large },
  },
];

const root = join(import.meta.dirname, '..', '..', 'fixtures', 'split-manifests');
const made: string[] = [];
const engine = await testEngine();

describe.skipIf(!engine)('a split, really built', () => {
  afterAll(async () => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
    if (engine) await removeAll(engine);
  });

  const chosen = apps.filter(({ inEachRun }) => inEachRun ?? process.env['SPLITS'] === 'all');
  // Two at a time, as most of a build is waiting.
  test.concurrent.each(chosen)('$name', { timeout: 600_000 }, async ({ name, install, gets, edited, brought, hidden }) => {
    if (!engine) return;
    const trees = ['before', 'after', 'review'].map((tree) => join(root, name, tree)).filter((tree) => existsSync(tree));
    const before = readTree(join(root, name, 'before'));
    const after = new Map(trees.flatMap((tree) => [...readTree(tree)]));
    const [oldIgnoreFile, ignoreFile] = [before.get('.dockerignore'), after.get('.dockerignore')];
    const original = folderOf([join(root, name, 'before')], brought);
    const [oldText, text] = [before.get('Dockerfile') ?? '', after.get('Dockerfile') ?? ''];
    const { because, log, differences } = await verify(
      {
        before: { dockerfile: oldText, ignoreFile: oldIgnoreFile },
        after: { dockerfile: text, ignoreFile },
        announced: ignoreFile === undefined ? [] : [hiddenFiles(text, 'Dockerfile', { context: original, before: oldIgnoreFile, after: ignoreFile })],
        path: join(original, 'Dockerfile'),
        context: original,
        more: network,
      },
      engine,
      () => undefined,
    );
    expect({ because, log, differences }).toEqual({ because: undefined, log: undefined, differences: [] });

    const split = folderOf(trees, brought);
    const clean = await buildFolder(engine, split);
    const source = readFileSync(join(split, edited), 'utf8');
    for (const folder of [original, split]) edit(join(folder, edited));
    expect((await buildFolder(engine, original)).log).toMatch(gets);
    const again = await buildFolder(engine, split);
    expect({ install: isCached(again.log, `RUN ${install}`), source: isCached(again.log, 'COPY . ') }).toEqual({ install: true, source: false });
    expect(again.log).not.toMatch(gets);

    if (Object.keys(hidden).length === 0) return;
    writeFileSync(join(split, edited), source);
    put(split, hidden);
    const littered = await buildFolder(engine, split);
    expect(sentBytes(littered.log)).toBeLessThan(large.length / 2);
    const images = [await readImage(engine, clean.tag, undefined), await readImage(engine, littered.tag, undefined)] as const;
    expect(judge(...images).differences).toEqual([]);
  });
});

/** A folder of its own with the trees in it, later ones over earlier ones, and some more files. */
function folderOf(trees: readonly string[], more: Junk): string {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-split-'));
  made.push(folder);
  for (const tree of trees) cpSync(tree, folder, { recursive: true });
  put(folder, more);
  return folder;
}

function put(folder: string, files: Junk): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A comment that no build has seen before. */
function edit(path: string): void {
  appendFileSync(path, `${/^\.(py|rb)$/.test(extname(path)) ? '#' : '//'} ${randomUUID()}\n`);
}
