import { once } from '../once.ts';
import type { Base } from '../bases/base.ts';
import { readReference } from '../bases/reference.ts';
import type { CacheUse } from './cache-uses.ts';
import { unmounted } from './cache-uses.ts';
import type { Facts } from './facts.ts';

/**
 * The flags of RUN that mount what a use lacks. Ids are left out where the folder's own path, which is the default, tells apart enough, and the file
 * gives its mounts of that folder no other one.
 */
export function mountFlags(use: CacheUse, facts: Facts): string[] {
  const { calls, identity, step } = use;
  const locked = calls.some(({ caching }) => caching.locked);
  const fits = calls.map(({ caching }) => caching.fits).find((one) => one !== undefined);
  return unmounted(use).map((target) => {
    const id = fits ? idOf(calls[0]?.command.ecosystem?.id ?? '', target, fits, step.stage.base) : idGiven(use, facts, target);
    const owner = identity && identity.uid !== 0 ? [`uid=${identity.uid}`, ...(identity.gid === undefined ? [] : [`gid=${identity.gid}`])] : [];
    return ['--mount=type=cache', ...(id === undefined ? [] : [`id=${id}`]), `target=${target}`, ...owner, ...(locked ? ['sharing=locked'] : [])].join(',');
  });
}

/** The id under which the file keeps a folder already for that user. One that a variable decides is another one where that is not declared. */
function idGiven({ step }: CacheUse, facts: Facts, directory: string): string | undefined {
  return idsGiven(facts).get(`${step.state.user ?? ''} ${directory}`);
}

const idsGiven = once((facts: Facts) => {
  const found = new Map<string, string>();
  for (const { run, state } of facts.steps)
    for (const { type, id, target } of run?.mounts ?? [])
      if (type === 'cache' && id !== undefined && !id.includes('$')) found.set(`${state.user ?? ''} ${target ?? ''}`, id);
  return found;
});

/** Another C library or distribution has other files under the same names. */
function idOf(manager: string, target: string, fits: 'distribution' | 'libc', { family, image }: Base): string | undefined {
  if (fits === 'libc' && family !== 'alpine') return undefined;
  const part = target.split('/').at(-1) ?? '';
  return `${manager}-${part === manager ? 'cache' : part}-${fits === 'libc' ? family : releaseOf(image)}`;
}

const releases =
  /(?:^|[-_])(wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|sid|trusty|xenial|bionic|focal|jammy|noble|plucky|questing|resolute|alpine[\d.]*)(?:[-_]|$)/;

/** `bookworm`, or the image itself, without its registry, where its tag does not tell. */
function releaseOf(image: string): string {
  const { name = 'image', tag } = readReference(image);
  return releases.exec(tag)?.[1] ?? `${name.replace(/^[^/]*[.:][^/]*\//, '')}-${tag}`.replaceAll(/[^\w.-]+/g, '-').replace(/-latest$/, '');
}
