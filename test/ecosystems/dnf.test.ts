import { expect, test } from 'vitest';
import { leavingOf } from '../../src/ecosystems/index.ts';
import { named, told } from './call.ts';

const installs = 'install, leaves dnf-cache, renews dnf-cache';

test.each([
  ['dnf install -y curl', installs],
  ['dnf5 -y install curl', installs],
  ['dnf-3 install -y curl', installs],
  ['yum -y install curl', installs],
  ['yum -y -d0 -e 0 install curl', installs],
  ['microdnf install --nodocs curl', installs],
  ['yum localinstall -y x.rpm', installs],
  ['yum groupinstall -y "Development Tools"', installs],
  ['dnf group install -y core', installs],
  ['dnf module install -y nodejs:18', installs],
  ['dnf builddep -y x.spec', installs],
  ['yum-builddep -y x.spec', installs],
  ['dnf swap -y a b', installs],
  ['dnf --setopt=install_weak_deps=0 install x', installs],
  ['dnf --setopt keepcache=1 install x', installs],
  ['dnf upgrade -y', 'upgrade, leaves dnf-cache, renews dnf-cache'],
  ['yum -y update', 'upgrade, leaves dnf-cache, renews dnf-cache'],
  ['dnf distro-sync', 'upgrade, leaves dnf-cache, renews dnf-cache'],
  ['dnf makecache', 'update, leaves dnf-cache, renews dnf-cache'],
  ['dnf module enable -y nodejs:18', 'other, leaves dnf-cache, renews dnf-cache'],
  ['dnf repoquery x', 'other, leaves dnf-cache, renews dnf-cache'],
  ['dnf install --downloadonly --downloaddir=/rpms x', 'other, leaves dnf-cache, renews dnf-cache'],
  ['dnf list installed', 'other'],
  ['dnf list --installed', 'other'],
  ['dnf -C install x', 'install, needs dnf-cache'],
  ['dnf -yC install x', 'install, needs dnf-cache'],
  ['dnf --cacheonly install x', 'install, needs dnf-cache'],
  ['dnf remove -y x', 'remove'],
  ['yum autoremove -y', 'remove'],
  ['dnf group remove core', 'remove'],
  ['dnf clean all', 'clean, cleans dnf-cache'],
  ['microdnf clean all', 'clean, cleans dnf-cache'],
  ['yum clean -y all', 'clean, cleans dnf-cache'],
  ['dnf clean packages', 'other'],
  ['dnf config-manager --set-enabled crb', 'other, sets sources'],
  ['yum-config-manager --add-repo https://example.com/x.repo', 'other, sets sources'],
  ['dnf copr enable -y a/b', 'other, sets sources'],
  ['yum --version', 'other'],
  ['dnf --installroot=/out install x', 'not understood'],
  ['dnf --installroot /out install x', 'not understood'],
  ['dnf --setopt=cachedir=/c install x', 'not understood'],
  ['dnf --setopt=system_cachedir=/c install x', 'not understood'],
  ['dnf --setopt=$X install x', 'not understood'],
  ['dnf -c /dnf.conf install x', 'not understood'],
  ['dnf install --downloadonly x', 'not understood'],
  ['dnf shell', 'not understood'],
  ['dnf history undo last', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test.each([
  ['dnf install -y curl gcc-c++ php-* glibc.i686', ['curl', 'gcc-c++', 'php-*', 'glibc.i686']],
  ['dnf install -y --enablerepo crb curl', ['curl']],
  ['dnf install -y @development-tools', undefined],
  ['dnf install x.rpm', undefined],
  ['dnf install https://example.com/x.rpm', undefined],
  ["dnf install 'dnf-command(config-manager)'", undefined],
  ['dnf group install core', undefined],
])('the packages of %s', (line, packages) => {
  expect(named(line).packages).toEqual(packages);
});

test('each program cleans up after itself', () => {
  const cleanUp = leavingOf('dnf-cache')?.cleanUp;
  expect(['dnf', 'dnf5', 'yum', 'microdnf', 'yum-builddep'].map((program) => cleanUp?.(program))).toEqual([
    'dnf clean all',
    'dnf5 clean all',
    'yum clean all',
    'microdnf clean all',
    'yum clean all',
  ]);
});
