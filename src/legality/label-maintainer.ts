import { authorsLabel } from '../dockerfile/edit.ts';
import { pairsOf } from '../dockerfile/pairs.ts';
import type { Step } from '../steps/facts.ts';
import type { Question } from './question.ts';

export const mayLabelMaintainer: Question<Step> = {
  id: 'may-label-maintainer',
  refusals: [
    {
      id: 'labelled',
      because: 'the stage has a label of that name',
      applies: ({ stage }) =>
        stage.steps.some(({ instruction }) => instruction.keyword === 'LABEL' && pairsOf(instruction).some(({ name }) => name.includes(authorsLabel))),
    },
    {
      id: 'comment-inside',
      because: 'a comment inside would be lost',
      applies: ({ instruction }) => instruction.innerComments[0]?.text,
    },
  ],
  answer: () => ({
    allowed: 'review',
    because: 'MAINTAINER is deprecated, and tools look for the label',
    differs: '`docker inspect` shows the name among the labels and no longer as Author',
  }),
};
