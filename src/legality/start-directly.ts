import { posix } from 'node:path';
import { codeWith } from '../steps/code.ts';
import type { Facts, StageFacts, Step } from '../steps/facts.ts';
import { isPreceded, laterSteps } from '../steps/neighbours.ts';
import { overlap } from '../steps/paths.ts';
import { placeIn, stageNamed } from '../steps/sources.ts';
import { startCommand, type ScriptStart } from '../steps/starts.ts';
import { isRoot } from '../steps/users.ts';
import type { Question } from './question.ts';

/** A command that names a script, to name what the script runs. */
export interface DirectStart extends ScriptStart {
  readonly facts: Facts;
}

export const mayStartDirectly: Question<DirectStart> = {
  id: 'may-start-directly',
  refusals: [
    {
      id: 'more-than-a-program',
      because: 'the script does more than to start one program, or may',
      applies: ({ started: { obstacle } }) => obstacle && (obstacle.file === undefined ? obstacle.because : `${obstacle.because} (${obstacle.file})`),
    },
    {
      id: 'comment-inside',
      because: 'a comment inside would be lost',
      applies: ({ step }) => step.instruction.innerComments[0]?.text,
    },
    {
      id: 'shell-chosen',
      because: 'the file names the shell that it runs in, which may look for programs in other folders',
      applies: ({ step }) => !step.instruction.json && isPreceded(step, 'SHELL'),
    },
    {
      id: 'unknown-base',
      because: 'it is not known what the ENTRYPOINT of the base image makes of another command',
      applies: ({ step }) => !step.stage.base.runsAnyCommand && step.stage.base.image,
    },
    {
      id: 'command-and-entrypoint',
      because: 'CMD and ENTRYPOINT are one command together, and it is not known what the one makes of another one',
      applies: ({ facts, step }) => otherHalf(facts, step),
    },
    {
      id: 'later-steps',
      because: 'a later step may start it in another folder, or with other files',
      applies: ({ facts, step }) => {
        for (const { instruction, stage } of laterSteps(facts, step))
          if (instruction.keyword === 'WORKDIR' || (stage !== step.stage && /^(RUN|COPY|ADD)$/.test(instruction.keyword)))
            return `line ${instruction.startLine}`;
        return false;
      },
    },
    {
      id: 'not-installed',
      because: 'nothing shows that the program is where the script finds it',
      applies: ({ facts, step, folder, started: { from, words } }) =>
        from !== undefined && !installs(facts, step.stage, folder, words[0]?.split('/')[0] ?? '') && words[0],
    },
    {
      id: 'reads-variables',
      because: 'a file of the context reads a variable that only the call sets',
      applies: ({ facts, started: { handsOn } }) => codeWith(facts, handsOn.code, handsOn.variables)?.path,
    },
    {
      id: 'starts-programs',
      because: 'a file of the context starts programs, which it may find by the call alone',
      applies: ({ facts, started: { handsOn } }) => codeWith(facts, handsOn.code, handsOn.programs)?.path,
    },
    {
      id: 'other-owner',
      because: 'root hands over to the owner of the folder in some releases of the manager, and that may be another one',
      applies: ({ step }) => isRoot(step.state.user ?? 'root') && givenAway(step.stage),
    },
  ],
  answer: ({ step, started }) => ({
    allowed: 'review',
    because: `the script of \`${started.call}\` is this one command`,
    differs: `the program is process 1 in place of the one that ran the script: signals reach it, one that does not handle SIGTERM is killed after ten seconds, and what the other printed, and the variables that it set, are gone${
      step.instruction.keyword === 'ENTRYPOINT' ? '; arguments of `docker run` reach it as they are' : ''
    }`,
  }),
};

/** Programs that run what stands behind them, as it is: https://github.com/krallin/tini https://github.com/Yelp/dumb-init and the images' own scripts. */
const runsWhatFollows = /^(docker-entrypoint\.sh|tini|dumb-init|catatonit)( (-\w+|--))*$/;

function otherHalf(facts: Facts, step: Step): string | undefined {
  const { stage, instruction } = step;
  const other = instruction.keyword === 'CMD' ? 'ENTRYPOINT' : 'CMD';
  for (let one: StageFacts | undefined = stage; one; one = one.parent) {
    const found = [...(one === stage ? laterSteps(facts, step) : []), ...one.steps].find((each) => each.instruction.keyword === other);
    if (!found) continue;
    const words = startCommand(found)?.command.words.map(({ text }, i) => (i === 0 ? posix.basename(text) : text)) ?? [];
    const known = other === 'ENTRYPOINT' && found.instruction.json && runsWhatFollows.test(words.join(' ')) && !bringsEntrypoint(stage, words[0] ?? '');
    if (!known) return `line ${found.instruction.startLine}`;
  }
  return undefined;
}

/** A script of that name which is the file's own. */
function bringsEntrypoint(stage: StageFacts, name: string): boolean {
  for (let one: StageFacts | undefined = stage; one; one = one.parent)
    if (one.steps.some(({ copy, instruction }) => copy && copy.from === undefined && instruction.argument.text.includes(name))) return true;
  return false;
}

/** A RUN of the stage, or of one that the folder of packages is copied from, installs the project there. */
function installs(facts: Facts, stage: StageFacts, folder: string, into: string): boolean {
  const packages = posix.join(folder, into);
  for (const step of stage.steps.toReversed()) {
    const { run, copy } = step;
    if (run?.commands.some(({ removes }) => removes.some((path) => overlap(path, packages)))) return false;
    if (run?.commands.some(({ use, workdir, command }) => use?.action === 'install' && use.closure && workdir === folder && !command.nested)) return true;
    const other = copy && stageNamed(facts, step.stage, copy.from);
    const place = other && placeIn(copy, packages);
    if (other && place !== undefined && posix.basename(place) === into && installs(facts, other, posix.dirname(place), into)) return true;
  }
  return stage.parent ? installs(facts, stage.parent, folder, into) : false;
}

/** A step that gives files to somebody else than root. */
function givenAway({ steps, parent }: StageFacts): string | undefined {
  const step = steps.find(
    ({ instruction, run }) =>
      run?.commands.some(({ program }) => program === 'chown') ||
      instruction.keyword === 'USER' ||
      instruction.flags.some(({ name, value = '' }) => name === 'chown' && !isRoot(value)),
  );
  return step ? `line ${step.instruction.startLine}` : parent && givenAway(parent);
}
