import { knowsFeature } from '../dockerfile/frontend.ts';
import { otherBuilder } from '../steps/builder.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { linkProblems } from '../steps/links.ts';
import type { Question } from './question.ts';

/** A COPY, to be linked. */
export interface LinkedCopy {
  readonly facts: Facts;
  readonly step: Step;
}

/** Dockerfile facts 2.7: `--link` replaces links on the way to the destination, and sets owner and mode of folders that are there. */
export const mayLinkCopies: Question<LinkedCopy> = {
  id: 'may-link-copies',
  refusals: [
    {
      id: 'other-builder',
      because: 'a file of the repository builds with something else than BuildKit, which may not know `--link`',
      applies: ({ facts }) => otherBuilder(facts),
    },
    {
      id: 'old-frontend',
      because: 'the frontend that the file asks for does not know `--link`',
      applies: ({ facts }) => !knowsFeature(facts.dockerfile, '--link'),
    },
    {
      id: 'flag-for-folders',
      because: 'the flag says what the folders on the way to the destination are like, too',
      applies: ({ facts, step }) => linkProblems(step, facts).get('flag'),
    },
    {
      id: 'owner-by-name',
      because: 'a linked COPY does not see the users of the image: it fails on a name',
      applies: ({ facts, step }) => linkProblems(step, facts).get('owner-name'),
    },
    {
      id: 'unknown-destination',
      because: 'it is not known into which folder it copies',
      applies: ({ facts, step }) => linkProblems(step, facts).get('destination'),
    },
    {
      id: 'unknown-base',
      because: 'it is not known which folders the base image holds, and which of them are links',
      applies: ({ facts, step }) => linkProblems(step, facts).get('base'),
    },
    {
      id: 'folder-of-the-image',
      because: 'this file did not make the folder: a link of that name in the image would be replaced',
      applies: ({ facts, step }) => linkProblems(step, facts).get('base-folder'),
    },
    {
      id: 'owner-of-the-folder',
      because: 'the folder has another owner or mode, and would get those of a linked COPY',
      applies: ({ facts, step }) => linkProblems(step, facts).get('owner'),
    },
    {
      id: 'unseen-folder',
      because: 'a step may have put a link there, or a folder of another owner or mode',
      applies: ({ facts, step }) => linkProblems(step, facts).get('unseen'),
    },
    {
      id: 'file-for-folder',
      because: 'without a slash at its end a single file would replace the folder',
      applies: ({ facts, step }) => linkProblems(step, facts).get('folder-for-file'),
    },
  ],
  answer: ({ step: { copy } }) => ({
    allowed: 'review',
    because: 'it needs nothing of the layers below it: with another base image, or other steps above, its layer is used again as it is',
    differs: `where the builder joins linked layers (the containerd image store), what the base image may hold on the way to ${copy?.path ?? ''} is replaced; other stores copy as before`,
  }),
};
