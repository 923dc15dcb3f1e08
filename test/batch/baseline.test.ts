import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copies, dockopt, fed, folder, repository, toJudge } from '../cli/built.ts';

const sources = { 'a.txt': '', 'b.txt': '', 'api/a.txt': '', 'api/b.txt': '' };
const name = 'dockopt-baseline.json';

interface Written {
  readonly findings: readonly { readonly path: string; readonly id: string; readonly fingerprint: string; readonly count?: number }[];
}

function read(cwd: string, file = name): Written['findings'] {
  return (JSON.parse(readFileSync(join(cwd, file), 'utf8')) as Written).findings;
}

function accepting(files: Readonly<Record<string, string>>, ...args: string[]): string {
  const cwd = repository({ ...sources, ...files });
  expect(dockopt(cwd, '--write-baseline', ...args)).toMatchObject({ code: 0, said: '' });
  return cwd;
}

const checked = (cwd: string, ...args: string[]): string[] => {
  const { code, out, said } = dockopt(cwd, '--check', '--baseline', name, ...args);
  expect(code, said).toBe(out === '' ? 0 : 1);
  return [...out.split('\n').filter((line) => line !== ''), ...said.split('\n').filter((line) => line.includes('stale') || line.includes('no longer'))];
};

test('what is accepted is neither applied, nor told, nor a reason to fail, and what is new is', () => {
  const cwd = accepting({ Dockerfile: copies, 'api/Dockerfile': copies });
  expect(read(cwd)).toEqual(
    expect.arrayContaining(
      ['Dockerfile', 'api/Dockerfile'].map((path) => ({ path, id: 'merge-copies', fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) as string })),
    ),
  );
  expect(checked(cwd)).toEqual([]);
  expect(dockopt(cwd, '--baseline', name)).toMatchObject({ code: 0, out: '' });
  expect(dockopt(cwd, '--write', '--baseline', name).code).toBe(0);
  expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(copies);
  writeFileSync(join(cwd, 'api/Dockerfile'), `${copies}\nFROM debian:bookworm-slim\nCOPY a.txt /c/\nCOPY b.txt /c/\n`);
  expect(checked(cwd)).toEqual(['api/Dockerfile']);
  const { out } = dockopt(cwd, '--baseline', name);
  expect(out).toContain('+COPY a.txt b.txt /c/');
  expect(out).not.toContain('+COPY a.txt b.txt ./');
  expect(dockopt(cwd, '--check').out).toBe('Dockerfile\napi/Dockerfile\n');
});

test('an entry outlives moved lines, other blanks and line ends, not another text or another path', () => {
  const cwd = accepting({ Dockerfile: copies });
  const now = (text: string): string[] => {
    writeFileSync(join(cwd, 'Dockerfile'), text);
    return checked(cwd);
  };
  expect(now(copies.replace('WORKDIR', '# new\n\nENV A=1\nWORKDIR'))).toEqual([]);
  expect(now(copies.replaceAll('\n', '\r\n').replaceAll('COPY ', 'COPY   '))).toEqual([]);
  expect(now(copies.replace('a.txt ./', './a.txt ./'))).toContain('Dockerfile');
  expect(now(copies)).toEqual([]);
  renameSync(join(cwd, 'Dockerfile'), join(cwd, 'Other.Dockerfile'));
  const moved = checked(cwd);
  expect(moved).toContain('Other.Dockerfile');
  expect(moved).toContain(`dockopt: ${name}: merge-copies is accepted in Dockerfile and no longer found there`);
});

