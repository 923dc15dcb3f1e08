import type { Dockerfile } from '../dockerfile/model.ts';
import type { Question } from './question.ts';

/** `--platform=$TARGETPLATFORM` of a FROM. */
export interface PlatformLeft {
  readonly dockerfile: Dockerfile;
  /** What `${TARGETPLATFORM:-linux/amd64}` stands for where a builder sets none; undefined where nothing does. */
  readonly otherwise: string | undefined;
}

/** The variable, with what stands for it where it is not set or empty. */
export const targetPlatform = /^\$(?:TARGETPLATFORM|\{TARGETPLATFORM(?::?-([\w/.-]+))?\})$/;

export const mayLeavePlatform: Question<PlatformLeft> = {
  id: 'may-leave-platform',
  refusals: [
    {
      id: 'own-platform',
      because: 'the file declares TARGETPLATFORM itself, and may give it another value',
      applies: ({ dockerfile: { instructions, stages } }) =>
        instructions
          .slice(0, stages[0]?.from.index)
          .some(({ keyword, words }) => keyword === 'ARG' && words.some(({ text }) => /^TARGETPLATFORM(=|$)/.test(text))),
    },
  ],
  answer: ({ otherwise }) => {
    const because = 'TARGETPLATFORM is the platform that FROM takes by itself';
    return otherwise === undefined
      ? { allowed: 'safe', because }
      : { allowed: 'review', because, differs: `the old builder, which sets no TARGETPLATFORM, took ${otherwise}, and takes its own platform` };
  },
};
