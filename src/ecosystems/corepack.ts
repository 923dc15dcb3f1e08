import { readOptions, use, type Ecosystem } from './ecosystem.ts';

/** https://github.com/nodejs/corepack#utility-commands. It puts managers of Node.js in place; where no version is named it reads package.json for one. */
export const corepack: Ecosystem = {
  id: 'corepack',
  programs: ['corepack'],
  manifests: [],
  leavings: [],
  read(call) {
    const [at, ...named] = readOptions(call, ['--install-directory']).rest;
    const word = at === undefined ? undefined : call.arguments[at]?.value;
    if (at === undefined || word === undefined) return undefined;
    if (word === 'enable' || word === 'disable') return use('other', at);
    // `pnpm` alone is the newest one: https://github.com/nodejs/corepack/blob/main/sources/specUtils.ts
    const known = named.length > 0 && named.every((position) => /^["']?(yarn|pnpm|npm)(@\S+)?["']?$/.test(call.arguments[position]?.text ?? ''));
    return known && (word === 'prepare' || word === 'install') ? use('other', at) : undefined;
  },
};
