import type { Facts } from '../steps/facts.ts';
import type { IgnoreLine } from '../transform.ts';
import { ignoreMatcher, readIgnoreFile } from '../workspace/ignore.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { Question } from './question.ts';

/** A line of an ignore file, seen from one of the Dockerfiles that it would hold for. */
export interface Hiding {
  readonly facts: Facts;
  readonly line: IgnoreLine;
}

export const mayHide: Question<Hiding> = {
  id: 'may-hide',
  refusals: [
    {
      id: 'copied-by-name',
      because: 'a COPY names it',
      applies: ({ facts, line }) => {
        const reading = readIgnoreFile(line.pattern);
        if ('malformed' in reading) return reading.malformed.because;
        const matcher = ignoreMatcher(reading.rules);
        const sources = facts.steps.flatMap(({ copy }) => (copy && copy.from === undefined ? copy.sources : []));
        return sources.map(contextPath).find((source) => matcher.hides(source));
      },
    },
  ],
  answer: () => ({ allowed: 'safe', because: 'no build step reads it' }),
};