test('equal instructions are counted: one more is new, one less is stale', () => {
  const stage = 'FROM debian:bookworm-slim\nCOPY a.txt /x/\nCOPY b.txt /x/\n';
  const cwd = accepting({ Dockerfile: stage + stage }, '--only', 'merge-copies');
  expect(read(cwd)).toEqual([{ path: 'Dockerfile', id: 'merge-copies', fingerprint: expect.any(String) as string, count: 2 }]);
  const only = ['--only', 'merge-copies'];
  expect(checked(cwd, ...only)).toEqual([]);
  writeFileSync(join(cwd, 'Dockerfile'), stage + stage + stage);
  expect(checked(cwd, ...only)).toEqual(['Dockerfile']);
  expect(dockopt(cwd, '--baseline', name, ...only).out.match(/^\+COPY a.txt b.txt/gm)).toHaveLength(1);
  writeFileSync(join(cwd, 'Dockerfile'), stage);
  expect(checked(cwd, ...only)[0]).toBe(`dockopt: ${name}: merge-copies is accepted in Dockerfile and no longer found there`);
});

test('stale entries are told and fail nothing; writing anew takes them out, and leaves what was not asked', () => {
  const cwd = accepting({ Dockerfile: copies, 'api/Dockerfile': copies });
  const before = read(cwd);
  writeFileSync(join(cwd, 'Dockerfile'), copies.replace('COPY b.txt ./\n', ''));
  expect(checked(cwd)).toEqual([
    `dockopt: ${name}: merge-copies is accepted in Dockerfile and no longer found there`,
    `dockopt: ${name}: take out what is stale with --write-baseline`,
  ]);
  expect(checked(cwd, 'api')).toEqual([]);
  expect(checked(cwd, '--skip', 'merge-copies')).toEqual([]);
  dockopt(cwd, '--write-baseline', '--baseline', name, '--only', 'chain-runs');
  expect(read(cwd)).toEqual(before);
  dockopt(cwd, '--write-baseline', 'api');
  expect(read(cwd)).toEqual(before);
  dockopt(cwd, '--write-baseline');
  expect(read(cwd)).toEqual(before.filter(({ path, id }) => path !== 'Dockerfile' || id !== 'merge-copies'));
  rmSync(join(cwd, 'api/Dockerfile'));
  dockopt(cwd, '--write-baseline');
  expect(read(cwd).map(({ path }) => path)).not.toContain('api/Dockerfile');
});

test('what is new in a file changes nothing of what is accepted in it, and makes nothing stale', () => {
  const Dockerfile = 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl\nRUN true\n';
  const cwd = accepting({ Dockerfile }, '--only', 'clean-package-caches');
  writeFileSync(join(cwd, 'Dockerfile'), Dockerfile.replace('RUN true', 'RUN apt-get update && apt-get install -y jq'));
  const { out, said } = dockopt(cwd, '--baseline', name);
  expect(out).toContain('chain-runs');
  expect(out).not.toContain('# dockopt clean-package-caches@Dockerfile:2 ');
  expect(said).not.toContain('no longer');
});

test('at safe what needs a judgement stays told; accepted at review it is silent at both, and is not forgotten at safe', () => {
  const cwd = accepting({ Dockerfile: toJudge });
  const judged = (...args: string[]): string[] => {
    const { out } = dockopt(cwd, '--format', 'json', '--baseline', name, ...args);
    const [file] = (JSON.parse(out) as { files: { changes: { id: string }[]; judgement: { id: string; level: string }[] }[] }).files;
    return [...(file?.changes ?? []), ...(file?.judgement ?? []).filter(({ level }) => level === 'review')].map(({ id }) => id);
  };
  expect(judged()).not.toEqual([]);
  expect(checked(cwd, '--level', 'review')).toEqual(['Dockerfile']);
  dockopt(cwd, '--write-baseline', '--level', 'review');
  const both = read(cwd);
  expect(judged()).toEqual([]);
  expect(judged('--level', 'review')).toEqual([]);
  dockopt(cwd, '--write-baseline');
  expect(read(cwd)).toEqual(both);
});

