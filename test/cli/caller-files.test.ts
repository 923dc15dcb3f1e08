import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonReport } from '../../src/report/json.ts';
import { dockopt, dockoptAs, fed, repository } from './built.ts';

const empty = (where: string, name: string): string => `dockopt: ${where} to know: Where ${name} is not set, the build gets an empty secret and goes on.\n`;

const dockerfile = 'FROM node:22-slim\nARG NPM_TOKEN\nRUN npm ci\n';
const mounted = 'FROM node:22-slim\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci\n';

/** Takes the argument away and mounts a secret in its place. */
const transform = `
import { defineTransform, finding } from 'dockopt';
const differs = 'whoever builds it gives a secret in place of the argument';
const secret = { kind: 'secret', id: 'NPM_TOKEN', source: { environment: 'NPM_TOKEN' }, insteadOf: 'NPM_TOKEN' };
export default defineTransform({
  id: 'mount-tokens', title: 'Mount tokens', level: 'review', keeps: ['stages'],
  *find({ dockerfile }) {
    const argument = dockerfile.instructions.find(({ range }) => dockerfile.text.slice(range.start, range.end).trim() === 'ARG NPM_TOKEN');
    const run = dockerfile.instructions.find(({ keyword }) => keyword === 'RUN');
    if (!argument || !run) return;
    const edits = [
      { start: argument.range.start, end: argument.range.end + 1, text: '' },
      { start: run.range.start + 4, end: run.range.start + 4, text: '--mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN ' },
    ];
    yield { ...finding(argument, 'NPM_TOKEN is in no layer any more', { allowed: 'review', because: 'a secret stays out', differs }, edits), wants: [secret] };
  },
});
`;
const mine = ['-t', 'mine.ts', '--level', 'review'];

const callers = {
  'compose.yaml': 'services:\n  web:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${NPM_TOKEN}\n        A: "1"\n',
  'docker-bake.hcl': 'variable "NPM_TOKEN" {}\ntarget "default" {\n  args = { NPM_TOKEN = NPM_TOKEN }\n}\n',
  '.github/workflows/image.yml':
    'on: push\njobs:\n  image:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          build-args: NPM_TOKEN=${{ secrets.NPM }}\n      - run: docker build --build-arg NPM_TOKEN=${{ secrets.NPM }} .\n',
  'build.sh': '#!/bin/sh\ndocker build --build-arg NPM_TOKEN -t app .\n',
  Makefile: 'image:\n\tdocker build --build-arg NPM_TOKEN=$(NPM_TOKEN) .\n',
  'package.json': '{\n  "scripts": { "image": "docker build --build-arg NPM_TOKEN=$NPM_TOKEN ." }\n}\n',
};
const written = {
  'compose.yaml':
    'services:\n  web:\n    build:\n      context: .\n      args:\n        A: "1"\n      secrets:\n        - NPM_TOKEN\n\nsecrets:\n  NPM_TOKEN:\n    environment: NPM_TOKEN\n',
  'docker-bake.hcl': 'variable "NPM_TOKEN" {}\ntarget "default" {\n  secret = ["id=NPM_TOKEN"]\n}\n',
  '.github/workflows/image.yml':
    'on: push\njobs:\n  image:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          secrets: |\n            NPM_TOKEN=${{ secrets.NPM }}\n      - run: docker build --secret id=NPM_TOKEN .\n        env:\n          NPM_TOKEN: ${{ secrets.NPM }}\n',
  'build.sh': '#!/bin/sh\ndocker build --secret id=NPM_TOKEN -t app .\n',
  Makefile: 'image:\n\tdocker build --secret id=NPM_TOKEN .\n',
  'package.json': '{\n  "scripts": { "image": "docker build --secret id=NPM_TOKEN ." }\n}\n',
};
const project = { ...callers, Dockerfile: dockerfile, 'mine.ts': transform };

function textsIn(cwd: string, paths: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(paths).map((path) => [path, readFileSync(join(cwd, path), 'utf8')]));
}

test('all that builds a Dockerfile is written with it, and nothing is found the next time', () => {
  const cwd = repository(project);
  const checked = dockopt(cwd, '--check', ...mine);
  expect(checked.code).toBe(1);
  expect(checked.out.trim().split('\n').toSorted()).toEqual(['Dockerfile', ...Object.keys(callers)].toSorted());
  expect(dockopt(cwd, '--write', ...mine).code).toBe(0);
  expect(textsIn(cwd, project)).toEqual({ ...written, Dockerfile: mounted, 'mine.ts': transform });
  expect(dockopt(cwd, '--check', ...mine)).toMatchObject({ code: 0, out: '' });
});

