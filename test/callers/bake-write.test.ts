import { describe, expect, test } from 'vitest';
import type { BuildInput } from '../../src/build-input.ts';
import { readBake } from '../../src/callers/bake/read.ts';
import { writeBake } from '../../src/callers/bake/write.ts';
import { gives } from '../../src/callers/write.ts';
import { filesOf } from './read.ts';

const token: BuildInput = { kind: 'secret', id: 'NPM_TOKEN', source: { environment: 'NPM_TOKEN' }, insteadOf: 'NPM_TOKEN' };
const file: BuildInput = { kind: 'secret', id: 'netrc', source: { file: '.netrc' } };
const ssh: BuildInput = { kind: 'ssh', id: 'default', insteadOf: 'SSH_KEY' };

/** The text after an input was written into a target, or what is told. */
function written(text: string, input: BuildInput = token, name = 'app', path = 'docker-bake.hcl'): string {
  const caller = callersIn(text, path).find((one) => one.name === name);
  if (!caller) throw new Error('nothing is built there');
  const result = writeBake(caller, input, text);
  if ('told' in result) return `told: ${result.told}`;
  const after = callersIn(result.text, path).find((one) => one.name === name);
  expect(after && gives(after, input)).toBe(true);
  expect(after?.context).toEqual(caller.context);
  return result.text;
}

function callersIn(text: string, path: string) {
  return readBake({ path, text }, filesOf({ [path]: text, Dockerfile: '' })).callers;
}

describe('HCL', () => {
  test('an argument that a variable gives', () => {
    const text = `variable "NPM" {}
target "app" {
  # what it takes
  args = {
    VERSION   = "1" # of the release
    NPM_TOKEN = NPM // private
    OTHER     = "2"
  }
  tags = ["app"]
}
`;
    expect(written(text)).toBe(`variable "NPM" {}
target "app" {
  # what it takes
  args = {
    VERSION   = "1" # of the release
    OTHER     = "2"
  }
  tags = ["app"]
  secret = ["id=NPM_TOKEN,env=NPM"]
}
`);
  });

  test('the only one goes with `args`, in one line or as a block, with CRLF and tabs', () => {
    expect(written('variable "N" {}\r\ntarget "app" {\r\n\tcontext = "."\r\n\targs = { NPM_TOKEN = "${N}" }\r\n}\r\n')).toBe(
      'variable "N" {}\r\ntarget "app" {\r\n\tcontext = "."\r\n\tsecret = ["id=NPM_TOKEN,env=N"]\r\n}\r\n',
    );
    expect(written('target "app" {\n  args {\n    NPM_TOKEN = ""\n  }\n  context = "."\n}\n')).toBe(
      'target "app" {\n  context = "."\n  secret = ["id=NPM_TOKEN"]\n}\n',
    );
  });

  test('one of several in a line', () => {
    const rest = '\n  secret = ["id=NPM_TOKEN"]\n}\n';
    expect(written('target "app" {\n  args = { A = "1", NPM_TOKEN = "", B = "2" }\n}\n')).toBe(`target "app" {\n  args = { A = "1", B = "2" }${rest}`);
    expect(written('target "app" {\n  args = { A = "1", NPM_TOKEN = "" }\n}\n')).toBe(`target "app" {\n  args = { A = "1" }${rest}`);
  });

  test('lists get one more', () => {
    expect(written('target "app" {\n  secret = [\n    "id=a,env=A",\n  ]\n}\n', file)).toBe(
      'target "app" {\n  secret = [\n    "id=a,env=A",\n    "id=netrc,src=.netrc",\n  ]\n}\n',
    );
    expect(written('target "app" {\n  secret = [{ type = "env", id = "a" }]\n}\n', file)).toBe(
      'target "app" {\n  secret = [{ type = "env", id = "a" }, "id=netrc,src=.netrc"]\n}\n',
    );
    expect(written('target "app" {}\n', file)).toBe('target "app" {\n  secret = ["id=netrc,src=.netrc"]\n}\n');
    expect(written('target "app" {\n  args = { SSH_KEY = "" }\n}', ssh)).toBe('target "app" {\n  ssh = ["default"]\n}');
  });

  test('a secret that is there already stays', () => {
    const text = 'target "app" {\n  args = { NPM_TOKEN = "" }\n  secret = [{ type = "env", id = "NPM_TOKEN" }]\n}\n';
    expect(written(text)).toBe('target "app" {\n  secret = [{ type = "env", id = "NPM_TOKEN" }]\n}\n');
  });

  test('what is inherited is changed where it stands', () => {
    const text =
      'variable "T" { default = "" }\ntarget "_common" {\n  args = { NPM_TOKEN = T }\n}\ntarget "app" {\n  inherits = ["_common"]\n  secret = ["id=x"]\n}\n';
    expect(written(text)).toBe(
      'variable "T" { default = "" }\ntarget "_common" {\n  secret = ["id=NPM_TOKEN,env=T"]\n}\ntarget "app" {\n  inherits = ["_common"]\n  secret = ["id=x"]\n}\n',
    );
  });

  test('what is no variable, or more than one, is told', () => {
    const told =
      /^told: No single variable makes the value, or its context is not known\. Add `secret = \["id=NPM_TOKEN"\]` to the target app in place of the build argument NPM_TOKEN\.$/;
    expect(written('T = "x"\ntarget "app" {\n  args = { NPM_TOKEN = T }\n}\n')).toMatch(told);
    expect(written('variable "A" {}\ntarget "app" {\n  args = { NPM_TOKEN = "${A}-b" }\n}\n')).toMatch(told);
    expect(written('target "app" {\n  args = { NPM_TOKEN = f("x") }\n}\n')).toMatch(told);
  });
});

test('JSON', () => {
  const text =
    '{\n  "variable": { "T": {} },\n  "target": {\n    "app": {\n      "args": {\n        "NPM_TOKEN": "${T}",\n        "A": "1"\n      }\n    }\n  }\n}\n';
  expect(written(text, token, 'app', 'docker-bake.json')).toBe(
    '{\n  "variable": { "T": {} },\n  "target": {\n    "app": {\n      "args": {\n        "A": "1"\n      },\n      "secret": ["id=NPM_TOKEN,env=T"]\n    }\n  }\n}\n',
  );
});
