import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, program, repository, type Ran } from './built.ts';

const digest = `sha256:${'5f'.repeat(32)}`;

/** A `docker` that writes down how it is called, knows one image, and finds no server of a registry. */
const fakeDocker = `#!/bin/sh
echo "$*" >> "$0.calls"
case "$*" in
  'buildx version') ;;
  *' node:20') echo '{"digest":"${digest}","manifests":[]}' ;;
  *' secret.example.org/'*) echo 'ERROR: failed to authorize: 401 Unauthorized' >&2; exit 1 ;;
  *' down.example.org/'*) echo 'ERROR: failed to do request: connect: connection refused' >&2; exit 1 ;;
  *) echo 'ERROR: docker.io/library/it: not found' >&2; exit 1 ;;
esac
`;

interface Tried extends Ran {
  /** How `docker` was called, but for the questions whether it is there. */
  readonly asked: readonly string[];
}

function withDocker(cwd: string, args: readonly string[], text = fakeDocker): Tried {
  const bin = folder({ docker: text });
  const path = join(bin, 'docker');
  chmodSync(path, 0o755);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: [bin, process.env['PATH']].join(delimiter) },
  });
  const calls = existsSync(`${path}.calls`) ? readFileSync(`${path}.calls`, 'utf8').split('\n') : [];
  return { code: status, out: stdout, said: stderr, asked: calls.filter((call) => call.includes('imagetools')).map((call) => call.split(' ').at(-1) ?? '') };
}

const only = ['--only', 'pin-base', '--level', 'review'];

test('no registry is asked unless pin-base is switched on', () => {
  const cwd = repository({ Dockerfile: 'FROM node:20\nCMD ["node"]\n' });
  expect(withDocker(cwd, ['--level', 'review'])).toMatchObject({ code: 0, asked: [] });
  const configured = repository({ Dockerfile: 'FROM node:20\nCMD ["node"]\n', 'dockopt.config.json': '{ "transforms": { "pin-base": "on" } }' });
  expect(withDocker(configured, ['--level', 'review'])).toMatchObject({ code: 0, asked: ['node:20'] });
});

test('each image is asked for once in a run, and the twin of a base in its place', () => {
  const text = 'FROM node:20 AS build\nRUN node -v\n\nFROM node:20\nCOPY --from=build /etc/hostname /\n';
  const cwd = repository({ 'a/Dockerfile': text, 'b/Dockerfile': text });
  const { code, out, said, asked } = withDocker(cwd, only);
  expect({ code, said, asked }).toEqual({ code: 0, said: '', asked: ['node:20'] });
  expect(out.match(new RegExp(`^\\+FROM node:20@${digest}`, 'gm'))).toHaveLength(4);

  const slim = repository({
    Dockerfile: 'FROM node:20\nCOPY server.js /\nCMD ["node", "/server.js"]\n',
    'server.js': "require('node:http').createServer().listen(8080);\n",
  });
  const both = withDocker(
    slim,
    ['--only', 'pin-base', '--only', 'slim-base', '--level', 'review', '--why'],
    fakeDocker.replace("' node:20'", "' node:20-slim'"),
  );
  expect(both).toMatchObject({ code: 0, asked: ['node:20-slim'] });
  expect(both.out).toContain(`FROM node:20-slim@${digest}`);
  const safe = withDocker(slim, ['--only', 'pin-base', '--only', 'slim-base', '--format', 'json'], fakeDocker.replace("' node:20'", "' node:20-slim'"));
  expect(safe.asked).toEqual(['node:20', 'node:20-slim']);
  expect(safe.out).toContain('pin node:20-slim to the digest that it has now');
});

test('a registry without an answer is asked once, told of, and changes no exit code', () => {
  const text = 'FROM down.example.org/a:1 AS a\nFROM down.example.org/b:1 AS b\nFROM secret.example.org/c:1 AS c\nFROM gone:1 AS d\nFROM node:20\n';
  const { code, out, said, asked } = withDocker(repository({ Dockerfile: text }), [...only, '--why', '--format', 'pretty']);
  expect(code).toBe(0);
  expect(said).toBe(
    'dockopt: down.example.org could not be asked for digests, so none of its images was pinned: failed to do request: connect: connection refused\n',
  );
  expect(asked.toSorted()).toEqual(['down.example.org/a:1', 'gone:1', 'node:20', 'secret.example.org/c:1']);
  expect(out.replaceAll(/\s+/g, ' ')).toContain('down.example.org could not be asked');
  expect(out).toContain('or shows it only to those who are logged in');
  expect(out).toContain(`FROM node:20@${digest}`);
});

test('what a caller gives is not pinned, and not asked for', () => {
  const cwd = repository({
    Dockerfile: 'ARG BASE=node:20\nFROM $BASE AS app\n\nFROM tools\nCOPY --from=app /etc/hostname /\n',
    'compose.yaml': 'services:\n  web:\n    build:\n      context: .\n      args:\n        BASE: node:22\n      additional_contexts:\n        tools: ./tools\n',
    'tools/a.txt': '',
  });
  const { code, out, asked } = withDocker(cwd, [...only, '--why', '--format', 'json']);
  expect({ code, asked }).toEqual({ code: 0, asked: [] });
  expect(out).toContain('"given-variable"');
  expect(out).toContain('"context-instead"');
  expect(out).toContain('compose.yaml:3 web');
});
