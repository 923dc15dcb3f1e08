import { suggestion } from '../suggestion.ts';
import { UsageError } from '../usage-error.ts';

/** Throws a UsageError, with the nearest id that there is, for one that is neither a transform's nor a finding's (`id@file:line`). */
export function assertKnown(given: readonly string[], known: readonly string[], where: string): void {
  for (const one of given) {
    const [, id = one, place] = /^([^@]*)@(.*)$/.exec(one) ?? [];
    if (!known.includes(id)) throw new UsageError(`${where}: there is no transform ${id}${suggestion(id, known)} (\`dockopt list\` names them all)`);
    if (place !== undefined && !/^.+:\d+$/.test(place)) throw new UsageError(`${where}: ${one} is no finding, which has the form id@file:line`);
  }
}
