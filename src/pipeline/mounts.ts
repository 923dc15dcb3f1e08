import type { Flag } from '../dockerfile/model.ts';
import type { ListItem } from '../shell/script.ts';
import { cacheUsesOf, unmounted, usesTogether, type CacheUse } from '../steps/cache-uses.ts';
import { homeOf } from '../steps/commands.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { holdsOnlyCaches, onlyClears, pathsNamed } from '../steps/mount-plan.ts';
import { endsWithFailures, firstPlace, isSeries, onlyCommand, wordsAt } from '../steps/neighbours.ts';
import { isBelow } from '../steps/paths.ts';
import { firstWhere } from '../text.ts';

/** The titles of the caches that an edit put on mounts, by the index of the RUN. */
export type MountedUses = ReadonlyMap<number, ReadonlySet<string>>;

function mountsOf({ instruction }: Step): Flag[] {
  return instruction.flags.filter(({ name }) => name === 'mount');
}

/** What of the mounts is not as promised: one that was there is gone, or a new one is none of a cache of its RUN; else the caches that are mounted now and were not before. */
export function mountedUses(before: Facts, after: Facts): MountedUses | string {
  const found = new Map<number, ReadonlySet<string>>();
  const mounted: CacheUse[] = [];
  for (const step of after.steps) {
    const earlier = before.steps.find(({ instruction }) => instruction.index === step.instruction.index);
    const old = earlier ? mountsOf(earlier).map(({ value }) => value) : [];
    const line = `line ${step.instruction.startLine}`;
    const added = mountsOf(step).filter(({ value }) => {
      const at = old.indexOf(value);
      if (at >= 0) old.splice(at, 1);
      return at < 0;
    });
    if (old.length > 0) return `${line}: a mount is gone`;
    if (added.length === 0) continue;
    const { uses } = cacheUsesOf(step, after);
    for (const { value = '' } of added) if (!uses.some((use) => isOf(use, value))) return `${line}: \`${value}\` is no cache of what the RUN calls`;
    const now = uses.filter((use) => unmounted(use).length === 0 && added.some(({ value = '' }) => isOf(use, value)));
    for (const { calls } of now)
      for (const { caching } of calls)
        if (caching.around && !isAround(step, caching.around)) return `${line}: what the image does with the cache is not put back`;
    found.set(step.instruction.index, new Set(now.map(({ title }) => title)));
    mounted.push(...now);
  }
  for (const use of mounted) {
    const lacking = use.calls.some(({ caching }) => caching.livedOn) && usesTogether(after, use).find((other) => unmounted(other).length > 0);
    if (lacking) return `line ${lacking.step.instruction.startLine}: it lives on what is mounted elsewhere`;
  }
  return found;
}

/** `type=cache` at one of its directories, for the user who runs it, and nothing else that the mount decides. */
function isOf({ directories, identity }: CacheUse, mount: string): boolean {
  const given = new Map(mount.split(',').map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]));
  if ([...given.keys()].some((key) => !['type', 'id', 'target', 'uid', 'gid', 'sharing'].includes(key))) return false;
  return given.get('type') === 'cache' && directories.includes(given.get('target') ?? '') && Number(given.get('uid') ?? 0) === identity?.uid;
}

function isAround({ run }: Step, { first, last }: { readonly first: string; readonly last: string }): boolean {
  const items = run?.script?.items ?? [];
  const text = (item: ListItem | undefined): string | undefined => item && run?.script?.source.text.slice(item.start, item.end).replace(/\s+/g, ' ').trim();
  // Behind a failure it would make the RUN pass.
  const passes = run !== undefined && (items.at(-1)?.connector === '&&' || endsWithFailures(run));
  return passes && isSeries(run) && text(items[firstPlace(run)]) === first && text(items.at(-1)) === last;
}

/** The text of an item without what mounts bring along and take away: clean-ups of what they hold, options and variables of the calls that fill them, the image's own hook. */
export function mountedText(facts: Facts, step: Step, titles: ReadonlySet<string>): (script: string, item: ListItem) => string {
  const uses = cacheUsesOf(step, facts).uses.filter(({ title }) => titles.has(title));
  const calls = uses.flatMap((use) => use.calls.map((call) => ({ ...call, home: use.identity?.home ?? '~' })));
  const directories = uses.flatMap((use) => use.directories);
  const around = calls.some(({ caching }) => caching.around && isAround(step, caching.around));
  const items = step.run?.script?.items ?? [];
  const inOrder = calls.toSorted((one, other) => one.command.command.start - other.command.command.start);
  return (script, item) => {
    const at = items.indexOf(item);
    if (around && step.run && (at === firstPlace(step.run) || at === items.length - 1)) return '';
    // It runs only where something failed, or its failure is taken for none.
    const alternative = item.connector === '||' || items[at + 1]?.connector === '||';
    const command = step.run && !alternative ? onlyCommand(step.run, item) : undefined;
    const startAt = (i: number): number => inOrder[i]?.command.command.start ?? 0;
    const own = inOrder.slice(
      firstWhere(inOrder.length, (i) => startAt(i) >= item.start),
      firstWhere(inOrder.length, (i) => startAt(i) >= item.end),
    );
    if (command && onlyClears(command) && calls.some((call) => call.command.ecosystem === command.ecosystem)) return '';
    const cut: (readonly [start: number, end: number])[] = [];
    for (const { command: caller, caching, home } of own) {
      const first = caller.command.words[0]?.start ?? 0;
      const assigned = script.slice(caller.command.start, first);
      for (const [name, value] of caching.sets ?? []) {
        const text = `${name}=${value.replace(/^~/, home)} `;
        if (assigned.endsWith(text) || assigned.includes(` ${text}`) || assigned.startsWith(text)) {
          const start = caller.command.start + assigned.lastIndexOf(text);
          cut.push([start, start + text.length]);
        }
      }
      const options = [...(caching.options ?? []), ...(caching.renews ? [caching.renews] : [])].flat();
      for (const word of [...wordsAt(caller, caching.against ?? []), ...caller.command.words.filter(({ text }) => options.includes(text))])
        cut.push([word.start, word.end]);
    }
    if (command?.program === 'rm') {
      const words = command.command.words.slice(command.command.words.length - command.arguments.length).filter(({ text }) => !text.startsWith('-'));
      const held = words.filter((word) => {
        const paths = pathsNamed(word, command, homeOf(step.state, command.prefix), step.state.environment) ?? [];
        const folders = paths.map((path) => path.replace(/\/\*$/, ''));
        return (
          folders.length > 0 && folders.every((folder) => directories.some((directory) => isBelow(folder, directory)) || holdsOnlyCaches(folder, directories))
        );
      });
      if (words.length > 0 && held.length === words.length) return '';
      for (const word of held) cut.push([word.start, word.end]);
    }
    let text = script.slice(item.start, item.end);
    for (const [start, end] of cut.toSorted((a, b) => b[0] - a[0])) text = text.slice(0, start - item.start) + text.slice(end - item.start);
    return text
      .replace(/\s+/g, ' ')
      .replace(/ (?=[;)])/g, '')
      .trim();
  };
}
