import { expect, test } from 'vitest';
import { reaches } from '../../src/batch/reached-stages.ts';
import { readDockerfile } from '../../src/dockerfile/read.ts';

const text = `ARG BASE=registry.example.com/base:2
FROM node:20 AS build
RUN npm ci

FROM build AS upload
RUN --mount=type=secret,id=GITHUB_TOKEN,env=GITHUB_TOKEN upload $GITHUB_TOKEN

FROM $BASE AS nightly
COPY --from=build /app /app

FROM $UNKNOWN AS other
RUN true

FROM debian AS whole
COPY --from=1 /log /log
`;

test.each([
  ['upload', 'GITHUB_TOKEN', true],
  ['build', 'GITHUB_TOKEN', false],
  ['nightly', 'GITHUB_TOKEN', false],
  ['other', 'GITHUB_TOKEN', true],
  ['whole', 'GITHUB_TOKEN', true],
  [undefined, 'GITHUB_TOKEN', true],
  ['upload', 'NPM_TOKEN', false],
  ['nowhere', 'GITHUB_TOKEN', true],
])('a build of %s needs %s: %s', (target, id, needed) => {
  const reading = readDockerfile(text);
  if (!('dockerfile' in reading)) throw new Error('not read');
  expect(reaches(reading.dockerfile, target, { kind: 'secret', id, source: { environment: id } })).toBe(needed);
});
