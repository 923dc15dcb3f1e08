import { knowsFeature } from '../dockerfile/frontend.ts';
import { otherBuilder } from '../steps/builder.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { isListUnderErrexit, knowsErrexit } from '../steps/lists.ts';
import { openEnd } from '../steps/open-end.ts';
import type { Question } from './question.ts';

/** A RUN in shell form, to be a heredoc. */
export interface ListedRun {
  readonly facts: Facts;
  readonly step: Step;
}

/** Where `set -e` and a line for each command mean what `&&` meant: Dockerfile facts 2.5, and https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set */
export const mayWriteAsHeredoc: Question<ListedRun> = {
  id: 'may-write-as-heredoc',
  refusals: [
    {
      id: 'other-builder',
      because: 'a file of the repository builds with something else than BuildKit, which may run nothing of a heredoc',
      applies: ({ facts }) => otherBuilder(facts),
    },
    {
      id: 'old-frontend',
      because: 'the frontend that the file asks for does not know heredocs',
      applies: ({ facts }) => !knowsFeature(facts.dockerfile, 'a heredoc'),
    },
    {
      id: 'line-ends',
      because: 'the shell would get the carriage returns of the lines, too',
      applies: ({ facts }) => facts.dockerfile.text.includes('\r'),
    },
    {
      id: 'unknown-shell',
      because: 'it is not known to be run by a POSIX shell or bash',
      applies: ({ step }) => step.state.dialect !== 'posix' && step.state.dialect !== 'bash',
    },
    {
      id: 'no-plain-list',
      because: 'only commands and pipelines joined by && are written below each other: what else is in a list goes another way under `set -e`',
      applies: ({ step: { run } }) => run?.script && !isListUnderErrexit(run.script),
    },
    {
      id: 'shell-state',
      because: 'it is not known to go the same way with `set -e`',
      applies: ({ step: { run } }) => run && knowsErrexit(run),
    },
    {
      id: 'list-substituted',
      because: '`set -e` would reach into the substitution',
      applies: ({ step }) => step.run?.script?.listSubstituted,
    },
    {
      id: 'comment-in-a-command',
      because: 'a comment stands among the words of a command, where a shell would end the command',
      applies: ({ step }) => commentInCommand(step),
    },
    {
      id: 'ends-open',
      because: 'something stands behind the last command',
      applies: ({ facts, step }) => openEnd(facts, step),
    },
  ],
  answer: () => ({
    allowed: 'review',
    because: 'under `set -e` the first command that fails ends the RUN with its status, as && did',
    differs: 'a builder without BuildKit runs nothing of a heredoc and succeeds; the layer is built anew once',
  }),
};

function commentInCommand({ instruction, run }: Step): string | undefined {
  const script = run?.script;
  const inside = instruction.innerComments.find(({ start }) =>
    script?.items.some((item) => (script.source.at[item.start] ?? Infinity) < start && start < (script.source.at[item.end - 1] ?? 0)),
  );
  return inside && `line ${inside.line}`;
}
