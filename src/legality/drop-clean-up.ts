import { isCleanDistribution } from '../bases/base.ts';
import type { Leaving } from '../ecosystems/ecosystem.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { leftBy } from '../steps/leavings.ts';
import { earlierSteps } from '../steps/neighbours.ts';
import type { Question } from './question.ts';

/** A RUN that does nothing but clean up, to be dropped. */
export interface EmptyCleanUp {
  readonly facts: Facts;
  readonly step: Step;
  /** What it cleans; none for clean-up that official bases do by themselves. */
  readonly leavings: readonly Leaving[];
}

export const mayDropCleanUp: Question<EmptyCleanUp> = {
  id: 'may-drop-clean-up',
  refusals: [
    {
      id: 'commented',
      because: 'a comment belongs to it',
      applies: ({ step }) => step.instruction.comments.length > 0 || step.instruction.innerComments.length > 0,
    },
    {
      id: 'base-may-hold-it',
      because: 'the base is none that is known to be clean (if you know one that it is like, `images` in dockopt.config says so)',
      applies: ({ step }) => !isCleanDistribution(step.stage.base),
    },
    {
      id: 'still-something',
      because: 'an earlier step leaves, or may leave, what it cleans',
      applies: ({ step, leavings }) => {
        for (const earlier of earlierSteps(step)) {
          const run = earlier.run;
          if (!run) continue;
          if (run.opaque !== undefined && run.form !== 'exec') return `line ${earlier.instruction.startLine}`;
          if (leftBy(earlier).some((left) => leavings.some((leaving) => leaving.id === left.leaving.id))) return `line ${earlier.instruction.startLine}`;
          const unknown = run.commands.find((command) => command.kind === 'unknown');
          if (unknown) return `line ${earlier.instruction.startLine}, \`${unknown.path ?? '?'}\``;
        }
        return false;
      },
    },
  ],
  answer: () => ({ allowed: 'safe', because: 'every step before it cleans up after itself, so that nothing is left to remove' }),
};
