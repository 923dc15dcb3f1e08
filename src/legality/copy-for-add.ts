import type { Facts, Step } from '../steps/facts.ts';
import { addedFrom } from '../steps/plain-adds.ts';
import type { Question } from './question.ts';

/** An ADD that fetches nothing, to be a COPY. */
export interface PlainAdd {
  readonly facts: Facts;
  readonly step: Step;
}

const ownFlags = ['checksum', 'keep-git-dir', 'unpack'];

/** ADD and COPY differ in archives, addresses and flags: Dockerfile facts 2.7. */
export const mayCopyForAdd: Question<PlainAdd> = {
  id: 'may-copy-for-add',
  refusals: [
    {
      id: 'flag-of-add',
      because: 'COPY does not know the flag',
      applies: ({ step }) => step.instruction.flags.find(({ name }) => ownFlags.includes(name))?.name,
    },
    {
      id: 'variable-source',
      because: 'a variable names the source, which may be an address or an archive',
      applies: ({ step }) => step.copy?.sources.find((source) => source.includes('$')),
    },
    {
      id: 'archive',
      because: 'ADD unpacks the archive',
      applies: ({ facts, step }) => step.copy?.sources.find((source) => addedFrom(facts, source) === 'archive'),
    },
    {
      id: 'unknown-source',
      because: 'nothing shows that the source is no archive, which ADD would unpack',
      applies: ({ facts, step }) => step.copy?.sources.find((source) => addedFrom(facts, source) === 'unknown'),
    },
  ],
  answer: ({ facts, step }) => {
    const because = 'of a file that is no archive, and of a folder, ADD makes what COPY makes; COPY says so';
    const seen = facts.context.decided ? undefined : step.copy?.sources.find((source) => addedFrom(facts, source) === 'seen');
    if (seen === undefined) return { allowed: 'safe', because };
    return { allowed: 'review', because, differs: `the build context is a guess, \`--context\` gives it: in another one \`${seen}\` may be an archive` };
  },
};
