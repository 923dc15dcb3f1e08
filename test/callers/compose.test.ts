import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCompose } from '../../src/callers/compose/read.ts';
import { filesOf, read, shown } from './read.ts';

function services(text: string, more: Readonly<Record<string, string>> = {}): string[] {
  return read(readCompose, { 'deploy/compose.yaml': text, ...more }).callers.map(shown);
}

test('short and long forms, relative to the folder of the file', () => {
  const text = `services:
  web:
    build: ./web
  api:
    image: api
    build:
      context: ..
      dockerfile: docker/api.Dockerfile
      target: prod
  plain:
    build: {}
  db:
    image: postgres
`;
  expect(services(text)).toEqual(['web 3: deploy/web deploy/web/Dockerfile -', 'api 6: . docker/api.Dockerfile prod', 'plain 11: deploy deploy/Dockerfile -']);
});

test('every declared value has its place in the text', () => {
  const text = `services:
  api:
    build:
      context: "api"
      dockerfile: Dockerfile.prod
      target: 'prod'
      args:
        VERSION: "1.10"
        EMPTY:
      additional_contexts: [shared=../shared]
      secrets: [token]
      ssh: [default]
      platforms: [linux/amd64]
`;
  const [caller] = read(readCompose, { 'compose.yaml': text }).callers;
  const { context, dockerfile, target, args = [], contexts = [], secrets = [], ssh = [], platforms = [] } = caller?.declared ?? {};
  const written = [context, dockerfile, target, ...args, ...contexts, ...secrets, ...ssh, ...platforms].map((one) => text.slice(one?.start, one?.end));
  expect(written).toEqual(['"api"', 'Dockerfile.prod', "'prod'", 'VERSION: "1.10"', 'EMPTY:', 'shared=../shared', 'token', 'default', 'linux/amd64']);
  expect(args.map(({ name, value }) => [name, value])).toEqual([
    ['VERSION', '1.10'],
    ['EMPTY', undefined],
  ]);
  expect(contexts.map(({ name, value }) => [name, value])).toEqual([['shared', '../shared']]);
  expect(text.slice(caller?.start, caller?.end)).toMatch(/^build:[^]*linux\/amd64\]/);
});

test('anchors and merge keys are followed, own keys win', () => {
  const text = `x-build: &build
  context: app
  target: base
services:
  one:
    build: *build
  two:
    build:
      <<: *build
      target: two
  three: &three
    build: {<<: [{target: a}, *build]}
  four:
    <<: *three
`;
  expect(services(text)).toEqual([
    'one 6: deploy/app deploy/app/Dockerfile base',
    'two 8: deploy/app deploy/app/Dockerfile two',
    'three 12: deploy/app deploy/app/Dockerfile a',
    'four 13: deploy/app deploy/app/Dockerfile a',
  ]);
});

test('variables come from their defaults and from .env, others are not guessed', () => {
  const text = `services:
  a: { build: "\${FOLDER:-a}" }
  b: { build: "$DIR/b" }
  c: { build: "\${UNKNOWN}/c" }
  d: { build: "\${EMPTY:-\${DIR}}" }
  e: { build: "x$$y" }
`;
  expect(services(text, { 'deploy/.env': 'DIR=from-env # where\nexport EMPTY=\n' })).toEqual([
    'a 2: deploy/a deploy/a/Dockerfile -',
    'b 3: deploy/from-env/b deploy/from-env/b/Dockerfile -',
    'c 4: ?${UNKNOWN}/c ?${UNKNOWN}/c -',
    'd 5: deploy/from-env deploy/from-env/Dockerfile -',
    'e 6: deploy/x$y deploy/x$y/Dockerfile -',
  ]);
});

test('what comes from elsewhere is told apart', () => {
  const text = `services:
  url: { build: https://github.com/a/b.git#main }
  ssh: { build: { context: "git@github.com:a/b.git" } }
  out: { build: ../../x }
  inline:
    build:
      dockerfile_inline: |
        FROM scratch
`;
  expect(services(text)).toEqual([
    'url 2: @https://github.com/a/b.git#main @https://github.com/a/b.git#main -',
    'ssh 3: @git@github.com:a/b.git @git@github.com:a/b.git -',
    'out 4: @../../x @../../x -',
    'inline 6: deploy @an inline Dockerfile -',
  ]);
});

