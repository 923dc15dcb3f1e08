import type { Instruction } from '../dockerfile/model.ts';
import { isObstacle } from '../ecosystems/closure.ts';
import { leavingOf, leavings } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import type { ListItem } from '../shell/script.ts';
import type { CommandFacts, Facts, RunFacts, StageFacts, Step } from '../steps/facts.ts';
import { cleanedBy, onlyCleans } from '../steps/leavings.ts';
import { copiesInto, isDoneByCopies, ownershipChanges, ownershipIn } from '../steps/ownership.ts';
import { broughtBy } from '../steps/image-files.ts';
import { goesPast, isSource } from '../steps/installs-by-name.ts';
import { linkProblems } from '../steps/links.ts';
import { changedBefore, lockedInstall } from '../steps/locked-installs.ts';
import { shippedInstalls } from '../steps/parting.ts';
import { flagsOf, onlyCommand, wordsAt } from '../steps/neighbours.ts';
import type { Does, Kept, Transform } from '../transform.ts';
import { deletionEvents, isMovable } from './deletions.ts';
import { listedCommands } from './lists.ts';
import { mountedText, type MountedUses } from './mounts.ts';
import { apart, installEvents } from './build-packages.ts';
import { isPassing, passingEvents, withoutDeletions } from './passing.ts';
import { withoutRecommended } from './recommends.ts';
import { onTwin, withoutBrought } from './run-time-bases.ts';
import { readingOf, writtenFlags, writtenFrom, writtenKeyword } from './readings.ts';
import { apartFromSecrets } from './secrets.ts';
import { apartFromKeys } from './ssh.ts';
import { isOfLesserUser } from './users.ts';
import { apartFromVariables } from './variables.ts';

/** What a Dockerfile does, in order: each command, each source of a COPY, each other instruction, by stage. The check compares these. */
export function eventsOf(
  facts: Facts,
  { keeps, does = [] }: Pick<Transform, 'keeps' | 'does'>,
  {
    mounted = new Map(),
    untouched = new Set(),
    removedBefore = new Set(),
  }: {
    readonly mounted?: MountedUses | undefined;
    readonly untouched?: ReadonlySet<Instruction>;
    readonly removedBefore?: ReadonlySet<string> | undefined;
  } = {},
): string[] {
  const events: string[] = does.includes('sets owners while copying')
    ? ownershipIn(facts)
    : does.includes('mounts what is deleted')
      ? [...passingEvents(facts), ...(does.includes('moves deletions') ? deletionEvents(facts, does) : [])]
      : [];
  for (const { name, value } of facts.dockerfile.directives)
    if ((!does.includes('raises the frontend') && !does.includes('mounts secrets')) || name !== 'syntax') events.push(`# ${name}=${value}`);
  for (const stage of facts.stages) {
    if (keeps.includes('stages'))
      events.push(does.includes('takes the run-time base') ? onTwin(stage, writtenFrom(stage.stage, does)) : writtenFrom(stage.stage, does));
    const steps = stage.steps.filter((step) => keeps.includes(kindOf(step)));
    const made = madeBy(facts, stage, steps, { does, mounted, untouched, removedBefore });
    for (const event of made) events.push(event);
  }
  return events;
}

/** What may differ. */
interface Allowance {
  readonly does: readonly Does[];
  readonly mounted: MountedUses;
  /** What no edit touched stands on both sides, and is compared as it stands: with the place that a COPY goes to, which steps in front of it decide. */
  readonly untouched: ReadonlySet<Instruction>;
  /** Packages that were taken out already. */
  readonly removedBefore: ReadonlySet<string>;
}

function madeBy(facts: Facts, stage: StageFacts, steps: readonly Step[], allowance: Allowance): string[] {
  const { does } = allowance;
  const isMoved = (step: Step): boolean => does.includes('copies below installs') && isSource(facts, step);
  if (does.includes('splits')) return apartByKind(facts, steps, allowance);
  if (does.includes('removes build packages')) return apartFromInstalls(facts, steps, allowance);
  if (does.includes('moves variables'))
    return [...apartFromVariables(stage, (step) => (isMoved(step) ? [] : eventsOfStep(facts, step, allowance))), ...copiesApart(facts, steps, allowance)];
  if (does.includes('links copies')) return steps.flatMap((step) => [...eventsOfStep(facts, step, allowance), ...replacedByLink(facts, step)]);
  return steps.flatMap((step) => eventsOfStep(facts, step, allowance));
}

