import { expect, test } from 'vitest';
import { readBase } from '../../src/bases/base.ts';

/** `debian posix official user=x onbuild`, in this order. */
function told(image: string): string {
  const { family, shell, official, user, onbuild } = readBase(image);
  expect(onbuild).toBe(onbuild ? true : official ? false : undefined);
  return [family ?? '?', shell, official ? 'official' : '', user === undefined ? '' : `user=${user}`, onbuild ? 'onbuild' : '']
    .filter((part) => part !== '')
    .join(' ');
}

const debian = 'debian posix official';
const alpine = 'alpine posix official';
const redhat = 'redhat bash official';
const nothing = '? unknown';

test.each([
  ['node', debian],
  ['node:18', debian],
  ['node:18-slim', debian],
  ['node:18-bookworm', debian],
  ['node:18-alpine3.19', alpine],
  ['node:lts-alpine', alpine],
  ['docker.io/library/node:18', debian],
  ['docker.io/node:18-alpine', alpine],
  ['public.ecr.aws/docker/library/node:18-alpine', alpine],
  ['mirror.gcr.io/library/python:3.12', debian],
  ['arm64v8/python:3.12-alpine', alpine],
  ['node:18@sha256:0123', debian],
  ['golang:1.22-windowsservercore-ltsc2022', 'windows unknown official'],
  ['golang:1.22-nanoserver-1809', 'windows unknown official'],
  ['node:8-onbuild', 'debian posix onbuild'],
  ['python:2.7-onbuild', 'debian posix onbuild'],
  ['composer:2', alpine],
  ['docker:dind', alpine],
  ['nginx:latest', debian],
  ['nginx:1.27-alpine-slim', alpine],
  ['eclipse-temurin:17', debian],
  ['eclipse-temurin:17-jre-alpine', alpine],
  ['eclipse-temurin:17-jdk-ubi9-minimal', redhat],
  ['eclipse-temurin:8-jdk-centos7', redhat],
  ['openjdk:8', debian],
  ['openjdk:11-jre-slim', debian],
  ['openjdk:11.0.16-jre', debian],
  ['openjdk:8u342-jdk', debian],
  ['openjdk:17', redhat],
  ['openjdk:17-jdk', redhat],
  ['openjdk:17-slim', debian],
  ['openjdk:17-jdk-alpine', alpine],
  ['openjdk:17-oracle', redhat],
  ['openjdk:18-jdk-bullseye', debian],
  ['openjdk', '? unknown official'],
  ['maven:3-jdk-8', debian],
  ['maven:3.6.3-jdk-11', debian],
  ['maven:3.6.3-openjdk-17', redhat],
  ['maven:3.8.1-openjdk-17-slim', debian],
  ['maven:3.9-eclipse-temurin-17', debian],
  ['maven:3.9-eclipse-temurin-17-alpine', alpine],
  ['maven:3.9-amazoncorretto-17', redhat],
  ['maven:3-amazoncorretto-17-debian-bookworm', debian],
  ['maven:3.9', debian],
  ['maven:3.9.6', debian],
  ['maven:3.6.3', '? unknown official'],
  ['gradle:8-jdk17', debian],
  ['gradle:8-jdk17-corretto', redhat],
  ['gradle:5.6-jdk8', debian],
  ['gradle:4.10-jdk8', `${debian} user=gradle`],
  ['amazoncorretto:17', redhat],
  ['amazoncorretto:17-alpine3.18', alpine],
  ['tomcat:9', debian],
  ['tomcat:9-jdk17-corretto-al2', redhat],
  ['mysql', redhat],
  ['mysql:8', redhat],
  ['mysql:8.4', redhat],
  ['mysql:8.0.36', redhat],
  ['mysql:8.0.29', debian],
  ['mysql:8.0-debian', debian],
  ['mysql:5.7.44', redhat],
  ['mysql:5.7.30', debian],
  ['mysql:5.6', debian],
  ['mariadb:11-ubi9', redhat],
  ['postgres:16-alpine', alpine],
  ['swift:5.9-amazonlinux2', redhat],
  ['jetty:11', `${debian} user=jetty`],
  ['wordpress:cli-2', `${alpine} user=www-data`],
  ['wordpress:6-fpm-alpine', alpine],
])('docker-library: %s: %s', (image, is) => {
  expect(told(image)).toBe(is);
});

test.each([
  ['scratch', 'scratch unknown official'],
  ['debian:bookworm-slim', debian],
  ['ubuntu', debian],
  ['alpine:3.20', alpine],
  ['busybox:musl', 'busybox posix official'],
  ['centos:7', redhat],
  ['quay.io/centos/centos:stream9', redhat],
  ['rockylinux:9-minimal', redhat],
  ['amazonlinux:2', redhat],
  ['oraclelinux:8-slim', redhat],
  ['fedora', redhat],
  ['redhat/ubi9-minimal', redhat],
  ['registry.access.redhat.com/ubi8', redhat],
  ['registry.access.redhat.com/ubi8/ubi-minimal:8.9', redhat],
  ['registry.access.redhat.com/ubi9-minimal', redhat],
  ['registry.access.redhat.com/ubi10/ubi', redhat],
  ['registry.access.redhat.com/ubi8/nodejs-18', 'redhat unknown user=1001'],
  ['registry.access.redhat.com/ubi8/openjdk-17', 'redhat unknown user=185'],
  ['opensuse/leap:15.5', 'suse bash official'],
  ['archlinux:base-devel', 'arch bash official'],
])('distribution: %s: %s', (image, is) => {
  expect(told(image)).toBe(is);
});

