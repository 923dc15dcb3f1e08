import type { ListItem } from '../shell/script.ts';
import { cacheUsesOf } from '../steps/cache-uses.ts';
import { homeOf } from '../steps/commands.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { onlyClears } from '../steps/mount-plan.ts';
import { onlyCommand, wordsAt } from '../steps/neighbours.ts';
import { absolute, empties, isBelow } from '../steps/paths.ts';
import { firstWhere } from '../text.ts';

/** The text of an item without what mounts bring along and take away: clean-ups of what they hold, options and variables of the calls that fill them, the image's own hook. */
export function mountedText(facts: Facts, step: Step): (script: string, item: ListItem) => string {
  const { uses } = cacheUsesOf(step, facts);
  const calls = uses.flatMap((use) => use.calls);
  const directories = uses.flatMap((use) => use.directories);
  const hooks = calls.flatMap(({ caching: { around } }) => (around ? [around.first, around.last] : []));
  const inOrder = calls.toSorted((one, other) => one.command.command.start - other.command.command.start);
  return (script, item) => {
    const command = step.run && onlyCommand(step.run, item);
    const startAt = (i: number): number => inOrder[i]?.command.command.start ?? 0;
    const own = inOrder.slice(
      firstWhere(inOrder.length, (i) => startAt(i) >= item.start),
      firstWhere(inOrder.length, (i) => startAt(i) >= item.end),
    );
    if (command && onlyClears(command) && calls.some((call) => call.command.ecosystem === command.ecosystem)) return '';
    const cut: (readonly [start: number, end: number])[] = [];
    for (const { command: caller, caching } of own) {
      const names = caching.sets?.map(([name]) => name) ?? [];
      const first = caller.command.words[0]?.start ?? 0;
      const assigned = script.slice(caller.command.start, first);
      for (const name of names) {
        const at = new RegExp(`(?<![\\w])${name}=\\S*\\s`).exec(assigned);
        if (at) cut.push([caller.command.start + at.index, caller.command.start + at.index + at[0].length]);
      }
      const options = (caching.options ?? []).flat();
      for (const word of [...wordsAt(caller, caching.against ?? []), ...caller.command.words.filter(({ text }) => options.includes(text))])
        cut.push([word.start, word.end]);
    }
    if (command?.program === 'rm') {
      const words = command.command.words.slice(1).filter(({ text }) => !text.startsWith('-'));
      const held = words.filter((word) => {
        const path = word.pattern === undefined ? undefined : absolute(word.pattern, command.workdir, homeOf(step.state, command.prefix));
        return path !== undefined && directories.some((directory) => isBelow(path, directory) || empties(path, directory));
      });
      if (words.length > 0 && held.length === words.length) return '';
      for (const word of held) cut.push([word.start, word.end]);
    }
    let text = script.slice(item.start, item.end);
    for (const [start, end] of cut.toSorted((a, b) => b[0] - a[0])) text = text.slice(0, start - item.start) + text.slice(end - item.start);
    const short = text
      .replace(/\s+/g, ' ')
      .replace(/ (?=[;)])/g, '')
      .trim();
    return hooks.includes(short) ? '' : short;
  };
}
