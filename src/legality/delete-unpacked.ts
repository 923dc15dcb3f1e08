import { posix } from 'node:path';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { isPlainList } from '../steps/neighbours.ts';
import { mayReach } from '../steps/passing-files.ts';
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

export const namedAgainBecause = 'another step names it, or the folder that it lies in, or may read it';

export const mayDeleteUnpacked: Question<UnpackedArchive> = {
  id: 'may-delete-unpacked',
  refusals: [
    {
      id: 'named-again',
      because: namedAgainBecause,
      applies: ({ facts, step, path }) => namedAgain(facts, [step], path),
    },
  ],
  answer: ({ step, path }) => {
    const line = deletedLater(step, path);
    if (line !== undefined)
      return { allowed: 'safe', because: `it is unpacked in the RUN that fetched it, nothing behind it sees it, and line ${line} deletes it in a later layer` };
    return {
      allowed: 'review',
      because: 'it is unpacked in the RUN that fetched it, and nothing names it again',
      differs: 'the archive itself is not in the image any more',
    };
  },
};

/** The line of a RUN that empties the folder of an archive (`rm -rf /tmp/*`), where no command before it may see what lies there. */
function deletedLater(step: Step, path: string): number | undefined {
  const folder = `${posix.dirname(path)}/*`;
  if (posix.basename(path).startsWith('.')) return undefined;
  const { steps } = step.stage;
  for (const { run, copy, instruction } of steps.slice(steps.indexOf(step) + 1)) {
    for (const command of run?.commands ?? []) {
      if (run && isPlainList(run) && command.program === 'rm' && command.prefix === '' && command.removes.includes(folder)) return instruction.startLine;
      if (mayReach(command, path)) return undefined;
    }
    if (run ? run.script === undefined : copy && (copy.path === undefined || overlap(copy.path, path))) return undefined;
  }
  return undefined;
}

/** The line of a step, other than those that have to do with it, that names an archive or may read it. */
export function namedAgain(facts: Facts, own: readonly Step[], path: string): string | undefined {
  const { steps } = facts;
  const folder = posix.dirname(path);
  const other = steps.find((one) => {
    if (own.includes(one)) return false;
    if (one.instruction.joined.text.includes(posix.basename(path)) || hasPatternFor(one.instruction.joined.text, path)) return true;
    if (one.run?.commands.some((command) => reads(command, path)) || runScript(facts, one).some(({ text }) => text?.includes(posix.basename(path))))
      return true;
    return one.copy?.from !== undefined && one.copy.sources.some((source) => source.replace(/\/+$/, '') === folder);
  });
  return other && `line ${other.instruction.startLine}`;
}

/** `for f in *.tgz`, wherever it stands: a word with a pattern that says something of the name, and whose folder may be the archive's. */
function hasPatternFor(text: string, path: string): boolean {
  return [...text.matchAll(/[^\s"'`;|&()<>=]*[*?[][^\s"'`;|&()<>]*/g)].some(([word]) => {
    const name = posix.basename(word);
    if (!/\w/.test(name) || !overlap(name, posix.basename(path))) return false;
    return !word.startsWith('/') || overlap(posix.dirname(word), posix.dirname(path));
  });
}

/** By a pattern or its folder, or by a list of check sums. */
function reads({ kind, reads: paths, arguments: all }: CommandFacts, path: string): boolean {
  return paths.some((one) => overlap(one, path)) || (kind === 'look' && all.some(({ text }) => /^(-\w*c|--check)$/.test(text)));
}
