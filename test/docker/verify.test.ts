import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { VerificationReport } from '../../src/report/verification.ts';
import { docker } from '../../src/verify/docker.ts';
import { dockopt, program, repository } from '../cli/built.ts';
import { network, testEngine } from './engine.ts';

const sources = { 'a.txt': 'a\n', 'b.txt': 'b\n' };
const copies = 'FROM alpine:3.20\nWORKDIR /app\nCOPY a.txt ./\nCOPY b.txt ./\n';

/** A transform of the user's own, by what it puts in place of a RUN. */
function replacing(text: string): string {
  return `import { defineTransform, finding } from 'dockopt';
export default defineTransform({
  id: 'replace-runs', title: 'Replace RUNs', level: 'review', keeps: ['stages', 'comments'],
  *find({ dockerfile }) {
    for (const one of dockerfile.instructions) {
      if (one.keyword !== 'RUN' || !one.argument.text.includes('kept')) continue;
      yield finding(one, 'it goes', { allowed: 'review', because: 'a test', differs: 'all' }, [{ ...one.range, text: ${JSON.stringify(text)} }]);
    }
  },
});
`;
}

function changing(): string {
  return repository({ ...sources, Dockerfile: copies });
}

function verify(cwd: string, ...args: string[]) {
  const { code, out, said } = dockopt(cwd, 'verify', ...args, '--', ...network);
  return { code, out, said };
}

/** Images and containers of runs that passed this label on. */
async function left(label: string): Promise<string> {
  const filter = ['--quiet', '--filter', `label=${label}`];
  const [images, containers] = [await docker(['image', 'ls', ...filter]), await docker(['ps', '--all', ...filter])];
  return images.stdout + containers.stdout;
}

const engine = await testEngine();

describe.skipIf(!engine)('dockopt verify', { timeout: 120_000 }, () => {
  test('the same image is a 0, with sizes, layers and what the command said', () => {
    const cwd = repository({ ...sources, Dockerfile: copies, 'good/Dockerfile': 'FROM alpine:3.20\n' });
    const names = readdirSync(cwd);
    const { code, out, said } = verify(cwd, '--smoke', 'cat a.txt && hostname');
    expect({ code, said }).toEqual({ code: 0, said: 'dockopt: Dockerfile: builds the original\ndockopt: Dockerfile: builds the new text\n' });
    expect(out).toMatch(
      /^Dockerfile {3}context \. .*\n {2}equal\n {4}cat a\.txt && hostname: exit code 0 and the same output in both\n {4}[\d.]+ MB in 4 layers, then [\d.]+ MB in 3 layers\n\n1 Dockerfile verified: 1 equal\. 1 Dockerfile would not change\.\n$/,
    );
    expect({ names: readdirSync(cwd), text: readFileSync(join(cwd, 'Dockerfile'), 'utf8') }).toEqual({ names, text: copies });
  });

  test('what is only another in each build is no difference, what a transform drops is one', () => {
    const text =
      'FROM alpine:3.20\nRUN head -c 16 /dev/urandom > /id && mkdir /made && head -c 4 /dev/urandom | od -An -tx1 | tr -d " " | xargs -I+ touch /made/+\n';
    const cwd = repository({ Dockerfile: `${text}RUN mkdir /kept && touch /kept/a && chmod 700 /id\n`, 'drop.ts': replacing('') });
    const { code, out, said } = verify(cwd, '-t', './drop.ts', '--level', 'review', '--format', 'json', '--smoke', 'ls -d /kept');
    expect(code).toBe(1);
    expect(said).toContain('builds the original once more without cache');
    const [file] = (JSON.parse(out) as VerificationReport).files;
    expect(file?.differences.map(({ name, aspect, before, after }) => [name, aspect, before, after])).toEqual([
      ['/id', 'mode', '0700', '0644'],
      ['/kept', 'presence', 'folder', undefined],
      ['/kept/a', 'presence', 'file', undefined],
      ['exit code', 'value', '0', '1'],
      ['stdout', 'value', '/kept\n', ''],
      ['stderr', 'value', '', expect.stringContaining('/kept')],
    ]);
    expect(file?.verdict).toBe('different');
    expect(file?.varying.map(({ name }) => name.replace(/\w+$/, ''))).toEqual(['/', '/made/', '/made/']);
  });

  test('a new text that does not build is a 1, a failure that is lost as well', () => {
    const broken = repository({ Dockerfile: 'FROM alpine:3.20\nRUN true kept\n', 'break.ts': replacing('RUN echo gone wrong >&2; false') });
    const worst = verify(broken, '-t', './break.ts', '--level', 'review');
    expect(worst.code).toBe(1);
    expect(worst.out).toMatch(/^ {2}different\n {4}the original builds, but the new text does not\n[^]*gone wrong[^]*exit code: 1/m);
    const lost = verify(repository({ Dockerfile: 'FROM alpine:3.20\nRUN false kept\n', 'mend.ts': replacing('') }), '-t', './mend.ts', '--level', 'review');
    expect(lost.code).toBe(1);
    expect(lost.out).toContain('the original does not build, but the new text does: a failure is lost');
  });

  test('an original that does not build is a 3, with the end of its log', () => {
    const { code, out } = verify(repository({ ...sources, Dockerfile: `${copies}RUN echo gone wrong >&2; exit 7\n` }));
    expect(code).toBe(3);
    expect(out).toMatch(/^ {2}not comparable\n {4}the original does not build, nor does the new text\n[^]*gone wrong[^]*exit code: 7/m);
  });

  test('a smoke command that cannot be run is a 3', () => {
    const { code, out } = verify(repository({ ...sources, Dockerfile: copies.replace('alpine:3.20', 'scratch') }), '--smoke', 'true');
    expect(code).toBe(3);
    expect(out).toMatch(/^ {2}not comparable\n {4}the smoke command cannot be run: [^]*"sh": executable file not found/m);
    const misspelt = verify(changing(), '--smoke', 'catt a.txt');
    expect(misspelt.code).toBe(3);
    expect(misspelt.out).toContain('the smoke command cannot be run: sh: catt: not found');
  });

  test('context, target, build arguments and an ignore file beside the Dockerfile reach the build', () => {
    const text =
      'FROM alpine:3.20 AS one\nARG NAME\nWORKDIR /app\nCOPY a.txt ./\nCOPY b.txt ./\nCOPY . all/\nRUN test "$NAME" = x && test ! -e all/c.txt\nFROM one\nRUN false\n';
    const files = { 'docker/api.Dockerfile': text, 'docker/api.Dockerfile.dockerignore': 'c.txt\n', 'app/a.txt': '', 'app/b.txt': '', 'app/c.txt': '' };
    const cwd = repository(files);
    expect(verify(cwd, '--context', 'app', '--target', 'one', '--build-arg', 'NAME=x').code).toBe(0);
    expect(verify(cwd, '--context', 'app', '--target', 'one').code).toBe(3);
  });

  test('nothing is left behind', async () => {
    const label = `dockopt.test=${randomUUID()}`;
    const cwd = repository({ ...sources, Dockerfile: `${copies}VOLUME /app\n` });
    const { code, out } = dockopt(cwd, 'verify', '--smoke', 'true', '--format', 'json', '--', ...network, '--label', label);
    expect(code).toBe(0);
    expect(out).toContain('"exitCode": 0');
    expect(await left(label)).toBe('');
  });

  test('an interrupted run removes what it made', async () => {
    const label = `dockopt.test=${randomUUID()}`;
    const cwd = changing();
    const child = spawn(process.execPath, [program, 'verify', '--', ...network, '--label', label], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (text.includes('builds the new text')) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, said: said.split('\n').at(-2) }).toEqual({ code: 130, said: 'dockopt: interrupted; what was built is removed' });
    expect(await left(label)).toBe('');
  });
});

