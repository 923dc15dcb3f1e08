import { describe, expect, test } from 'vitest';
import type { BuildInput } from '../../src/build-input.ts';
import { readCompose } from '../../src/callers/compose/read.ts';
import { writeCompose } from '../../src/callers/compose/write.ts';
import { gives } from '../../src/callers/write.ts';
import { filesOf } from './read.ts';

const token: BuildInput = { kind: 'secret', id: 'NPM_TOKEN', source: { environment: 'NPM_TOKEN' }, insteadOf: 'NPM_TOKEN' };

/** The text after an input was written into the one service that builds, or what is told. */
function written(text: string, input: BuildInput = token, name?: string): string {
  const [caller] = callersIn(text).filter((one) => name === undefined || one.name === name);
  if (!caller) throw new Error('nothing is built there');
  const result = writeCompose(caller, input, text, caller);
  if ('told' in result) return `told: ${result.told}`;
  const [after] = callersIn(result.text).filter((one) => one.name === caller.name);
  expect(after && gives(after, input)).toBe(true);
  expect(after?.context).toEqual(caller.context);
  return result.text;
}

function callersIn(text: string) {
  const file = { path: 'compose.yaml', text };
  return readCompose(file, filesOf({ 'compose.yaml': text, Dockerfile: '' })).callers;
}

function notes(value: string): unknown {
  const text = `services:\n  web:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${value}\n`;
  const [caller] = callersIn(text);
  const result = caller && writeCompose(caller, token, text, caller);
  return result && 'text' in result ? [result.notes, result.leaked] : result;
}

describe('where the argument stands', () => {
  test('in a mapping, with comments around it', () => {
    const text = `services:
  web: # the site
    build:
      context: .
      args:
        # of the release
        VERSION: "1.10"
        NPM_TOKEN: \${TOKEN_OF_NPM} # private packages
        # at the end
    ports: ['80:80']
volumes:
  data:
`;
    expect(written(text)).toBe(`services:
  web: # the site
    build:
      context: .
      args:
        # of the release
        VERSION: "1.10"
        # at the end
      secrets:
        - NPM_TOKEN
    ports: ['80:80']
volumes:
  data:
secrets:
  NPM_TOKEN:
    environment: TOKEN_OF_NPM
`);
  });

  test('alone: `args` goes with it', () => {
    const text = 'services:\n  web:\n    build:\n      context: .\n      args:\n        - NPM_TOKEN\n    image: web\n';
    expect(written(text)).toBe(
      'services:\n  web:\n    build:\n      context: .\n      secrets:\n        - NPM_TOKEN\n    image: web\n\nsecrets:\n  NPM_TOKEN:\n    environment: NPM_TOKEN\n',
    );
  });

  test('in a list whose items stand below their key', () => {
    const text = 'services:\n  web:\n    build:\n      args:\n      - A=1\n      - "NPM_TOKEN=$NPM"\n      - B=2\n      context: .';
    expect(written(text)).toBe(
      'services:\n  web:\n    build:\n      args:\n      - A=1\n      - B=2\n      context: .\n      secrets:\n      - NPM_TOKEN\n\nsecrets:\n  NPM_TOKEN:\n    environment: NPM',
    );
  });

  test('with CRLF', () => {
    const text =
      'services:\r\n    web:\r\n        build:\r\n            context: .\r\n            args:\r\n                NPM_TOKEN:\r\n                A: 1\r\n';
    expect(written(text)).toBe(
      'services:\r\n    web:\r\n        build:\r\n            context: .\r\n            args:\r\n                A: 1\r\n            secrets:\r\n                - NPM_TOKEN\r\n\r\nsecrets:\r\n    NPM_TOKEN:\r\n        environment: NPM_TOKEN\r\n',
    );
  });

  test('in flow style', () => {
    const text = 'services:\n  web: { build: { context: ., args: { A: 1, NPM_TOKEN: "${T}" } } }\n';
    expect(written(text)).toBe(
      'services:\n  web: { build: { context: ., args: { A: 1 }, secrets: [NPM_TOKEN] } }\n\nsecrets:\n  NPM_TOKEN:\n    environment: T\n',
    );
    const list = 'services:\n  web:\n    build:\n      context: .\n      args: ["NPM_TOKEN", "A=1"]\n';
    expect(written(list)).toContain('      args: ["A=1"]\n      secrets:\n        - NPM_TOKEN\n');
  });

  test('in JSON', () => {
    const text =
      '{\n  "services": {\n    "web": {\n      "build": {\n        "context": ".",\n        "args": { "NPM_TOKEN": "${NPM_TOKEN}" }\n      }\n    }\n  }\n}\n';
    expect(written(text)).toBe(
      '{\n  "services": {\n    "web": {\n      "build": {\n        "context": ".",\n        "secrets": ["NPM_TOKEN"]\n      }\n    }\n  },\n  "secrets": { "NPM_TOKEN": { "environment": "NPM_TOKEN" } }\n}\n',
    );
  });

  test('below an anchor that services share', () => {
    const text =
      'x-build: &build\n  context: .\n  args:\n    NPM_TOKEN: ${NPM_TOKEN}\nservices:\n  web:\n    build: *build\n  worker:\n    build:\n      <<: *build\n      target: worker\n';
    expect(written(text)).toBe(
      'x-build: &build\n  context: .\n  secrets:\n    - NPM_TOKEN\nservices:\n  web:\n    build: *build\n  worker:\n    build:\n      <<: *build\n      target: worker\nsecrets:\n  NPM_TOKEN:\n    environment: NPM_TOKEN\n',
    );
  });

  test('arguments that others refer to stay', () => {
    const text =
      'services:\n  web:\n    build:\n      context: .\n      args: &args\n        NPM_TOKEN:\n  api:\n    build:\n      context: api\n      args: *args\n';
    expect(written(text, token, 'web')).toMatch(/^told: It cannot be edited in place\. Add `secrets: \[NPM_TOKEN\]` to the build of web/);
  });
});

