import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copies, dockopt, merged, repository } from './built.ts';

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

function committed(files: Readonly<Record<string, string>>): string {
  const cwd = repository(files);
  git(cwd, 'config', 'user.name', 'A');
  git(cwd, 'config', 'user.email', 'a@example.com');
  git(cwd, 'add', '-A', '-f');
  git(cwd, 'commit', '-qm', 'start');
  return cwd;
}

/** Services that each change by `merge-copies`. */
function services(...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`${name}/Dockerfile`, copies],
      [`${name}/a.txt`, ''],
      [`${name}/b.txt`, ''],
      [`${name}/package.json`, '{}'],
    ]),
  );
}

const only = ['--only', 'merge-copies'];

function outside(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-portions-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What patches, one after the other, make of HEAD. */
function treeOf(cwd: string, index: string, patches: readonly string[]): string {
  const env = { ...process.env, GIT_INDEX_FILE: index };
  const run = (...args: string[]): string => execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  run('read-tree', 'HEAD');
  for (const patch of patches) run('apply', '--cached', '--whitespace=nowarn', patch);
  return run('write-tree');
}

function orders<Value>(values: readonly Value[]): Value[][] {
  if (values.length < 2) return [[...values]];
  return values.flatMap((first, at) => orders(values.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}

/** All orders of few; of many both ways, and each turned around one place. */
function someOrders(patches: readonly string[]): (readonly string[])[] {
  if (patches.length <= 4) return orders(patches);
  return [0, 1, 2, 3].flatMap((turn) => {
    const turned = [...patches.slice(turn * 3), ...patches.slice(0, turn * 3)];
    return [turned, turned.toReversed()];
  });
}

test.each(['package', 'owner', 'directory', 'directory:2', 'transform', 'similarity'])(
  'patches by %s apply alone, and in any order come to what --write does',
  (by) => {
    const book = join(import.meta.dirname, '..', '..', 'fixtures', 'book');
    const cwd = committed({ CODEOWNERS: '* @all\n/services/0*/ @early @other\n/services/1*/\n' });
    for (const name of readdirSync(book))
      if (existsSync(join(book, name, 'before'))) cpSync(join(book, name, 'before'), join(cwd, 'services', name), { recursive: true });
    cpSync(join(book, '02-node-without-a-build', 'before'), join(cwd, 'twin'), { recursive: true });
    git(cwd, 'add', '-A', '-f');
    git(cwd, 'commit', '-qm', 'more');
    const folder = outside();
    const ran = dockopt(cwd, '--level', 'review', '--group-by', by, '--patch-dir', folder);
    expect([0, 3]).toContain(ran.code);
    const patches = readdirSync(folder).flatMap((name) => (name.endsWith('.patch') ? [join(folder, name)] : []));
    expect(patches.length).toBeGreaterThan(1);
    expect(git(cwd, 'status', '--porcelain')).toBe('');
    const index = join(folder, 'index');
    const alone = patches.map((patch) => treeOf(cwd, index, [patch]));
    expect(new Set(alone).size).toBe(patches.length);
    const found = someOrders(patches).map((some) => treeOf(cwd, index, some));
    dockopt(cwd, '--level', 'review', '--write');
    git(cwd, 'add', '-A', '-f');
    expect(new Set(found)).toEqual(new Set([git(cwd, 'write-tree')]));
  },
  120_000,
);

test('a package is the nearest folder with a manifest, that of the context where the Dockerfile has none; files and bodies are named after it', () => {
  const compose = 'services:\n  job:\n    build: { context: jobs, dockerfile: ../docker/job.Dockerfile }\n';
  const cwd = committed({
    ...services('services/api', 'services/web', 'jobs'),
    'docker/job.Dockerfile': copies,
    'compose.yaml': compose,
    'x/Dockerfile': copies,
    'x/a.txt': '',
    'x/b.txt': '',
  });
  rmSync(join(cwd, 'jobs/Dockerfile'));
  const { code, out } = dockopt(cwd, ...only, '--patch-dir', 'patches');
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    'patches/no-package.patch: Rewrite the Dockerfile outside of packages',
    'patches/jobs.patch: Rewrite the Dockerfile of jobs',
    'patches/services-api.patch: Rewrite the Dockerfile of services/api',
    'patches/services-web.patch: Rewrite the Dockerfile of services/web',
    '',
  ]);
  expect(readFileSync(join(cwd, 'patches/jobs.patch'), 'utf8')).toContain('+++ b/docker/job.Dockerfile');
  const body = readFileSync(join(cwd, 'patches/services-api.md'), 'utf8');
  expect(body).toMatch(/^# Rewrite the Dockerfile of services\/api\n/);
  expect(body).toContain('| `services/api/Dockerfile` | 3 |');
});

function lockfileOf(name: string): string {
  return JSON.stringify({ name, version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': { name, version: '1.0.0' } } });
}

test('what goes with one ignore file stays together, and the body says so', () => {
  const node = 'FROM node:20\nWORKDIR /app\nCOPY NAME ./\nRUN npm ci\nCMD ["node", "index.js"]\n';
  const files = ['api', 'web'].flatMap((name) => [
    [`${name}/Dockerfile`, node.replace('NAME', name)],
    [`${name}/package.json`, JSON.stringify({ name, version: '1.0.0' })],
    [`${name}/package-lock.json`, lockfileOf(name)],
    [`${name}/index.js`, ''],
  ]);
  const cwd = committed({ ...(Object.fromEntries(files) as Record<string, string>), '.gitignore': 'node_modules\n' });
  expect(dockopt(cwd, '--context', '.', '--patch-dir', 'patches').code).toBe(0);
  const patches = readdirSync(join(cwd, 'patches')).filter((name) => name.endsWith('.patch'));
  expect(patches).toEqual(['api.patch']);
  expect(readFileSync(join(cwd, 'patches/api.patch'), 'utf8')).toMatch(/\+\+\+ b\/\.dockerignore/);
  expect(readFileSync(join(cwd, 'patches/api.md'), 'utf8')).toContain(
    '`web/Dockerfile` is of `web`, but goes with these, since `.dockerignore` changes for all of them.',
  );
});

test('a folder of patches keeps what is not ours, and loses what is ours and stale', () => {
  const cwd = committed(services('api', 'web', 'mail'));
  mkdirSync(join(cwd, 'patches'));
  writeFileSync(join(cwd, 'patches/notes.md'), 'mine');
  expect(dockopt(cwd, ...only, '--patch-dir', 'patches').code).toBe(0);
  expect(readdirSync(join(cwd, 'patches'))).toEqual([
    'api.md',
    'api.patch',
    'dockopt-portions.json',
    'mail.md',
    'mail.patch',
    'notes.md',
    'web.md',
    'web.patch',
  ]);
  writeFileSync(join(cwd, 'web/Dockerfile'), merged);
  writeFileSync(join(cwd, 'mail/Dockerfile'), merged);
  writeFileSync(join(cwd, 'patches/mail.md'), 'changed');
  const again = dockopt(cwd, ...only, '--patch-dir', 'patches');
  expect(again.code).toBe(0);
  expect(again.said).toContain('patches/mail.md is of no group any more, but somebody changed it');
  expect(readdirSync(join(cwd, 'patches'))).toEqual(['api.md', 'api.patch', 'dockopt-portions.json', 'mail.md', 'notes.md']);
});

test('a file of that name that is not ours stops it before anything is written', () => {
  const cwd = committed(services('api', 'web'));
  mkdirSync(join(cwd, 'patches'));
  writeFileSync(join(cwd, 'patches/web.md'), 'mine');
  const ran = dockopt(cwd, ...only, '--patch-dir', 'patches');
  expect(ran.code).toBe(2);
  expect(ran.said).toContain('dockopt did not write it');
  expect(readdirSync(join(cwd, 'patches'))).toEqual(['web.md']);
});

test('a list in the folder that names files elsewhere removes none', () => {
  const cwd = committed({ ...services('api'), 'keep.md': 'kept' });
  mkdirSync(join(cwd, 'patches'));
  const digest = createHash('sha256').update('kept').digest('hex');
  writeFileSync(join(cwd, 'patches/dockopt-portions.json'), JSON.stringify({ version: 1, files: { '../keep.md': digest, 'sub/x.md': digest } }));
  expect(dockopt(cwd, ...only, '--patch-dir', 'patches').said).toBe('');
  expect(readFileSync(join(cwd, 'keep.md'), 'utf8')).toBe('kept');
});

test('--commit makes a branch for each group from HEAD and leaves files, index and HEAD alone', () => {
  const cwd = committed({
    ...services('api', 'web'),
    'dockopt.config.json': '{ "commit": { "branch": "chore/{group}", "message": "chore: {title}\\n\\n{changes}" } }',
  });
  const head = git(cwd, 'rev-parse', 'HEAD');
  const before = [git(cwd, 'status', '--porcelain'), git(cwd, 'ls-files', '--stage')];
  expect(dockopt(cwd, ...only, '--commit').code).toBe(0);
  expect([git(cwd, 'status', '--porcelain'), git(cwd, 'ls-files', '--stage')]).toEqual(before);
  expect(git(cwd, 'rev-parse', 'HEAD')).toBe(head);
  expect(git(cwd, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/chore')).toBe('chore/api\nchore/web');
  expect(git(cwd, 'rev-parse', 'chore/api^')).toBe(head);
  expect(git(cwd, 'diff', '--name-only', head, 'chore/api')).toBe('api/Dockerfile');
  expect(git(cwd, 'show', 'chore/web:web/Dockerfile')).toBe(merged.trim());
  expect(git(cwd, 'log', '-1', '--format=%B', 'chore/api')).toMatch(/^chore: Rewrite the Dockerfile of api\n\n- merge-copies@api\/Dockerfile:3 \(safe\): /);
  expect(dockopt(cwd, ...only, '--commit').out).toContain('chore/api (as it was)');
});

test('a branch that dockopt made is moved, one that it did not make or that went on is not, and then none is', () => {
  const cwd = committed(services('api', 'web'));
  expect(dockopt(cwd, ...only, '--commit').code).toBe(0);
  git(cwd, 'commit', '-q', '--allow-empty', '-m', 'on');
  expect(dockopt(cwd, ...only, '--commit').code).toBe(0);
  expect(git(cwd, 'rev-parse', 'dockopt/api^')).toBe(git(cwd, 'rev-parse', 'HEAD'));
  git(cwd, 'branch', '-f', 'dockopt/web', 'HEAD');
  git(cwd, 'commit', '-q', '--allow-empty', '-m', 'further');
  const api = git(cwd, 'rev-parse', 'dockopt/api');
  const ran = dockopt(cwd, ...only, '--commit');
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.said).toContain('the branch dockopt/web is there, and not as dockopt left it');
  expect(git(cwd, 'rev-parse', 'dockopt/api')).toBe(api);
});

test('--commit refuses a tree with changes, a Dockerfile that is not committed, and a repository without a commit', () => {
  const cwd = committed(services('api'));
  writeFileSync(join(cwd, 'api/a.txt'), 'changed');
  expect(dockopt(cwd, ...only, '--commit')).toMatchObject({ code: 2, said: expect.stringContaining('api/a.txt is not committed') as string });
  git(cwd, 'checkout', '-q', '.');
  writeFileSync(join(cwd, 'Dockerfile'), copies);
  expect(dockopt(cwd, ...only, '--context', 'api', '--commit')).toMatchObject({
    code: 2,
    said: expect.stringContaining('Dockerfile is not as it was committed') as string,
  });
  expect(git(cwd, 'branch', '--list', 'dockopt/*')).toBe('');
  expect(dockopt(repository(services('api')), '--commit')).toMatchObject({ code: 2, said: expect.stringContaining('there is no commit') as string });
});

test('with line ends that git converts only what changes is in the commit', () => {
  const cwd = repository({ ...services('api'), '.gitattributes': 'Dockerfile text eol=crlf\n', 'api/Dockerfile': copies.replaceAll('\n', '\r\n') });
  git(cwd, 'config', 'user.name', 'A');
  git(cwd, 'config', 'user.email', 'a@example.com');
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-qm', 'start');
  expect(dockopt(cwd, ...only, '--commit').code).toBe(0);
  expect(git(cwd, 'diff', '--numstat', 'HEAD', 'dockopt/api')).toBe('1\t2\tapi/Dockerfile');
});

test('the patch holds a credential that stands beside the change, body and message do not', () => {
  const secret = 'ghp_0123456789abcdefABCDEF0123456789abcd';
  const cwd = committed({ ...services('api'), 'api/Dockerfile': copies.replace('COPY a.txt', `ENV GITHUB_TOKEN=${secret}\nCOPY a.txt`) });
  expect(dockopt(cwd, ...only, '--patch-dir', 'patches').code).toBe(0);
  expect(readFileSync(join(cwd, 'patches/api.patch'), 'utf8')).toContain(secret);
  expect(readFileSync(join(cwd, 'patches/api.md'), 'utf8')).not.toContain(secret);
  expect(dockopt(cwd, ...only, '--commit').code).toBe(0);
  expect(git(cwd, 'log', '-1', '--format=%B', 'dockopt/api')).not.toContain(secret);
});

test('the pretty report has a heading for each group; of those alike one is shown', () => {
  const cwd = committed(services('api', 'web', 'mail'));
  const { out } = dockopt(cwd, ...only, '--group-by', 'similarity', '--format', 'pretty');
  expect(out).toMatch(/^=== api: 3 changes in 3 Dockerfiles ===\n/);
  expect(out).toContain('The same in 2 others: mail/Dockerfile, web/Dockerfile');
  expect(out.match(/^ {4}\+ COPY/gm)).toHaveLength(1);
  expect(dockopt(cwd, ...only, '--group-by', 'package', '--format', 'pretty').out.match(/^=== .* ===$/gm)).toHaveLength(3);
  expect(dockopt(cwd, ...only, '--group-by', 'package').out).toBe(dockopt(cwd, ...only).out);
});

test('in Markdown each group has its title and its changes', () => {
  const cwd = committed(services('api', 'web'));
  const { out } = dockopt(cwd, ...only, '--group-by', 'package', '--format', 'markdown');
  expect(out.match(/^#+ .*$/gm)?.filter((line) => /Rewrite|change/.test(line))).toEqual([
    '# Rewrite the Dockerfile of api',
    '## dockopt: 1 change in 1 Dockerfile',
    '# Rewrite the Dockerfile of web',
    '## dockopt: 1 change in 1 Dockerfile',
  ]);
  const many = committed(services(...Array.from({ length: 200 }, (_, index) => `service-${index}`)));
  const long = dockopt(many, ...only, '--group-by', 'package', '--format', 'markdown').out;
  expect(long.length).toBeLessThan(65_536);
  expect(long).toMatch(/^# \d+ groups for which there is no room here\n\n- Rewrite the Dockerfile of service-/m);
});

function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('what a journal, shards or a baseline leave is parted as an undisturbed run is', () => {
  const cwd = committed(services('api', 'web', 'mail', 'jobs'));
  const wanted = outside();
  dockopt(cwd, ...only, '--patch-dir', wanted);
  const again = outside();
  const journal = join(outside(), 'journal.jsonl');
  dockopt(cwd, ...only, '--journal', journal);
  writeFileSync(journal, readFileSync(journal, 'utf8').split('\n').slice(0, 3).join('\n'));
  expect(dockopt(cwd, ...only, '--journal', journal, '--resume', '--patch-dir', again)).toMatchObject({
    code: 0,
    said: expect.stringMatching(/[12] Dockerfiles were looked at before/) as string,
  });
  expect(filesIn(again)).toEqual(filesIn(wanted));
  const shards = [1, 2].map((number) => join(outside(), `${number}.jsonl`));
  for (const [index, shard] of shards.entries()) dockopt(cwd, ...only, '--shard', `${index + 1}/2`, '--journal', shard);
  const merging = outside();
  expect(dockopt(cwd, 'merge', ...shards, '--patch-dir', merging).code).toBe(0);
  expect(filesIn(merging)).toEqual(filesIn(wanted));
  expect(dockopt(cwd, 'merge', ...shards, '--commit').out).toContain('dockopt/mail: Rewrite the Dockerfile of mail');

  dockopt(cwd, ...only, '--write-baseline', 'api', '--baseline', 'accepted.json');
  git(cwd, 'add', '-A');
  const left = outside();
  expect(dockopt(cwd, ...only, '--baseline', 'accepted.json', '--patch-dir', left).code).toBe(0);
  expect(Object.keys(filesIn(left)).filter((name) => name.endsWith('.patch'))).toEqual(['jobs.patch', 'mail.patch', 'web.patch']);
  git(cwd, 'commit', '-qm', 'accept');
  writeFileSync(join(cwd, 'web/a.txt'), 'changed');
  const touched = outside();
  expect(dockopt(cwd, ...only, '--only-new', 'HEAD', '--group-by', 'transform', '--patch-dir', touched).code).toBe(0);
  expect(filesIn(touched)['merge-copies.patch']).toMatch(/web\/Dockerfile/);
  expect(filesIn(touched)['merge-copies.patch']).not.toMatch(/mail\/Dockerfile/);
});

test('what a run has begun to write is not parted', () => {
  const cwd = committed(services(...Array.from({ length: 30 }, (_, index) => `s${index}`)));
  const journal = join(outside(), 'journal.jsonl');
  dockopt(cwd, ...only, '--write', '--journal', journal);
  const ran = dockopt(cwd, ...only, '--resume', '--journal', journal, '--patch-dir', 'patches');
  expect(ran).toMatchObject({ code: 2, said: expect.stringContaining('end it with --write --resume alone') as string });
  expect(existsSync(join(cwd, 'patches'))).toBe(false);
});

test.each([
  [['--write', '--patch-dir', 'x'], '--write and --patch-dir exclude each other'],
  [['--patch-dir', 'x', '--commit'], '--patch-dir and --commit exclude each other'],
  [['--check', '--commit'], '--check and --commit exclude each other'],
  [['--shard', '1/2', '--group-by', 'package'], 'to `dockopt merge`'],
  [['--write-baseline', '--group-by', 'package'], '--write-baseline goes with none of'],
  [['--check', '--group-by', 'package'], '--group-by parts the forms pretty and markdown'],
  [['--format', 'json', '--group-by', 'package'], '--group-by parts the forms pretty and markdown'],
  [['--branch', 'x'], '--branch and --message go with --commit'],
  [['--group-by', 'pakage'], 'did you mean package?'],
  [['--group-by', 'owner', '--patch-dir', 'x'], 'holds none of .github/CODEOWNERS'],
  [['--commit', '--branch', 'x'], 'put {group} into it'],
  [['--commit', '--message', '{what}'], 'not {what}'],
  [['--commit', '--branch', 'a..{group}'], 'is no name for a branch'],
])('%j is refused, and it is told why', (args, said) => {
  const cwd = committed(services('api'));
  const ran = dockopt(cwd, ...only, ...args);
  expect(ran.code).toBe(2);
  expect(ran.said).toContain(said);
  expect(existsSync(join(cwd, 'x'))).toBe(false);
});