describe('without an engine', () => {
  test('that does not answer: a 3 that says so', () => {
    vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
    const { code, out } = dockopt(changing(), 'verify');
    vi.unstubAllEnvs();
    expect({ code, out }).toEqual({ code: 3, out: expect.stringMatching(/^ {2}not comparable\n {4}(no Docker engine answers|there is no `docker` command)/m) });
  });

  test('without docker: a 3 that says so', () => {
    const folder = changing();
    vi.stubEnv('PATH', folder);
    const { code, out } = dockopt(folder, 'verify', '--format', 'json');
    vi.unstubAllEnvs();
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      files: [{ path: 'Dockerfile', verdict: 'not comparable', because: expect.stringContaining('there is no `docker` command') }],
    });
  });

  test('nothing to verify is a 0', () => {
    expect(dockopt(repository({ Dockerfile: 'FROM alpine:3.20\n' }), 'verify')).toEqual({
      code: 0,
      out: 'Nothing to verify: 1 Dockerfile would not change.\n',
      said: '',
    });
  });

  test.each([
    [['--smoke', 'a', '--smoke', 'b'], '--smoke may be given once only'],
    [['--build-arg', '=x'], 'it has the form NAME=value'],
    [['--', '--push'], '--push cannot be passed on'],
    [['--', '-t', 'mine'], '-t cannot be passed on'],
    [['--', '--target=x'], 'it goes in front of --'],
    [['--write'], 'write'],
    [['nowhere'], 'no such file or folder'],
  ])('%j is a 2 and says why', (args, why) => {
    const ran = dockopt(changing(), 'verify', ...args);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.said).toContain(why);
  });

  test('the help teaches', () => {
    const { out } = dockopt(changing(), 'verify', '--help');
    for (const word of ['--smoke', '--build-arg', '-- --network=host', 'Exit codes: 0 all images are equal']) expect(out).toContain(word);
  });
});
