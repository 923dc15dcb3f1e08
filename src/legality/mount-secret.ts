import { posix } from 'node:path';
import { hasCacheMounts } from '../dockerfile/frontend.ts';
import { otherBuilder } from '../steps/builder.ts';
import { isSecretValue } from '../steps/credential-names.ts';
import type { CredentialAddress } from '../steps/credential-addresses.ts';
import { isLiteral, type CredentialLiteral } from '../steps/credential-literals.ts';
import type { CredentialVariable } from '../steps/credential-variables.ts';
import type { CredentialFile } from '../steps/credential-files.ts';
import type { Facts } from '../steps/facts.ts';
import { fileOfProgramNaming } from '../steps/credential-uses.ts';
import type { SecretObstacle, SecretPlan } from '../steps/secret-plan.ts';
import type { Question, Refusal } from './question.ts';

export interface MountedFile {
  readonly facts: Facts;
  readonly file: CredentialFile;
}

export interface MountedVariable {
  readonly facts: Facts;
  readonly variable: CredentialVariable | CredentialLiteral;
  readonly plan: SecretPlan;
}

const noMounts: Refusal<{ readonly facts: Facts }> = {
  id: 'no-mounts',
  because: 'the builder or the frontend may know no mounts',
  applies: ({ facts }) => otherBuilder(facts) ?? (facts.stages.some(({ base }) => base.family === 'windows') || !hasCacheMounts(facts.dockerfile)),
};

function obstacle(is: SecretObstacle['is']): Refusal<MountedVariable>['applies'] {
  return ({ plan }) => plan.obstacle?.is === is && plan.obstacle.what;
}

function literalObstacle(is: NonNullable<CredentialLiteral['obstacle']>['is']): Refusal<MountedVariable>['applies'] {
  return ({ variable }) => isLiteral(variable) && variable.obstacle?.is === is && variable.obstacle.what;
}

/** https://docs.docker.com/build/building/secrets/: the variable is there for one RUN, and in no layer, no history and no configuration. */
export const mayMountVariable: Question<MountedVariable> = {
  id: 'may-mount-variable',
  refusals: [
    noMounts,
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
    { id: 'literal-elsewhere', because: 'the credential stands in another place of the file, too', applies: literalObstacle('elsewhere') },
    { id: 'literal-quoted', because: 'the shell may take a variable otherwise where the credential stands', applies: literalObstacle('quoted') },
    { id: 'name-taken', because: 'the variable that the credential could come by is set', applies: literalObstacle('set already') },
    { id: 'several-literals', because: 'several credentials would come by one variable', applies: literalObstacle('several') },
    { id: 'not-read', because: 'what the RUN does with it cannot be read', applies: obstacle('not read') },
    { id: 'stays-in-layer', because: 'the layer would keep what is written of it', applies: obstacle('stays') },
    { id: 'there-before', because: 'the file holds more than the credential, and is needed as it was', applies: obstacle('there before') },
    {
      id: 'clone-goes-on',
      because: 'git goes on by the address that the clone keeps, which would be one without the credential',
      applies: obstacle('clone goes on'),
    },
    { id: 'needed-later', because: 'more than one RUN lives on what is written of it', applies: obstacle('needed later') },
    {
      id: 'no-list',
      because: 'what takes it back cannot be put behind, or taken out of, a RUN that is no plain `&&` list, or has comments among its commands',
      applies: obstacle('no list'),
    },
  ],
  answer: ({ variable: { name, literal, optional } }) => ({
    allowed: 'review',
    because:
      literal === undefined
        ? 'the value of an ARG or ENV stands in the history of the image, in its provenance and in what its RUNs write; that of a secret mount in none'
        : 'the value stands in this file, and in the history of each image that is built from it: replace it, it is known to all who have one of them',
    differs: `${optional ? `without the secret ${name} it is empty, as by the ARG` : `whoever builds has to give the secret ${name}, else the build fails`}; other RUNs and the container no longer have it, and the log has it where \`set -x\` or a command prints it`,
  }),
};

