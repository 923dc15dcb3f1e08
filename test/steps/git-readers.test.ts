import { expect, test } from 'vitest';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { gitReaderOf } from '../../src/steps/git-readers.ts';
import { readFacts } from '../../src/steps/read.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';

type Files = Readonly<Record<string, string>>;

function reader(dockerfile: string, files: Files = {}): string | undefined {
  const reading = readDockerfile(dockerfile);
  if (!('dockerfile' in reading)) throw new Error(reading.notUnderstood.because);
  return gitReaderOf(readFacts(reading.dockerfile, { context: filesInMemory(new Map(Object.entries(files))) }));
}

const copied = (from: string, ...runs: readonly string[]): string => [`FROM ${from}`, 'WORKDIR /app', 'COPY . .', ...runs, ''].join('\n');

test.each([
  ['describe --tags > version', 'line 4: RUN calls `git describe`'],
  ['-C /app rev-parse HEAD', 'line 4: RUN calls `git rev-parse`'],
  ['submodule update --init || true', 'line 4: RUN calls `git submodule`'],
  ['describe --tags > version || true', 'line 4: RUN calls `git describe`'],
  ['config user.name me', 'line 4: RUN calls `git config`'],
  ['config --global user.name me', undefined],
  ['clone https://example.com/a.git /a', undefined],
  ['-C /other log', undefined],
  ['--version', undefined],
])('RUN git %s', (words, answer) => expect(reader(copied('debian:12', `RUN git ${words}`))).toBe(answer));

test('a repository cloned in the build is another one', () => {
  expect(reader(copied('debian:12', 'RUN git clone https://example.com/a.git && cd a && git checkout v1'))).toBeUndefined();
  expect(reader(copied('debian:12', 'RUN git clone https://example.com/a.git && git checkout v1'))).toBe('line 4: RUN calls `git checkout`');
  expect(
    reader(copied('debian:12', 'WORKDIR /tmp', 'RUN git clone https://example.com/a.git /tmp/a && cd /tmp/a && make'), { Makefile: 'a:\n\tgit describe\n' }),
  ).toBeUndefined();
});

const asking = 'RUN git describe';

test.each([
  ['a folder that does not hold it', `FROM debian:12\nCOPY src /src\n${asking}\n`],
  ['manifests alone', `FROM debian:12\nWORKDIR /app\nCOPY go.mod .\n${asking}\n`],
  ['an address', `FROM debian:12\nARG V\nADD https://example.com/$V.tgz /app\n${asking}\n`],
  ['a COPY without it', `FROM debian:12\nWORKDIR /app\nCOPY --exclude=.git . .\n${asking}\n`],
  ['its removal', copied('debian:12', 'RUN rm -rf .git', asking)],
  ['another stage', `${copied('debian:12')}FROM debian:12\nWORKDIR /app\nCOPY --from=0 /app/dist /app\n${asking}\n`],
])('%s brings no git data', (_what, dockerfile) => expect(reader(dockerfile)).toBeUndefined());

test('an ignore file hides it already', () => {
  expect(reader(copied('debian:12', asking), { '.dockerignore': '.git\n' })).toBeUndefined();
});

test.each([
  ['a stage built FROM another', `${copied('debian:12 AS base')}FROM base\n${asking}\n`, 5],
  ['a COPY from a stage', `${copied('debian:12 AS base')}FROM debian:12\nCOPY --from=base /app /work\nWORKDIR /work\n${asking}\n`, 7],
  ['a removal at a condition', copied('debian:12', 'RUN if true; then rm -rf .git; fi', asking), 5],
  ['a variable', `FROM debian:12\nARG WHAT\nWORKDIR /app\nCOPY $WHAT .\n${asking}\n`, 5],
  ['a copy in the stage', copied('debian:12', 'RUN cp -r . /work', 'WORKDIR /work', asking), 6],
  ['a bind mount', 'FROM debian:12\nWORKDIR /app\nRUN --mount=type=bind,target=. git describe\n', 3],
])('%s brings git data', (_what, dockerfile, line) => expect(reader(dockerfile)).toBe(`line ${line}: RUN calls \`git describe\``));

test.each(['COPY .git .git', 'COPY ./.git/HEAD /', 'ADD [".git", "/x/.git"]'])('%s names it', (copy) => {
  expect(reader(`FROM debian:12\n${copy}\n`)).toBe(`line 2: ${copy.slice(0, 4).trim()} brings it by name`);
});

test('a bind mount of it alone names it', () => {
  expect(reader('FROM debian:12\nRUN --mount=type=bind,source=.git,target=.git make\n')).toBe('line 2: RUN brings it by name');
});

const go: Files = { 'go.mod': 'module example.com/a\n', 'main.go': 'package main\n' };

