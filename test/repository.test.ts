import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { patchReport } from '../src/report/patch.ts';
import { runAll } from '../src/batch/batch.ts';
import { contextFiles, repositoryOf } from '../src/workspace/repository.ts';
import builtIn from '../transforms/index.ts';
import { dockerfilesOf, fixturesIn } from '../src/testing/fixture.ts';

const root = join(import.meta.dirname, '..', 'fixtures');
const all = builtIn.flatMap((transform) =>
  fixturesIn(join(root, transform.id)).map((fixture) => ({ fixture, id: transform.id, name: `${transform.id}/${fixture.name}` })),
);
let folder = '';

function git(place: string, ...args: string[]): string {
  return execFileSync('git', ['-C', place, '-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'core.autocrlf=false', ...args], { encoding: 'utf8' });
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-')));
  git(folder, 'init', '-q');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(all)('$name, in a checkout full of leftovers, gives what the fixture says, as a patch that git takes', async ({ fixture, id }) => {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-')));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  cpSync(join(fixture.folder, 'before'), place, { recursive: true });
  git(place, 'init', '-q');
  git(place, 'add', '-A', '-f');
  git(place, 'commit', '-qm', 'before');
  for (const path of ['node_modules/a/index.js', 'dist/app.js', '.venv/bin/pip', '.env', 'apt-get', 'setup.sh~']) {
    if (fixture.before.has(path)) continue;
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), 'apt-get install -y junk\n');
  }
  const paths = dockerfilesOf(fixture).map((path) => join(place, path));
  // Among several Dockerfiles none is decided by being the only one.
  const context = { folder: place, by: 'the fixture', decided: true };
  const batch = await runAll(paths, () => ({ level: 'safe', only: [id], cwd: place, context }));
  const changed = [...batch.outcomes.filter(({ original, text }) => text !== original), ...batch.ignoreFiles];
  expect(new Map(changed.map(({ path, text }) => [path, text]))).toEqual(fixture.after);
  const patch = patchReport(batch, false);
  if (changed.length > 0) execFileSync('git', ['-C', place, 'apply'], { input: patch });
  for (const [path, text] of fixture.after) expect(readFileSync(join(place, path), 'utf8')).toBe(text);
});

test('the files of a context are those that git tracks, and none behind a link that leaves the root', () => {
  const outside = mkdtempSync(join(tmpdir(), 'dockopt-outside-'));
  writeFileSync(join(outside, 'secret.sh'), 'apt-get install -y secret\n');
  symlinkSync(join(outside, 'secret.sh'), join(folder, 'link.sh'));
  writeFileSync(join(folder, 'tracked.sh'), 'a\n');
  git(folder, 'add', '-f', 'link.sh', 'tracked.sh');
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

test('outside git a context lacks what its `.gitignore`s name', () => {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-')));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const files = {
    '.gitignore': 'dist/\n*.log\n',
    'a.log': '',
    'dist/a.js': '',
    'lib/.gitignore': '!kept.log\n/own\n',
    'lib/kept.log': '',
    'lib/own': '',
    own: '',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  const context = contextFiles(repositoryOf(place), place, join(place, 'Dockerfile'), true);
  expect([...context.below('')].toSorted()).toEqual(['.gitignore', 'lib/.gitignore', 'lib/kept.log', 'own']);
});
