import { isCleanDistribution } from '../bases/base.ts';
import type { Ecosystem } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, RunFacts, Step } from './facts.ts';
import { changesNoSources } from './installs.ts';
import { leftBy, cleanedBy, livesOn } from './leavings.ts';
import { onlyCleansUp } from './clean-up.ts';
import { overlap } from './paths.ts';

/** Why two RUNs are better as one; undefined where that saves nothing. `next`: nothing that would stay in between stands between them. */
export function gainOf(first: Step, second: Step, next: boolean): string | undefined {
  const a = first.run;
  const b = second.run;
  if (!a || !b) return undefined;
  const stale = staleUpdate(first, second);
  if (stale !== undefined || !first.stage.shipped) return stale;
  return (
    (next ? (cleanUp(first, second) ?? downloads(first, second)) : undefined) ??
    sameManager(a, b) ??
    rewritten(a, b) ??
    (isSmall(a) && isSmall(b) && changesFiles(a) && changesFiles(b) && isNextTo(first, second) && !onlyCleansUp(b, second.state)
      ? 'small file operations next to each other need no layers of their own'
      : undefined)
  );
}

/** An `update` in a RUN of its own is cached while the `install` behind it changes. */
function staleUpdate(first: Step, second: Step): string | undefined {
  for (const { leaving, by } of leftBy(first)) {
    const install = by.some((command) => command.use?.action !== 'install') ? livesOn(second, leaving) : undefined;
    if (install && install.use?.action !== 'remove')
      return `\`${install.program ?? ''} ${install.arguments[install.use?.actionAt ?? 0]?.text ?? ''}\` reads what the RUN before it fetched: in a layer of its own that is cached and goes stale`;
  }
  return undefined;
}

function cleanUp(first: Step, second: Step): string | undefined {
  for (const { leaving } of leftBy(first)) {
    if (second.run?.commands.some((command) => cleanedBy(command, leaving, second.state)))
      return `${leaving.title} are deleted in a later layer than the one that holds them`;
  }
  return undefined;
}

/** Official images of distributions delete what they downloaded by themselves; of others that is not known. */
function downloads({ run: a, stage: { base } }: Step, { run: b }: Step): string | undefined {
  if (isCleanDistribution(base)) return undefined;
  const installs = a?.commands.find(
    ({ use, ecosystem }) =>
      ecosystem?.ofDistribution === true &&
      (use?.action === 'install' || use?.action === 'upgrade') &&
      b?.commands.some((later) => later.ecosystem === ecosystem && later.use?.action === 'clean'),
  );
  return installs && `what \`${installs.program ?? ''}\` downloaded may be deleted in a later layer than the one that holds it`;
}

function sameManager(a: RunFacts, b: RunFacts): string | undefined {
  // What downloads or builds beside its installs is a boundary that caching lives from.
  if (
    ![a, b].every((run) =>
      run.commands.every(
        (command) => command.kind === 'package' || command.kind === 'look' || command.kind === 'system' || command.program === 'rm' || command.kind === 'shell',
      ),
    )
  )
    return undefined;
  for (const one of a.commands) {
    if (one.use?.action !== 'install') continue;
    const other = b.commands.find((command) => command.use?.action === 'install' && command.ecosystem === one.ecosystem);
    // The first could stay above the COPY of the manifest that only the second reads.
    if (other && !one.use.reads?.length && other.use?.reads?.length) continue;
    // A tool beside the project, whose packages lie in a folder of its own: it changes at other times, and could stay above the manifest.
    const inFolder = one.ecosystem?.artefacts?.some(({ by }) => by === 'install') === true;
    if (inFolder && one.use.reads?.length && other?.use?.reads?.length === 0) continue;
    // Each has an update and a clean-up of its own, and needs them.
    if (other && renewsAgain(a, b, one.ecosystem) && !a.commands.every((command) => command.ecosystem !== one.ecosystem || comesBeforeNoSources(command)))
      continue;
    if (other) return `both install with ${one.ecosystem?.id ?? ''}`;
  }
  return undefined;
}

/** An upgrade is a step of its own, and who installs `add-apt-repository` will add a source. */
function comesBeforeNoSources(command: CommandFacts): boolean {
  return changesNoSources(command) && command.use?.action !== 'upgrade' && !command.arguments.some(({ text }) => text.includes('software-properties'));
}

function renewsAgain(a: RunFacts, b: RunFacts, ecosystem: Ecosystem | undefined): boolean {
  const updates = (run: RunFacts): boolean => run.commands.some((command) => command.ecosystem === ecosystem && command.use?.action === 'update');
  return updates(a) && updates(b);
}

/** Commands that store what they change a second time. */
const rewriting = new Set(['chmod', 'chown', 'chgrp', 'sed', 'touch', 'truncate', 'strip']);

function rewritten(a: RunFacts, b: RunFacts): string | undefined {
  const written = a.commands.flatMap((command) => command.writes);
  for (const command of b.commands) {
    const removed = command.removes.find((path) => written.some((one) => overlap(one, path)));
    if (removed !== undefined) return `${removed} is deleted in a later layer than the one that holds it`;
    const again = rewriting.has(command.program ?? '') ? command.writes.find((path) => written.includes(path)) : undefined;
    if (again !== undefined) return `${again} would be stored in both layers`;
  }
  return undefined;
}

/** No empty line parts them. */
function isNextTo(first: Step, second: Step): boolean {
  const { comments, startLine } = second.instruction;
  return startLine - comments.length === first.instruction.endLine + 1;
}

/** More than `echo` and `ls`, which leave nothing in a layer. */
function changesFiles(run: RunFacts): boolean {
  return run.commands.some(
    ({ kind, program, command }) => command.redirections.length > 0 || (kind !== 'look' && !['echo', 'printf', 'cat'].includes(program ?? '')),
  );
}

/** Only makes, moves and marks files, or looks. */
export function isSmall(run: RunFacts): boolean {
  return run.commands.length > 0 && run.commands.every(isSmallCommand);
}

/** The same of a command. */
export function isSmallCommand({ kind, program, command }: CommandFacts): boolean {
  return (['file', 'look', 'user'].includes(kind) || program === 'cd' || program === 'set') && !command.nested;
}

/** May stand between RUNs that are better as one: it handles files, or calls the same package managers as they do. */
export function isPassedOver(run: RunFacts, group: readonly Step[]): boolean {
  const managers = new Set(group.flatMap((step) => step.run?.commands.map((command) => command.ecosystem) ?? []));
  return run.commands.every(
    ({ kind, ecosystem }) => ['file', 'look', 'user', 'system', 'archive', 'fetch'].includes(kind) || (kind === 'package' && managers.has(ecosystem)),
  );
}
