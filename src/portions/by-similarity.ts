import type { Batch } from '../batch/batch.ts';
import { partOf, type ChangeSet } from './change-sets.ts';
import type { Portion } from './portion.ts';
import { clustersOf } from './similarity.ts';

/** A portion for all Dockerfiles that are changed alike. */
export function portionsBySimilarity(sets: readonly ChangeSet[], batch: Batch): Portion[] {
  return clustersOf(sets, batch).map(({ shown, others }) => {
    const all = [shown, ...others.map(({ set }) => set)];
    const [first = ''] = pathsOf(shown);
    const alike = others.flatMap(({ set, differences }) => pathsOf(set).map((path) => ({ path, differences })));
    return {
      name: first.replace(/(?<=.)\/(Docker|Container)file$/, ''),
      title: alike.length === 0 ? `Rewrite ${first}` : `Rewrite ${first} and ${alike.length} like it`,
      batch: partOf(batch, new Set(all.flatMap(pathsOf))),
      notes: [],
      alike,
      shown: partOf(batch, new Set(pathsOf(shown))),
    };
  });
}

function pathsOf({ dockerfiles }: ChangeSet): string[] {
  return dockerfiles.map(({ path }) => path);
}
