import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { removeAll } from '../../src/verify/engine.ts';
import { dockopt, repository } from '../cli/built.ts';
import { testEngine } from './engine.ts';

const value = 'hunter-4471-zx81';
const manifest = '{"name":"atlas","version":"1.0.0"}\n';
const lockfile = '{"name":"atlas","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"atlas","version":"1.0.0"}}}\n';

/** A repository whose image holds the credential; `without`: the secret that a build may not lack. */
interface Leaking {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** The variable of whoever builds. */
  readonly variable?: string;
  readonly without: string;
}

const compose = (args: string): string => `services:\n  web:\n    build:\n      context: .\n      network: host\n${args}`;
const bake = (args: string): string => `target "web" {\n  context = "."\n  network = "host"\n${args}}\n`;
const byArgument = (name: string): Record<string, string> => ({
  'build.sh': `docker build --network=host --build-arg ${name} .\n`,
  'compose.yaml': compose(`      args:\n        ${name}: \${${name}}\n`),
  'docker-bake.hcl': `variable "${name}" {}\n${bake(`  args = {\n    ${name} = ${name}\n  }\n`)}`,
});

const cases: readonly Leaking[] = [
  {
    name: 'a token that is written into a file and deleted later',
    variable: 'NPM_TOKEN',
    files: {
      ...byArgument('NPM_TOKEN'),
      Dockerfile:
        'FROM node:20\nARG NPM_TOKEN\nWORKDIR /app\nRUN echo "//registry.example.com/:_authToken=${NPM_TOKEN}" > .npmrc\nCOPY package.json package-lock.json ./\nRUN npm ci\nRUN rm .npmrc\nCMD ["node", "-v"]\n',
      'package.json': manifest,
      'package-lock.json': lockfile,
    },
    without: 'NPM_TOKEN',
  },
  {
    name: 'a token that a setting keeps',
    variable: 'NPM_TOKEN',
    files: {
      ...byArgument('NPM_TOKEN'),
      Dockerfile:
        'FROM node:20\nARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm config set "//registry.example.com/:_authToken=$NPM_TOKEN" && npm ci\nCMD ["node", "-v"]\n',
      'package.json': manifest,
      'package-lock.json': lockfile,
      'server.js': 'console.log(1);\n',
    },
    without: 'NPM_TOKEN',
  },
  {
    name: 'a token in a setting of git that a module cache needs',
    variable: 'GITHUB_TOKEN',
    files: {
      ...byArgument('GITHUB_TOKEN'),
      Dockerfile:
        'FROM golang:1.22\nARG GITHUB_TOKEN\nRUN git config --global url."https://${GITHUB_TOKEN}@github.com/".insteadOf "https://github.com/"\nWORKDIR /src\nCOPY go.mod ./\nRUN go mod download\nCMD ["go", "version"]\n',
      'go.mod': 'module example.com/atlas\n\ngo 1.22\n',
    },
    without: 'GITHUB_TOKEN',
  },
  {
    name: 'the address of an index that stands in the command',
    variable: 'PIP_INDEX_URL',
    files: {
      'compose.yaml': compose(''),
      'docker-bake.hcl': bake(''),
      'build.sh': 'docker build --network=host .\n',
      Dockerfile: `FROM python:3.12-slim\nRUN pip install --index-url https://svc-ci:${value}@pypi.atlas.internal/simple pip\nCMD ["pip", "list"]\n`,
    },
    without: 'PIP_INDEX_URL',
  },
  {
    name: 'a password that stands in a call',
    variable: 'CURL_PASSWORD',
    files: {
      'compose.yaml': compose(''),
      'docker-bake.hcl': bake(''),
      'build.sh': 'docker build --network=host .\n',
      Dockerfile: `FROM node:20\nRUN curl -fsS -u ci:${value} -o /app.conf file:///etc/hostname\nCMD ["cat", "/app.conf"]\n`,
    },
    without: 'CURL_PASSWORD',
  },
  {
    name: 'a file that is copied and deleted',
    files: {
      'compose.yaml': compose(''),
      'docker-bake.hcl': bake(''),
      'build.sh': 'docker build --network=host .\n',
      Dockerfile:
        'FROM debian:bookworm-slim\nCOPY credentials.txt /tmp/\nRUN test -s /tmp/credentials.txt && echo configured > /app.conf\nRUN rm /tmp/credentials.txt\nCMD ["cat", "/app.conf"]\n',
      'credentials.txt': `svc-feeds:${value}\n`,
    },
    without: 'credentials',
  },
];

