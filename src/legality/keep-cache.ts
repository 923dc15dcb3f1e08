import { once } from '../once.ts';
import { credentialFiles } from '../steps/credential-files.ts';
import { isSecretValue } from '../steps/credential-names.ts';
import { credentialVariables, type CredentialVariable } from '../steps/credential-variables.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { builtStages, fatesAfter } from '../steps/runs-again.ts';
import { sshKeys } from '../steps/ssh-keys.ts';
import { typicalEdits } from '../steps/typical-edits.ts';
import type { Question } from './question.ts';

export interface KeptCache {
  readonly facts: Facts;
}

/** RUNs that do more than to arrange files. */
const longRuns = once((facts: Facts): Step[] =>
  [...builtStages(facts)].flatMap(({ steps }) =>
    steps.filter(({ run }) => run?.commands.some(({ kind }) => kind !== 'shell' && kind !== 'look' && kind !== 'file') ?? false),
  ),
);

/** A RUN gets it, and it is no placeholder. */
function isGiven({ runs, literal }: CredentialVariable): boolean {
  return runs.length > 0 && (literal === undefined || isSecretValue(literal));
}

/** https://docs.docker.com/build/cache/backends/ */
export const mayKeepCache: Question<KeptCache> = {
  id: 'may-keep-cache',
  refusals: [
    {
      id: 'holds-credential',
      because: 'a layer may hold a credential, and with it the cache, which others can read: mount it as a secret first',
      applies: ({ facts }) =>
        [...credentialFiles(facts).map(({ path }) => path), ...sshKeys(facts), ...credentialVariables(facts).filter(isGiven)].map((one) =>
          typeof one === 'string' ? one : one.name,
        )[0],
    },
    {
      id: 'nothing-takes-time',
      because: 'no RUN fetches or builds anything: to bring a cache takes longer than to build',
      applies: ({ facts }) => longRuns(facts).length === 0,
    },
    {
      id: 'all-runs-again',
      because: 'all that takes time comes below the source, and is built again with each commit',
      applies: ({ facts }) => {
        const edit = typicalEdits(facts).find((one) => one.edit === 'source');
        if (!edit) return false;
        const fates = fatesAfter(facts, edit.path);
        const runs = longRuns(facts);
        return runs.length > 0 && runs.every((step) => fates.get(step) === 'again') && `an edit of ${edit.path} reaches each RUN`;
      },
    },
  ],
  answer: () => ({
    allowed: 'review',
    because: 'a machine of CI begins with nothing, and builds again what no commit changed; a cache brings those layers to it',
    differs:
      'the layers of all stages, and what build arguments write into them, go into a cache that others can read, with GitHub pull requests of forks as well; a RUN that nothing changed does not run again, so that packages without a version stay as old as the cache: build without it from time to time',
  }),
};
