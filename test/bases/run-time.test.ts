import { describe, expect, test } from 'vitest';
import { runTimeTwin } from '../../src/bases/run-time.ts';

describe('the run-time twin of a base', () => {
  test.each([
    ['node', 'node:slim'],
    ['node:20', 'node:20-slim'],
    ['docker.io/library/node:22.1.0-bookworm', 'docker.io/library/node:22.1.0-bookworm-slim'],
    ['python:3.12-bookworm', 'python:3.12-slim-bookworm'],
    ['python:trixie', 'python:slim-trixie'],
    ['ruby:3.3', 'ruby:3.3-slim'],
    ['golang:1.22', 'debian:bookworm-slim'],
    ['golang:1.24-bookworm', 'debian:bookworm-slim'],
    ['golang:1.24.2', 'debian:bookworm-slim'],
    ['golang:1.24.6', 'debian:trixie-slim'],
    ['golang:1.20.4', 'debian:bullseye-slim'],
    ['golang:1.19.13', 'debian:bookworm-slim'],
    ['golang:1.27.0', 'debian:trixie-slim'],
    ['golang:1.19', 'debian:bookworm-slim'],
    ['golang:1.24', 'debian:trixie-slim'],
    ['rust:1.89', 'debian:trixie-slim'],
    ['golang:1.22-alpine', 'alpine:3.21'],
    ['golang:1.22.5-alpine3.20', 'alpine:3.20'],
    ['golang:alpine', 'alpine:3'],
    ['docker.io/golang:1.24.2', 'docker.io/debian:bookworm-slim'],
    ['rust:1.89.0', 'debian:trixie-slim'],
    ['rust:1.93.1', 'debian:trixie-slim'],
    ['golang:1', 'debian:stable-slim'],
    ['mirror.gcr.io/library/rust:1.75', 'mirror.gcr.io/library/debian:bookworm-slim'],
    ['rust:slim-trixie', 'debian:trixie-slim'],
    ['eclipse-temurin:17', 'eclipse-temurin:17-jre'],
    ['eclipse-temurin:17.0.12_7-jdk-alpine', 'eclipse-temurin:17.0.12_7-jre-alpine'],
    ['amazoncorretto:17', 'amazoncorretto:17-headful'],
    ['amazoncorretto:8-alpine', 'amazoncorretto:8-alpine-jre'],
    ['openjdk:11-jdk-slim', 'openjdk:11-jre-slim'],
    ['maven:3.9-eclipse-temurin-17', 'eclipse-temurin:17-jre'],
    ['gradle:8.5.0-jdk17-alpine', 'eclipse-temurin:17-jre-alpine'],
    ['mcr.microsoft.com/dotnet/sdk:8.0-jammy', 'mcr.microsoft.com/dotnet/aspnet:8.0-jammy'],
  ])('%s is %s', (image, twin) => expect(runTimeTwin(image)?.image).toBe(twin));

  test.each([
    'node:20-alpine',
    'node:20-slim',
    'node:10',
    'node@sha256:0000',
    'node:20@sha256:0000',
    'node:${VERSION}',
    'registry.example/node:20',
    'golang:1.22.5-alpine',
    'golang:1.12-alpine',
    'eclipse-temurin:16',
    'eclipse-temurin:17-jre',
    'amazoncorretto:17-alpine',
    'openjdk:17',
    'mcr.microsoft.com/dotnet/sdk:8.0.404',
    'ubuntu:22.04',
  ])('%s has none', (image) => expect(runTimeTwin(image)).toBeUndefined());

  test('a variable stands for what it stands for by default', () => {
    expect(runTimeTwin('node:${NODE}', 'node:20')?.image).toBe('node:${NODE}-slim');
    expect(runTimeTwin('node:$NODE-bookworm', 'node:20-bookworm')?.image).toBe('node:$NODE-bookworm-slim');
    expect(runTimeTwin('golang:${GO}-bookworm', 'golang:1.24-bookworm')?.image).toBe('debian:bookworm-slim');
    expect(runTimeTwin('python:${TAG}', 'python:3.12-bookworm')).toBeUndefined();
    expect(runTimeTwin('golang:${GO}', 'golang:1.22')).toBeUndefined();
    expect(runTimeTwin('node:${NODE}', 'node:20-alpine')).toBeUndefined();
  });
});
