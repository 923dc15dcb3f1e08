import { expect, test } from 'vitest';
import { copiesWithParents } from '../../src/dockerfile/frontend.ts';
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
