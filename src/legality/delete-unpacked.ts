import { posix } from 'node:path';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { overlap } from '../steps/paths.ts';
import { runScript } from '../steps/scripts.ts';
import type { Question } from './question.ts';

/** An archive that a RUN fetched and unpacked. */
export interface UnpackedArchive {
  readonly facts: Facts;
  readonly step: Step;
  /** Absolute. */
  readonly path: string;
}

export const mayDeleteUnpacked: Question<UnpackedArchive> = {
  id: 'may-delete-unpacked',
  refusals: [
    {
      id: 'named-again',
      because: 'another step names it, or the folder that it lies in, or may read it',
      applies: ({ facts, step, path }) => namedAgain(facts, step, path),
    },
  ],
  answer: () => ({
    allowed: 'review',
    because: 'it is unpacked in the RUN that fetched it, and nothing names it again',
    differs: 'the archive itself is not in the image any more',
  }),
};

function namedAgain(facts: Facts, step: Step, path: string): string | undefined {
  const { steps } = facts;
  const folder = posix.dirname(path);
  const other = steps.find((one) => {
    if (one === step) return false;
    if (one.instruction.joined.text.includes(posix.basename(path))) return true;
    if (one.run?.commands.some((command) => reads(command, path)) || runScript(facts, one).some(({ text }) => text?.includes(posix.basename(path))))
      return true;
    return one.copy?.from !== undefined && one.copy.sources.some((source) => source.replace(/\/+$/, '') === folder);
  });
  return other && `line ${other.instruction.startLine}`;
}

/** By a pattern or its folder, or by a list of check sums. */
function reads({ kind, reads: paths, arguments: all }: CommandFacts, path: string): boolean {
  return paths.some((one) => overlap(one, path)) || (kind === 'look' && all.some(({ text }) => /^(-\w*c|--check)$/.test(text)));
}