/** Whether a layer, the configuration or the history of an image holds the value. */
function leaks(tag: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-docker-'));
  try {
    const file = join(folder, 'image.tar');
    execFileSync('docker', ['save', '-o', file, tag]);
    const told = execFileSync('docker', ['history', '--no-trunc', tag], { encoding: 'utf8' }) + execFileSync('docker', ['inspect', tag], { encoding: 'utf8' });
    return readFileSync(file).includes(value) || told.includes(value);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const engine = await testEngine();

describe.skipIf(!engine)('credentials', () => {
  const tags: string[] = [];
  afterAll(async () => {
    if (tags.length > 0) spawnSync('docker', ['image', 'rm', '-f', ...tags]);
    if (engine) await removeAll(engine);
  });

  /** Builds by a caller's file; what went wrong, or the image. */
  function build(cwd: string, file: string, environment: Readonly<Record<string, string>>): { readonly error: string } | { readonly tag: string } {
    const tag = `dockopt-verify:${randomUUID()}`;
    const options = ['--load', '--allow=network.host', '--allow=fs.read=*', '--set', `*.tags=${tag}`, '--set', `*.labels.${engine?.label ?? ''}`];
    const { status, stderr } = spawnSync('docker', ['buildx', 'bake', '--progress=plain', '-f', file, ...options, 'web'], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    if (status !== 0) return { error: stderr };
    tags.push(tag);
    return { tag };
  }

  // Each by one of its callers, by all where `SECRETS=all` asks for them.
  const all = process.env['SECRETS'] === 'all';
  test.each(cases.flatMap((one, i) => ['compose.yaml', 'docker-bake.hcl'].flatMap((file, j) => (all || i % 2 === j ? [{ ...one, file }] : []))))(
    '$name: by $file the image held it, and holds it no more',
    { timeout: 600_000 },
    ({ files, variable, without, file }) => {
      const cwd = repository(files);
      const environment = variable === undefined ? {} : { [variable]: value };
      const before = build(cwd, file, environment);
      if ('error' in before) throw new Error(before.error);
      expect(leaks(before.tag)).toBe(true);
      const ran = dockopt(cwd, '--only', 'mount-secrets', '--level', 'review', '--write');
      expect(ran.code).toBe(0);
      const after = build(cwd, file, environment);
      if ('error' in after) throw new Error(after.error);
      expect(leaks(after.tag)).toBe(false);
      const missing = spawnSync('docker', ['build', '--no-cache', '--network=host', '.'], { cwd, encoding: 'utf8' });
      expect(missing.status).not.toBe(0);
      expect(missing.stderr).toMatch(new RegExp(`secret ${without}: not found`));
      if (variable === undefined) rmSync(join(cwd, `${without}.txt`));
      const notThere = new RegExp(`stat \\S*${without}(\\.txt)?: no such file`);
      const unset = spawnSync('sh', ['build.sh'], { cwd, encoding: 'utf8' });
      expect([unset.status, unset.stderr]).toEqual([1, expect.stringMatching(notThere)]);
      const lacking = build(cwd, file, {});
      if (variable !== undefined && file === 'compose.yaml') expect(ran.said).toContain(`Where ${variable} is not set, the build gets an empty secret`);
      else expect('error' in lacking && lacking.error).toMatch(notThere);
    },
  );
});
