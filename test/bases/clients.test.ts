import { expect, test } from 'vitest';
import { readBase } from '../../src/bases/base.ts';
import { clientsOf } from '../../src/bases/clients.ts';

test.each([
  ['node:20-alpine', 'curl', 'wget'],
  ['node:20-alpine3.20@sha256:0123456789012345678901234567890123456789012345678901234567890123', 'curl', 'wget'],
  ['node:22.3.0-bookworm-slim', 'curl wget', 'node'],
  ['node:bookworm-slim', 'curl wget', 'node'],
  ['node:lts-slim', 'curl wget', 'node'],
  ['node:16-slim', 'curl wget', undefined],
  ['docker.io/library/python:3.12-slim', 'curl wget', 'python'],
  ['python:slim-trixie', 'curl wget', 'python'],
  ['ruby:3.3-slim', 'curl wget', undefined],
  ['mcr.microsoft.com/dotnet/aspnet:8.0', 'curl wget', undefined],
  ['mcr.microsoft.com/dotnet/aspnet:8.0-alpine', 'curl', 'wget'],
  ['mcr.microsoft.com/dotnet/runtime-deps:9.0-noble-chiseled', 'curl wget', undefined],
  ['eclipse-temurin:21-jre-alpine', 'curl', 'wget'],
  ['nginx:1.27-alpine-slim', 'curl', 'wget'],
  ['gcr.io/distroless/nodejs22-debian12:nonroot', 'curl wget', '/nodejs/bin/node'],
  ['gcr.io/distroless/static', 'curl wget', undefined],
  ['oven/bun:1-slim', 'curl wget', 'bun'],
  ['debian:bookworm-slim', 'curl wget', undefined],
  ['scratch', 'curl wget', undefined],
])('%s lacks %s and asks by %s', (image, lacks, program) => {
  const clients = clientsOf(readBase(image));
  expect(clients?.lacks.join(' ')).toBe(lacks);
  expect(clients?.has?.program).toBe(program);
});

test.each([
  'node:22',
  'node:10-slim',
  'python:3.12',
  'php:8.3-alpine',
  'nginx:1.27-alpine',
  'nginx',
  'eclipse-temurin:21-jre',
  'mcr.microsoft.com/dotnet/sdk:8.0',
  'mcr.microsoft.com/dotnet/aspnet:2.1',
  'gcr.io/distroless/static:debug',
  'someone/node:20-alpine',
  'golang:1.24',
])('of %s nothing is known', (image) => expect(clientsOf(readBase(image))).toBeUndefined());
