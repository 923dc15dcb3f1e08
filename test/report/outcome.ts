import type { Outcome } from '../../src/outcome.ts';

/** What a report is made of where nothing was found. */
export const noFindings: Omit<Outcome, 'path' | 'status' | 'original' | 'text'> = {
  context: undefined,
  contexts: [],
  changes: [],
  judgement: [],
  declined: [],
  counts: [],
  faults: [],
  unusedSuppressions: [],
  suppressionDates: [],
  secrets: [],
};
