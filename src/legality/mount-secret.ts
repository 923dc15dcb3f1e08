import { hasCacheMounts } from '../dockerfile/frontend.ts';
import { otherBuilder } from '../steps/builder.ts';
import { isSecretValue } from '../steps/credential-names.ts';
import type { CredentialVariable } from '../steps/credential-variables.ts';
import type { Facts } from '../steps/facts.ts';
import { fileOfProgramNaming } from '../steps/credential-uses.ts';
import type { SecretObstacle, SecretPlan } from '../steps/secret-plan.ts';
import type { Question, Refusal } from './question.ts';

export interface MountedVariable {
  readonly facts: Facts;
  readonly variable: CredentialVariable;
  readonly plan: SecretPlan;
}

function obstacle(is: SecretObstacle['is']): Refusal<MountedVariable>['applies'] {
  return ({ plan }) => plan.obstacle?.is === is && plan.obstacle.what;
}

/** https://docs.docker.com/build/building/secrets/: the variable is there for one RUN, and in no layer, no history and no configuration. */
export const mayMountVariable: Question<MountedVariable> = {
  id: 'may-mount-variable',
  refusals: [
    {
      id: 'no-mounts',
      because: 'the builder or the frontend may know no mounts',
      applies: ({ facts }) => otherBuilder(facts) ?? !hasCacheMounts(facts.dockerfile),
    },
    {
      id: 'placeholder',
      because: 'what stands in the file for it is no secret',
      applies: ({ variable: { literal } }) => literal !== undefined && !isSecretValue(literal),
    },
    {
      id: 'needed-at-run-time',
      because: 'the image gives it to the program that it starts, which a build cannot do without a trace: pass it to the container',
      applies: ({ facts, variable: { kept, runs, name } }) => kept && (runs.length === 0 || fileOfProgramNaming(facts, name)),
    },
    {
      id: 'used-otherwise',
      because: 'another instruction than a RUN uses it, which no mount can serve',
      applies: ({ variable: { used } }) => used && `line ${used.startLine}`,
    },
    {
      id: 'nothing-reads-it',
      because: 'no RUN is seen to read it: it can go, or something reads it that dockopt does not see',
      applies: ({ variable: { runs } }) => runs.length === 0,
    },
    { id: 'not-read', because: 'what the RUN does with it cannot be read', applies: obstacle('not read') },
    { id: 'stays-in-layer', because: 'the layer would keep what is written of it', applies: obstacle('stays') },
    { id: 'there-before', because: 'the file holds more than the credential, and is needed as it was', applies: obstacle('there before') },
    { id: 'needed-later', because: 'more than one RUN lives on what is written of it', applies: obstacle('needed later') },
    { id: 'no-list', because: 'what takes it back cannot be put behind, or taken out of, a RUN that is no plain `&&` list', applies: obstacle('no list') },
  ],
  answer: ({ variable: { name, literal } }) => ({
    allowed: 'review',
    because:
      literal === undefined
        ? 'the value of an ARG or ENV stands in the history of the image, in its provenance and in what its RUNs write; that of a secret mount in none'
        : 'the value stands in this file, and in the history of each image that is built from it: replace it, it is known to all who have one of them',
    differs: `whoever builds has to give the secret ${name}, else the build fails; other RUNs and the container no longer have it, and the log has it where \`set -x\` or a command prints it`,
  }),
};
