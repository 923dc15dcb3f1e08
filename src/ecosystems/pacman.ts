import { hasOption, readOptions, use, type Ecosystem } from './ecosystem.ts';

const withValue = ['-r', '--root', '-b', '--dbpath', '--cachedir', '--config', '--ignore', '--overwrite', '--hookdir', '--gpgdir', '--arch'];

/**
 * https://man.archlinux.org/man/pacman.8. The official image deletes each package after its installation by a hook, so that there is nothing to clean:
 * https://gitlab.archlinux.org/archlinux/archlinux-docker
 */
export const pacman: Ecosystem = {
  id: 'pacman',
  programs: ['pacman', 'pacman-key'],
  manifests: [],
  ofDistribution: true,
  leavings: [],
  read(call) {
    if (call.program === 'pacman-key') return use('other', -1, { setsSources: true });
    const read = readOptions(call, withValue);
    if (hasOption(read, '-r', '--root', '-b', '--dbpath', '--cachedir')) return undefined;
    const at = call.arguments.findIndex(({ text }) => /^-[A-Z]|^--(sync|remove|query|upgrade|version)$/.test(text));
    const operation = call.arguments[at]?.value ?? '';
    if (/^-S[a-z]*c/.test(operation)) return use('clean', at);
    if (/^-S[a-z]*u/.test(operation)) return use('upgrade', at);
    if (/^-S|^--sync$|^-U|^--upgrade$/.test(operation)) return use(read.rest.length === 0 ? 'update' : 'install', at);
    if (/^-R|^--remove$/.test(operation)) return use('remove', at);
    return /^-[QVT]|^--(query|version)$/.test(operation) ? use('other', at) : undefined;
  },
};
