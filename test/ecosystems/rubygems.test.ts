import { expect, test } from 'vitest';
import { read, told } from './call.ts';
import { closureOf } from './project.ts';

test.each([
  ['bundle install', 'install'],
  ['bundle', 'install'],
  ['bundle install --jobs 4 --retry=3 --without development test', 'install'],
  ['bundle install rack', 'not understood'],
  ['bundle install -j4 --without development:test', 'install'],
  ['bundle config set --local without development', 'other'],
  ['bundle config --global frozen 1', 'other'],
  ['bundle config set path vendor/bundle', 'other'],
  ['bundle config set path vendor', 'not understood'],
  ['bundle config set --local path /gems', 'other'],
  ['bundle config gemfile Gemfile.ci', 'not understood'],
  ['bundle config local.rack ../rack', 'not understood'],
  ['bundle config', 'other'],
  ['bundle --version', 'other'],
  ['bundle exec rake', 'not understood'],
  ['bundle update', 'not understood'],
  ['bundle package', 'not understood'],
  ['gem install bundler', 'install'],
  ['gem install bundler:2.5.6 rake --no-document', 'install'],
  ['gem install -v 2.5.6 bundler', 'install'],
  ['gem install ./x.gem', 'not understood'],
  ['gem install $WHAT', 'not understood'],
  ['gem install -g', 'not understood'],
  ['gem update --system', 'not understood'],
  ['gem build x.gemspec', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test('the files that are read', () => {
  expect(read('bundle install')?.reads).toEqual(['Gemfile', 'Gemfile.lock']);
  expect(read('BUNDLE_GEMFILE=ci.rb bundle install')?.reads).toEqual(['ci.rb', 'ci.rb.lock']);
  expect(read('gem install rake')?.reads).toEqual([]);
});

const rails = `# frozen_string_literal: true
source "https://rubygems.org"
git_source(:github) { |repo| "https://github.com/#{repo}.git" }

ruby "3.3.0"
gem "rails", "~> 7.1" # path: none
gem "bootsnap", require: false
gem 'rack', :require => 'rack', git: "https://github.com/rack/rack"
gem "tzinfo-data", platforms: %i[ mingw windows jruby ] if ENV["WINDOWS"]
group :development, :test do
  gem "debug"
end
`;
const project = (gemfile: string): Record<string, string> => ({ Gemfile: gemfile, 'Gemfile.lock': 'GEM\n' });

test.each([
  ['bundle install', 'Gemfile Gemfile.lock, writes vendor/bundle .bundle, exact'],
  ['bundle install --path gems', 'Gemfile Gemfile.lock, writes gems .bundle, exact'],
  ['BUNDLE_PATH=/gems bundle install', 'Gemfile Gemfile.lock, writes /gems .bundle, exact'],
  ['bundle install --path $WHERE', 'the folder that it installs into is not known'],
  ['bundle install --binstubs', 'Gemfile Gemfile.lock, writes vendor/bundle .bundle bin, exact'],
  ['bundle install --gemfile api/Gemfile', 'the install reads a file that the build context does not hold (api/Gemfile)'],
])('the closure of %s', (line, closure) => {
  expect(closureOf(line, project(rails))).toBe(closure);
});

test('Gemfiles of other names and without a lockfile', () => {
  const files = { 'gems.rb': rails, 'gems.locked': 'GEM\n', 'api/Gemfile': rails, 'api/Gemfile.lock': 'GEM\n', 'api/.ruby-version': '3.3' };
  expect(closureOf('bundle install', files)).toBe('gems.rb gems.locked, writes vendor/bundle .bundle, exact');
  expect(closureOf('bundle install --gemfile api/Gemfile', files)).toBe(
    'api/Gemfile api/Gemfile.lock api/.ruby-version, writes api/vendor/bundle api/.bundle, exact',
  );
  expect(closureOf('bundle install', { Gemfile: rails })).toBe('Gemfile, writes vendor/bundle .bundle, what Gemfile asks for floats');
  expect(closureOf('bundle install', {})).toBe('the build context holds no Gemfile that the install would find (Gemfile)');
});

test.each([
  ['gemspec', 'the gemspec of the project and what it requires are read (Gemfile)'],
  ['gem "core", path: "core"', 'a gem comes from a folder in which the build context holds no gemspec (core)'],
  ["gem 'core', :path => 'core'", 'a gem comes from a folder in which the build context holds no gemspec (core)'],
  ['path "engines" do', 'a gem comes from a folder in which the build context holds no gemspec (engines)'],
  ['gem "core", path: CORE', 'gems come from a folder of the project (Gemfile)'],
  ['gem "core", path: "a", glob: "*/x.gemspec"', 'gems come from a folder of the project (Gemfile)'],
  ['path ENGINES do', 'gems come from a folder of the project (Gemfile)'],
  ['source "file:///srv/gems"', 'gems come from a folder of the project (Gemfile)'],
  ['eval_gemfile "nowhere"', 'the install reads a file that the build context does not hold (nowhere)'],
  ['eval_gemfile File.join(__dir__, "x")', 'what `eval_gemfile File.join(__dir__, "x")` reads is not known (Gemfile)'],
  ['Dir["gemfiles/*"].each { |one| eval_gemfile one }', 'what `Dir["gemfiles/*"].each { |one| eval_gemfile one }` reads is not known (Gemfile)'],
  ['require_relative "lib/version"', 'what `require_relative "lib/version"` reads is not known (Gemfile)'],
  ['gem "rails", `cat version`', 'what `gem "rails", `cat version`` reads is not known (Gemfile)'],
  ['plugin "x"', 'what `plugin "x"` reads is not known (Gemfile)'],
  ['ruby file: ".ruby-version"', 'the install reads a file that the build context does not hold (.ruby-version)'],
])('a Gemfile with %s', (line, closure) => {
  expect(closureOf('bundle install', project(`${rails}${line}\n`))).toBe(closure);
});

test('files that a Gemfile reads go along', () => {
  const files = {
    ...project('ruby File.read(".ruby-version").strip\neval_gemfile("gemfiles/more.rb")\n'),
    '.ruby-version': '3.3',
    'gemfiles/more.rb': 'eval_gemfile "again.rb"\n',
    'gemfiles/again.rb': '',
  };
  expect(closureOf('bundle install', files)).toBe('Gemfile .ruby-version gemfiles/more.rb gemfiles/again.rb Gemfile.lock, writes vendor/bundle .bundle, exact');
});

const spec = (...lines: string[]): string => `Gem::Specification.new do |s|\n  s.name = "core"\n${lines.map((line) => `  ${line}\n`).join('')}end\n`;
const lockedCore = 'PATH\n  remote: gems/core\n  specs:\n    core (1.0)\n\nGEM\n';

function withCore(gemspec: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    Gemfile: 'gem "core", path: "gems/core"\n',
    'Gemfile.lock': lockedCore,
    'gems/core/core.gemspec': gemspec,
    'gems/core/lib/core.rb': 'File.read("a")',
    ...more,
  };
}

test.each([
  [spec('s.version = "1.0"')],
  [spec('s.files = Dir["lib/**/*", "README.md"]')],
  [spec('s.files = Dir.chdir(File.expand_path(__dir__)) do', '  Dir.glob("{app,lib}/**/*")', 'end')],
  [spec("s.files = Dir.chdir(__dir__) { Dir['lib/**/*'] }", 's.require_paths = ["lib"] # `git ls-files`')],
])('of a gem in a folder its gemspec is enough: %j', (gemspec) => {
  expect(closureOf('bundle install', withCore(gemspec))).toBe('Gemfile gems/core/core.gemspec Gemfile.lock, writes vendor/bundle .bundle, exact');
});

test('what a gemspec loads goes along', () => {
  const gemspec = `lib = File.expand_path("../lib", __FILE__)
$LOAD_PATH.unshift(lib) unless $LOAD_PATH.include?(lib)
require "core/version"
require_relative "lib/core/name"
${spec('s.version = Core::VERSION', 's.description = File.read("README.md").strip')}`;
  const files = {
    'gems/core/lib/core/version.rb': 'VERSION = "1.0"\n',
    'gems/core/lib/core/name.rb': 'require_relative "version"\n',
    'gems/core/README.md': '',
  };
  expect(closureOf('bundle install', withCore(gemspec, files))).toBe(
    'Gemfile gems/core/core.gemspec gems/core/lib/core/version.rb gems/core/lib/core/name.rb gems/core/README.md Gemfile.lock, writes vendor/bundle .bundle, exact',
  );
});

test.each([
  [spec('s.files = `git ls-files`.split'), 'what `s.files = `git ls-files`.split` reads is not known (gems/core/core.gemspec)'],
  [spec('s.executables = ["core"]'), 'the install makes the commands of a gem executable (gems/core/core.gemspec)'],
  [spec('s.executable = "core"'), 'the install makes the commands of a gem executable (gems/core/core.gemspec)'],
  [spec('s.version = Dir["*"].size.to_s'), 'what `s.version = Dir["*"].size.to_s` reads is not known (gems/core/core.gemspec)'],
  [spec('s.version = File.read("VERSION")'), 'the install reads a file that the build context does not hold (gems/core/VERSION)'],
  [spec('s.version = File.read(VERSION)'), 'what `s.version = File.read(VERSION)` reads is not known (gems/core/core.gemspec)'],
  [`require "json"\n${spec()}`, 'what `require "json"` reads is not known (gems/core/core.gemspec)'],
  [`require_relative "lib/core"\n${spec()}`, 'the install reads a file that the build context does not hold (gems/core/a)'],
])('a gemspec that reads more: %j', (gemspec, obstacle) => {
  expect(closureOf('bundle install', withCore(gemspec))).toBe(obstacle);
});

test('each folder of the lockfile is one of the Gemfile', () => {
  const files = { ...withCore(spec()), 'Gemfile.lock': lockedCore.replace('gems/core', '.') };
  expect(closureOf('bundle install', files)).toBe('the lockfile takes gems from the folder ., and the Gemfile does not name it (Gemfile.lock)');
});

test('gems of a folder lie in it or one below', () => {
  const files = { Gemfile: 'path "gems" do\n  gem "core"\nend\n', 'gems/core/core.gemspec': spec(), 'gems/core/spec/fixtures/broken.gemspec': '`rm x`' };
  expect(closureOf('bundle install', files)).toBe('Gemfile gems/core/core.gemspec, writes vendor/bundle .bundle, what Gemfile asks for floats');
});

test('gems of the repository go along, stored twice', () => {
  const files = { Gemfile: rails, 'Gemfile.lock': 'GEM\n  specs:\n    rack (3.0)\n    nokogiri (1.16-x86_64-linux)\n' };
  expect(closureOf('bundle install', { ...files, 'vendor/cache/rack-3.0.gem': '', 'vendor/cache/nokogiri-1.16-x86_64-linux.gem': '' })).toBe(
    'Gemfile Gemfile.lock vendor/cache/rack-3.0.gem vendor/cache/nokogiri-1.16-x86_64-linux.gem, writes vendor/bundle .bundle, whole vendor/cache, exact, differs',
  );
  expect(closureOf('bundle install', { ...files, 'vendor/cache/rack-2.9.gem': '' })).toBe(
    'the install may remove or add to the gems in the repository, and its lockfile does not name this one (vendor/cache/rack-2.9.gem)',
  );
});