describe('where there is none', () => {
  const file: BuildInput = { kind: 'secret', id: 'netrc', source: { file: 'config/.netrc' } };

  test('the short form becomes the long one', () => {
    expect(written('services:\n  web:\n    build: ./web # here\n    image: web\n', file)).toBe(
      'services:\n  web:\n    build:\n      context: ./web # here\n      secrets:\n        - netrc\n    image: web\n\nsecrets:\n  netrc:\n    file: ./web/config/.netrc\n',
    );
    expect(written('services: { web: { build: . } }\n', { kind: 'ssh', id: 'default' })).toBe('services: { web: { build: { context: ., ssh: [default] } } }\n');
  });

  test('secrets that exist stay as they are', () => {
    const text =
      'services:\n  web:\n    build:\n      context: .\n      secrets:\n        - source: other\n          target: x\n      ssh: ["default"]\nsecrets:\n  other:\n    file: ./o\n  netrc:\n    file: ~/.netrc\n';
    expect(written(text, file)).toBe(text.replace('          target: x\n', '          target: x\n        - netrc\n'));
  });

  test('a secret of that name from another variable is told', () => {
    const text = 'services:\n  web:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: $B\nsecrets:\n  NPM_TOKEN:\n    environment: A\n';
    expect(written(text)).toMatch(/^told: The secret NPM_TOKEN of this file comes from A\. Add/);
  });

  test('what the secret is called at the top only is not given to the build', () => {
    const text = 'services:\n  web:\n    build:\n      context: .\n      args: { NPM_TOKEN: x, A: "1" }\n      secrets: [NPM_TOKEN]\n';
    expect(written(text)).toContain('\n\nsecrets:\n  NPM_TOKEN:\n    environment: NPM_TOKEN\n');
  });
});

const empty = (name: string): string => `Where ${name} is not set, the build gets an empty secret and goes on.`;

test('a literal is said to be in the history, and a default to be gone', () => {
  expect(notes('abc123')).toEqual([[expect.stringContaining('is in its history'), empty('NPM_TOKEN')], ['abc123']]);
  expect(notes('${X:-abc}')).toEqual([['There is no value any more for when X is not set.', empty('X')], ['abc']]);
  expect(notes('${X}')).toEqual([[empty('X')], []]);
  expect(notes('https://${U}:${P}@host')).toEqual({ told: expect.stringContaining('More than one variable') });
});