test.each([
  ['golang:1.22', 'go build -o /a ./cmd/a', 'line 4: `go build` writes the commit into the binary'],
  ['golang:1.22', 'CGO_ENABLED=0 go install ./...', 'line 4: `go install` writes the commit into the binary'],
  ['golang:1.22', 'go build -buildvcs=false ./...', undefined],
  ['golang:1.22', 'go build main.go', undefined],
  ['golang:1.22', 'go install example.com/b@latest', undefined],
  ['golang:1.22', 'go test ./... && go vet ./...', undefined],
  ['golang:1.17', 'go build ./...', undefined],
  ['golang:1.22-alpine', 'go build ./...', undefined],
  ['golang:1.22-alpine', 'apk add --no-cache git && go build ./...', 'line 4: `go build` writes the commit into the binary'],
  ['golang:1.22', 'make', 'line 4: `make` writes the commit into the binary (Makefile)'],
])('%s: %s', (base, run, answer) => expect(reader(copied(base, `RUN ${run}`), { ...go, Makefile: 'all:\n\tgo build ./...\n' })).toBe(answer));

test('where git is not installed, nothing that asks it gets an answer', () => {
  const files = { Makefile: 'V := $(shell git describe)\n' };
  expect(reader(copied('alpine:3.20', 'RUN apk add make && make'), files)).toBeUndefined();
  expect(reader(copied('alpine:3.20', 'RUN apk add make git && make'), files)).toBe('line 4: `make` runs Makefile, which calls `git describe`');
  expect(reader(copied('alpine:3.20', 'RUN ./prepare.sh && make'), { ...files, 'prepare.sh': 'apk add git\n' })).toBe(
    'line 4: `make` runs Makefile, which calls `git describe`',
  );
  expect(reader(copied('rust:1-alpine', 'RUN cargo build'), { 'Cargo.toml': 'vergen-gitcl = "1"\n' })).toBeUndefined();
  expect(reader(copied('rust:1-alpine', 'RUN cargo build'), { 'Cargo.toml': 'vergen-git2 = "1"\n' })).toBe(
    'line 4: `cargo build` runs Cargo.toml, which uses vergen-git2',
  );
  expect(reader(copied('composer:2', 'RUN composer install'))).toBe("line 4: `composer install` writes the commit into Composer's list of what is installed");
});

test('GOFLAGS keep the commit out of binaries', () => {
  expect(reader(copied('golang:1.22', 'ENV GOFLAGS=-buildvcs=false', 'RUN go build ./...'), go)).toBeUndefined();
});

const scm = '[build-system]\nrequires = ["setuptools>=64", "setuptools-scm>=8"]\n[tool.setuptools_scm]\n';

test.each([
  ['pip install .', { 'pyproject.toml': scm }, 'line 4: `pip install` runs pyproject.toml, which uses setuptools-scm'],
  ['pip install -e .', { 'setup.py': 'setup(use_scm_version=True)\n' }, 'line 4: `pip install` runs setup.py, which uses use_scm_version'],
  ['pip install .', { 'setup.py': 'setup(pbr=True)\n', 'setup.cfg': '' }, 'line 4: `pip install` runs setup.py, which uses pbr'],
  ['uv sync --frozen', { 'pyproject.toml': 'requires = ["hatchling", "hatch-vcs"]\n' }, 'line 4: `uv sync` runs pyproject.toml, which uses hatch-vcs'],
  ['SETUPTOOLS_SCM_PRETEND_VERSION=1.0 pip install .', { 'pyproject.toml': scm }, undefined],
  ['pip install -r requirements.txt', { 'pyproject.toml': scm, 'requirements.txt': 'flask==3.0\n' }, undefined],
  ['npm ci', { 'pyproject.toml': scm, 'package.json': '{"name":"a"}', 'package-lock.json': '{"lockfileVersion":3,"packages":{"":{"name":"a"}}}' }, undefined],
  ['python setup.py sdist', { 'setup.py': 'import versioneer\n' }, 'line 4: `python setup.py` runs setup.py, which uses versioneer'],
] satisfies [string, Files, string | undefined][])('python: %s', (run, files, answer) =>
  expect(reader(copied('python:3.12', `RUN ${run}`), files)).toBe(answer),
);

test('a version in the environment stands in for git', () => {
  expect(
    reader(copied('python:3.12', 'ARG VERSION=1', 'ENV SETUPTOOLS_SCM_PRETEND_VERSION=$VERSION', 'RUN pip install .'), { 'pyproject.toml': scm }),
  ).toBeUndefined();
});

