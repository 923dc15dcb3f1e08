import type { Facts } from '../steps/facts.ts';
import { meets, type LateDeletion } from '../steps/late-deletions.ts';
import { mayFuseRuns } from './fuse-runs.ts';
import { ask, isRefused, type Question } from './question.ts';

export interface DeletedLate {
  readonly facts: Facts;
  readonly deletion: LateDeletion;
}

/** A RUN goes up to the one that wrote what it deletes, past steps that have nothing to do with it. */
export const mayDeleteEarlier: Question<DeletedLate> = {
  id: 'may-delete-earlier',
  refusals: [
    {
      id: 'needed-between',
      because: 'a step in between may need it, or change what is done to it',
      applies: ({ deletion: { deleting, between } }) => {
        const commands = deleting.run?.commands ?? [];
        const step = between.find((one) => commands.some((command) => meets(one, command)));
        return step && `line ${step.instruction.startLine}`;
      },
    },
    {
      id: 'other-folder',
      because: 'the working directory is another one there',
      applies: ({ deletion: { writing, deleting } }) => {
        const { workdir } = deleting.state;
        const last = writing.run?.commands.at(-1)?.workdir;
        return (
          (last !== workdir || workdir === undefined) &&
          deleting.run?.commands.flatMap(({ arguments: all }) => all).find(({ value }) => !/^[-/]/.test(value ?? ''))?.text
        );
      },
    },
    {
      id: 'told-of',
      because: 'a comment belongs to the RUN that deletes it',
      applies: ({ deletion: { deleting } }) => deleting.instruction.comments.length + deleting.instruction.innerComments.length > 0,
    },
    {
      id: 'not-joined',
      because: 'the two RUNs cannot be one',
      applies: ({ facts, deletion: { writing, deleting } }) => {
        const verdict = ask(mayFuseRuns, { facts, first: writing, second: deleting, earlier: [writing] }, new Set());
        return isRefused(verdict) ? verdict.because : undefined;
      },
    },
  ],
  answer: ({ deletion: { path } }) => ({
    allowed: 'safe',
    because: `${path} is deleted in a later layer than the one that holds it, and no step in between has to do with it`,
  }),
};
