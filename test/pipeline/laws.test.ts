import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runPipeline } from '../../src/pipeline/pipeline.ts';
import { noFiles } from '../../src/workspace/workspace.ts';
import builtIn from '../../transforms/index.ts';
import { drawn, mutated, realShapes } from '../harness/shapes.ts';

const commands = [
  'apt-get update',
  'apt-get install -y curl',
  'apt-get install -y --no-install-recommends git jq',
  'sudo apt-get update',
  'sudo apt-get install -y make',
  'apt-get clean',
  'rm -rf /var/lib/apt/lists/*',
  'apt-get purge -y git',
  'apk update',
  'apk add curl',
  'apk add --no-cache jq',
  'apk add -U bc',
  'rm -rf /var/cache/apk/*',
  'pip install flask',
  'pip3 install -r requirements.txt',
  'pip install --no-cache-dir gunicorn',
  'npm ci',
  'npm install -g serve',
  'npm run build',
  'yarn global add x',
  'dnf install -y jq',
  'yum clean all',
  'mkdir -p /srv/a',
  'touch /srv/a/b',
  'chmod +x /srv/a/b',
  'chown -R www-data /srv',
  'curl -fsSLo /tmp/t.tgz https://example.com/t.tgz',
  'tar -xzf /tmp/t.tgz -C /opt',
  'rm /tmp/t.tgz',
  'cd /srv',
  'export A=1',
  'A=1',
  'set -ex',
  './configure',
  'make',
  'echo "a && b" > /c',
  "sed -i 's/a/b/' /c",
  'useradd -m x',
  'apt-get install -y $PACKAGES',
  'if true; then apt-get update; fi',
  '( apt-get update )',
  'exit 0',
  'service x start',
  'bash /x.sh',
  '[ -e /c ]',
  'echo ü',
];
const joints = [' && ', ' && ', ' && ', ' \\\n    && ', ' && \\\n    ', '; ', ' || ', ' | ', ' \\\n    # why\n    && '];
const run = fc
  .tuple(
    fc.constantFrom(...commands),
    fc.array(fc.tuple(fc.constantFrom(...joints), fc.constantFrom(...commands)), { maxLength: 4 }),
    fc.constantFrom('', '', '', ';', ' &', ' # c', ' \\'),
  )
  .map(([first, rest, tail]) => `RUN ${first}${rest.map(([joint, command]) => joint + command).join('')}${tail}`);
const other = fc.constantFrom(
  'COPY a.txt ./',
  'COPY b.txt .',
  'COPY --chown=1 c.txt ./',
  'COPY requirements.txt .',
  'COPY src/ ./',
  'COPY . .',
  'COPY --from=build /x /y',
  'WORKDIR /app',
  'ENV A=1',
  'ENV PIP_NO_CACHE_DIR=1',
  'ARG B',
  'USER deploy',
  'USER root',
  'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]',
  'FROM debian:bookworm-slim AS build',
  'FROM build',
  'FROM alpine:3.20',
  'FROM registry.example/x',
  '# a comment',
  '# cached on purpose',
  '# dockopt-ignore chain-runs',
  '',
  'CMD ["x"]',
  'RUN ["apt-get", "update"]',
  'RUN <<EOF\napt-get update\nEOF',
  'RUN --mount=type=cache,target=/root/.cache/pip pip install x',
  'ONBUILD RUN apt-get update',
);
const file = fc
  .tuple(
    fc.constantFrom('FROM debian:bookworm-slim', 'FROM alpine:3.20', 'FROM python:3.12', 'FROM x', '# escape=`\nFROM debian', 'ARG V=1\nFROM node:$V'),
    fc.array(fc.oneof({ weight: 3, arbitrary: run }, { weight: 2, arbitrary: other }), { maxLength: 14 }),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('', '\n'),
  )
  .map(([from, lines, eol, end]) => [from, ...lines].join('\n').replaceAll('\n', eol) + end);
function settle(text: string, level: 'safe' | 'review') {
  const result = runPipeline(text, { path: 'Dockerfile', transforms: builtIn, level, context: noFiles });
  expect(result.faults, text).toEqual([]);
  return result.text;
}

test.each([['real shapes', file] as const, ['mutated ones', mutated(file, 3)] as const, ['fixtures, mixed and mutated,', realShapes] as const])(
  '%s never fail the check, and running twice is running once',
  (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (text) => {
        const safe = settle(text, 'safe');
        expect(settle(safe, 'safe')).toBe(safe);
        const review = settle(safe, 'review');
        expect(settle(review, 'review')).toBe(review);
        expect(settle(review, 'safe')).toBe(review);
      }),
      drawn,
    );
  },
);
