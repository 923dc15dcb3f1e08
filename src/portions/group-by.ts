import { suggestion } from '../suggestion.ts';
import { UsageError } from '../usage-error.ts';

/** By what the changes of a run are parted. */
export type GroupBy = ByName | { readonly by: 'transform' } | { readonly by: 'similarity' };

/** By what each Dockerfile has. */
export type ByName = { readonly by: 'package' } | { readonly by: 'owner' } | { readonly by: 'directory'; readonly depth: number };

const names = ['package', 'owner', 'transform', 'directory', 'similarity'] as const;

/** Throws a UsageError for what is none; `directory:2` are two folders down. */
export function readGroupBy(given: string): GroupBy {
  const [, name = given, depth] = /^(directory):([1-9]\d?)$/.exec(given) ?? [];
  const by = names.find((one) => one === name);
  if (by === undefined) throw new UsageError(`--group-by ${given}: must be ${names.join(', ')} or directory:2${suggestion(given, names)}`);
  if (by === 'directory') return { by, depth: Number(depth ?? 1) };
  return { by };
}
