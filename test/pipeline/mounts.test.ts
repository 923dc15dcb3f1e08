import { describe, expect, test } from 'vitest';
import mountCaches from '../../transforms/mount-caches.ts';
import { said } from './lying.ts';

function mount(target: string): string {
  return `--mount=type=cache,target=${target}`;
}

describe('mounts', () => {
  const npm = 'FROM node:20-slim\nWORKDIR /app\nCOPY . .\n';
  const apt = 'FROM debian:bookworm-slim AS build\n';
  const go = 'FROM golang:1.22 AS build\nWORKDIR /src\n';
  const out = 'mv /etc/apt/apt.conf.d/docker-clean /etc/apt/';
  const back = 'mv /etc/apt/docker-clean /etc/apt/apt.conf.d/';
  const debian = `${mount('/var/cache/apt')} ${mount('/var/lib/apt/lists')}`;

  test('with the clean-up of what they hold gone', () => {
    expect(said(mountCaches, `${npm}RUN npm ci && rm -rf /root/.npm\n`, `${npm}RUN ${mount('/root/.npm')} npm ci\n`)).toBe('');
    expect(said(mountCaches, `${npm}RUN npm ci && rm -rf /root/.npm /tmp/a\n`, `${npm}RUN ${mount('/root/.npm')} npm ci && rm -rf /tmp/a\n`)).toBe('');
    expect(said(mountCaches, `${npm}RUN npm cache clean --force; npm ci\n`, `${npm}RUN ${mount('/root/.npm')} npm ci\n`)).toBe('');
    expect(
      said(
        mountCaches,
        `${apt}RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\n`,
        `${apt}RUN ${debian} ${out} && apt-get update && apt-get install -y jq && ${back}\n`,
      ),
    ).toBe('');
    expect(
      said(mountCaches, 'FROM python:3.12\nRUN pip install --no-cache-dir flask\n', `FROM python:3.12\nRUN ${mount('/root/.cache/pip')} pip install flask\n`),
    ).toBe('');
    expect(
      said(
        mountCaches,
        'FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n',
        `FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN ${mount('/root/.cache/pip')} PIP_NO_CACHE_DIR= pip install flask\n`,
      ),
    ).toBe('');
  });

  test.each([
    ['of a command that is gone', `RUN ${mount('/root/.npm')} npm ci\n`],
    ['at another folder', `RUN ${mount('/app')} npm ci && npm run build\n`],
    ['at a folder above', `RUN ${mount('/root')} npm ci && npm run build\n`],
    ['at a folder below', `RUN ${mount('/root/.npm/_cacache')} npm ci && npm run build\n`],
    ['at another folder beside', `RUN ${mount('/root/.npm')} ${mount('/app/node_modules')} npm ci && npm run build\n`],
    ['of a stage', `RUN ${mount('/root/.npm')},from=node:20,source=/opt npm ci && npm run build\n`],
    ['read-only', `RUN ${mount('/root/.npm')},ro npm ci && npm run build\n`],
    ['with a missing user', `RUN ${mount('/root/.npm')},uid=1000 npm ci && npm run build\n`],
    ['of another kind', 'RUN --mount=type=tmpfs,target=/root/.npm npm ci && npm run build\n'],
    ['in another order', `RUN ${mount('/root/.npm')} npm run build && npm ci\n`],
    ['with what failed going on', `RUN ${mount('/root/.npm')} npm ci; npm run build\n`],
    ['with an option more', `RUN ${mount('/root/.npm')} npm ci --omit=dev && npm run build\n`],
  ])('not %s', (_what, after) => expect(said(mountCaches, `${npm}RUN npm ci && npm run build\n`, npm + after)).toContain('fail the check'));

  test.each([
    ['without a mount', 'npm ci && rm -rf /root/.npm', 'npm ci'],
    ['without a mount there', 'npm ci && rm -rf /root/.cache/pip /root/.npm', `${mount('/root/.npm')} npm ci`],
    ['of more than the mount', 'npm ci && rm -rf /root/.npm /tmp/a', `${mount('/root/.npm')} npm ci`],
    ['behind ||', 'npm ci || rm -rf /root/.npm', `${mount('/root/.npm')} npm ci`],
    ['in front of ||', 'npm ci && rm -rf /root/.npm || true', `${mount('/root/.npm')} npm ci || true`],
    ['by the manager without a mount', 'npm ci && npm cache clean --force', 'npm ci'],
  ])('no clean-up goes %s', (_what, before, after) => expect(said(mountCaches, `${npm}RUN ${before}\n`, `${npm}RUN ${after}\n`)).toContain('fail the check'));

  test.each([
    ['is not put back', `${debian} ${out} && apt-get update && apt-get install -y jq`],
    ['is put back too early', `${debian} ${out} && apt-get update && ${back} && apt-get install -y jq`],
    ['is put back and never taken out', `${debian} apt-get update && apt-get install -y jq && ${back}`],
    ['is taken out without a mount', `${out} && apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/* && ${back}`],
    ['is put back whatever happens', `${debian} ${out} && apt-get update && apt-get install -y jq; ${back}`],
    ['lets lists stay', `${mount('/var/cache/apt')} ${out} && apt-get update && apt-get install -y jq && ${back}`],
  ])('not where the hook of the image %s', (_what, after) =>
    expect(said(mountCaches, `${apt}RUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\n`, `${apt}RUN ${after}\n`)).toContain(
      'fail the check',
    ),
  );

  test('an option or variable that keeps a cache empty stays where no mount is', () => {
    expect(said(mountCaches, 'FROM python:3.12\nRUN pip install --no-cache-dir flask\n', 'FROM python:3.12\nRUN pip install flask\n')).toContain(
      'fail the check',
    );
    expect(
      said(
        mountCaches,
        'FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n',
        'FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN PIP_NO_CACHE_DIR= pip install flask\n',
      ),
    ).toContain('fail the check');
  });

  test('what later RUNs live on is mounted in all or in none', () => {
    const before = `${go}COPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build -o /app ./...\n`;
    const modules = mount('/go/pkg/mod');
    const compiled = mount('/root/.cache/go-build');
    const files = { 'go.mod': 'module example.org/a\n', 'go.sum': '', 'main.go': 'package main\nfunc main() {}\n' };
    const all = before.replace('RUN go mod', `RUN ${modules} go mod`).replace('RUN go build', `RUN ${modules} ${compiled} go build`);
    expect(said(mountCaches, before, all, files)).toBe('');
    expect(said(mountCaches, before, before.replace('RUN go mod', `RUN ${modules} go mod`), files)).toContain('fail the check');
    expect(said(mountCaches, before, before.replace('RUN go build', `RUN ${modules} ${compiled} go build`), files)).toContain('fail the check');
  });

  test('a mount of the author stays', () => {
    expect(said(mountCaches, `${npm}RUN ${mount('/root/.npm')} npm ci\n`, `${npm}RUN npm ci\n`)).toContain('fail the check');
    expect(said(mountCaches, `${npm}RUN ${mount('/root/.npm')},id=a npm ci\n`, `${npm}RUN ${mount('/root/.npm')},id=b npm ci\n`)).toContain('fail the check');
    expect(said(mountCaches, `${npm}RUN ${mount('/app/.next/cache')} npm run build\n`, `${npm}RUN npm run build\n`)).toContain('fail the check');
  });
});