test('extends, in the same file and from another one whose paths are its own, circles included', () => {
  const text = `services:
  a: { build: { context: a, target: a } }
  b:
    extends: a
    build: { target: b }
  c:
    extends: { file: ../base/common.yml, service: base }
  d: { extends: e }
  e: { extends: { service: d } }
`;
  const { callers } = read(readCompose, { 'deploy/compose.yaml': text, 'base/common.yml': 'services: { base: { build: app } }\n' });
  expect(callers.map(shown)).toEqual(['a 2: deploy/a deploy/a/Dockerfile a', 'b 5: deploy/a deploy/a/Dockerfile b', 'c 6: base/app base/app/Dockerfile -']);
  expect(callers[2]?.declared.context).toMatchObject({ file: 'base/common.yml', start: 27, end: 30 });
});

test('an override file is read over its base, another layer only where it names no context', () => {
  const base = { 'compose.yaml': 'services: { a: { build: { context: a, dockerfile: x.Dockerfile } } }\n' };
  const layer = 'services: { a: { build: { target: dev } }, b: { build: b } }\n';
  expect(read(readCompose, { 'compose.override.yaml': layer, ...base }).callers.map(shown)).toEqual(['a 1: a a/x.Dockerfile dev', 'b 1: b b/Dockerfile -']);
  expect(read(readCompose, { 'compose.dev.yaml': layer, ...base }).callers.map(shown)).toEqual(['a 1: a a/x.Dockerfile dev', 'b 1: b b/Dockerfile -']);
  const alone = 'services: { a: { build: . } }\n';
  expect(read(readCompose, { 'compose.dev.yaml': alone, ...base }).callers.map(shown)).toEqual(['a 1: . Dockerfile -']);
  expect(read(readCompose, { 'compose.override.yaml': alone, ...base }).callers.map(shown)).toEqual(['a 1: . x.Dockerfile -']);
});

test('included files are read in the project folder that they are given', () => {
  const text = 'include:\n  - a/compose.yml\n  - path: [b/compose.yml]\n    project_directory: .\n';
  const included = 'services: { x: { build: x } }\n';
  const reading = read(readCompose, { 'compose.yaml': text, 'a/compose.yml': included, 'b/compose.yml': included });
  expect(reading.callers.map((caller) => `${caller.file} ${shown(caller)}`)).toEqual([
    'a/compose.yml x 1: a/x a/x/Dockerfile -',
    'b/compose.yml x 1: x x/Dockerfile -',
  ]);
  expect(reading.uses).toEqual(['a/compose.yml', 'b/compose.yml']);
});

test('broken YAML is a note with its line', () => {
  const { callers, notes } = read(readCompose, { 'compose.yaml': 'services:\n  a:\n    build: [x\n  b: }\n' });
  expect(callers).toEqual([]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatchObject({ file: 'compose.yaml', line: 4 });
});

const pieces = 'services : build extends &a *a << { } [ ] " \' | > - ${A:- !reset # --- ? ,'.split(' ').concat([' ', '  ', '\n', '\t']);
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join('')),
);

test.each(['', 'services:\n  a:\n    build: ', 'services:\n  a:\n    extends: '])('no text makes it throw, behind %j', (before) => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(() => read(readCompose, { 'compose.yaml': before + text })).not.toThrow();
    }),
    { numRuns: 1000 },
  );
});

test('merge keys that grow without end are a note', () => {
  const links = Array.from({ length: 2000 }, (_, i) => `a${i}: &a${i} { <<: ${i === 0 ? '{}' : `*a${i - 1}`}, x${i}: 1 }\n`);
  expect(read(readCompose, { 'compose.yaml': links.join('') }).notes).toMatchObject([{ because: expect.stringContaining('merge keys') }]);
});

test('what is nested deeper than any file is a note', () => {
  expect(read(readCompose, { 'compose.yaml': `services: ${'['.repeat(50_000)}` }).notes).toHaveLength(1);
});

test('where a command makes the paths relative to another folder, they are, if that makes the Dockerfile exist', () => {
  const text = 'services:\n  a:\n    build: api\n';
  const file = { path: 'ci/stack.yml', text };
  expect(readCompose(file, filesOf({ 'api/Dockerfile': '' }), ['']).callers.map(shown)).toEqual(['a 3: api api/Dockerfile -']);
  expect(readCompose(file, filesOf({ 'ci/api/Dockerfile': '' }), ['']).callers.map(shown)).toEqual(['a 3: ci/api ci/api/Dockerfile -']);
});
