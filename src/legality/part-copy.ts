import { isObstacle } from '../ecosystems/closure.ts';
import type { MixedCopy } from '../steps/mixed-copies.ts';
import { startedOtherwise } from '../steps/started-otherwise.ts';
import type { Question } from './question.ts';

/** May a COPY of a whole project from the stage that built it bring only what runs, each part by itself? */
export const mayPartCopy: Question<MixedCopy> = {
  id: 'may-part-copy',
  refusals: [
    {
      id: 'program-unclear',
      because: 'what of the build the program needs when it runs is not known',
      applies: ({ parting: { program } }) => (isObstacle(program) ? [program.because, program.file].filter((one) => one !== undefined).join(': ') : undefined),
    },
    {
      id: 'project-read',
      because: 'the program may read files of the project, which come with that COPY alone',
      applies: ({ parting: { program } }) => (isObstacle(program) ? undefined : program.reads),
    },
    {
      id: 'step-unclear',
      because: 'a step does something of which it is not known whether the build or the program needs it',
      applies: ({ parting: { unclear } }) => (unclear ? `line ${unclear.instruction.startLine}` : undefined),
    },
    {
      id: 'used-behind',
      because: 'a RUN behind the COPY may use what would not come any more',
      applies: ({ behind }) => (behind ? `line ${behind.instruction.startLine}` : undefined),
    },
    {
      id: 'started-otherwise',
      because: 'the repository starts the image in another way than the image itself does, and may need there what only the build has',
      applies: ({ facts, stage }) => startedOtherwise(facts, stage),
    },
  ],
  answer: () => ({
    allowed: 'review',
    because: 'packages and what is built change at different times: after an edit of the source only what is built is stored and sent again',
    differs: 'what else the build leaves is not in the image any more',
  }),
};
