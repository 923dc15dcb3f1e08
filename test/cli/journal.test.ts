import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copies, dockopt, merged, program, repository } from './built.ts';

/** Services with a Dockerfile each, two packages with two, and a context that two share. */
function services(count = 30): string {
  const files: Record<string, string> = { 'a.txt': 'a', 'b.txt': 'b' };
  for (let i = 0; i < count; i++) {
    const folder = `services/s${i}`;
    Object.assign(files, { [`${folder}/Dockerfile`]: copies, [`${folder}/a.txt`]: 'a', [`${folder}/b.txt`]: 'b' });
  }
  for (const name of ['api', 'web'])
    Object.assign(files, {
      [`${name}/package.json`]: '{}',
      [`${name}/a.txt`]: '',
      [`${name}/b.txt`]: '',
      [`${name}/Dockerfile`]: copies,
      [`${name}/docker/Dockerfile.dev`]: copies,
    });
  const cwd = repository(files);
  execFileSync('git', ['add', '-A'], { cwd });
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'x'], { cwd });
  return cwd;
}

function texts(cwd: string): string {
  return execFileSync('git', ['diff'], { cwd, encoding: 'utf8' });
}

/** The journal as it is where a run was killed after so many Dockerfiles. */
function cut(path: string, dockerfiles: number): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${lines.slice(0, 1 + dockerfiles).join('\n')}\n${lines[1 + dockerfiles]?.slice(0, 40) ?? ''}`);
}

test('a run goes on behind the last whole line of its journal, with the same result', () => {
  const [whole, killed] = [services(), services()];
  const wanted = dockopt(whole, '--write', '--progress');
  expect(wanted.code).toBe(0);
  const journal = join(killed, '..', `${killed.split('/').at(-1) ?? ''}.jsonl`);
  dockopt(killed, '--journal', journal);
  cut(journal, 12);
  const { code, out, said } = dockopt(killed, '--journal', journal, '--resume', '--write');
  expect({ code, out }).toEqual({ code: 0, out: wanted.out });
  expect(said).toContain('12 Dockerfiles were looked at before');
  expect(texts(killed)).toBe(texts(whole));
});

test('what was being written is written to the end, and nothing else', () => {
  const cwd = services();
  const journal = join(cwd, '.git', 'kept.jsonl');
  const wanted = dockopt(cwd, '--write', '--journal', journal);
  const all = texts(cwd);
  execFileSync('git', ['checkout', '-q', 'services/s3', 'services/s7', 'api'], { cwd });
  appendFileSync(join(cwd, 'web/a.txt'), 'changed meanwhile');
  const { code, out, said } = dockopt(cwd, '--write', '--journal', journal, '--resume');
  expect({ code, out }).toEqual({ code: 0, out: wanted.out });
  expect(said).toContain('going on with writing');
  execFileSync('git', ['checkout', '-q', 'web/a.txt'], { cwd });
  expect(texts(cwd)).toBe(all);
});

test('a file that was changed since is left alone', () => {
  const cwd = services();
  const journal = join(cwd, '.git', 'kept.jsonl');
  dockopt(cwd, '--write', '--journal', journal);
  writeFileSync(join(cwd, 'api/Dockerfile'), `${copies}# mine\n`);
  const { code, said } = dockopt(cwd, '--write', '--journal', journal, '--resume');
  expect(code).toBe(3);
  expect(said).toContain('api/Dockerfile was not written: it was changed while dockopt ran');
  expect(readFileSync(join(cwd, 'api/Dockerfile'), 'utf8')).toBe(`${copies}# mine\n`);
});

test.each([
  ['options', (): string[] => ['--level', 'review'], 'the options, the configuration or the Dockerfiles that they hold for have changed'],
  [
    'files',
    (cwd: string): string[] => {
      appendFileSync(join(cwd, 'services/s1/a.txt'), 'x');
      return [];
    },
    'files of the repository have changed',
  ],
  ['another shard', (): string[] => ['--shard', '1/2'], 'the shard has changed'],
])('with other %s it starts over, and says so', (_what, change, because) => {
  const cwd = services();
  const journal = join(cwd, '.git', 'kept.jsonl');
  dockopt(cwd, '--journal', journal);
  const { code, out, said } = dockopt(cwd, '--journal', journal, '--resume', ...change(cwd));
  expect(code).toBe(0);
  expect(said).toContain(`${because} since the unfinished run: starting over`);
  expect(out).toContain('+COPY a.txt b.txt');
});

test('the usual journal is gone when all is written, and without one a run begins at the beginning', () => {
  const cwd = services();
  const { code, said } = dockopt(cwd, '--write', '--resume');
  expect(code).toBe(0);
  expect(said).toContain('there is no journal of an unfinished run at .git/dockopt-journal.jsonl: starting at the beginning');
  expect(existsSync(join(cwd, '.git', 'dockopt-journal.jsonl'))).toBe(false);
  expect(readFileSync(join(cwd, 'api/Dockerfile'), 'utf8')).toBe(merged);
});

test('what is no journal is not written over', () => {
  const cwd = services(1);
  writeFileSync(join(cwd, 'other.jsonl'), '{"a":1}\n');
  const { code, said } = dockopt(cwd, '--journal', 'other.jsonl', '--resume');
  expect(code).toBe(2);
  expect(said).toContain('is none of a journal of dockopt');
  expect(readFileSync(join(cwd, 'other.jsonl'), 'utf8')).toBe('{"a":1}\n');
});

