import { posix } from 'node:path';
import type { Facts } from '../steps/facts.ts';
import { changeCounts, type ChangeCounts, type SourceAbove } from '../steps/installs-by-name.ts';
import { sharersOf, chainOf } from '../steps/shared-prefix.ts';
import { toldApart } from './comments.ts';
import type { Question } from './question.ts';

/** COPYs that come below installs which have no use for them. */
export interface CopyBelow {
  readonly facts: Facts;
  readonly above: SourceAbove;
}

export const mayCopyBelow: Question<CopyBelow> = {
  id: 'may-copy-below',
  refusals: [
    {
      id: 'told-apart',
      because: 'a comment tells why it stands where it does',
      applies: ({ facts: { dockerfile }, above: { moved, passed } }) =>
        [...moved, ...passed]
          .map(({ instruction }) => toldApart(dockerfile, dockerfile.instructions[instruction.index - 1] ?? instruction, instruction))
          .find((comment) => comment !== undefined),
    },
    {
      id: 'changes-as-rarely',
      because: 'what is copied does not change twice as often as what is installed',
      applies: ({ facts, above }) => {
        const counts = changeCounts(above, facts);
        return counts && counts.copied < 2 * Math.max(counts.installed, 1) && told(counts);
      },
    },
    {
      id: 'shared-prefix',
      because: 'another Dockerfile begins with the same steps and would keep them as they are: each would then store and push its own',
      applies: ({ facts, above }) => sharerInTheWay(facts, above),
    },
  ],
  answer: ({ facts, above }) => {
    const counts = changeCounts(above, facts);
    const [installs, reads] = above.passed.length === 1 ? ['the RUN installs', 'reads'] : ['the RUNs install', 'read'];
    return {
      allowed: 'review',
      because: `${installs} packages by name and ${reads} nothing of what is copied, which changes more often${counts ? `: ${told(counts)}` : ''}`,
      differs: 'the packages are those of the day on which the RUN, or what is above it, was last changed, and not of the last edit of the source',
    };
  },
};

function told({ commits, copied, installed }: ChangeCounts): string {
  return `of the last ${commits} commits ${copied} changed what is copied, and ${installed} what is installed`;
}

/** It has the COPY in common with this file, and not all of the RUNs. What is copied out of another folder is something else. */
function sharerInTheWay(facts: Facts, { moved: [first], behind }: SourceAbove): string | undefined {
  if (!first) return undefined;
  const { folder, dockerfile } = facts.context;
  const ofFolder = folder !== undefined && dockerfile?.includes('/') === false;
  const last = chainOf(behind.stage).indexOf(behind);
  return sharersOf(facts, first).find(({ path, shared }) => shared <= last && !(ofFolder && posix.dirname(path) !== (folder || '.')))?.path;
}
