import type { Caller } from '../callers/caller.ts';

/** Callers by what stays the same of them while their files are edited: by kind, file, name and what is built, and which of those that agree in it, since edits keep their order. */
export function identified(callers: readonly Caller[]): ReadonlyMap<string, Caller> {
  const found = new Map<string, Caller>();
  const counts = new Map<string, number>();
  for (const caller of callers) {
    const { kind, file, name, context, dockerfile, declared } = caller;
    const same = JSON.stringify([kind, file, name, context, dockerfile, declared.target?.value]);
    const count = counts.get(same) ?? 0;
    counts.set(same, count + 1);
    found.set(`${same} ${count}`, caller);
  }
  return found;
}