test.each([
  ['mcr.microsoft.com/dotnet/aspnet:8.0', 'debian posix'],
  ['mcr.microsoft.com/dotnet/sdk:8.0-alpine3.19', 'alpine posix'],
  ['mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled', 'distroless unknown user=app'],
  ['mcr.microsoft.com/dotnet/core/sdk:3.1', 'debian posix'],
  ['mcr.microsoft.com/dotnet/runtime:8.0-nanoserver-ltsc2022', 'windows unknown'],
  ['mcr.microsoft.com/dotnet/framework/aspnet:4.8', 'windows unknown'],
  ['mcr.microsoft.com/dotnet/sdk:8.0-azurelinux3.0', nothing],
  ['mcr.microsoft.com/windows/servercore:ltsc2022', 'windows unknown'],
  ['mcr.microsoft.com/powershell:lts-nanoserver-1809', 'windows unknown'],
  ['gcr.io/distroless/static-debian12', 'distroless unknown'],
  ['gcr.io/distroless/static-debian12:nonroot', 'distroless unknown user=nonroot'],
  ['gcr.io/distroless/java17-debian12:debug-nonroot', 'distroless unknown user=nonroot'],
  ['cgr.dev/chainguard/node', 'distroless unknown user=65532'],
  ['cgr.dev/chainguard/node:latest-dev', '? posix user=65532'],
  ['cgr.dev/chainguard/wolfi-base', '? posix'],
  ['nvidia/cuda:12.2.0-devel-ubuntu22.04', 'debian posix'],
  ['nvidia/cuda:11.4.3-base-ubi8', 'redhat bash'],
  ['tensorflow/tensorflow:2.15.0-gpu', 'debian posix'],
  ['jupyter/base-notebook', 'debian bash user=jovyan'],
  ['mambaorg/micromamba:1.5', 'debian bash user=mambauser'],
  ['circleci/node:12', 'debian unknown user=circleci'],
  ['jenkins/jenkins:lts', 'debian unknown user=jenkins'],
  ['jenkins/jenkins:lts-alpine', 'alpine unknown user=jenkins'],
  ['bitnami/node:18-debian-11', 'debian unknown user=1001'],
  ['bitnami/node', '? unknown user=1001'],
])('others: %s: %s', (image, is) => {
  expect(told(image)).toBe(is);
});

test.each([
  ['registry.example/base/node:18', nothing],
  // The word in the tag tells the family, but not what its /bin/sh is.
  ['registry.example/base/node:18-alpine', 'alpine unknown'],
  ['registry.example:5000/node', nothing],
  ['localhost:5000/node:bookworm', 'debian unknown'],
  ['someone/node:18', nothing],
  ['someone/app:onbuild', '? unknown onbuild'],
  ['someone/app:slim', nothing],
  ['build', nothing],
])('unknown: %s: %s', (image, is) => {
  expect(told(image)).toBe(is);
});

test.each([
  ['node:$VERSION', nothing],
  ['node:${VERSION}', nothing],
  ['node:18$SUFFIX', nothing],
  ['node:lts${SUFFIX}', nothing],
  ['node:${VERSION}-alpine', alpine],
  ['node:${VERSION:-18}-slim', debian],
  ['golang:1.22-alpine${ALPINE}', alpine],
  ['node:${A:-${B:-18}}-bookworm', debian],
  ['maven:${VERSION}-jdk-8', debian],
  ['maven:3.9-eclipse-temurin-${JDK}', nothing],
  ['openjdk:11-${KIND}', nothing],
  ['openjdk:${VERSION}-jdk-slim', debian],
  ['debian:${RELEASE}', debian],
  ['alpine:$VERSION', alpine],
  ['alpine$VERSION', nothing],
  ['$REGISTRY/node:18', nothing],
  ['${REGISTRY:-docker.io}/node:18', nothing],
  ['${REGISTRY}/node:18-alpine', 'alpine unknown'],
  ['$IMAGE', nothing],
  ['gcr.io/distroless/java$VERSION:nonroot', nothing],
  ['gcr.io/distroless/cc:nonroot-${ARCH}', 'distroless unknown user=nonroot'],
  ['node@sha256:0123', nothing],
  ['alpine@sha256:0123', alpine],
  ['composer@sha256:0123', nothing],
])('with a variable or a digest: %s: %s', (image, is) => {
  expect(told(image)).toBe(is);
});

test.each([
  ['node:22-alpine', '/'],
  ['python:$VERSION', '/'],
  ['golang:1.22', '/go'],
  ['oven/bun:1', '/home/bun/app'],
  ['debian:bookworm-slim', '/'],
  ['golang:1.22-nanoserver-1809', undefined],
  ['node:8-onbuild', undefined],
  ['php:8.3-fpm', undefined],
  ['registry.example/base/node:22', undefined],
])('%s ends in %s', (image, workdir) => {
  expect(readBase(image).workdir).toBe(workdir);
});

test.each([
  'node:20-slim',
  'node:latest',
  'python:3.13-alpine',
  'docker.io/library/golang:1.25',
  'maven:3.9-eclipse-temurin-17',
  'mcr.microsoft.com/dotnet/sdk:8.0',
  'gcr.io/distroless/static-debian12:nonroot',
  'registry.example.org:5000/team/app:1',
])('%s is known as well by a digest behind its tag', (image) => {
  expect({ ...readBase(`${image}@sha256:${'0'.repeat(64)}`), image }).toEqual(readBase(image));
});