test('the configuration names it, relative to its own folder, and --no-baseline passes over it', () => {
  const cwd = repository({ ...sources, Dockerfile: copies, 'api/Dockerfile': copies, 'ci/x': '', 'dockopt.config.json': '{ "baseline": "ci/accepted.json" }' });
  expect(dockopt(cwd, '--check')).toMatchObject({
    code: 2,
    said: `dockopt: ci/accepted.json: there is no such baseline; \`dockopt --write-baseline\` writes it\n`,
  });
  expect(dockopt(join(cwd, 'api'), '--write-baseline', '..').out).toMatch(/^\.\.\/ci\/accepted\.json accepts \d+ findings in 2 Dockerfiles\n$/);
  expect(existsSync(join(cwd, name))).toBe(false);
  expect(read(cwd, 'ci/accepted.json').map(({ path }) => path)).toContain('../api/Dockerfile');
  expect(dockopt(cwd, '--check')).toEqual({ code: 0, out: '', said: '' });
  expect(dockopt(join(cwd, 'api'), '--check')).toEqual({ code: 0, out: '', said: '' });
  expect(dockopt(cwd, '--check', '--no-baseline').code).toBe(1);
  expect(fed(cwd, copies, '--stdin-filename', 'api/Dockerfile').out.toString()).toBe(copies);
  expect(fed(cwd, copies, '--stdin-filename', 'api/Dockerfile', '--no-baseline').out.toString()).not.toBe(copies);
});

function withToken(token: string): string {
  return `FROM debian:bookworm-slim\nRUN apt-get update && TOKEN=${token} apt-get install -y curl\n`;
}

test('no credential reaches the file, and another one keeps the entry', () => {
  const cwd = accepting({ Dockerfile: withToken('ghp_abcdefghijklmnopqrstuvwx') }, '--only', 'clean-package-caches');
  expect(read(cwd)).toHaveLength(1);
  expect(readFileSync(join(cwd, name), 'utf8')).not.toContain('ghp_');
  writeFileSync(join(cwd, 'Dockerfile'), withToken('ghp_zyxwvutsrqponmlkjihgfedc'));
  expect(checked(cwd, '--only', 'clean-package-caches')).toEqual([]);
});

test('what two branches add merges by itself', () => {
  const git = (...args: string[]): number | null => spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd }).status;
  const cwd = accepting(Object.fromEntries(['b', 'd', 'f', 'h'].map((one) => [`${one}/Dockerfile`, toJudge])), '--level', 'review');
  git('add', '-A');
  git('commit', '-qm', 'first');
  for (const one of ['c', 'g']) {
    git('checkout', '-qb', one);
    mkdirSync(join(cwd, one));
    writeFileSync(join(cwd, one, 'Dockerfile'), toJudge);
    dockopt(cwd, '--write-baseline', '--level', 'review');
    git('add', '-A');
    git('commit', '-qm', one);
    git('checkout', '-q', '-');
  }
  git('checkout', '-q', 'g');
  expect(git('merge', '-q', '-m', 'both', 'c')).toBe(0);
  const merged = readFileSync(join(cwd, name), 'utf8');
  dockopt(cwd, '--write-baseline', '--level', 'review');
  expect(readFileSync(join(cwd, name), 'utf8')).toBe(merged);
  expect(execFileSync('git', ['status', '--porcelain'], { cwd, encoding: 'utf8' })).toBe('');
});

test('a baseline that is not right, and options that go against it, are a 2 that says what to do', () => {
  const cwd = folder({ Dockerfile: copies, 'broken.json': '<<<<<<< ours\n', 'other.json': '{ "version": 2, "findings": [] }' });
  for (const file of ['broken.json', 'other.json']) {
    const { code, said } = dockopt(cwd, '--baseline', file);
    expect({ code, said }).toEqual({ code: 2, said: expect.stringMatching(new RegExp(`^dockopt: ${file} is no baseline: .*--write-baseline`)) as string });
    expect(dockopt(cwd, '--write-baseline', '--baseline', file).code).toBe(2);
  }
  for (const option of ['--write', '--check', '--format=json', '--stdin-filename=Dockerfile'])
    expect(dockopt(cwd, '--write-baseline', option)).toMatchObject({ code: 2, out: '' });
  expect(dockopt(cwd, '--baseline', 'nowhere.json').said).toContain('there is no such baseline');
});
