import type { LockedInstall } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { earlierSteps } from '../steps/neighbours.ts';
import type { Question } from './question.ts';

/** An install of the project, to go by its lockfile alone. */
export interface InstallByLockfile {
  readonly facts: Facts;
  readonly step: Step;
  readonly command: CommandFacts;
  readonly locked: LockedInstall;
}

export const mayInstallByLockfile: Question<InstallByLockfile> = {
  id: 'may-install-by-lockfile',
  refusals: [
    {
      id: 'not-in-step',
      because: 'the lockfile cannot decide',
      applies: ({ locked: { obstacle } }) => obstacle && (obstacle.file === undefined ? obstacle.because : `${obstacle.because} (${obstacle.file})`),
    },
    {
      id: 'changed-before',
      because: 'an earlier step may change the manifest or the lockfile, or installs into the same folder',
      applies: ({ step, command }) => changedBefore(step, command),
    },
  ],
  answer: ({ locked }) => ({
    allowed: 'review',
    because: 'the lockfile is in step with the manifest, and says each version',
    differs: `\`${locked.call}\` fails where the lockfile is no longer in step, and removes what was installed before`,
  }),
};

function changedBefore(step: Step, command: CommandFacts): string | undefined {
  for (const earlier of [...earlierSteps(step), step]) {
    for (const one of earlier.run?.commands ?? []) {
      if (one === command) return undefined;
      const manifests = command.ecosystem?.manifests ?? [];
      const writes = one.writes.some((path) => manifests.some((name) => path.endsWith(`/${name}`)));
      const names = one.kind === 'unknown' && one.command.words.some(({ text }) => manifests.some((name) => text.includes(name)));
      const installs =
        one.ecosystem === command.ecosystem &&
        one.use?.action === 'install' &&
        one.workdir === command.workdir &&
        one.use.closure !== undefined &&
        (one.use.reads?.length ?? 0) > 0;
      if (writes || names || installs) return `line ${earlier.instruction.startLine}, \`${one.program ?? '?'}\``;
    }
  }
  return undefined;
}