/** Each COPY that may come below installs, between the steps that it may not go past. */
function copiesApart(facts: Facts, steps: readonly Step[], { does }: Allowance): string[] {
  if (!does.includes('copies below installs')) return [];
  return steps
    .flatMap((copy, at) => {
      if (!isSource(facts, copy)) return [];
      const barring = (others: readonly Step[]): string =>
        others
          .filter((step) => !goesPast(copy, step))
          .map(({ instruction }) => instruction.joined.text)
          .toSorted()
          .join(' & ');
      const { path, sources = [] } = copy.copy ?? {};
      return [
        `${copy.instruction.keyword} ${flagsOf(copy)} ${sources.join(' ')} to ${path ?? ''} behind ${barring(steps.slice(0, at))} before ${barring(steps.slice(at + 1))}`,
      ];
    })
    .toSorted();
}

/** Configuration and commands in their order, and what each file of the image comes from in the end: a COPY may move past what does not need it. */
function apartByKind(facts: Facts, steps: readonly Step[], allowance: Allowance): string[] {
  const files = new Map<string, string>();
  const others: Record<Kept, string[]> = { config: [], commands: [], files: [], stages: [], comments: [] };
  for (const step of steps) {
    const brought = broughtBy(facts, step);
    for (const [path, source] of brought ?? []) files.set(path, `${step.instruction.keyword} ${flagsOf(step)} ${source}`);
    if (!brought) others[kindOf(step)].push(...eventsOfStep(facts, step, allowance));
  }
  return [...others.config, ...others.commands, ...others.files, ...[...files].map(([path, from]) => `${path}: ${from}`).toSorted()];
}

/** Each kind in its own order: what the manager of the distribution does may move past what only handles files, copies and declares. */
function apartFromInstalls(facts: Facts, steps: readonly Step[], allowance: Allowance): string[] {
  const [runs = [], others = []] = [true, false].map((run) => steps.filter((step) => (step.run !== undefined) === run));
  return [...runs, ...others]
    .flatMap((step) => eventsOfStep(facts, step, allowance))
    .concat(installEvents(facts, steps, ({ instruction }) => writtenFlags(instruction, allowance.does), allowance.removedBefore));
}

function kindOf(step: Step): Kept {
  if (step.run) return 'commands';
  return step.copy ? 'files' : 'config';
}

