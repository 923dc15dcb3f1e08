import { expect, test } from 'vitest';
import { fetchOf, told } from './call.ts';
import { closureOf } from './project.ts';

test.each([
  ['composer install', 'not understood'],
  ['composer install --no-scripts', 'not understood'],
  ['composer install --no-scripts --no-autoloader', 'install'],
  ['composer dump-autoload', 'not understood'],
  ['composer require acme/a', 'not understood'],
  ['composer config -g x y', 'not understood'],
  ['composer --version', 'other'],
  ['composer', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test.each([
  ['composer install --no-dev -o', 'composer install --no-dev -o --no-scripts --no-autoloader'],
  ['composer i --no-scripts', 'composer i --no-scripts --no-autoloader'],
  ['COMPOSER_ALLOW_SUPERUSER=1 /usr/bin/composer -n install', 'COMPOSER_ALLOW_SUPERUSER=1 /usr/bin/composer -n install --no-scripts --no-autoloader'],
  ['composer install --no-autoloader --no-scripts', undefined],
  ['composer install --dry-run', undefined],
  ['composer update', undefined],
  ['TOKEN=$T composer install', undefined],
])('what is fetched for %s', (line, command) => {
  expect(fetchOf(line)?.command).toBe(command);
});

function project(more: { readonly manifest?: object; readonly packages?: readonly object[]; readonly dev?: readonly object[] } = {}): Record<string, string> {
  const a = { name: 'acme/a', type: 'library', dist: { type: 'zip', url: 'https://example.com/a.zip' }, source: { url: 'https://example.com/a.git' } };
  const lock = { packages: [a, ...(more.packages ?? [])], 'packages-dev': more.dev ?? [] };
  return { 'composer.json': JSON.stringify(more.manifest ?? {}), 'composer.lock': JSON.stringify(lock) };
}

test.each([
  ['composer install', 'composer.json composer.lock, writes vendor, exact'],
  ['composer install --no-scripts --no-autoloader', 'composer.json composer.lock, writes vendor, exact'],
  ['COMPOSER_VENDOR_DIR=/vendor composer install', 'composer.json composer.lock, writes /vendor, exact'],
  ['composer install -d api', 'the build context holds no composer.json that can be read (api/composer.json)'],
  ['composer install -d $DIR', 'the folder that it installs is not known'],
])('the closure of %s', (line, closure) => {
  expect(closureOf(line, project())).toBe(closure);
});

test('settings beside the manifest belong to it', () => {
  expect(closureOf('composer install', { ...project(), 'auth.json': '{}', 'symfony.lock': '{}' })).toBe(
    'composer.json composer.lock symfony.lock auth.json, writes vendor, exact',
  );
});

test('other folders of the configuration', () => {
  expect(closureOf('composer install', project({ manifest: { config: { 'vendor-dir': 'lib', 'bin-dir': 'bin' } } }))).toBe(
    'composer.json composer.lock, writes lib bin, exact',
  );
});

test.each([
  [{ repositories: { local: { type: 'artifact', url: 'zips' } } }],
  [{ repositories: [{ type: 'vcs', url: './forks/a' }] }],
  [{ repositories: [{ type: 'vcs', url: 'file:///srv/a' }] }],
])('%j brings packages that are not read', (manifest) => {
  expect(closureOf('composer install', project({ manifest }))).toBe('packages come from archives or repositories in a folder of the project (composer.json)');
});

test('other repositories are none', () => {
  const repositories = [
    { type: 'path', url: 'packages/*' },
    { type: 'vcs', url: 'git@github.com:acme/a.git' },
    { type: 'composer', url: 'https://repo.example' },
    { 'packagist.org': false },
  ];
  expect(closureOf('composer install', project({ manifest: { repositories } }))).toContain('exact');
});

interface Moon {
  readonly symlink?: boolean | undefined;
  readonly dist?: object;
  readonly source?: object;
  readonly bin?: readonly string[];
}

function withMoon({ symlink, dist = { type: 'path', url: 'packages/moon' }, source, bin }: Moon): Record<string, string> {
  const moon = { name: 'acme/moon', dist, source, bin, 'transport-options': { symlink } };
  return { ...project({ packages: [moon] }), 'packages/moon/composer.json': '{}', 'packages/moon/src/Moon.php': '<?php' };
}

const linked = 'composer.json composer.lock packages/moon/composer.json, writes vendor, exact';
const copied = 'composer.json composer.lock packages/moon/composer.json packages/moon/src/Moon.php, writes vendor, whole packages/moon, exact';

test.each([
  ['composer install', undefined, linked],
  ['composer install', true, linked],
  ['composer install', false, copied],
  ['COMPOSER_MIRROR_PATH_REPOS=1 composer install', undefined, copied],
  ['COMPOSER_MIRROR_PATH_REPOS=1 composer install', true, linked],
  ['COMPOSER_MIRROR_PATH_REPOS=0 composer install', undefined, linked],
])('%s of a folder, symlink %s', (line, symlink, closure) => {
  expect(closureOf(line, withMoon({ symlink }))).toBe(closure);
});

test.each([
  [{ dist: { type: 'zip', url: 'zips/moon-1.0.zip' } }, 'acme/moon comes from an archive or a repository in a folder of the project (composer.lock)'],
  [{ dist: { type: 'zip', url: 'file:///zips/moon.zip' } }, 'acme/moon comes from an archive or a repository in a folder of the project (composer.lock)'],
  [{ dist: {}, source: { type: 'git', url: '../moon' } }, 'acme/moon comes from an archive or a repository in a folder of the project (composer.lock)'],
  [{ dist: { type: 'path', url: '../moon' } }, 'the install needs acme/moon, which the build context does not hold (../moon/composer.json)'],
  [
    { dist: { type: 'zip', url: 'https://example.com/moon.zip' }, source: { type: 'git', url: 'git@example.com:moon.git' } },
    'composer.json composer.lock, writes vendor, exact',
  ],
])('a package from %j', (moon, closure) => {
  expect(closureOf('composer install', withMoon(moon))).toBe(closure);
});

test('commands of a folder are made executable by the call behind the source', () => {
  const own = 'composer install --no-scripts --no-autoloader';
  const fetched = withMoon({ bin: ['bin/moon'] });
  const files = { ...fetched, 'packages/moon/bin/moon': '' };
  expect(closureOf('composer install', files)).toBe(linked);
  expect(closureOf(own, files)).toBe('the install makes a command of acme/moon executable, and no later one would (packages/moon/bin/moon)');
  expect(closureOf(own, fetched)).toBe(linked);
  expect(closureOf(own, withMoon({ bin: ['bin/moon'], symlink: false }))).toBe(copied);
});

test('a folder of many files is not copied', () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`packages/moon/src/${i}.php`, '']));
  expect(closureOf('composer install', { ...withMoon({ symlink: true }), ...many })).toBe(linked);
  expect(closureOf('composer install', { ...withMoon({ symlink: false }), ...many })).toBe(
    'the install copies the folder, and it holds more than 50 files (packages/moon)',
  );
});

