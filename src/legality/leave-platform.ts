import type { Dockerfile } from '../dockerfile/model.ts';
import type { Question } from './question.ts';

export const mayLeavePlatform: Question<Dockerfile> = {
  id: 'may-leave-platform',
  refusals: [
    {
      id: 'own-platform',
      because: 'the file declares TARGETPLATFORM itself, and may give it another value',
      applies: ({ instructions, stages }) =>
        instructions
          .slice(0, stages[0]?.from.index)
          .some(({ keyword, words }) => keyword === 'ARG' && words.some(({ text }) => /^TARGETPLATFORM(=|$)/.test(text))),
    },
  ],
  answer: () => ({ allowed: 'safe', because: 'TARGETPLATFORM is the platform that FROM takes by itself' }),
};
