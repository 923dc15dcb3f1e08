import { expect, test } from 'vitest';
import { told } from './call.ts';
import { closureOf } from './project.ts';

test.each([
  ['mix deps.get', 'install'],
  ['mix deps.get --only prod', 'install'],
  ['mix local.hex --force', 'other'],
  ['mix local.rebar --force', 'other'],
  ['mix --version', 'other'],
  ['mix deps.compile', 'not understood'],
  ['mix do deps.get, compile', 'not understood'],
  ['mix compile', 'not understood'],
  ['MIX_EXS=other.exs mix deps.get', 'not understood'],
  ['mvn -B dependency:go-offline', 'install'],
  ['mvn --version', 'other'],
  ['mvn package', 'not understood'],
  ['mvn dependency:resolve dependency:resolve-plugins', 'install'],
  ['mvn -Dmaven.repo.local=.m2 dependency:resolve', 'not understood'],
  ['mvn -o dependency:go-offline', 'not understood'],
  ['mvn dependency:go-offline package', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

const project =
  'defmodule App.MixProject do\n  # path: none, File.read\n  defp deps, do: [{:jason, "~> 1.4"}, {:x, git: "https://example.com/x.git"}, {:y, in_umbrella: true}]\nend\n';

test('a project of Mix', () => {
  expect(closureOf('mix deps.get', { 'mix.exs': project, 'mix.lock': '', 'config/config.exs': '' })).toBe('mix.exs mix.lock, writes deps, exact');
  expect(closureOf('mix deps.get', { 'mix.exs': project, '.tool-versions': '' })).toBe('mix.exs .tool-versions, writes deps, what mix.exs asks for floats');
  expect(closureOf('mix deps.get', {})).toBe('the build context does not hold the mix.exs of the project (mix.exs)');
});

test('an umbrella has a manifest for each application', () => {
  const files = {
    'mix.exs': 'apps_path: "apps"',
    'mix.lock': '',
    'apps/web/mix.exs': 'lockfile: "../../mix.lock", deps_path: "../../deps"',
    'apps/core/mix.exs': '',
    'apps/core/deps/a/mix.exs': '',
  };
  expect(closureOf('mix deps.get', files)).toBe('mix.exs apps/web/mix.exs apps/core/mix.exs mix.lock, writes deps, exact');
  expect(closureOf('mix deps.get', { ...files, 'mix.exs': 'apps_path: @apps' })).toBe('the folder of its applications is not known (mix.exs)');
});

test.each([
  ['{:a, path: "libs/a"}', 'dependencies come from a folder of the project (mix.exs)'],
  ['version: File.read!("VERSION")', '`File.` may read other files (mix.exs)'],
  ['version: System.cmd("git", ["describe"])', '`System.cmd` may read other files (mix.exs)'],
  ['version: System.get_env("VERSION")', 'mix.exs, writes deps, what mix.exs asks for floats'],
  ['aliases: ["deps.get": ["x"]]', '`deps.get` is another task there (mix.exs)'],
  ['lockfile: "other.lock"', 'dependencies, the lockfile or the configuration lie elsewhere (mix.exs)'],
])('a mix.exs with %s', (more, closure) => {
  expect(closureOf('mix deps.get', { 'mix.exs': `${project}${more}\n` })).toBe(closure);
});

test.each([
  ['', 'pom.xml, exact'],
  ['<!-- <module>a</module> -->', 'pom.xml, exact'],
  ['<modules><module>a</module></modules>', 'it has modules, and what one needs of another is fetched from nowhere (pom.xml)'],
  ['<parent><artifactId>p</artifactId></parent>', 'its parent is in the project (../pom.xml)'],
  ['<parent><artifactId>p</artifactId><relativePath/></parent>', 'pom.xml, exact'],
  ['<parent><relativePath>../base</relativePath></parent>', 'its parent is in the project (../base/pom.xml)'],
  ['<parent><relativePath>nowhere.xml</relativePath></parent>', 'pom.xml, exact'],
  ['<version>1-SNAPSHOT</version><dependency><artifactId>a</artifactId><version>1</version></dependency>', 'pom.xml, exact'],
  ['<dependency><artifactId>a</artifactId><version>1-SNAPSHOT</version></dependency>', 'pom.xml, a floats'],
  ['<plugin><artifactId>p</artifactId><version>[1,2)</version></plugin>', 'pom.xml, p floats'],
  ['<dependency><artifactId>a</artifactId><version>[1.2]</version></dependency>', 'pom.xml, exact'],
  ['<systemPath>${basedir}/lib/a.jar</systemPath>', 'libraries come from a folder of the project (pom.xml)'],
  ['<repository><url>file://${basedir}/repo</url></repository>', 'libraries come from a folder of the project (pom.xml)'],
  ['<activation><file><exists>x</exists></file></activation>', 'a profile is active where a file is (pom.xml)'],
])('a pom.xml with %s', (more, closure) => {
  expect(closureOf('mvn dependency:go-offline', { 'pom.xml': `<project>${more}</project>`, '../pom.xml': '', '../base/pom.xml': '' })).toBe(closure);
});

test('what else Maven reads', () => {
  const files = { 'pom.xml': '<project />', '.mvn/maven.config': '', 'ci/settings.xml': '', '/root/.m2/settings.xml': '' };
  expect(closureOf('mvn -s ci/settings.xml dependency:go-offline', files)).toBe('pom.xml .mvn/maven.config ci/settings.xml /root/.m2/settings.xml, exact');
  expect(closureOf('mvn dependency:go-offline', files)).toBe('pom.xml .mvn/maven.config /root/.m2/settings.xml, exact');
  expect(closureOf('mvn -s $SETTINGS dependency:go-offline', files)).toBe('what `$SETTINGS` stands for is not known');
  expect(closureOf('mvn dependency:go-offline', {})).toBe('the build context holds no pom.xml that can be read (pom.xml)');
});