test.each([
  [
    'npm run build',
    { 'package.json': '{"scripts":{"build":"REV=$(git rev-parse HEAD) vite build"}}' },
    'line 4: `npm run` runs package.json, which calls `git rev-parse`',
  ],
  ['npm run build', { 'package.json': '{"scripts":{"build":"vite build","release":"git tag v1 && git push"}}' }, undefined],
  [
    'npm run build',
    { 'package.json': '{"scripts":{"build":"vite build","prebuild":"node scripts/version.js"}}', 'scripts/version.js': "execSync('git describe')\n" },
    'line 4: `npm run` leads to scripts/version.js, which calls `git describe`',
  ],
  [
    'npm run build',
    {
      'package.json': '{"scripts":{"build":"vite build"}}',
      'vite.config.ts': "import { rev } from './build/revision'\n",
      'build/revision.ts': "try { execSync('git rev-parse HEAD') } catch {}\n",
    },
    'line 4: `npm run` leads to build/revision.ts, which calls `git rev-parse`',
  ],
  [
    'yarn build',
    { 'package.json': '{"scripts":{"build":"webpack"}}', 'webpack.config.js': "const { GitRevisionPlugin } = require('git-revision-webpack-plugin')\n" },
    'line 4: `yarn build` runs webpack.config.js, which uses git-revision-webpack-plugin',
  ],
  ['pnpm build', { 'package.json': '{"scripts":{"build":"vite build","prepare":"simple-git-hooks"}}' }, undefined],
  ['make', { Makefile: 'V := $(shell git describe --tags)\n' }, 'line 4: `make` runs Makefile, which calls `git describe`'],
  ['make', { Makefile: 'all:\n\tgit submodule update --init\n' }, 'line 4: `make` runs Makefile, which calls `git submodule`'],
  [
    'make',
    { Makefile: 'all:\n\t./hack/build.sh\n', 'hack/build.sh': 'set -e\nV=$(git describe)\n' },
    'line 4: `make` leads to hack/build.sh, which calls `git describe`',
  ],
  [
    'make',
    {
      Makefile: 'all:\n\tcc a.c\n# git describe\n',
      'README.md': 'git describe\n',
      '.github/release.sh': 'git describe\n',
      'hack/release.sh': 'git describe\n',
    },
    undefined,
  ],
  ['make', { Makefile: 'all:\n\tcc a.c\n', 'vendor/a/Makefile': 'all:\n\tgit describe\n' }, undefined],
  ['./ci/build', { 'ci/build': '#!/bin/sh\necho "now git tag it"\n' }, undefined],
  [
    './ci/build',
    { 'ci/build': '#!/bin/sh\nfor step in ci/steps/*.sh; do bash "$step"; done\n', 'ci/steps/1.sh': 'git rev-parse HEAD\n' },
    'line 4: `./ci/build` may run ci/steps/1.sh, which calls `git rev-parse`',
  ],
  ['frobnicate', { 'build.sh': 'git log -1\n' }, 'line 4: `frobnicate` may run build.sh, which calls `git log`'],
  [
    'mvn package',
    { 'pom.xml': '<artifactId>git-commit-id-maven-plugin</artifactId>' },
    'line 4: `mvn package` runs pom.xml, which uses git-commit-id-maven-plugin',
  ],
  ['mvn package', { 'pom.xml': '<artifactId>git-commit-id-maven-plugin</artifactId><failOnNoGitDirectory>false</failOnNoGitDirectory>' }, undefined],
  [
    './gradlew build',
    { 'build.gradle.kts': 'id("com.palantir.git-version")', gradlew: '#!/bin/sh\n' },
    'line 4: `./gradlew build` runs build.gradle.kts, which uses com.palantir.git-version',
  ],
  [
    'sbt assembly',
    { 'project/plugins.sbt': 'addSbtPlugin("com.github.sbt" % "sbt-git" % "2.0")' },
    'line 4: `sbt assembly` runs project/plugins.sbt, which uses sbt-git',
  ],
  ['cargo build', { 'Cargo.toml': '[build-dependencies]\nvergen = "8"\n' }, 'line 4: `cargo build` runs Cargo.toml, which uses vergen'],
  [
    'xx-cargo build',
    { 'build.rs': 'Command::new("git").args(["rev-parse", "HEAD"]).output().unwrap();' },
    'line 4: `xx-cargo build` runs build.rs, which calls `git rev-parse`',
  ],
  [
    'bundle install',
    { Gemfile: 'gemspec\n', 'a.gemspec': 's.files = `git ls-files`.split\n' },
    'line 4: `bundle install` runs a.gemspec, which calls `git ls-files`',
  ],
  ['gem build a.gemspec', { 'a.gemspec': 's.files = `git ls-files`.split\n' }, 'line 4: `gem build` runs a.gemspec, which calls `git ls-files`'],
  ['mix release', { 'mix.exs': 'System.cmd("git", ["rev-parse", "HEAD"])' }, 'line 4: `mix release` runs mix.exs, which calls `git rev-parse`'],
] satisfies [string, Files, string | undefined][])('%s %o', (run, files, answer) =>
  expect(reader(copied('example.com/all:1', `RUN ${run}`), files)).toBe(answer),
);

test('.NET from 8 on writes the commit into assemblies', () => {
  expect(reader(copied('mcr.microsoft.com/dotnet/sdk:8.0', 'RUN dotnet publish -o /out'))).toBe(
    'line 4: `dotnet publish` writes the commit into the version of each assembly',
  );
  expect(reader(copied('mcr.microsoft.com/dotnet/sdk:6.0', 'RUN dotnet publish -o /out'))).toBeUndefined();
});

test('what the image starts with counts where a shipped stage holds it', () => {
  const start = { 'start.sh': '#!/bin/sh\ngit pull\n' };
  expect(reader(copied('debian:12', 'CMD ["./start.sh"]'), start)).toBe('what the image starts with calls `git pull` (./start.sh)');
  expect(reader(`${copied('debian:12 AS build')}FROM debian:12\nCOPY start.sh /\nCMD ["/start.sh"]\n`, start)).toBeUndefined();
});