test('the patch does the same', () => {
  const cwd = repository(project);
  execFileSync('git', ['apply'], { cwd, input: dockopt(cwd, ...mine).out });
  expect(textsIn(cwd, written)).toEqual(written);
});

test('at `safe` nothing is written, and what is only judged edits nothing', () => {
  const cwd = repository(project);
  const { files, callerFiles, callerNotes } = JSON.parse(dockopt(cwd, '-t', 'mine.ts', '--format', 'json').out) as JsonReport;
  expect([files[0]?.judgement.length, callerFiles, callerNotes]).toEqual([1, [], []]);
});

test('nothing is written where one of them cannot be', () => {
  const cwd = repository(project);
  chmodSync(cwd, 0o755);
  chmodSync(join(cwd, 'Makefile'), 0o444);
  const ran = dockoptAs(process.getuid?.() === 0 ? 12_345 : undefined, cwd, '--write', ...mine);
  expect(ran.code).toBe(3);
  expect(textsIn(cwd, project)).toEqual(project);
});

test('what cannot be written is told with what to add, in each form', () => {
  const cwd = repository({
    Dockerfile: dockerfile,
    'mine.ts': transform,
    'build.sh': 'T=$(pass npm)\ndocker build --build-arg NPM_TOKEN=$T .\n',
    'README.md': '# App\n\n```sh\ndocker build --build-arg NPM_TOKEN=... .\n```\n',
    'ci.sh': 'docker compose build --build-arg NPM_TOKEN=$NPM_TOKEN\n',
  });
  const lines = [
    'README.md:4 to do: It shows `--build-arg NPM_TOKEN`: that is --secret id=NPM_TOKEN now.',
    'build.sh:2 to do: T is a variable of this script that is not exported. Add --secret id=NPM_TOKEN,env=T in place of the build argument NPM_TOKEN.',
    'ci.sh:1 to do: Leave out `--build-arg NPM_TOKEN`: the compose file gives NPM_TOKEN now.',
  ];
  expect(
    dockopt(cwd, ...mine)
      .out.split('\n')
      .filter((line) => line.includes(' to do: '))
      .toSorted(),
  ).toEqual(lines.map((line) => `# dockopt ${line}`));
  const { callerNotes } = JSON.parse(dockopt(cwd, ...mine, '--format', 'json').out) as JsonReport;
  expect(callerNotes.map(({ file, line, kind, text }) => `${file}:${line} ${kind}: ${text}`).toSorted()).toEqual(lines);
  const pretty = dockopt(cwd, ...mine, '--format', 'pretty').out;
  expect(pretty).toContain('  To do by hand, else these cannot build it\n    build.sh:2\n');
  const { out, said } = dockopt(cwd, '--write', ...mine);
  expect(out).toBe('Dockerfile\n');
  expect(said.trim().split('\n').toSorted()).toEqual(lines.map((line) => `dockopt: ${line}`));
});

test('on stdin the callers are told alone', () => {
  const cwd = repository(project);
  const ran = fed(cwd, dockerfile, '--stdin-filename', 'Dockerfile', ...mine);
  expect(ran.out.toString()).toBe(mounted);
  expect(ran.said).toContain('dockopt: compose.yaml:3 to do: Add --secret id=NPM_TOKEN in place of the build argument NPM_TOKEN.\n');
  expect(textsIn(cwd, callers)).toEqual(callers);
});

test('a value that stood in a file is shown by nothing but the file and its patch', () => {
  const value = 'npm_0123456789';
  const compose = `services:\n  web:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${value}\n`;
  const cwd = repository({ Dockerfile: dockerfile, 'mine.ts': transform, 'compose.yaml': compose });
  const pretty = dockopt(cwd, ...mine, '--format', 'pretty', '--why').out;
  expect(pretty).not.toContain(value);
  expect(pretty).toContain('-       args:\n    -         NPM_TOKEN: ***\n');
  expect(pretty).toContain('is in its history');
  const json = JSON.parse(dockopt(cwd, ...mine, '--format', 'json').out) as JsonReport;
  const [file] = json.callerFiles;
  expect(file?.patch).toContain(value);
  expect(JSON.stringify({ ...json, callerFiles: [] })).not.toContain(value);
  expect(dockopt(cwd, ...mine, '--write').said).not.toContain(value);
});

/** A service with what its build has below the context. */
function service(name: string, rest: string): string {
  return `  ${name}:\n    build:\n      context: ${name}\n${rest}`;
}

