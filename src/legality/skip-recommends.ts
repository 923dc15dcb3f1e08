import { once } from '../once.ts';
import type { Facts, StageFacts } from '../steps/facts.ts';
import { descendsFrom } from '../steps/neighbours.ts';
import { recommendationsOf, unnamedCompilerOf, unreadBehind, unreadConfiguration, type RecommendingInstall } from '../steps/recommends.ts';
import { workedIn } from '../steps/worked-in.ts';
import type { Question } from './question.ts';

/** An install of the distribution's packages, to go without those that are only recommended. */
export interface SkippableRecommends {
  readonly facts: Facts;
  readonly install: RecommendingInstall;
}

export const maySkipRecommends: Question<SkippableRecommends> = {
  id: 'may-skip-recommends',
  refusals: [
    {
      id: 'packages-not-named',
      because: 'not every package stands there by its name, so that what they recommend is not known',
      applies: ({ install: { packages } }) => packages === undefined,
    },
    {
      id: 'collection',
      because: 'the package is there for what it recommends',
      applies: ({ install: { names, manager } }) => names.find((name) => manager.collections.test(name)),
    },
    {
      id: 'looks-for-others',
      because: 'the package looks for plug-ins, fonts or services of recommended packages while it runs',
      applies: ({ install: { names, manager } }) => names.find((name) => manager.extended.test(name)),
    },
    {
      id: 'recommends-not-known',
      because: 'what the package recommends is not known',
      applies: ({ install: { names, packages, manager } }) =>
        packages && names.find((name) => ![manager.collections, manager.extended].some((known) => known.test(name)) && !manager.isKnown(name)),
    },
    {
      id: 'option-not-known',
      because: 'the package manager of this base may not know the option',
      applies: ({
        install: {
          manager,
          command: { call },
          step: { stage },
        },
      }) => call !== undefined && manager.takesOption?.(call, stage.base) === false && stage.base.image,
    },
    {
      id: 'configuration-not-read',
      because: 'a configuration of the package manager is copied that cannot be read',
      applies: ({ facts, install }) => unreadConfiguration(facts, install),
    },
    {
      id: 'compiler-not-named',
      because: 'something builds, and the compiler that no install names may have come as a recommended package',
      applies: ({ facts, install }) => unnamedCompilerOf(facts, install),
    },
    {
      id: 'built-upon',
      because: 'what is built FROM the image runs more than can be seen',
      applies: ({ facts, install: { step } }) => triggers(facts).some((stage) => descendsFrom(stage, step.stage)),
    },
    {
      id: 'recommends-for-people',
      because: 'the image is one to build or to work in, and what is recommended is of use there',
      applies: ({ facts, install }) => {
        const { dropped } = recommendationsOf(install, facts);
        return dropped.length > 0 && workedIn(facts, install.step.stage) !== undefined && dropped.join(', ');
      },
    },
    {
      id: 'code-not-read',
      because: 'code that cannot be read may need what is recommended',
      applies: ({ facts, install }) => recommendationsOf(install, facts).dropped.length > 0 && unreadBehind(facts, install),
    },
  ],
  answer: ({ facts, install }) => {
    const { names } = install;
    const { kept } = recommendationsOf(install, facts);
    return {
      allowed: 'review',
      because: `packages work without those that they only recommend${kept.length > 0 ? `; what is used of these here, ${kept.join(', ')}, is installed by name` : ', and nothing here uses one of these'}`,
      differs: `what ${namesIn(names)} only ${names.length > 1 ? 'recommend' : 'recommends'} is not in the image any more${kept.length > 0 ? `, but for ${kept.join(', ')}` : ''}: a program that uses it unseen fails`,
    };
  },
};

/** At most three names. */
export function namesIn(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}

const triggers = once((facts: Facts): readonly StageFacts[] =>
  facts.stages.filter(({ steps }) => steps.some(({ instruction }) => instruction.keyword === 'ONBUILD')),
);
