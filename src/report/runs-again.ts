import type { Outcome, RunsAfterEdit, RunsAgain } from '../outcome.ts';
import { printable } from './layout.ts';

/** A sentence for the edits after which other commands run again than before; those that come to the same share one. */
export function runsAgainSentences({ runsAgain }: Pick<Outcome, 'runsAgain'>): string[] {
  const edits = new Map<string, string[]>();
  for (const one of runsAgain?.() ?? []) {
    if (one.spared.length + one.added.length === 0) continue;
    const result = resultOf(one);
    edits.set(result, [...(edits.get(result) ?? []), one.edit === 'source' ? `a source edit (${printable(one.path)})` : `an edit of ${printable(one.path)}`]);
  }
  return [...edits].map(([result, after]) => `After ${after.join(' or ')} ${result}`);
}

function resultOf({ before, after, spared, added }: RunsAgain): string {
  const count = after.again.length;
  if (count + after.perhaps.length === 0) return 'no RUN runs again any more.';
  const all = before.again.length < before.of ? `${many(before)} of ${before.of}` : before.of === 2 ? 'both' : `all ${before.of}`;
  const instead = before.of === 1 || many(before) === many(after) ? '' : ` instead of ${all}`;
  const names = [...(spared.length > 0 ? [`no longer ${list(spared)}`] : []), ...(added.length > 0 ? [`now also ${list(added)}`] : [])];
  return `${many(after)} of ${after.of} ${after.of === 1 ? 'RUN' : 'RUNs'} ${count > 1 ? 'run' : 'runs'} again${instead}${names.length > 0 ? `: ${names.join(', ')}` : ''}.`;
}

function many({ again, perhaps }: RunsAfterEdit): string {
  return perhaps.length === 0 ? `${again.length}` : `${again.length} (perhaps ${again.length + perhaps.length})`;
}

const mostNames = 3;

function list(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format([...shown, ...(rest > 0 ? [`${rest} more`] : [])]);
}
