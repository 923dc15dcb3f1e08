import { expect, test } from 'vitest';
import { likened } from '../../src/bases/likened.ts';

const images = {
  'registry.example/base/node:20-*': { like: 'node:20-alpine' },
  'registry.example/base/node': { like: 'node:20-bookworm' },
  'mirror.example/*/*:*': { like: '*/*:*' },
  '*/hub/*:*': { like: '*/*:*' },
  'registry.example:5000/a.b': { like: 'alpine:3.20' },
};

test.each([
  ['registry.example/base/node:20-small', 'node:20-alpine'],
  ['registry.example/base/node:18', 'node:20-bookworm'],
  ['registry.example/base/node', 'node:20-bookworm'],
  ['registry.example/base/node@sha256:0123', 'node:20-bookworm'],
  ['registry.example/base/node:20-small@sha256:0123', 'node:20-alpine'],
  ['registry.example/base/node:${VERSION}', 'node:20-bookworm'],
  ['registry.example/base/node-extra:18', undefined],
  ['mirror.example/library/debian:12', 'library/debian:12'],
  ['mirror.example/library/debian', 'library/debian:latest'],
  ['${REGISTRY}/hub/node:18', '${REGISTRY}/node:18'],
  ['registry.example:5000/a.b', 'alpine:3.20'],
  ['registry.example:5000/acb', undefined],
  ['node:18', undefined],
])('%s is read as %s', (image, as) => {
  expect(likened(image, images)).toBe(as ?? image);
});
