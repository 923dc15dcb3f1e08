import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patchReport } from '../src/report/patch.ts';
import { runAll } from '../src/batch/batch.ts';
import type { InferredContext } from '../src/workspace/infer-context.ts';
import { contextFiles, repositoryOf } from '../src/workspace/repository.ts';
import builtIn from '../transforms/index.ts';
import { dockerfilesOf, fixturesIn } from '../src/testing/fixture.ts';

const root = join(import.meta.dirname, '..', 'fixtures');
// In one checkout with all others, the Dockerfile of this fixture that lives on another image would hold for every fixture.
const alone = new Set(['clean-package-caches/other-dockerfile']);
const all = builtIn
  .flatMap((transform) => fixturesIn(join(root, transform.id)).map((fixture) => ({ fixture, name: `${transform.id}/${fixture.name}` })))
  .filter(({ name }) => !alone.has(name));
let folder = '';

function git(...args: string[]): string {
  return execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'core.autocrlf=false', ...args], { encoding: 'utf8' });
}

/** Every fixture as a folder of one checkout, committed, then what people have lying about. */
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-')));
  git('init', '-q');
  for (const { fixture, name } of all) cpSync(join(fixture.folder, 'before'), join(folder, name), { recursive: true });
  git('add', '-A', '-f');
  git('commit', '-qm', 'before');
  for (const { name } of all) {
    for (const path of ['node_modules/a/index.js', 'dist/app.js', '.venv/bin/pip', '.env', 'apt-get', 'setup.sh~']) {
      const place = join(folder, name, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, 'apt-get install -y junk\n');
    }
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a checkout full of leftovers gives what the fixtures say, as a patch that git takes', async () => {
  const expected = new Map<string, string>();
  const named = new Map<string, { readonly only: string[]; readonly context: InferredContext }>();
  for (const { fixture, name } of all) {
    for (const path of dockerfilesOf(fixture)) {
      // Alone each is the only Dockerfile of its repository, which decides.
      const context = { folder: join(folder, name), by: 'the fixture', decided: true };
      named.set(join(folder, name, path), { only: [name.replace(/\/.*/, '')], context });
    }
    for (const [path, text] of fixture.after) expected.set(`${name}/${path}`, text);
  }
  const batch = await runAll(
    [...named.keys()],
    (path) => ({ level: 'safe', ...named.get(path), cwd: folder }),
    () => {},
  );
  const changed = [...batch.outcomes.filter(({ original, text }) => text !== original), ...batch.ignoreFiles];
  expect(new Map(changed.map(({ path, text }) => [path, text]))).toEqual(expected);
  writeFileSync(join(folder, 'all.patch'), patchReport(batch, false));
  git('apply', 'all.patch');
  for (const [path, text] of expected) expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
});

test('the files of a context are those that git tracks, and none behind a link that leaves the root', () => {
  const outside = mkdtempSync(join(tmpdir(), 'dockopt-outside-'));
  writeFileSync(join(outside, 'secret.sh'), 'apt-get install -y secret\n');
  symlinkSync(join(outside, 'secret.sh'), join(folder, 'link.sh'));
  writeFileSync(join(folder, 'tracked.sh'), 'a\n');
  git('add', '-f', 'link.sh', 'tracked.sh');
  const files = contextFiles({ ...repositoryOf(realpathSync(folder)), tracked: new Set(['link.sh', 'tracked.sh']) }, folder, join(folder, 'Dockerfile'), true);
  expect(files.text('tracked.sh')).toBe('a\n');
  expect(files.text('link.sh')).toBeUndefined();
  expect(files.text('all.patch')).toBeUndefined();
  rmSync(outside, { recursive: true, force: true });
});

test('a context lacks what its ignore file hides, and links to that', () => {
  const files = { Dockerfile: 'FROM scratch\n', '.dockerignore': '*\n!*.sh\nhidden.sh\n', 'hidden.sh': 'a\n', 'seen.sh': 'b\n', 'lib/c.sh': 'c\n' };
  const place = join(folder, 'ignoring');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  symlinkSync('hidden.sh', join(place, 'link-to-hidden.sh'));
  symlinkSync('seen.sh', join(place, 'link-to-seen.sh'));
  symlinkSync('../tracked.sh', join(place, 'link-out.sh'));
  const tracked = [...Object.keys(files), 'link-to-hidden.sh', 'link-to-seen.sh', 'link-out.sh'];
  const textsOf = (paths: readonly string[]): Record<string, string | undefined> => {
    const repository = { root: realpathSync(folder), tracked: new Set(['tracked.sh', ...paths.map((path) => `ignoring/${path}`)]) };
    const context = contextFiles(repository, join(repository.root, 'ignoring'), join(repository.root, 'ignoring/Dockerfile'), true);
    return Object.fromEntries(context.below('').map((path) => [path, context.text(path)]));
  };
  expect(textsOf(tracked)).toEqual({ 'seen.sh': 'b\n', 'link-to-hidden.sh': undefined, 'link-to-seen.sh': 'b\n', 'link-out.sh': undefined });
  // One that is new will be committed, one that git ignores hides nothing from a fresh clone.
  expect(textsOf(['hidden.sh', 'lib/c.sh'])).toEqual({});
  appendFileSync(join(folder, '.git/info/exclude'), '/ignoring/.dockerignore\n');
  expect(textsOf(['hidden.sh', 'lib/c.sh'])).toEqual({ 'hidden.sh': 'a\n', 'lib/c.sh': 'c\n' });
});
