import type { LockedInstall } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, Step } from '../steps/facts.ts';
import { changedBefore } from '../steps/locked-installs.ts';
import type { Question } from './question.ts';

/** An install of the project, to go by its lockfile alone. */
export interface InstallByLockfile {
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
