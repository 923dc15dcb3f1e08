import { describe, expect, test } from 'vitest';
import type { BuildInput } from '../../src/build-input.ts';
import type { CallerFile, CallerFiles, Reading } from '../../src/callers/caller.ts';
import { readMakefile, readPackageScripts, readShellScript } from '../../src/callers/commands/files.ts';
import { writeCommand } from '../../src/callers/commands/write.ts';
import { readPipeline } from '../../src/callers/pipelines.ts';
import { gives } from '../../src/callers/write.ts';
import { filesOf } from './read.ts';

const token: BuildInput = { kind: 'secret', id: 'NPM_TOKEN', source: { environment: 'NPM_TOKEN' }, insteadOf: 'NPM_TOKEN' };
const file: BuildInput = { kind: 'secret', id: 'netrc', source: { file: '.netrc' } };
const ssh: BuildInput = { kind: 'ssh', id: 'default', insteadOf: 'SSH_KEY' };

type Read = (file: CallerFile, files: CallerFiles) => Reading;

/** The text after an input was written into the only build, or what is told. */
function written(read: Read, path: string, text: string, input: BuildInput): string {
  const callersOf = (one: string) => read({ path, text: one }, filesOf({ [path]: one, Dockerfile: '', 'api/Dockerfile': '' })).callers;
  const [caller] = callersOf(text);
  if (!caller) throw new Error('nothing is built there');
  const result = writeCommand(caller, input, text);
  if ('told' in result) return `told: ${result.told}`;
  const [after] = callersOf(result.text);
  expect(after && gives(after, input)).toBe(true);
  expect([after?.context, after?.dockerfile]).toEqual([caller.context, caller.dockerfile]);
  return result.text;
}

const script = (text: string, input: BuildInput = token) => written(readShellScript, 'build.sh', text, input);
const notes = (text: string, input: BuildInput = token): unknown => {
  const [caller] = readShellScript({ path: 'build.sh', text }, filesOf({ 'build.sh': text, Dockerfile: '' })).callers;
  const result = caller && writeCommand(caller, input, text);
  return result && 'text' in result ? result.notes : result;
};
const make = (text: string, input: BuildInput = token) => written((one) => readMakefile(one), 'Makefile', text, input);

const option = '--secret id=NPM_TOKEN';

