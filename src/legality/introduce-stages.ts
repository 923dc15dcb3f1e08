import { isObstacle } from '../ecosystems/closure.ts';
import type { Instruction } from '../dockerfile/model.ts';
import { startedOtherwise } from '../steps/started-otherwise.ts';
import type { Parting } from '../steps/parting.ts';
import { isRoot } from '../steps/users.ts';
import type { Question } from './question.ts';

/** May a stage be parted into one that builds and one that ships only what runs? */
export const mayIntroduceStages: Question<Parting> = {
  id: 'introduce-stages',
  refusals: [
    {
      id: 'program-unclear',
      because: 'what of the build the program needs when it runs is not known',
      applies: ({ program }) => (isObstacle(program) ? [program.because, program.file].filter((one) => one !== undefined).join(': ') : undefined),
    },
    {
      id: 'built-by-another-user',
      because: 'a COPY from another stage gives the folders that it makes to root, and the group of the user who builds is not known',
      applies: ({ last: { state }, owner, program }) => {
        const { user = 'root' } = state;
        const makes = !isObstacle(program) && program.installed?.made !== undefined;
        return !isRoot(user) && (owner === undefined || makes) ? `\`USER ${user}\`` : undefined;
      },
    },
    {
      id: 'started-otherwise',
      because: 'the repository starts the image in another way than the image itself does, and may need there what only the build has',
      applies: ({ facts, stage }) => startedOtherwise(facts, stage),
    },
    {
      id: 'no-run-time-base',
      because: 'no smaller image is known that runs what this one builds',
      applies: ({ base }) => base === undefined,
    },
    {
      id: 'needs-a-shell',
      because: 'the image that is preferred has no shell to start the program',
      applies: ({ restart }) => (isObstacle(restart) ? [restart.because, restart.file].filter((one) => one !== undefined).join(': ') : undefined),
    },
    {
      id: 'step-unclear',
      because: 'a step does something of which it is not known whether the build or the program needs it',
      applies: ({ unclear }) => (unclear ? `line ${unclear.instruction.startLine}` : undefined),
    },
  ],
  answer: ({ program, dependencies, restart }) => {
    const { title = '', reads, installed, artefacts = [], unpacked } = isObstacle(program) ? {} : program;
    const packages = installed && (dependencies ? 'the packages of production' : `all packages: ${installed.development ?? 'they cannot be installed apart'}`);
    const kept = `${title}${reads === undefined ? '' : `${title === '' ? '' : ' and '}the project, because \`${reads}\` may be read or read files of it`}`;
    return {
      allowed: 'review',
      because: `${artefacts.length > 0 ? 'the image starts what its own build makes' : 'only installs need what the run-time base lacks'}: the run-time stage gets ${kept}${packages === undefined ? '' : `, and ${packages}`}`,
      differs: `${unpacked ? `${unpacked.differs}; ` : ''}what else the build leaves is not in the image any more${isObstacle(restart) || ![...restart.keys()].some(expandsOptions) ? '' : '; it starts without a shell: options of Java come by JAVA_TOOL_OPTIONS alone'}`,
    };
  },
};

function expandsOptions({ keyword, argument }: Instruction): boolean {
  return keyword !== 'ENV' && argument.text.includes('$');
}
