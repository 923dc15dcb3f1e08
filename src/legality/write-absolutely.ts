import type { Step } from '../steps/facts.ts';
import type { Question } from './question.ts';

/** The first WORKDIR of a chain of stages, where it names no absolute path. */
export const mayWriteAbsolutely: Question<Step> = {
  id: 'may-write-absolutely',
  refusals: [
    {
      id: 'variable-path',
      because: 'a variable or a quote stands in the path',
      applies: ({ instruction }) => /["'\\`$]/.test(instruction.argument.text),
    },
    {
      id: 'home',
      because: 'WORKDIR knows no home: this is a folder of the name `~`, which is hardly what was meant',
      applies: ({ instruction }) => instruction.argument.text.startsWith('~'),
    },
    {
      id: 'unknown-folder',
      because: 'it is not known in which folder the base image ends',
      applies: ({ state }) => state.workdir === undefined,
    },
  ],
  answer: ({ state }) => ({ allowed: 'safe', because: `the base image ends in ${state.workdir ?? '/'}` }),
};