describe('shell scripts', () => {
  test.each([
    ['docker build --build-arg NPM_TOKEN .', `docker build ${option} .`],
    ['docker build --build-arg NPM_TOKEN=$NPM_TOKEN .', `docker build ${option} .`],
    ['docker buildx build --build-arg=NPM_TOKEN="${NPM_TOKEN}" -t x .', `docker buildx build --secret=id=NPM_TOKEN -t x .`],
    ['docker build --build-arg "NPM_TOKEN=$OTHER" .', 'docker build --secret id=NPM_TOKEN,env=OTHER .'],
    ["docker build --build-arg 'NPM_TOKEN' .", `docker build ${option} .`],
    ['podman build --build-arg NPM_TOKEN=${T:?missing} .', 'podman build --secret id=NPM_TOKEN,env=T .'],
    ['docker build --build-arg NPM_TOKEN=$(cat token) .', 'docker build --secret id=NPM_TOKEN,src=token .'],
    ['docker build --build-arg NPM_TOKEN=abc123 .', `docker build ${option} .`],
    ['T=x docker build --build-arg NPM_TOKEN=$T .', 'T=x docker build --secret id=NPM_TOKEN,env=T .'],
    ['export T=x\ndocker build --build-arg NPM_TOKEN=$T .', 'export T=x\ndocker build --secret id=NPM_TOKEN,env=T .'],
    ['T=$(pass npm)\nexport A T\ndocker build --build-arg NPM_TOKEN=$T .', 'T=$(pass npm)\nexport A T\ndocker build --secret id=NPM_TOKEN,env=T .'],
    ['docker build .', `docker build ${option} .`],
    ['sudo -E docker build --build-arg NPM_TOKEN .', `sudo -E docker build ${option} .`],
  ])('%s', (before, after) => {
    expect(script(`#!/bin/sh\n${before}\n`)).toBe(`#!/bin/sh\n${after}\n`);
  });

  test('a build that does without the secret gets it by `env=`, which gives an empty one where the variable is not set', () => {
    expect(script('docker build --build-arg NPM_TOKEN .\n', { ...token, optional: true })).toBe('docker build --secret id=NPM_TOKEN,env=NPM_TOKEN .\n');
  });

  test('what fails for a variable that is not set says nothing, what goes on with an empty one is told', () => {
    expect(notes('docker build --build-arg NPM_TOKEN .\n')).toEqual([]);
    expect(notes('docker build --build-arg NPM_TOKEN=$T .\n')).toEqual(['Where T is not set, the build gets an empty secret and goes on.']);
    expect(notes('docker build --build-arg NPM_TOKEN=$T .\n', { ...token, optional: true })).toEqual([]);
  });

  test('continued lines, tabs, CRLF and comments stay', () => {
    const text = 'docker build \\\n\t--build-arg A=1 \\\n\t--build-arg NPM_TOKEN \\\n\t-t app . # here\n';
    expect(script(text)).toBe(text.replace('--build-arg NPM_TOKEN', option));
    expect(script('docker build --build-arg NPM_TOKEN=$N .\r\n')).toBe('docker build --secret id=NPM_TOKEN,env=N .\r\n');
  });

  test('with the secret there, the argument only goes', () => {
    const there = `docker build ${option}`;
    expect(script(`${there} --build-arg NPM_TOKEN .\n`)).toBe(`${there} .\n`);
    expect(script(`${there} \\\n  --build-arg NPM_TOKEN \\\n  .\n`)).toBe(`${there} \\\n  .\n`);
    expect(script(`${there} . \\\n  --build-arg NPM_TOKEN\nls\n`)).toBe(`${there} .\nls\n`);
  });

  test('an agent, and a file of a context elsewhere', () => {
    expect(script('docker build --build-arg SSH_KEY="$(cat ~/.ssh/id_rsa)" .\n', ssh)).toBe('docker build --ssh default .\n');
    expect(script('docker build -f api/Dockerfile api\n', file)).toBe('docker build --secret id=netrc,src=api/.netrc -f api/Dockerfile api\n');
  });

  test.each([
    [
      'T=x\ndocker build --build-arg NPM_TOKEN=$T .',
      'T is a variable of this script that is not exported. Add --secret id=NPM_TOKEN,env=T in place of the build argument NPM_TOKEN.',
    ],
    [
      'read -r T\ndocker build --build-arg NPM_TOKEN=$T .',
      'T is a variable of this script that is not exported. Add --secret id=NPM_TOKEN,env=T in place of the build argument NPM_TOKEN.',
    ],
    [
      'case $1 in\n  -t) T="$2"; shift ;;\nesac\ndocker build --build-arg NPM_TOKEN=$T .',
      'T is a variable of this script that is not exported. Add --secret id=NPM_TOKEN,env=T in place of the build argument NPM_TOKEN.',
    ],
    [
      ': "${T:=$(pass npm)}"\ndocker build --build-arg NPM_TOKEN=$T .',
      'T is a variable of this script that is not exported. Add --secret id=NPM_TOKEN,env=T in place of the build argument NPM_TOKEN.',
    ],
    [
      '. ./env\ndocker build --build-arg NPM_TOKEN=$T .',
      'T may be set by a file that this script reads, and not be exported. Add --secret id=NPM_TOKEN,env=T in place of the build argument NPM_TOKEN.',
    ],
    [
      'docker build --build-arg NPM_TOKEN=$1 .',
      `More than a variable of the environment makes the value. Add ${option} in place of the build argument NPM_TOKEN.`,
    ],
    [
      'docker build --build-arg NPM_TOKEN=$(pass npm) .',
      `More than a variable of the environment makes the value. Add ${option} in place of the build argument NPM_TOKEN.`,
    ],
    ['sudo docker build --build-arg NPM_TOKEN=$NPM_TOKEN .', `sudo keeps the environment from docker. Add ${option} in place of the build argument NPM_TOKEN.`],
    [
      'DOCKER_BUILDKIT=0 docker build --build-arg NPM_TOKEN .',
      `It turns BuildKit off, without which there are no secrets. Add ${option} in place of the build argument NPM_TOKEN.`,
    ],
    ['docker build "--build-arg=NPM_TOKEN=$NPM_TOKEN" .', `The option is not written in one piece. Add ${option} in place of the build argument NPM_TOKEN.`],
  ])('told: %s', (before, told) => {
    expect(script(`${before}\n`)).toBe(`told: ${told}`);
  });
});

