import type { ListItem } from '../shell/script.ts';
import { once } from '../once.ts';
import { homeOf } from '../steps/commands.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { onlyCommand } from '../steps/neighbours.ts';
import { passingFiles } from '../steps/passing-files.ts';
import { absolute } from '../steps/paths.ts';
import { contextPath } from '../workspace/context-path.ts';

/** What of the build context a RUN has for itself, copied and deleted or mounted: the same either way. */
export function passingEvents(facts: Facts): string[] {
  const mounted = facts.steps.flatMap(({ run }) =>
    (run?.mounts ?? []).flatMap(({ type, source, from, target }) =>
      type === 'bind' && from === undefined ? [`${contextPath(source)} at ${target ?? ''}`] : [],
    ),
  );
  return [...mounted, ...passing(facts).map(({ source, path }) => `${source} at ${path}`)].toSorted();
}

const passing = once((facts: Facts) => passingFiles(facts));

/** A COPY that only brings such a file. */
export function isPassing(facts: Facts, step: Step): boolean {
  return passing(facts).some(({ copy }) => copy === step);
}

/** An item without the deletion of such a file, and of an archive that the RUN fetched; empty where nothing is left. */
export function withoutDeletions(facts: Facts, step: Step, item: ListItem, text: string): string {
  const command = step.run && onlyCommand(step.run, item);
  if (!step.run || command?.program !== 'rm') return text;
  const files = new Set(passing(facts).flatMap(({ deleted, path }) => (deleted.some((one) => one.step === step) ? [path] : [])));
  for (const { kind, writes } of step.run.commands) if (kind === 'fetch') for (const path of writes) files.add(path);
  const words = command.command.words.slice(command.command.words.length - command.arguments.length);
  const isDeleted = (value: string | undefined): boolean =>
    value !== undefined && files.has(absolute(value, command.workdir, homeOf(step.state, command.prefix)) ?? '');
  const kept = words.filter(({ value }) => !isDeleted(value));
  return kept.every(({ text: word }) => word.startsWith('-')) ? '' : ['rm', ...kept.map(({ text: word }) => word)].join(' ');
}
