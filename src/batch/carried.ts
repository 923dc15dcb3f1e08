import type { Outcome } from '../outcome.ts';

/** An outcome as data alone: what goes from thread to thread, and into a journal. What is missing is found again where it is settled. */
export type CarriedOutcome = Omit<Outcome, 'runsAgain'>;

export function carried({ runsAgain: _found, ...outcome }: Outcome): CarriedOutcome {
  return outcome;
}
