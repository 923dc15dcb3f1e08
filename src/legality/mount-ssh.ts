import { hasCacheMounts } from '../dockerfile/frontend.ts';
import { otherBuilder } from '../steps/builder.ts';
import type { Facts } from '../steps/facts.ts';
import type { SshKey } from '../steps/ssh-keys.ts';
import type { Question, Refusal } from './question.ts';

export interface MountedKey {
  readonly facts: Facts;
  readonly key: SshKey;
}

function obstacle(is: NonNullable<SshKey['obstacle']>['is']): Refusal<MountedKey>['applies'] {
  return ({ key }) => key.obstacle?.is === is && key.obstacle.what;
}

/** https://docs.docker.com/reference/dockerfile/#run---mounttypessh: an agent signs, and no RUN ever has the key. */
export const mayMountKey: Question<MountedKey> = {
  id: 'may-mount-key',
  refusals: [
    {
      id: 'no-mounts',
      because: 'the builder or the frontend may know no mounts',
      applies: ({ facts }) => otherBuilder(facts) ?? !hasCacheMounts(facts.dockerfile),
    },
    { id: 'used-by-name', because: 'a command is told where the key lies', applies: obstacle('used by name') },
    {
      id: 'no-list',
      because: 'what is about the key cannot be taken out of a RUN that is no plain `&&` list, or has comments among its commands',
      applies: obstacle('no list'),
    },
    { id: 'folder-goes', because: 'the folder that the COPY makes would be gone', applies: obstacle('folder goes') },
    { id: 'not-used', because: 'no RUN is seen to use the key', applies: obstacle('not used') },
    {
      id: 'configured-by-name',
      because: 'a configuration of ssh may name the key',
      applies: ({ facts, key }) => {
        const line = facts.dockerfile.instructions.find(({ joined }) => /IdentityFile|GIT_SSH_COMMAND|core\.sshCommand/.test(joined.text))?.startLine;
        const file = facts.context.below('').find((path) => /(^|\/)\.?ssh[/_-]config$/.test(path) && facts.context.text(path)?.includes('IdentityFile'));
        return key.users.length > 0 && (line === undefined ? file : `line ${line}`);
      },
    },
    {
      id: 'user-unknown',
      because: 'the user who has to reach the agent is not known by number',
      applies: ({ key: { users } }) => users.find(({ uid }) => uid === undefined)?.step.state.user,
    },
  ],
  answer: ({ key: { variable } }) => ({
    allowed: 'review',
    because: `everyone who can pull the image can read the key in ${variable ? 'its history and in the layer of the RUN that writes it' : 'the layer of the COPY, also where a later RUN deletes it'}; an agent signs and keeps the key to itself`,
    differs:
      'whoever builds has to have an agent with the key and to give it (`--ssh default`), else the build fails; other RUNs and the container no longer have the key: replace it, it is in each image that was built so far',
  }),
};
