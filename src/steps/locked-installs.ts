import type { LockedInstall } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { filesBefore, projectFiles } from './image-files.ts';
import { earlierSteps } from './neighbours.ts';

/** How a call installs by the lockfile of its folder, asked of the files that are there when it runs; undefined where it installs nothing, or does so already. */
export function lockedInstall(facts: Facts, step: Step, { ecosystem, call, workdir, command }: CommandFacts): LockedInstall | undefined {
  if (!call || workdir === undefined || command.nested) return undefined;
  return ecosystem?.locked?.(call, projectFiles(facts, filesBefore(step, facts), workdir), step.stage.base);
}

/** A command before this one that may change the manifest or the lockfile, or what is installed in its folder: its line and name. */
export function changedBefore(step: Step, command: CommandFacts): string | undefined {
  const manifests = command.ecosystem?.manifests ?? [];
  for (const earlier of [...earlierSteps(step), step]) {
    for (const one of earlier.run?.commands ?? []) {
      if (one === command) return undefined;
      const writes = one.writes.some((path) => manifests.some((name) => path.endsWith(`/${name}`)));
      const names = one.kind === 'unknown' && one.command.words.some(({ text }) => manifests.some((name) => text.includes(name)));
      const own = one.ecosystem !== undefined && one.ecosystem === command.ecosystem;
      const changes = own && (one.use === undefined || ['install', 'upgrade', 'remove'].includes(one.use.action)) && one.use?.reads?.length !== 0;
      if (writes || names || changes) return `line ${earlier.instruction.startLine}, \`${one.program ?? '?'}\``;
    }
  }
  return undefined;
}