function fileObstacle(is: NonNullable<CredentialFile['obstacle']>['is']): Refusal<MountedFile>['applies'] {
  return ({ file }) => file.obstacle?.is === is && file.obstacle.what;
}

/** The same for a file: it lies where the COPY put it, for the RUNs that read it alone. */
export const mayMountFile: Question<MountedFile> = {
  id: 'may-mount-file',
  refusals: [
    noMounts,
    {
      id: 'file-needed-at-run-time',
      because: 'the program that the image starts may need the file: mount it into the container',
      applies: fileObstacle('needed at run time'),
    },
    { id: 'file-not-read', because: 'no RUN is seen to read the file', applies: fileObstacle('not read') },
    { id: 'file-run-opaque', because: 'what the RUN does with the file cannot be read', applies: fileObstacle('opaque') },
    { id: 'file-changed', because: 'a RUN changes the file, which cannot be done to a mount', applies: fileObstacle('changed') },
    { id: 'file-stays', because: 'the layer would keep what is copied of the file', applies: fileObstacle('stays') },
    { id: 'file-there-before', because: 'an earlier file of that name would come back', applies: fileObstacle('there before') },
    { id: 'folder-goes', because: 'the folder that the COPY makes would be gone', applies: fileObstacle('folder goes') },
    {
      id: 'file-deletion-stays',
      because: 'what deletes the file, or sets its mode, does more, and would fail while it is mounted, or comments stand among the commands',
      applies: fileObstacle('no list'),
    },
    {
      id: 'user-unknown',
      because: 'the user who has to read the file is not known by number',
      applies: ({ file: { readers } }) => readers.find(({ uid }) => uid === undefined)?.step.state.user,
    },
  ],
  answer: ({ file: { source, deleted, brought } }) => ({
    allowed: 'review',
    because:
      'items' in brought
        ? 'what the RUN writes stands in this file and in the history of each image that is built from it: replace it, it is known to all who have one of them'
        : deleted
          ? 'what a later RUN deletes stays in the layer of the COPY, where everyone who can pull the image finds it'
          : 'everyone who can pull the image finds it in the layer of the COPY, and no program of it is seen to read it',
    differs: `whoever builds has to give the secret ${secretIdOf(source)}, else the build fails${'items' in brought ? `: make ${source} of what the RUN wrote, with new values` : ''}; other RUNs and the container no longer have the file`,
  }),
};

export interface MountedAddress {
  readonly facts: Facts;
  readonly address: CredentialAddress;
}

function addressObstacle(is: NonNullable<CredentialAddress['obstacle']>['is']): Refusal<MountedAddress>['applies'] {
  return ({ address }) => address.obstacle?.is === is && address.obstacle.what;
}

/** The same for the address of an index that stands in a command: its manager takes it from a variable. */
export const mayMountAddress: Question<MountedAddress> = {
  id: 'may-mount-address',
  refusals: [
    noMounts,
    { id: 'address-set-already', because: 'the variable that the address could come by is set', applies: addressObstacle('set already') },
    { id: 'several-addresses', because: 'commands go by several addresses, for which there is one variable', applies: addressObstacle('several') },
    { id: 'other-calls', because: 'another command of the RUN would go by the address as well', applies: addressObstacle('other calls') },
    { id: 'address-elsewhere', because: 'the RUN holds the credential in another place, too', applies: addressObstacle('elsewhere') },
  ],
  answer: ({ address: { name } }) => ({
    allowed: 'review',
    because:
      'the address stands in this file, and in the history of each image that is built from it: replace the credential, it is known to all who have one of them',
    differs: `whoever builds has to give the whole address as the secret ${name}, else the build fails`,
  }),
};

/** The name of the file without its extension. */
export function secretIdOf(source: string): string {
  const name = posix.basename(source).replace(/^\.+/, '');
  return name.replace(/\.[^.]+$/, '') || name;
}
