import type { Leaving } from '../ecosystems/ecosystem.ts';
import { once } from '../once.ts';
import { endBefore } from '../shell/edit.ts';
import { knowsOption, losesFailure, wayToCleanUp } from '../steps/clean-up.ts';
import { homeOf } from '../steps/commands.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import type { Left } from '../steps/leavings.ts';
import { commandNames, textNames } from '../steps/named-folders.ts';
import { laterSteps } from '../steps/neighbours.ts';
import { openEnd } from '../steps/open-end.ts';
import { livedOn, unreadScriptAfter, type CleanUp } from './lived-on.ts';
import type { Question } from './question.ts';

export const mayCleanUp: Question<CleanUp> = {
  id: 'may-clean-up',
  refusals: [
    {
      id: 'opaque-shell',
      because: 'what the shell does with it is not known',
      applies: ({ step }) => (step.run?.form === 'heredoc' ? undefined : step.run?.opaque),
    },
    {
      id: 'heredoc',
      because: 'the lines of a heredoc are left as they are',
      applies: ({ step }) => step.run?.form === 'heredoc',
    },
    {
      id: 'ends-open',
      because: 'what stands at the end of the RUN would swallow what is appended, or the RUN goes on in the background',
      applies: ({ facts, step, left }) => {
        const script = step.run?.script;
        if (!appended(facts, step, left)) return false;
        if (script?.items.some((item) => item.background)) return '`&`';
        return (script && endBefore(script)) === undefined && openEnd(facts, step);
      },
    },
    {
      id: 'unknown-option',
      because: 'the image is so old that the program may not know the option',
      applies: ({ facts, step, left }) => {
        const way = wayToCleanUp(facts.dockerfile.text, step, left);
        if (way?.by !== 'option' || !left.leaving.notOn?.test(step.stage.base.image)) return false;
        return way.calls.some((call) => !knowsOption(step, call, left.leaving));
      },
    },
    {
      id: 'named-later',
      because: 'a later command names the folder, and would miss what is in it',
      applies: ({ facts, step, left }) => namedLater(facts, step, left),
    },
    {
      id: 'leaves-the-shell',
      because: 'the shell may be gone before the clean-up',
      applies: ({ facts, step, left }) => appended(facts, step, left) && leavesShell(step),
    },
    {
      id: 'lost-failure',
      because: 'under `set -e` a clean-up behind this list would hide that it failed',
      applies: ({ facts, step, left }) => appended(facts, step, left) && losesFailure(step),
    },
    {
      id: 'comment-would-go',
      because: 'the RUN would go, and a comment belongs to it',
      applies: ({ facts, step, left }) =>
        wayToCleanUp(facts.dockerfile.text, step, left)?.by === 'dropping the RUN' &&
        step.instruction.comments.length + step.instruction.innerComments.length > 0,
    },
    ...livedOn,
  ],
  answer: ({ facts, step, left }) => {
    const way = wayToCleanUp(facts.dockerfile.text, step, left)?.by;
    if (way === 'dropping the RUN' || way === 'dropping the update') {
      return { allowed: 'review', because: 'nothing reads what it fetches', differs: 'a build passes that failed because the index could not be fetched' };
    }
    const unread = unreadScriptAfter(facts, step);
    const because = left.leaving.because;
    if (!unread || !left.leaving.livedOn) return { allowed: 'safe', because };
    return { allowed: 'review', because, differs: `\`${unread.path}\` cannot be read: if it installs without fetching the index itself, it fails` };
  },
};

/** True where a command is put behind the RUN's own. */
function appended(facts: Facts, step: Step, left: Left): boolean {
  return wayToCleanUp(facts.dockerfile.text, step, left)?.by === 'command';
}

/** A strict `rm`, `mv`, `cp`, `ls` of what will not be there any more. */
function namedLater(facts: Facts, step: Step, { leaving }: Left): string | undefined {
  const { steps, copy } = naming(facts)(leaving);
  const own = step.run?.commands ?? [];
  const behind = own.slice(own.findIndex((command) => command.use?.leaves.includes(leaving.id)) + 1).find((command) => missesFolder(step, command, leaving));
  if (behind) return `line ${step.instruction.startLine}, \`${behind.program ?? '?'}\``;
  const [later] = laterSteps(facts, step, steps);
  const command = later?.run?.commands.find((one) => missesFolder(later, one, leaving));
  if (later && command) return `line ${later.instruction.startLine}, \`${command.program ?? '?'}\``;
  return copy && `line ${copy.instruction.startLine}, COPY --from`;
}

const naming = once((facts: Facts) =>
  once((leaving: Leaving) => ({
    steps: facts.steps.filter((step) => step.run?.commands.some((command) => missesFolder(step, command, leaving))),
    copy: facts.steps.find(
      (step) =>
        step.copy?.from !== undefined &&
        step.copy.sources.some((source) => namesFolder(source, leaving) || foldersOf(step, leaving).some((folder) => textNames(step, source, folder))),
    ),
  })),
);

/** A command that names the folder and is no `rm -f`, `mkdir` or the like, which do without what is in it. */
function missesFolder(step: Step, facts: CommandFacts, leaving: Leaving): boolean {
  const { program, command } = facts;
  const forced = program === 'rm' && command.words.some((word) => /^-[a-zA-Z]*f/.test(word.text) || word.text === '--force');
  if (forced || program === 'mkdir' || program === 'echo' || program === 'find') return false;
  return command.words.some((word) => namesFolder(word.text, leaving)) || foldersOf(step, leaving).some((folder) => commandNames(step, facts, folder));
}

function foldersOf({ state }: Step, { directories }: Leaving): string[] {
  const home = homeOf(state) ?? '~';
  return directories.map((directory) => directory.replace(/^~/, home));
}

/** `/var/cache/apk/*`, `/root/.cache`, `$HOME/.cache/pip`. */
function namesFolder(text: string, { directories }: Leaving): boolean {
  return directories.some((directory) => {
    const tail = directory.replace(/^~/, '');
    return (
      text.includes(tail) || (directory.startsWith('~') && /(^|[^\w.])(~|\/root|\$HOME|\$\{HOME\})\/\.cache\/?(\*|$)/.test(text) && tail.startsWith('/.cache/'))
    );
  });
}

/** What ends the shell before a command at the end of the RUN. */
export function leavesShell(step: Step): string | undefined {
  const gone = step.run?.commands.find((command) => ['exit', 'exec', 'return', 'trap'].includes(command.program ?? '') && !command.command.nested);
  return gone && `\`${gone.program}\``;
}
