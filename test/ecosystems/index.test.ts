import { expect, test } from 'vitest';
import { ecosystemOf, ecosystems, isManifest, leavingOf, leavings } from '../../src/ecosystems/index.ts';
import { closureOf } from './project.ts';

test.each([
  ['apt-get', 'apt'],
  ['pip3.11', 'pip'],
  ['pip-3.6', 'pip'],
  ['python3', 'pip'],
  ['python3.9', 'pip'],
  ['dnf-3', 'dnf'],
  ['dnf5', 'dnf'],
  ['npx', 'npm'],
  ['pnpm', 'pnpm'],
  ['go', 'go'],
  ['composer', 'composer'],
  ['composer.phar', 'composer'],
  ['bundle', 'rubygems'],
  ['gem', 'rubygems'],
  ['dotnet', 'dotnet'],
  ['uv', 'uv'],
  ['poetry', 'poetry'],
  ['pipenv', 'pipenv'],
  ['mix', 'mix'],
  ['mvn', 'maven'],
  ['uvx', undefined],
  ['pipx', 'pip'],
  ['pip3-compile', undefined],
  ['constructor', undefined],
  ['', undefined],
])('%s belongs to %s', (program, id) => {
  expect(ecosystemOf(program)?.id).toBe(id);
});

test('ids and programs are unique', () => {
  for (const all of [ecosystems.map((one) => one.id), ecosystems.flatMap((one) => one.programs), leavings.map((one) => one.id)])
    expect(all).toEqual([...new Set(all)]);
  for (const leaving of leavings) expect(leavingOf(leaving.id)).toBe(leaving);
});

test.each([
  'package.json',
  'web/package-lock.json',
  './yarn.lock',
  '.yarnrc.yml',
  'pnpm-workspace.yaml',
  '.npmrc',
  'requirements-dev.txt',
  'requirements/../requirements.txt',
  'dev-requirements.txt',
  'pyproject.toml',
  'go.mod',
  'go.work',
  'Cargo.lock',
  'Gemfile',
  'my.gemspec',
  'composer.lock',
  'pom.xml',
  'build.gradle.kts',
  'src/Api/Api.csproj',
  'All.sln',
  'mix.exs',
  'deno.jsonc',
  'bun.lockb',
  'pubspec.yaml',
  'package*.json',
  'go.*',
  'Gemfile*',
  'yarn.lock*',
  'requirements*.txt',
  '*.csproj',
  'package?lock.json',
  'go.[ms]*',
])('%s is a manifest', (path) => {
  expect(isManifest(path)).toBe(true);
});

test.each([
  '.',
  'src',
  'PACKAGE.JSON',
  'cargo.toml',
  'gemfile',
  'package.json.bak',
  'go.mod/x',
  '*',
  '*.json',
  '*.txt',
  'p*',
  'tsconfig.json',
  'requirements.md',
  'x[',
])('%s is none', (path) => {
  expect(isManifest(path)).toBe(false);
});

test.each([
  ['apt-get install -y curl', ', curl floats'],
  ['apt-get install -y --no-install-recommends curl=7.88.1-10 git=1:2.39*', ', git=1:2.39* floats'],
  ['apt-get install -y nginx=$VERSION', ', exact'],
  ['apt-get install -y ./tool.deb', 'none'],
  ['apt-get install -y $PACKAGES', 'none'],
  ['apk add --no-cache --virtual .build gcc', ', gcc floats'],
  ['apk add curl=8.9.1-r1', ', exact'],
  ['apk add curl~=8.9', ', curl~=8.9 floats'],
  ['apk add /tmp/x.apk', 'none'],
  ['dnf install -y curl-7.76.1-29.el9', ', exact'],
  ['dnf install -y php-cli', ', php-cli floats'],
  ['yum install -y tool.rpm', 'none'],
  ['gem install bundler:2.5.6', ', exact'],
  ['gem install rake -v 13.2.1', ', exact'],
  ['gem install rake', ', rake floats'],
])('%s reads nothing of a project: %s', (line, closure) => {
  expect(closureOf(line, {})).toBe(closure);
});
