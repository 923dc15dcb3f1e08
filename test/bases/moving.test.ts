import { expect, test } from 'vitest';
import { isMoving } from '../../src/bases/moving.ts';

test.each([
  'node',
  'node:latest',
  'node:lts-slim',
  'node:alpine',
  'node:bookworm-slim',
  'golang:alpine3.20',
  'golang:1',
  'python:3-slim',
  'php:fpm',
  'debian:stable-slim',
  'debian:sid',
  'alpine',
  'alpine:3',
  'ubuntu:rolling',
  'gcr.io/distroless/static',
  'registry.example:5000/shop/base',
  'nginx:stable-alpine',
])('%s moves', (image) => expect(isMoving(image)).toBe(true));

test.each([
  'node:22',
  'node:22-alpine',
  'node:jod-slim',
  'golang:1.24',
  'python:3.12-slim',
  'debian:bookworm',
  'ubuntu:noble',
  'alpine:3.20',
  'postgres:16-alpine',
  'maven:3-eclipse-temurin-21',
  'ros:humble',
  'gcr.io/distroless/static-debian12',
  'node:latest@sha256:d884e54146b71baf91603d5b73e563eaffc5a42d494b1e32341a5f76363060fb',
  'node:${RELEASE}',
  'scratch',
  'ARG_FROM',
  'shop/%%IMAGE%%',
  'registry.example:5000/shop/base:prod',
])('%s stays', (image) => expect(isMoving(image)).toBe(false));
