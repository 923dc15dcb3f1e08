import { isObstacle } from '../ecosystems/closure.ts';
import type { CommandFacts } from '../steps/facts.ts';
import { laterSteps } from '../steps/neighbours.ts';
import { isOfLanguage } from '../steps/global-tools.ts';
import { type ShippedInstall } from '../steps/parting.ts';
import { startedOtherwise } from '../steps/started-otherwise.ts';
import type { Question } from './question.ts';

/** May an install leave out what only the development of its project needs? */
export const mayLeaveOutDevelopment: Question<ShippedInstall> = {
  id: 'may-leave-out-development',
  refusals: [
    {
      id: 'program-unclear',
      because: 'what the program loads is not known',
      applies: ({ packages }) => isObstacle(packages) && [packages.because, packages.file].filter((one) => one !== undefined).join(': '),
    },
    {
      id: 'development-needed',
      because: 'a package that stands there for the development is needed',
      applies: ({ packages }) => (isObstacle(packages) ? undefined : packages.development),
    },
    {
      id: 'used-afterwards',
      because: 'a later command may need what is there for the development',
      applies: usedAfterwards,
    },
    {
      id: 'started-otherwise',
      because: 'the repository starts the image in another way than the image itself does, and may need there what only the development has',
      applies: ({ facts, install }) => startedOtherwise(facts, install.step.stage),
    },
  ],
  answer: () => ({
    allowed: 'review',
    because: 'nothing is built or tested where they are installed, and no file of the source loads one of them',
    differs: 'packages for the development are not in the image any more: what loads one unseen fails',
  }),
};

/** Commands behind the install, and those of stages that build on it or copy from it, that do more than handle files. */
function usedAfterwards({ facts, install: { step, command } }: ShippedInstall): string | undefined {
  const { commands = [] } = step.run ?? {};
  const own = commands.slice(commands.indexOf(command) + 1).find(mayNeed);
  if (own) return `line ${step.instruction.startLine}, \`${own.program ?? '?'}\``;
  for (const { run, instruction } of laterSteps(facts, step)) {
    const found = run && (run.opaque === undefined ? run.commands.find(mayNeed) : run.commands[0]);
    if (found || (run && run.commands.length === 0)) return `line ${instruction.startLine}, \`${found?.program ?? '?'}\``;
  }
  const { index, name } = step.stage.stage;
  const copying = facts.steps.find(({ copy }) => copy?.from !== undefined && (copy.from.toLowerCase() === name || copy.from === String(index)));
  return copying && `line ${copying.instruction.startLine}`;
}

function mayNeed(command: CommandFacts): boolean {
  return command.kind === 'unknown' || (isOfLanguage(command) && command.use?.action !== 'clean');
}
