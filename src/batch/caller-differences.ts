import type { BuildInput } from '../build-input.ts';
import type { Caller, Declarations, Declared, DeclaredEntry, DeclaredSecret } from '../callers/caller.ts';
import { gives, replacedBy } from '../callers/write.ts';

interface Wanted {
  /** The caller that was edited. */
  readonly key: string;
  readonly input: BuildInput;
  /** By the Dockerfile's path. */
  readonly wants: ReadonlyMap<string, readonly BuildInput[]>;
  readonly dockerfileOf: (caller: Caller) => string | undefined;
}

/** What an edit made of callers beside what was wanted; undefined where it is that alone. */
export function differenceBetween(before: ReadonlyMap<string, Caller>, after: ReadonlyMap<string, Caller>, wanted: Wanted): string | undefined {
  const { key, input, wants, dockerfileOf } = wanted;
  if (before.size !== after.size) return 'An edit would change what is built.';
  for (const [other, caller] of before) {
    const now = after.get(other);
    if (!now) return 'An edit would change what is built.';
    if (now === caller) continue;
    const dockerfile = dockerfileOf(caller);
    const wantsIt =
      dockerfile !== undefined &&
      (wants.get(dockerfile) ?? []).some(({ kind, id, insteadOf }) => kind === input.kind && id === input.id && insteadOf === input.insteadOf);
    if (!isSame(caller, now, wantsIt ? input : undefined))
      return wantsIt ? 'An edit would change more of this build.' : `${caller.name}, which builds another Dockerfile, shares it.`;
  }
  const edited = after.get(key);
  // Without its own it has the one of what it extends, which has to go first.
  const inherited = edited && replacedBy(edited, input);
  if (inherited) return `${inherited.file} gives it ${inherited.name}, too.`;
  const isPending = edited && input.kind === 'secret' && edited.declared.secrets.some(({ id }) => id === input.id);
  return edited && (gives(edited, input) || isPending) ? undefined : 'An edit would not be read as it is meant.';
}

function isSame({ declared: first }: Caller, { declared: second }: Caller, input: BuildInput | undefined): boolean {
  const removed = input?.insteadOf;
  // Without its own a caller may inherit one, which goes with another edit.
  const others = ({ args }: Declarations): readonly DeclaredEntry[] => args.filter(({ name }) => name !== removed);
  return (
    shown([first.context, first.dockerfile, first.target, ...first.platforms]) ===
      shown([second.context, second.dockerfile, second.target, ...second.platforms]) &&
    entries(others(first)) === entries(others(second)) &&
    entries(first.contexts) === entries(second.contexts) &&
    (input?.kind === 'cache' || shown([...first.cacheFrom, ...first.cacheTo]) === shown([...second.cacheFrom, ...second.cacheTo])) &&
    ids(first.secrets, second.secrets, input?.kind === 'secret' ? input.id : undefined) &&
    ids(first.ssh, second.ssh, input?.kind === 'ssh' ? input.id : undefined)
  );
}

function shown(declared: readonly (Declared | undefined)[]): string {
  return JSON.stringify(declared.map((one) => [one?.text, one?.value]));
}

function entries(declared: readonly DeclaredEntry[]): string {
  return JSON.stringify(declared.map(({ name, text, value }) => [name, text, value]));
}

/** All that were there, and none beside the one that is added. */
function ids(before: readonly DeclaredSecret[], after: readonly DeclaredSecret[], added: string | undefined): boolean {
  const isKept = before.every(({ id, text }) => after.some((one) => one.id === id && one.text === text));
  return isKept && after.every(({ id }) => id === added || before.some((one) => one.id === id));
}
