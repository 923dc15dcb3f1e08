import type { Place } from '../caller.ts';
import { itemsAt, scalarAt, type Tree } from '../yaml.ts';
import { fill, type Values } from './expressions.ts';

/** A folder of the job's workspace into which a repository was checked out. */
export interface Checkout {
  /** `''` for the workspace itself; undefined where it is not known. */
  readonly folder: string | undefined;
  /** It is the repository of the workflow. */
  readonly own: boolean;
}

export function readCheckouts(job: Tree, values: Values): Checkout[] {
  return itemsAt(job, 'steps').flatMap((step): Checkout[] => {
    if (scalarAt(step, 'uses')?.value.startsWith('actions/checkout@') !== true) return [];
    const repository = scalarAt(step, 'with', 'repository')?.value;
    const own = repository === undefined || /^\$\{\{\s*github\.(repository|event\.pull_request\.head\.repo\.full_name)\s*\}\}$/.test(repository);
    const path = fill(scalarAt(step, 'with', 'path')?.value ?? '', values);
    return [{ folder: path?.replace(/^(\.\/)+|^\.$|\/+$/g, ''), own }];
  });
}

/** A place of the workspace as one of the repository; without a checkout they are the same. */
export function inRepository(place: Place, checkouts: readonly Checkout[]): Place {
  if (place.is !== 'here' || checkouts.length === 0) return place;
  const [nearest] = checkouts
    .filter(({ folder }) => folder !== undefined && (folder === '' || place.path === folder || place.path.startsWith(`${folder}/`)))
    .toSorted((a, b) => (b.folder?.length ?? 0) - (a.folder?.length ?? 0));
  if (nearest?.folder === undefined) return { is: 'unknown', what: place.path };
  if (!nearest.own) return { is: 'elsewhere', what: `another repository, in ${nearest.folder || 'the workspace'}` };
  return { is: 'here', path: place.path.slice(nearest.folder.length).replace(/^\//, '') };
}