test('two Dockerfiles change one compose file, each for itself', () => {
  const args = '      args: [NPM_TOKEN]\n';
  const secrets = '      secrets:\n        - NPM_TOKEN\n';
  const cwd = repository({
    'api/Dockerfile': dockerfile,
    'web/Dockerfile': dockerfile,
    'db/Dockerfile': 'FROM postgres:16\n',
    'mine.ts': transform,
    'compose.yaml': `services:\n${['api', 'web', 'db'].map((name) => service(name, args)).join('')}`,
  });
  expect(dockopt(cwd, '--write', ...mine).code).toBe(0);
  const top = '\nsecrets:\n  NPM_TOKEN:\n    environment: NPM_TOKEN\n';
  expect(readFileSync(join(cwd, 'compose.yaml'), 'utf8')).toBe(`services:\n${service('api', secrets)}${service('web', secrets)}${service('db', args)}${top}`);
});

test('what another Dockerfile shares is told', () => {
  const compose =
    'x-args: &args\n  NPM_TOKEN:\n  A: 1\nservices:\n  web:\n    build: { context: ., args: *args }\n  db:\n    build: { context: db, args: *args }\n';
  const cwd = repository({ Dockerfile: dockerfile, 'db/Dockerfile': 'FROM postgres:16\nARG NPM_TOKEN2\n', 'mine.ts': transform, 'compose.yaml': compose });
  const { callerFiles, callerNotes } = JSON.parse(dockopt(cwd, ...mine, '--format', 'json').out) as JsonReport;
  expect(callerFiles).toEqual([]);
  expect(callerNotes).toMatchObject([
    { file: 'compose.yaml', line: 6, kind: 'to do', text: expect.stringMatching(/^db, which builds another Dockerfile, shares it\. Add --secret/) },
  ]);
});

test('what a service extends is changed there, and defined where it is built', () => {
  const cwd = repository({
    Dockerfile: dockerfile,
    'mine.ts': transform,
    'common.yaml': 'services:\n  base:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: $NPM\n',
    'compose.yaml': 'services:\n  web:\n    extends:\n      file: common.yaml\n      service: base\n',
  });
  expect(dockopt(cwd, '--write', ...mine)).toMatchObject({ code: 0, said: empty('common.yaml:3', 'NPM') + empty('compose.yaml:2', 'NPM') });
  const top = '\nsecrets:\n  NPM_TOKEN:\n    environment: NPM\n';
  expect(readFileSync(join(cwd, 'common.yaml'), 'utf8')).toBe(`services:\n  base:\n    build:\n      context: .\n      secrets:\n        - NPM_TOKEN\n${top}`);
  expect(readFileSync(join(cwd, 'compose.yaml'), 'utf8')).toBe(`services:\n  web:\n    extends:\n      file: common.yaml\n      service: base\n${top}`);
});

test('an argument that a service sets beside the one that it inherits goes in both places', () => {
  const cwd = repository({
    Dockerfile: dockerfile,
    'mine.ts': transform,
    'compose.yaml':
      'services:\n  base:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: $A\n  web:\n    extends: base\n    build:\n      args:\n        NPM_TOKEN: $A\n        C: 1\n',
  });
  expect(dockopt(cwd, '--write', ...mine)).toMatchObject({ code: 0, said: empty('compose.yaml:3', 'A') + empty('compose.yaml:9', 'A') });
  const text = readFileSync(join(cwd, 'compose.yaml'), 'utf8');
  expect(text).not.toMatch(/NPM_TOKEN: \$/);
  expect(text).toContain('      args:\n        C: 1\n');
});

const base = (value: string): string => `services:\n  base:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${value}\n`;

test('one that a service sets beside one of another file goes with that, or is told', () => {
  const web = 'services:\n  a:\n    extends:\n      file: z/common.yaml\n      service: base\n    build:\n      context: z\n      args: [NPM_TOKEN=$A]\n';
  const files = { 'z/Dockerfile': dockerfile, 'mine.ts': transform, 'compose.yaml': web };
  const both = repository({ ...files, 'z/common.yaml': base('$B') });
  expect(dockopt(both, '--write', ...mine)).toMatchObject({ code: 0, said: empty('z/common.yaml:3', 'B') + empty('compose.yaml:6', 'A') });
  expect(readFileSync(join(both, 'compose.yaml'), 'utf8')).not.toContain('args');
  expect(readFileSync(join(both, 'z/common.yaml'), 'utf8')).not.toContain('args');
  const one = repository({ ...files, 'z/common.yaml': base('"$B-$C"') });
  const { code, said } = dockopt(one, '--write', ...mine);
  expect(code).toBe(0);
  expect(said).toContain('dockopt: compose.yaml:6 to do: z/common.yaml gives it NPM_TOKEN, too. Add --secret id=NPM_TOKEN');
  expect(said).toContain('dockopt: z/common.yaml:3 to do: More than one variable makes the value.');
  expect(readFileSync(join(one, 'compose.yaml'), 'utf8')).toBe(web);
});
