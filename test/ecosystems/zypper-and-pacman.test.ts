import { expect, test } from 'vitest';
import { named, told } from './call.ts';

test.each([
  ['zypper refresh', 'update, leaves zypper-cache'],
  ['zypper -n ref', 'update, leaves zypper-cache'],
  ['zypper --non-interactive --gpg-auto-import-keys refresh', 'update, leaves zypper-cache, sets sources'],
  ['zypper -n --gpg-auto-import-keys in curl', 'install, leaves zypper-cache, sets sources'],
  ['zypper in -y --no-recommends curl', 'install, leaves zypper-cache'],
  ['zypper -n dup', 'upgrade, leaves zypper-cache'],
  ['zypper -n rm -u gcc', 'remove'],
  ['zypper ar -f https://example.com/tools tools', 'other, sets sources'],
  ['zypper -n addrepo https://example.com/x.repo', 'other, sets sources'],
  ['zypper mr -k --all', 'other, sets sources'],
  ['zypper rr tools', 'other, sets sources'],
  ['zypper lr', 'other'],
  ['zypper clean', 'other'],
  ['zypper clean -a', 'clean, cleans zypper-cache'],
  ['zypper -n cc --all', 'clean, cleans zypper-cache'],
  ['zypper --root /out in curl', 'not understood'],
  ['pacman -Sy', 'update'],
  ['pacman -Syu --noconfirm', 'upgrade'],
  ['pacman -S --noconfirm curl', 'install'],
  ['pacman-key --populate archlinux', 'other, sets sources'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test('the packages that zypper installs', () => {
  expect(named('zypper -n in curl gcc-c++')).toEqual({ action: 'in', packages: ['curl', 'gcc-c++'] });
  expect(named('zypper in -t pattern devel_basis').packages).toEqual(['devel_basis']);
});
