import type { Step } from '../steps/facts.ts';
import type { Question } from './question.ts';

/** A CMD, ENTRYPOINT or HEALTHCHECK that a later one of its stage replaces. */
export const mayDropOverridden: Question<Step> = {
  id: 'may-drop-overridden',
  refusals: [
    {
      id: 'commented',
      because: 'a comment belongs to it and would be lost, or speak of something else',
      applies: ({ instruction }) => [...instruction.comments, ...instruction.innerComments][0]?.text,
    },
  ],
  answer: ({ instruction }) => ({ allowed: 'safe', because: `only the last ${instruction.keyword} of a stage counts` }),
};
