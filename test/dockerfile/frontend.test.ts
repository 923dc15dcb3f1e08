import { expect, test } from 'vitest';
import { copiesWithParents, lackingFeature } from '../../src/dockerfile/frontend.ts';
import { readDockerfile } from '../../src/dockerfile/read.ts';

test.each([
  ['# syntax=docker/dockerfile:1.20', 'COPY', true],
  ['# syntax=docker/dockerfile:1.21.3', 'COPY', true],
  ['# syntax=docker/dockerfile:1.7-labs', 'COPY', true],
  ['# syntax=docker/dockerfile:labs', 'COPY', true],
  ['# syntax=docker/dockerfile:1.20', 'ADD', false],
  ['# syntax=docker/dockerfile:1.7', 'COPY', false],
  ['# syntax=docker/dockerfile:1.6-labs', 'COPY', false],
  // Which one that is depends on when it was fetched.
  ['# syntax=docker/dockerfile:1', 'COPY', false],
  ['# escape=\\', 'COPY', false],
])('%s has %s --parents: %s', (directive, keyword, has) => {
  const reading = readDockerfile(`${directive}\nFROM a\n${keyword} . .\n`);
  if (!('dockerfile' in reading)) throw new Error('the Dockerfile was not understood');
  const [, copy] = reading.dockerfile.instructions;
  expect(copy && copiesWithParents(reading.dockerfile, copy)).toBe(has);
});

test.each([
  ['', 'RUN --mount=type=cache,target=/c true', undefined],
  ['', 'COPY --link a /', undefined],
  ['# syntax=docker/dockerfile:1.3\n', 'COPY --link a /', 4],
  ['# syntax=docker/dockerfile:1.1\n', 'RUN --mount=type=cache,target=/c true', 2],
  ['# syntax=docker/dockerfile:1.3-labs\n', 'RUN <<A\ntrue\nA', undefined],
  ['', 'ENV A=${B-c}', 6],
  ['', 'ENV A=${B:-c}', undefined],
  ['', 'ENV A=${B%c}', 7],
  ['', 'RUN echo ${B%c}', undefined],
  ['', "ENV A='${B%c}'", undefined],
  ['', 'HEALTHCHECK --start-interval=1s CMD true', 6],
  ['', 'COPY --chmod=755 a /', undefined],
  ['', 'COPY --chmod=$MODE a /', 10],
  ['', 'COPY --chmod=u+x a /', 14],
  ['', 'RUN --mount=type=secret,id=a,env=A true', 10],
  ['', 'ADD --unpack=true a /', 17],
  ['', 'COPY --exclude=b a /', 19],
  ['# syntax=docker/dockerfile:1.7-labs\n', 'COPY --exclude=b a /', undefined],
  ['# syntax=docker/dockerfile:1.7\n', 'COPY --exclude=b a /', 19],
  ['# syntax=docker/dockerfile:1\n', 'COPY --exclude=b a /', undefined],
  ['# syntax=docker/dockerfile:experimental\n', 'COPY --exclude=b a /', 19],
])('%j and %j need frontend 1.%s', (directive, instruction, since) => {
  const reading = readDockerfile(`${directive}FROM a\n${instruction}\n`);
  if (!('dockerfile' in reading)) throw new Error('the Dockerfile was not understood');
  expect(lackingFeature(reading.dockerfile)?.since).toBe(since);
});