const named = (out: string): string[] => out.split('\n').filter(Boolean).toSorted();

test('shards are whole packages, all of them together everything, and stay when files are added', () => {
  const cwd = services();
  const parts = ['1/3', '2/3', '3/3'].map((shard) => named(dockopt(cwd, '--check', '--shard', shard).out));
  expect(parts.flat().toSorted()).toEqual(named(dockopt(cwd, '--check').out));
  expect(parts.filter((part) => part.length > 0).length).toBeGreaterThan(1);
  for (const name of ['api', 'web']) expect(parts.filter((part) => part.some((path) => path.startsWith(`${name}/`)))).toHaveLength(1);
  writeFileSync(join(cwd, 'services/s1/new.Dockerfile'), copies);
  const after = ['1/3', '2/3', '3/3'].map((shard) => named(dockopt(cwd, '--check', '--shard', shard).out).filter((path) => !path.includes('new')));
  expect(after).toEqual(parts);
});

test.each(['0/2', '3/2', '1', 'a/b'])('--shard %s is no shard', (shard) => {
  const { code, said } = dockopt(services(1), '--shard', shard);
  expect(code).toBe(2);
  expect(said).toContain(`--shard ${shard}: it has the form 2/4`);
});

test('joined journals of shards give what one run gives, ignore files that they share included', () => {
  const cwd = repository({
    'package.json': '{"scripts":{"start":"node a/server.js"}}',
    'package-lock.json': '{"lockfileVersion":3,"packages":{"":{}}}',
    '.gitignore': 'node_modules\n',
    ...Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((name) => [
        [`${name}/server.js`, ''],
        [`${name}/package.json`, '{}'],
        [`${name}/Dockerfile`, dockerfileAtRoot(name)],
      ]),
    ),
    'compose.yaml': `services:\n${['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `  ${name}:\n    build: { context: ., dockerfile: ${name}/Dockerfile }\n`).join('')}`,
  });
  execFileSync('git', ['add', '-A'], { cwd });
  const one = dockopt(cwd, '--level', 'review');
  expect(one.out).toContain('.dockerignore');
  const shards = ['1/3', '2/3', '3/3'];
  const journals = shards.map((_shard, index) => `shard-${index + 1}.jsonl`);
  for (const [index, shard] of shards.entries()) dockopt(cwd, '--level', 'review', '--shard', shard, '--journal', journals[index] ?? '');
  const { code, out, said } = dockopt(cwd, 'merge', ...journals);
  expect(code, said).toBe(0);
  expect(out).toBe(one.out);
  expect(dockopt(cwd, 'merge', ...journals.slice(1)).said).toContain('the journal of shard 1/3 is missing');
  expect(dockopt(cwd, 'merge', ...journals, '--write').code).toBe(0);
  expect(texts(cwd)).not.toBe('');
  expect(dockopt(cwd, 'merge', ...journals).said).toContain('another state of the repository than this checkout');
});

test('JSON reports of shards become that of one run, unless they tell something else of a file', () => {
  const cwd = services(12);
  const reports = ['1/3', '2/3', '3/3'].map((shard, index) => {
    const report = join(cwd, '.git', `${index}.json`);
    writeFileSync(report, dockopt(cwd, '--level', 'review', '--shard', shard, '--format', 'json').out);
    return report;
  });
  expect(dockopt(cwd, 'merge', ...reports).out).toBe(dockopt(cwd, '--level', 'review', '--format', 'json').out);
  expect(dockopt(cwd, 'merge', ...reports, '--write')).toMatchObject({
    code: 2,
    said: expect.stringContaining('JSON reports are joined into one JSON report') as string,
  });
  const [first = ''] = reports;
  const other = join(cwd, '.git', 'other.json');
  writeFileSync(other, readFileSync(first, 'utf8').replace('"outcome": "changed"', '"outcome": "failed"'));
  expect(dockopt(cwd, 'merge', first, other).said).toMatch(/0\.json and .*other\.json tell something else of .*Dockerfile; merge the journals/);
});

test('many Dockerfiles at once become what fewer become', () => {
  const cwd = services(240);
  const one = dockopt(cwd);
  const journals = ['1/3', '2/3', '3/3'].map((shard, index) => {
    const journal = join(cwd, '.git', `${index}.jsonl`);
    dockopt(cwd, '--shard', shard, '--journal', journal);
    return journal;
  });
  expect(one.out.match(/^\+COPY a\.txt b\.txt/gm)).toHaveLength(244);
  expect(dockopt(cwd, 'merge', ...journals).out).toBe(one.out);
});

function dockerfileAtRoot(name: string): string {
  return `FROM node:20-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "${name}/server.js"]\n`;
}

test('Ctrl-C ends a run between files, and the next one goes on', async () => {
  const cwd = services(300);
  const journal = join(cwd, '.git', 'kept.jsonl');
  const run = spawn(process.execPath, [program, '--write', '--journal', journal], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  run.stderr.on('data', (some: Buffer) => {
    said += some.toString();
  });
  while (!existsSync(journal) || readFileSync(journal, 'utf8').split('\n').length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  run.kill('SIGINT');
  const [code] = await once(run, 'close');
  expect(code).toBe(130);
  expect(said).toContain('--resume');
  expect(dockopt(cwd, '--write', '--journal', journal, '--resume').code).toBe(0);
  expect(dockopt(cwd, '--check').code).toBe(0);
});