function eventsOfStep(facts: Facts, step: Step, { does, mounted: uses, untouched }: Allowance): string[] {
  const { instruction, run, copy } = step;
  if (untouched.has(instruction)) return [copy ? `${instruction.joined.text} in ${copy.path ?? ''}` : instruction.joined.text];
  const reading = readingOf(facts, step, does);
  if (reading) return reading;
  if (does.includes('drops root') && isOfLesserUser(step)) return [];
  const installed = does.includes('skips recommended packages') ? withoutRecommended(step, writtenFlags(instruction, does)) : undefined;
  if (installed !== undefined) return [installed];
  const brought = does.includes('takes the run-time base') ? withoutBrought(step, writtenFlags(instruction, does)) : undefined;
  if (brought) return brought;
  const held = uses.get(instruction.index);
  const mounted = held && mountedText(facts, step, held);
  const passes = does.includes('mounts what is deleted');
  if (passes && isPassing(facts, step)) return [];
  const flags = writtenFlags(instruction, does);
  const apartKeys = does.includes('mounts ssh') ? apartFromKeys(facts, step, flags) : undefined;
  if (apartKeys) return apartKeys;
  const apartSecrets = does.includes('mounts secrets') ? apartFromSecrets(facts, step, flags) : undefined;
  if (apartSecrets) return apartSecrets;
  const listed = does.includes('writes lists as heredocs') ? listedCommands(step, flags) : undefined;
  if (listed) return listed;
  const keyword = writtenKeyword(facts, step, does);
  if (copy && !instruction.json && instruction.heredocs.length === 0) {
    const folder = copy.directory && copy.path !== undefined ? `${copy.path}/` : copy.destination.replace(/\/*$/, copy.directory ? '/' : '');
    return copy.sources.map((source) => `${keyword} ${flags} ${source} ${folder}`);
  }
  if (!run?.script || (run.form !== 'shell' && !mounted))
    return [`${keyword} ${flags} ${without(does, instruction.argument.text)} ${instruction.heredocs.map((heredoc) => heredoc.content).join('')}`];
  if (does.includes('splits') && onlyFetches(run)) return [];
  const changes = does.includes('sets owners while copying') ? ownershipChanges(step).filter((change) => copiesInto(facts, change).length > 0) : [];
  const keepsBooks = does.includes('cleans up') || does.includes('unites installs');
  const opening = run.form === 'heredoc' ? [`${flags} ${instruction.argument.text}`] : [];
  const events = [...opening];
  let behind: string | undefined;
  for (const item of run.script.items) {
    const command = onlyCommand(run, item);
    const own = run.script.source.text.slice(item.start, item.end);
    if (does.includes('moves deletions') && command && isMovable(step, command)) continue;
    if (does.includes('installs by the lockfile') && command?.call && command.workdir !== undefined) {
      events.push(`${flags} ${item.connector ?? '&&'} ${byLockfile(facts, step, command, item, own)}`);
      continue;
    }
    if (does.includes('removes build packages') && apart(step, item)) continue;
    const option = does.includes('leaves out what development needs') && command ? shippedOption(facts, command) : undefined;
    if (option !== undefined) {
      events.push(`${flags} ${item.connector ?? '&&'} ${own.replace(/\s+/g, ' ')} ${option}`);
      continue;
    }
    const written = mounted ? mounted(run.script.source.text, item) : passes ? withoutDeletions(facts, step, item, own) : own;
    const change = changes.find((one) => one.command === command);
    if (change && isDoneByCopies(facts, change)) continue;
    const plain = without(does, command?.program === 'rm' ? withoutLeavings(does, written) : written).replace(/\s+/g, ' ');
    const text = change?.recursive === undefined ? plain : plain.replace(` ${change.recursive} `, ' ');
    // `a; update && b` without the update is `a; b`.
    // What a mount takes away in front of the first leaves that the first.
    const connector = (mounted ?? passes) && events.length === opening.length ? '&&' : (behind ?? item.connector ?? '&&');
    const skipped = mounted || written === '' ? written === '' : keepsBooks && command !== undefined && isBookkeeping(command, step);
    behind = skipped && item.connector === ';' ? ';' : undefined;
    if (skipped) continue;
    if (does.includes('splits') && command?.use?.fetches) continue;
    const packages = command && does.includes('unites installs') ? packagesOf(command) : undefined;
    if (packages) for (const [i, one] of packages.entries()) events.push(`${flags} ${i === 0 ? connector : '&&'} INSTALL ${one}`);
    else events.push(`${flags} ${connector} ${item.negated ? '! ' : ''}${text}${item.background ? ' &' : ''}`);
  }
  if (run.script.tail !== '') events.push(`${flags} ${run.script.tail}`);
  return events;
}

/** What a COPY with `--link` does beyond the copy: what it may replace on the way to its destination, and why. */
function replacedByLink(facts: Facts, step: Step): string[] {
  if (!step.instruction.flags.some(({ name }) => name === 'link')) return [];
  return [...linkProblems(step, facts)].map(([problem, what]) => `COPY --link may replace ${problem} ${what.replace(/^line \d+$/, '')}`);
}

/** The option that an install of a shipped project lacks, where it may have it. */
function shippedOption(facts: Facts, command: CommandFacts): string | undefined {
  const shipped = shippedInstalls(facts).find(({ install }) => install.command === command);
  return shipped && !isObstacle(shipped.packages) && shipped.packages.development === undefined ? shipped.option : undefined;
}

/** The text of an install of the whole project as it is by its lockfile, and of any other command as it stands. */
function byLockfile(facts: Facts, step: Step, command: CommandFacts, { start }: ListItem, own: string): string {
  const locked = lockedInstall(facts, step, command);
  if (!locked || locked.obstacle || changedBefore(step, command) !== undefined) return own.replace(/\s+/g, ' ');
  const [word] = wordsAt(command, [locked.instead?.position ?? -1]);
  const replaced = word && locked.instead ? own.slice(0, word.start - start) + locked.instead.word + own.slice(word.end - start) : own;
  return (locked.option === undefined ? replaced : `${replaced} ${locked.option}`).replace(/\s+/g, ' ');
}

/** A fetch alone, in whatever folder. */
function onlyFetches(run: RunFacts): boolean {
  const commands = run.script?.items.map((item) => onlyCommand(run, item)) ?? [];
  return commands.at(-1)?.use?.fetches === true && commands.every((command) => command?.program === 'cd' || command?.use?.fetches);
}

/** Fetching an index, or cleaning up: what a clean-up may add and take away. */
function isBookkeeping(command: CommandFacts, { state }: Step): boolean {
  return command.use?.action === 'update' || onlyCleans(command, leavings, state);
}

/** What a clean-up may add and take away, of all that is known to be left behind. */
const cleanUps = once((all: typeof leavings) => {
  const options = all.flatMap(({ avoidedBy, replaces = [] }) => (avoidedBy === undefined ? [] : [avoidedBy, ...replaces]));
  return {
    options,
    anyOption: new RegExp(`\\s(?:${options.join('|')})(?![\\w-])`, 'g'),
    folders: all.flatMap(({ cleanUp }) => /^rm -rf (.*)$/.exec(cleanUp?.('') ?? '')?.[1] ?? []),
  };
});

/** A removal without the folders of leavings. */
function withoutLeavings(does: readonly Does[], text: string): string {
  if (!does.includes('cleans up')) return text;
  return cleanUps(leavings).folders.reduce((rest, folder) => rest.replaceAll(` ${folder}`, ''), text.replace(/\s+/g, ' '));
}

function without(does: readonly Does[], text: string): string {
  return does.includes('cleans up') ? text.replaceAll(cleanUps(leavings).anyOption, '') : text;
}

/** An install as one event a package, so that two installs and one of both are the same. */
function packagesOf(command: CommandFacts): string[] | undefined {
  const { use, prefix, program, arguments: all } = command;
  if (use?.action !== 'install' || !use.packages) return undefined;
  const chosen = new Set(use.packages);
  const options = all.filter((_argument, position) => !chosen.has(position)).map((argument) => argument.text);
  const kept = options.filter((option) => !cleanUps(leavings).options.includes(option));
  const set = command.command.assignments.map((one) => `${one.name}=${one.value ?? '?'}`).join(' ');
  return use.packages.map((position) => `${prefix}${set} ${program ?? ''} ${kept.toSorted().join(' ')} ${all[position]?.text ?? ''}`);
}

/** How often something is installed from an index that nobody fetched, or that was removed since. */
export const unservedNeeds = once((facts: Facts): number => {
  let count = 0;
  const atEnd = new Map<unknown, Map<string, boolean>>();
  for (const stage of facts.stages) {
    const there = new Map(stage.parent ? atEnd.get(stage.parent) : undefined);
    for (const step of stage.steps) {
      for (const command of step.run?.commands ?? []) {
        // Whether a removal needs it depends on what is installed: legality knows.
        const needs = command.use?.action === 'remove' ? [] : (command.use?.needs ?? []);
        for (const id of needs) if (leavingOf(id)?.livedOn && there.get(id) !== true) count++;
        for (const id of command.use?.renews ?? []) there.set(id, true);
        for (const leaving of leavings) if (there.get(leaving.id) === true && cleanedBy(command, leaving, step.state)) there.set(leaving.id, false);
      }
    }
    atEnd.set(stage, there);
  }
  return count;
});
