import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BuildInput } from '../../src/build-input.ts';
import { joined, readCallers, withText } from '../../src/callers/callers.ts';
import { writeInput } from '../../src/callers/writers.ts';
import { testEngine } from './engine.ts';

const run = promisify(execFile);
const engine = await testEngine();

const token: BuildInput = { kind: 'secret', id: 'NPM_TOKEN', source: { environment: 'NPM_TOKEN' }, insteadOf: 'NPM_TOKEN' };
const file: BuildInput = { kind: 'secret', id: 'netrc', source: { file: 'conf.netrc' } };

/** What is to be the same in whatever the builder reads. */
const wanted = {
  secret: [
    { id: 'NPM_TOKEN', env: 'NPM' },
    { id: 'netrc', src: expect.stringMatching(/(^|\/)conf\.netrc$/) },
  ],
};

const callers: Readonly<Record<string, string>> = {
  'compose.yaml': 'services:\n  app:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${NPM}\n        A: "1"\n',
  'list/compose.yaml': 'services:\n  app:\n    build:\n      context: ..\n      args:\n      - A=1\n      - NPM_TOKEN=$NPM\n',
  'flow/compose.yaml': 'services: { app: { build: { context: .., args: { NPM_TOKEN: "${NPM}", A: "1" } } } }\n',
  'anchor/compose.yaml': 'x-args: &args\n  A: "1"\n  NPM_TOKEN: $NPM\nservices:\n  app:\n    build:\n      context: ..\n      args:\n        <<: *args\n',
  'docker-bake.hcl': 'variable "NPM" {}\ntarget "app" {\n  args = {\n    A = "1"\n    NPM_TOKEN = NPM\n  }\n}\n',
  'one/docker-bake.hcl': 'variable "NPM" {}\ntarget "app" {\n  context = ".."\n  args = { NPM_TOKEN = "${NPM}", A = "1" }\n}\n',
  'inherited/docker-bake.hcl':
    'variable "NPM" {}\ntarget "_base" {\n  context = ".."\n  args = { NPM_TOKEN = NPM }\n}\ntarget "app" {\n  inherits = ["_base"]\n  args = { A = "1" }\n}\n',
  'docker-bake.json': '{\n  "variable": { "NPM": {} },\n  "target": { "app": { "args": { "NPM_TOKEN": "${NPM}", "A": "1" } } }\n}\n',
};

/** A caller's file with inputs written into it. */
async function written(path: string, text: string, inputs: readonly BuildInput[]): Promise<string> {
  const files: Readonly<Record<string, string>> = { [path]: text, Dockerfile: '' };
  let read = await readCallers(Object.keys(files), { text: (one) => files[one] });
  let result = text;
  for (const input of inputs) {
    const [caller] = joined(read).callers;
    const edited = caller && writeInput(caller, input, result, caller);
    if (!edited || 'told' in edited) throw new Error(edited?.told ?? 'nothing is built there');
    result = edited.text;
    read = withText(read, path, result);
  }
  return result;
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-callers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The engine may have no network, and the step needs none. */
function dockerfile(value: string): string {
  return `FROM debian:bookworm\nRUN --network=none --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true test "$NPM_TOKEN" = ${value}\n`;
}

describe.skipIf(!engine)('what is written into callers', () => {
  test.each(Object.entries(callers))('the builder reads %s as it is meant', { timeout: 60_000 }, async (path, text) => {
    const name = path.replace(/^.*\//, '');
    const folder = folderWith({ [name]: (await written(path, text, [token, file])).replaceAll('..', '.'), Dockerfile: 'FROM scratch\n', 'conf.netrc': '' });
    const { stdout } = await run('docker', ['buildx', 'bake', '--print', '-f', name, 'app'], { cwd: folder });
    const print: unknown = JSON.parse(stdout);
    expect(print).toMatchObject({ target: { app: { ...wanted, args: { A: '1' } } } });
    expect(stdout).not.toContain('NPM_TOKEN": "');
  });

  test.each([
    ['compose.yaml', ['docker', 'buildx', 'bake', '-f', 'compose.yaml', '--set', '*.output=type=cacheonly', 'app']],
    ['docker-bake.hcl', ['docker', 'buildx', 'bake', '-f', 'docker-bake.hcl', '--set', '*.output=type=cacheonly', 'app']],
    ['build.sh', ['sh', 'build.sh']],
    ['Makefile', ['make']],
  ])('a build through %s gets the secret, and fails without it', { timeout: 120_000 }, async (name, [program = '', ...args]) => {
    const scripts: Readonly<Record<string, string>> = {
      'build.sh': 'docker build --build-arg NPM_TOKEN=$NPM -q .\n',
      Makefile: 'image:\n\tdocker build --build-arg NPM_TOKEN=$(NPM) -q .\n',
    };
    const value = randomUUID();
    const text = await written(name, scripts[name] ?? callers[name] ?? '', [token]);
    const folder = folderWith({ [name]: text, Dockerfile: dockerfile(value) });
    await run(program, args, { cwd: folder, env: { ...process.env, NPM: value } });
    const { NPM: _none, ...without } = process.env;
    const other = folderWith({ [name]: text, Dockerfile: dockerfile(randomUUID()) });
    await expect(run(program, args, { cwd: other, env: without })).rejects.toThrow(/NPM_TOKEN/);
  });
});
