import { posix } from 'node:path';
import type { ListItem } from '../shell/script.ts';
import { once } from '../once.ts';
import { homeOf } from '../steps/commands.ts';
import type { Facts, RunFacts, Step } from '../steps/facts.ts';
import { isStrictList, onlyCommand } from '../steps/neighbours.ts';
import { archivesCopied, archivesUnpacked, mayReach, passingFiles, type PassingFile } from '../steps/passing-files.ts';
import { absolute } from '../steps/paths.ts';
import { contextPath } from '../workspace/context-path.ts';

/** What of the build context a RUN has for itself, copied and deleted or mounted: the same either way, and for the same RUN. */
export function passingEvents(facts: Facts): string[] {
  const mounted = facts.steps.flatMap((step) =>
    (step.run?.mounts ?? []).flatMap(({ type, source, from, target }) =>
      type === 'bind' && from === undefined ? [`${contextPath(source)} at ${target ?? ''} for ${without(facts, step)}`] : [],
    ),
  );
  return [...mounted, ...passing(facts).map(({ source, path, run }) => `${source} at ${path} for ${without(facts, run)}`)].toSorted();
}

/** A mount of a file of the build context that says no more than where it comes from and where it goes. */
export function isPlainBind(mount: string): boolean {
  const pairs = mount.split(',').map((pair) => pair.split('=')[0] ?? '');
  return /(^|,)type=bind(,|$)/.test(mount) && pairs.toSorted().join() === 'source,target,type';
}

/** The files that one RUN alone can see, of COPYs that bring no others. */
const passing = once((facts: Facts) => {
  const found = [...passingFiles(facts), ...archivesCopied(facts)].filter((file) => file.others.length === 0 && !isSeenElsewhere(facts, file));
  return found.filter(({ copy }) => found.filter((one) => one.copy === copy).length === copy.copy?.sources.length);
});

function isSeenElsewhere({ steps }: Facts, { copy, run, path, deleted }: PassingFile): boolean {
  const named = steps.some((step) => {
    const own = deleted.filter((one) => one.step === step).length;
    return step !== copy && step !== run && step.instruction.joined.text.split(posix.basename(path)).length - 1 > own;
  });
  const first = deleted.find(({ step }) => step === run)?.command.command.start ?? Infinity;
  return named || run.run?.commands.some((one) => one.command.start > first && !deleted.some(({ command }) => command === one) && mayReach(one, path)) === true;
}

/** A COPY that only brings such a file. */
export function isPassing(facts: Facts, step: Step): boolean {
  return passing(facts).some(({ copy }) => copy === step);
}

/** The commands of a RUN without the deletions. */
function without(facts: Facts, step: Step): string {
  const { run, instruction } = step;
  if (!run?.script || run.form !== 'shell') return instruction.argument.text + instruction.heredocs.map(({ content }) => content).join('');
  const { items, source } = run.script;
  const texts = items.map((item) => withoutDeletions(facts, step, item, source.text.slice(item.start, item.end)).replace(/\s+/g, ' ').trim());
  return texts.filter((text) => text !== '').join(' ; ');
}

/** Archives that a RUN fetches, unpacks and deletes: a transform may add some, and take none away. */
export function archivesDeleted({ stages }: Facts): string[] {
  return stages.flatMap(({ steps, stage }) => {
    const commands = steps.flatMap(({ run }) => run?.commands ?? []);
    return archivesUnpacked({ commands })
      .filter(({ path }) => commands.some(({ removes }) => removes.includes(path)))
      .map(({ path }) => `stage ${stage.index}: ${path}`);
  });
}

/** Archives that a RUN or those before it fetched and unpacked, and that no step behind it names. */
const archivesBehind = once((step: Step): readonly string[] => {
  const { steps } = step.stage;
  const at = steps.indexOf(step);
  const commands = steps.slice(0, at + 1).flatMap(({ run }) => run?.commands ?? []);
  const isNamed = (path: string): boolean => steps.slice(at + 1).some(({ instruction }) => instruction.joined.text.includes(posix.basename(path)));
  return archivesUnpacked({ commands }).flatMap(({ path }) => (isNamed(path) ? [] : [path]));
});

/** Archives that are copied for a RUN that unpacks them, and that stay: a transform may take some away, and add none. */
export function archivesKept(facts: Facts): string[] {
  return archivesCopied(facts).map(({ source, path, run }) => `${source} at ${path} for ${without(facts, run)}`);
}

/** An item without the deletion of such a file, and of an archive at the end of the RUN that unpacked it; empty where nothing is left. */
export function withoutDeletions(facts: Facts, step: Step, item: ListItem, text: string): string {
  const { run } = step;
  const command = run && onlyCommand(run, item);
  if (!run || command?.program !== 'rm' || !isStrictList(run)) return text;
  const files = new Set(passing(facts).flatMap(({ deleted, path }) => (deleted.some((one) => one.command === command) ? [path] : [])));
  if (isAtTheEnd(run, item)) for (const path of archivesBehind(step)) files.add(path);
  const words = command.command.words.slice(command.command.words.length - command.arguments.length);
  const isDeleted = (value: string | undefined): boolean =>
    value !== undefined && files.has(absolute(value, command.workdir, homeOf(step.state, command.prefix)) ?? '');
  const kept = words.filter(({ value }) => !isDeleted(value));
  if (kept.length === words.length) return text;
  return kept.every(({ text: word }) => word.startsWith('-')) ? '' : ['rm', ...kept.map(({ text: word }) => word)].join(' ');
}

/** Behind it nothing comes but other deletions. */
function isAtTheEnd(run: RunFacts, item: ListItem): boolean {
  const items = run.script?.items ?? [];
  return items.slice(items.indexOf(item) + 1).every((later) => onlyCommand(run, later)?.program === 'rm');
}
