import { posix } from 'node:path';
import type { Facts, Step } from '../steps/facts.ts';
import { filesBefore } from '../steps/image-files.ts';
import { isPreceded, laterSteps } from '../steps/neighbours.ts';
import { absolute } from '../steps/paths.ts';
import type { Question } from './question.ts';

/** A CMD or ENTRYPOINT in shell form, to be in JSON form. */
export interface ShellForm {
  readonly facts: Facts;
  readonly step: Step;
}

/** What only a shell has: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_15 and its reserved words. */
const shellsOwn = new Set(
  ': . break continue eval exec exit export readonly return set shift times trap unset alias bg cd command fg getopts hash jobs read type ulimit umask unalias wait source if then else elif fi for while until do done case esac function'.split(
    ' ',
  ),
);

/** Both forms run the same program with the same arguments where the shell has nothing to do but that: Dockerfile facts 2.8. */
export const mayDropShell: Question<ShellForm> = {
  id: 'may-drop-shell',
  refusals: [
    {
      id: 'comment-inside',
      because: 'a comment inside would be lost',
      applies: ({ step }) => step.instruction.innerComments[0]?.text,
    },
    {
      id: 'shell-syntax',
      because: 'the shell has something to do: a variable, a quote, an operator or a pattern',
      applies: ({ step }) => !/^[\w@%+:,./-]+( +[\w@%+=:,./-]+)*$/.test(step.instruction.argument.text),
    },
    {
      id: 'command-of-the-shell',
      because: 'it is a command of the shell itself',
      applies: ({ step }) => {
        const program = wordsOf(step)[0] ?? '';
        return shellsOwn.has(program) && program;
      },
    },
    {
      id: 'unknown-base',
      because: 'it is not known what the ENTRYPOINT of the base image makes of another command',
      applies: ({ step }) => !step.stage.base.runsAnyCommand && step.stage.base.image,
    },
    {
      id: 'command-and-entrypoint',
      because: 'an ENTRYPOINT in JSON form gets the CMD as arguments, one in shell form does not',
      applies: ({ facts, step }) => {
        const other = step.instruction.keyword === 'CMD' ? 'ENTRYPOINT' : 'CMD';
        if (isPreceded(step, other)) return true;
        for (const { instruction } of laterSteps(facts, step)) if (instruction.keyword === other) return `line ${instruction.startLine}`;
        return false;
      },
    },
    {
      id: 'no-interpreter',
      because: 'only a shell runs a script whose first line names no interpreter, and nothing shows that this one does',
      applies: ({ facts, step }) => {
        const program = wordsOf(step)[0] ?? '';
        const name = posix.basename(program);
        const origin = [...filesBefore(step, facts)].findLast(([path]) =>
          program.includes('/') ? path === absolute(program, step.state.workdir, undefined) : posix.basename(path) === name,
        )?.[1];
        const text = origin && facts.context.text(origin.source);
        if (origin) return text !== undefined && !text.startsWith('#!') && program;
        return (/\.(sh|bash)$/.test(name) || (program.includes('/') && !facts.context.decided)) && program;
      },
    },
  ],
  answer: ({ step }) => ({
    allowed: 'review',
    because: 'the same program gets the same arguments, without a shell around it',
    differs: `the program is process 1: signals reach it, and one that does not handle SIGTERM is killed after ten seconds${
      step.instruction.keyword === 'ENTRYPOINT' ? '; arguments of `docker run` reach it, too' : ''
    }`,
  }),
};

export function wordsOf({ instruction }: Step): string[] {
  return instruction.argument.text.split(/ +/);
}
