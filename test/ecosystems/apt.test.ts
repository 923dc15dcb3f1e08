import { expect, test } from 'vitest';
import { apt } from '../../src/ecosystems/apt.ts';
import { named, told } from './call.ts';

const updates = 'update, leaves apt-lists, renews apt-lists';

test.each([
  ['apt-get update', updates],
  ['apt-get -qq -y update', updates],
  ['apt update', updates],
  ['aptitude update', updates],
  ['apt-get install -y curl', 'install, needs apt-lists'],
  ['apt-get -yqq install curl', 'install, needs apt-lists'],
  ['apt-get -q=2 install curl', 'install, needs apt-lists'],
  ['apt-get -yt bookworm-backports install curl', 'install, needs apt-lists'],
  ['apt-get -t $CODENAME-backports install curl', 'install, needs apt-lists'],
  ['apt-get -o Dpkg::Options::=--force-confold install curl', 'install, needs apt-lists'],
  ['apt-get -oDpkg::Use-Pty=0 install curl', 'install, needs apt-lists'],
  ['apt-get install ./x.deb', 'install, needs apt-lists'],
  ['apt-get -f install', 'install, needs apt-lists'],
  ['apt-get build-dep x', 'install, needs apt-lists'],
  ['aptitude -y full-upgrade', 'upgrade, needs apt-lists'],
  ['apt-get dist-upgrade -y', 'upgrade, needs apt-lists'],
  ['apt-get install -d x', 'other, needs apt-lists'],
  ['apt-get download x', 'other, needs apt-lists'],
  ['apt-get purge -y gcc', 'remove, needs apt-lists'],
  ['apt-get purge -y --auto-remove $BUILD', 'remove, needs apt-lists'],
  ['apt-get autoremove -y', 'remove'],
  ['apt-get clean', 'clean'],
  ['apt-get autoclean', 'clean'],
  ['apt-get dist-clean', 'clean, cleans apt-lists'],
  ['apt-get distclean', 'clean, cleans apt-lists'],
  ['apt list --upgradable', 'other, needs apt-lists'],
  ['apt list --installed', 'other'],
  ['apt-cache policy curl', 'other, needs apt-lists'],
  ['apt-mark hold curl', 'other'],
  ['apt-key add key.gpg', 'other, sets sources'],
  ['apt-get --version', 'other'],
  // It adds a source: never a mere update. Not every version of it fetches the lists.
  ['add-apt-repository -y ppa:deadsnakes/ppa', 'other, leaves apt-lists, sets sources'],
  ['apt-add-repository universe', 'other, leaves apt-lists, sets sources'],
  ['add-apt-repository -yn ppa:deadsnakes/ppa', 'other, sets sources'],
  ['add-apt-repository --no-update ppa:deadsnakes/ppa', 'other, sets sources'],
  ['apt edit-sources', 'other, sets sources'],
  ['apt-get -o Dir::Cache::archives=/aptc install curl', 'not understood'],
  ['apt-get -oDir::State::lists=/l update', 'not understood'],
  ['apt-get --option=dir::etc::sourcelist=/x update', 'not understood'],
  ['apt-get -o $OPTION update', 'not understood'],
  ['apt-get -c /apt.conf update', 'not understood'],
  ['APT_CONFIG=/apt.conf apt-get update', 'not understood'],
  ['apt-get $WHAT', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test.each([
  ['apt-get install -y curl g++ libc6:i386 nginx=1.2.* tzdata', ['curl', 'g++', 'libc6:i386', 'nginx=1.2.*', 'tzdata']],
  ['apt-get install -yt bookworm-backports curl', ['curl']],
  ['apt-get install -y', undefined],
  ['apt-get install curl exim4-', undefined],
  ['apt-get install ./x.deb', undefined],
  ['apt-get install curl/bookworm-backports', undefined],
  ['apt-get install curl $MORE', undefined],
  ['apt-get upgrade curl', undefined],
])('the packages of %s', (line, packages) => {
  expect(named(line).packages).toEqual(packages);
});

test('options go behind the action, wherever it stands', () => {
  expect(named('apt-get -y -o Acquire::Retries=3 install curl').action).toBe('install');
});

test.each(['default-mysql-server', 'ocl-icd-libopencl1', 'postgresql-contrib', 'ruby-full', 'ssh-client', 'vim-nox'])(
  'what %s recommends is known, by its whole name',
  (name) => expect(apt.recommends?.isKnown(name)).toBe(true),
);

test.each(['server', 'client', 'full'])('%s is no package', (name) => expect(apt.recommends?.isKnown(name)).toBe(false));