describe('Makefiles', () => {
  test.each([
    ['--build-arg NPM_TOKEN=$(NPM_TOKEN)', option],
    ['--build-arg NPM_TOKEN=${N}', '--secret id=NPM_TOKEN,env=N'],
    ['--build-arg NPM_TOKEN="$$N"', '--secret id=NPM_TOKEN,env=N'],
    ['--build-arg NPM_TOKEN', option],
  ])('%s', (before, after) => {
    expect(make(`image: deps\n\t@docker build ${before} -t app . # x\n`)).toBe(`image: deps\n\t@docker build ${after} -t app . # x\n`);
  });

  test('what the Makefile sets has to be exported', () => {
    const recipe = 'image:\n\tdocker build --build-arg NPM_TOKEN=$(N) .\n';
    const after = recipe.replace('--build-arg NPM_TOKEN=$(N)', '--secret id=NPM_TOKEN,env=N');
    const told = 'told: N is a variable of the Makefile that is not exported. Add --secret id=NPM_TOKEN,env=N in place of the build argument NPM_TOKEN.';
    expect(make(`N := $(shell pass npm)\n${recipe}`)).toBe(told);
    expect(make(`N ?= none\n${recipe}`)).toBe(told);
    expect(make(`N ?=\n${recipe}`)).toBe(`N ?=\n${after}`);
    expect(make(`export N := x\n${recipe}`)).toBe(`export N := x\n${after}`);
    expect(make(`N = x\nexport\n${recipe}`)).toBe(`N = x\nexport\n${after}`);
    expect(make(`-include settings.mk\n${recipe}`)).toMatch(/^told: N may be set by a file that the Makefile includes/);
    expect(make(`include .env\n${recipe}`)).toMatch(/^told: N may be set by a file that the Makefile includes/);
  });
});

test('package.json', () => {
  const text = '{\n  "scripts": {\n    "image": "docker build --build-arg NPM_TOKEN=\\"$NPM_TOKEN\\" -t app ."\n  }\n}\n';
  expect(written(readPackageScripts, 'package.json', text, token)).toBe(`{\n  "scripts": {\n    "image": "docker build ${option} -t app ."\n  }\n}\n`);
});

describe('pipelines', () => {
  test('GitLab CI', () => {
    const text = 'image:\n  variables: { NPM_TOKEN: x }\n  script:\n    - docker build --build-arg NPM_TOKEN=$NPM_TOKEN -t app .\n    - docker push app\n';
    expect(written(readPipeline, '.gitlab-ci.yml', text, token)).toBe(text.replace('--build-arg NPM_TOKEN=$NPM_TOKEN', option));
    const set = 'image:\n  script:\n    - T=$(pass npm)\n    - docker build --build-arg NPM_TOKEN=$T .\n';
    expect(written(readPipeline, '.gitlab-ci.yml', set, token)).toMatch(/^told: T is a variable of this script/);
    const before = set.replace('  script:\n    - T=', '  before_script:\n    - T=').replace('    - docker', '  script:\n    - docker');
    expect(written(readPipeline, '.gitlab-ci.yml', before, token)).toMatch(/^told: T is a variable of this script/);
  });

  test('arguments as a list are told', () => {
    const text = "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: ['build', '--build-arg', 'NPM_TOKEN=$_NPM', '.']\n";
    expect(written(readPipeline, 'cloudbuild.yaml', text, token)).toMatch(/^told: /);
  });
});
