import { expect, test } from 'vitest';
import { readDevcontainer } from '../../src/callers/devcontainer.ts';
import { read, shown } from './read.ts';

const path = '.devcontainer/devcontainer.json';

test.each([
  ['{ "name": "x", "build": { "dockerfile": "Dockerfile" } }', ['x 1: .devcontainer .devcontainer/Dockerfile -']],
  ['{ "build": { "dockerfile": "../Dockerfile", "context": "..", "target": "dev" } }', ['devcontainer 1: . Dockerfile dev']],
  ['{ "dockerFile": "Dockerfile", "context": ".." }', ['devcontainer 1: . .devcontainer/Dockerfile -']],
  [
    '{ "build": { "dockerfile": "Dockerfile", "context": "${localWorkspaceFolder}" } }',
    ['devcontainer 1: ?${localWorkspaceFolder} .devcontainer/Dockerfile -'],
  ],
  ['{ "image": "debian:12" }', []],
  ['{ "dockerComposeFile": "compose.yaml", "service": "app" }', []],
])('%s', (text, expected) => expect(read(readDevcontainer, { [path]: text }).callers.map(shown)).toEqual(expected));

test('comments and commas at the end are read over, and every value has its place', () => {
  const text = '// a "comment"\n{\n  /* b */ "name": "http://x", // c\n  "build": {\n    "dockerfile": "Dockerfile",\n    "args": { "V": "1", },\n  },\n}\n';
  const [caller] = read(readDevcontainer, { [path]: text }).callers;
  expect(caller && shown(caller)).toBe('http://x 5: .devcontainer .devcontainer/Dockerfile -');
  expect(text.slice(caller?.declared.dockerfile?.start, caller?.declared.dockerfile?.end)).toBe('"Dockerfile"');
  expect(caller?.declared.args).toMatchObject([{ name: 'V', value: '1' }]);
});
