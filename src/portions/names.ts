import { createHash } from 'node:crypto';

const longest = 100;
/** Names of devices, which Windows takes for no file whatever stands behind the dot. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name for files and branches for each of some names: letters, digits, `.`, `_` and `-`, and no two equal but for case. */
export function plainNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const plain = new Map<string, string>();
  for (const name of names) {
    const wanted = plainName(name);
    let free = wanted;
    for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${wanted}-${count}`;
    taken.add(free.toLowerCase());
    plain.set(name, free);
  }
  return plain;
}

function plainName(name: string): string {
  const plain = name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/-{2,}/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .replace(/\.lock$/i, '-lock');
  const short = plain.length <= longest ? plain : `${plain.slice(0, longest - 9)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
  return short === '' || reserved.test(short) ? `group-${short}`.replace(/-$/, '') : short;
}