const plugin = (name: string): object => ({ name, type: 'composer-plugin' });

test.each([
  ['wikimedia/composer-merge-plugin', 'the plugin wikimedia/composer-merge-plugin may read other files or install into other folders (composer.lock)'],
  ['cweagans/composer-patches', 'the plugin cweagans/composer-patches may read other files or install into other folders (composer.lock)'],
  ['symfony/flex', 'without symfony.lock, Flex writes files for each package (symfony.lock)'],
  ['pestphp/pest-plugin', 'composer.json composer.lock, writes vendor, exact'],
])('with the plugin %s', (name, closure) => {
  expect(closureOf('composer install', project({ packages: [plugin(name)] }))).toBe(closure);
});

test('plugins that are not installed or not asked', () => {
  const files = project({ dev: [plugin('wikimedia/composer-merge-plugin')] });
  expect(closureOf('composer install', files)).toContain('merge-plugin');
  expect(closureOf('composer install --no-dev', files)).toContain('exact');
  expect(closureOf('COMPOSER_NO_DEV=1 composer install', files)).toContain('exact');
  expect(closureOf('composer install --no-plugins', files)).toContain('exact');
});

test('Flex with its lockfile writes nothing', () => {
  expect(closureOf('composer install', { ...project({ packages: [plugin('symfony/flex')] }), 'symfony.lock': '{}' })).toBe(
    'composer.json composer.lock symfony.lock, writes vendor, exact',
  );
});

test.each([
  ['post-install-cmd', 'composer.json composer.lock, writes vendor, exact'],
  ['post-autoload-dump', 'composer.json composer.lock, writes vendor, exact'],
  ['post-package-install', 'the script `post-package-install` runs while packages are installed (composer.json)'],
  ['pre-install-cmd', 'the script `pre-install-cmd` runs while packages are installed (composer.json)'],
])('with a script %s', (event, closure) => {
  expect(closureOf('composer install', project({ manifest: { scripts: { [event]: 'php x.php' } } }))).toBe(closure);
});

test('without a lockfile or packages nothing is fetched', () => {
  expect(closureOf('composer install', { 'composer.json': '{}' })).toBe('no package is required that could be fetched (composer.json)');
  expect(closureOf('composer install', { 'composer.json': '{}', 'composer.lock': '{"packages":[]}' })).toBe(
    'no package is required that could be fetched (composer.lock)',
  );
});

test('a lockfile that cannot be read', () => {
  expect(closureOf('composer install', { 'composer.json': '{}', 'composer.lock': '<<<<<<<' })).toBe('its lockfile cannot be read (composer.lock)');
});

const unlocked = { require: { php: '>=8.2', 'slim/slim': '^4' } };

test.each([
  [{}, /^composer\.json, writes vendor/],
  [{ config: { 'allow-plugins': { 'symfony/runtime': true, 'php-http/discovery': false } } }, /^composer\.json, writes vendor/],
  [{ config: { 'allow-plugins': true } }, /^without a lockfile it is not known which plugins run \(composer\.json\)$/],
  [{ config: { 'allow-plugins': { 'symfony/flex': true } } }, /^without a lockfile it is not known which plugins run \(composer\.json\)$/],
  [{ scripts: { 'post-autoload-dump': '@php artisan' } }, /^composer\.json, writes vendor/],
  [{ scripts: { 'post-update-cmd': '@php artisan' } }, /^the script `post-update-cmd` runs only with a lockfile, or only without \(composer\.json\)$/],
])('without a lockfile: %j', (more, expected) => {
  expect(closureOf('composer install', { 'composer.json': JSON.stringify({ ...unlocked, ...more }) })).toMatch(expected);
});
