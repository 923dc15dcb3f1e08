import { expect, test } from 'vitest';
import mountSecrets from '../../transforms/mount-secrets.ts';
import mountSsh from '../../transforms/mount-ssh.ts';
import platformBuild from '../../transforms/platform-build.ts';
import { runPipeline } from '../../src/pipeline/pipeline.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';
import { said } from './lying.ts';

const head = 'FROM node:20\nARG NPM_TOKEN\nWORKDIR /app\nCOPY package.json ./\n';
const written = `${head}RUN echo "//r/:_authToken=$NPM_TOKEN" > .npmrc\nRUN npm ci\nRUN rm .npmrc\n`;
const mount = '--mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true';
const after = (runs: string): string => `FROM node:20\nWORKDIR /app\nCOPY package.json ./\n${runs}`;

test('what mount-secrets does passes', () => {
  expect(said(mountSecrets, written, after(`RUN ${mount} echo "//r/:_authToken=$NPM_TOKEN" > .npmrc && npm ci && rm -f .npmrc\n`))).toBe('');
});

test.each([
  ['the argument goes, and no mount comes', after('RUN echo "//r/:_authToken=$NPM_TOKEN" > .npmrc && npm ci && rm -f .npmrc\n'), 'npm ci'],
  ['the file stays', after(`RUN ${mount} echo "//r/:_authToken=$NPM_TOKEN" > .npmrc && npm ci\n`), 'keeps NPM_TOKEN in /app/.npmrc'],
  ['a command goes', after(`RUN ${mount} echo "//r/:_authToken=$NPM_TOKEN" > .npmrc && rm -f .npmrc\n`), 'npm ci'],
  ['nothing has it any more', after('RUN npm ci\n'), 'no RUN has NPM_TOKEN any more'],
  ['another COPY goes', `FROM node:20\nWORKDIR /app\nRUN ${mount} echo "//r/:_authToken=$NPM_TOKEN" > .npmrc && npm ci && rm -f .npmrc\n`, 'package.json'],
])('mount-secrets may not lie: %s', (_what, text, message) => {
  expect(said(mountSecrets, written, text)).toContain(message);
});

const copied = 'FROM debian:bookworm\nCOPY credentials.txt a.txt /tmp/\nRUN cat /tmp/credentials.txt | login\nRUN rm /tmp/credentials.txt\n';

test.each([
  [
    'no mount comes in place of the file',
    'FROM debian:bookworm\nCOPY a.txt /tmp/\nRUN cat /tmp/credentials.txt | login\n',
    'no longer has /tmp/credentials.txt',
  ],
  [
    'more than the file goes',
    'FROM debian:bookworm\nRUN --mount=type=secret,id=credentials,target=/tmp/credentials.txt cat /tmp/credentials.txt | login\n',
    'a.txt',
  ],
])('mount-secrets may not lie of files: %s', (_what, text, message) => {
  expect(said(mountSecrets, copied, text)).toContain(message);
});

const indexed = 'FROM python:3.12\nRUN pip install --index-url https://ci:hunter-4471@pypi.atlas.internal/simple atlas && echo built\n';

test.each([
  ['no mount comes in place of the address', 'FROM python:3.12\nRUN pip install atlas && echo built\n', 'no longer has the address PIP_INDEX_URL'],
  ['a command goes', 'FROM python:3.12\nRUN --mount=type=secret,id=PIP_INDEX_URL,env=PIP_INDEX_URL pip install atlas\n', 'echo built'],
  ['more than the address goes', 'FROM python:3.12\nRUN --mount=type=secret,id=PIP_INDEX_URL,env=PIP_INDEX_URL pip install && echo built\n', 'pip install'],
])('mount-secrets may not lie of addresses: %s', (_what, text, message) => {
  expect(said(mountSecrets, indexed, text)).toContain(message);
});

const keyed = 'FROM debian:bookworm\nARG KEY\nCOPY id_rsa /root/.ssh/id_rsa\nRUN chmod 600 /root/.ssh/id_rsa && git clone git@github.com:a/b.git /b\n';

test.each([
  ['no agent comes', 'FROM debian:bookworm\nARG KEY\nRUN git clone git@github.com:a/b.git /b\n', 'has no agent'],
  ['the clone goes', 'FROM debian:bookworm\nARG KEY\nRUN --mount=type=ssh true\n', 'git clone'],
])('mount-ssh may not lie: %s', (_what, text, message) => {
  expect(said(mountSsh, keyed, text)).toContain(message);
});

const builds = 'FROM golang:1.22 AS build\nRUN CGO_ENABLED=0 go build -o /app .\nFROM debian:bookworm\nCOPY --from=build /app /app\n';

test.each([
  ['the call is not told', builds.replace('FROM golang', 'FROM --platform=$BUILDPLATFORM golang'), 'builds for the platform of the builder'],
  [
    'nothing declares what it is told',
    builds.replace('FROM golang', 'FROM --platform=$BUILDPLATFORM golang').replace('go build', 'GOARCH=$TARGETARCH go build'),
    'names TARGETARCH, which nothing declares',
  ],
])('platform-build may not lie: %s', (_what, text, message) => {
  const liar = { ...platformBuild, level: 'safe' as const, *find(): Iterable<never> {}, id: 'liar' };
  const transform = {
    ...liar,
    *find({ dockerfile }: Parameters<typeof platformBuild.find>[0]) {
      const [at] = dockerfile.instructions;
      const edits = [{ start: 0, end: builds.length, text }];
      if (at && dockerfile.text === builds)
        yield { kind: 'finding' as const, at, message: 'change it', level: 'safe' as const, because: 'it is a test', edits };
    },
  };
  const platforms = ['linux/amd64', 'linux/arm64'];
  const { faults } = runPipeline(builds, { path: 'Dockerfile', transforms: [transform], level: 'safe', context: filesInMemory(new Map()), platforms });
  expect(faults.map((one) => one.message).join()).toContain(message);
});
