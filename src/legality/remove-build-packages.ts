import { holdsCompilers } from '../bases/base.ts';
import { namesInstalled, positionIn, type BuildInstall } from '../steps/build-packages.ts';
import { mayBuild, usesBuildPackages } from '../steps/builds.ts';
import type { Facts, StageFacts, Step } from '../steps/facts.ts';
import { goesWithInstalls, meetsInstalls } from '../steps/install-moves.ts';
import { earlierSteps, isPlainList, laterSteps } from '../steps/neighbours.ts';
import { empties } from '../steps/paths.ts';
import { startScripts } from '../steps/scripts.ts';
import { fileNaming } from '../steps/sight.ts';
import { workedIn } from '../steps/worked-in.ts';
import { hasComment } from '../shell/edit.ts';
import { mayFuseRuns } from './fuse-runs.ts';
import { ask, isRefused, type Question } from './question.ts';

/** Packages that only a build needs, to be taken out in the RUN that builds. */
export interface Removable {
  readonly facts: Facts;
  readonly install: BuildInstall;
}

export const mayRemoveBuildPackages: Question<Removable> = {
  id: 'may-remove-build-packages',
  refusals: [
    {
      id: 'base-holds-compilers',
      because: 'the base image holds compilers anyway',
      applies: ({ install }) => holdsCompilers(baseOf(install)) === true && baseOf(install).image,
    },
    {
      id: 'base-not-known',
      because: 'the base image may hold some of them, and need them',
      applies: ({ install }) => holdsCompilers(baseOf(install)) === undefined && baseOf(install).image,
    },
    {
      id: 'made-for-building',
      because: 'the image is one to build or to work in',
      applies: ({ facts, install }) => workedIn(facts, install.step.stage),
    },
    {
      id: 'several-installs',
      because: 'more of them are installed elsewhere in the stage',
      applies: ({ facts, install }) => otherInstall(facts, install),
    },
    {
      id: 'keeps-compilers',
      because: 'a package that stays needs compilers or recommends them, so that they would stay with it',
      applies: ({ install: { step, manager, command } }) => {
        const { call } = command;
        return call && namesInstalled([...earlierSteps(step), step]).find((name) => manager.keepsCompilers(name, call));
      },
    },
    {
      id: 'removed-before',
      because: 'an earlier removal left packages that nothing needs by name, and they would go too',
      applies: ({ install: { step, manager } }) =>
        manager.apart === undefined &&
        [...earlierSteps(step), step]
          .find(({ run }) => run?.commands.some(({ ecosystem, use }) => ecosystem?.buildPackages === manager && use?.action === 'remove'))
          ?.instruction.startLine.toString(),
    },
    {
      id: 'library-not-known',
      because: 'which package has the library that is loaded when the program runs is not known for this release',
      applies: ({ install: { packages } }) => packages.find(({ build }) => build && build.libraries === undefined)?.name,
    },
    {
      id: 'used-later',
      because: 'a later step may build again',
      applies: ({ facts, install: { last } }) => {
        for (const step of laterSteps(facts, last)) {
          const builds = mayBuild(facts, step);
          if (builds !== undefined) return builds;
        }
        return undefined;
      },
    },
    {
      id: 'built-at-start',
      because: 'what the container starts builds or uses a tool that goes, or cannot be read',
      applies: ({ facts }) => builtAtStart(facts),
    },
    {
      id: 'compiled-while-running',
      because: 'a program compiles code while it runs',
      applies: ({ facts }) => namedIn(facts, compiling),
    },
    {
      id: 'library-of-the-compiler',
      because: 'a program loads the OpenMP library, which comes with the compiler',
      applies: ({ facts, install: { step } }) =>
        !namesInstalled([...earlierSteps(step), step]).some((name) => name.startsWith('libgomp')) && namedIn(facts, loadingOpenMP),
    },
    {
      id: 'no-plain-list',
      because: 'only in a plain list joined by && a failure of the build ends the RUN before the packages go',
      applies: ({ install }) =>
        joined(install)
          .find(({ run }) => run && !isPlainList(run))
          ?.instruction.startLine.toString() ?? nestedCall(install),
    },
    {
      id: 'state-mounted',
      because: 'a mount hides what the manager knows of its packages',
      applies: ({ install: { step, last, manager } }) => {
        const { state } = manager;
        if (state === undefined) return undefined;
        return [step, last].flatMap(({ run }) => run?.mounts ?? []).find(({ target }) => target !== undefined && empties(target, `${state}/extended_states`))
          ?.target;
      },
    },
    {
      id: 'commented-packages',
      because: 'a comment stands among the packages that would be told apart',
      applies: ({ facts: { dockerfile }, install: { step, packages, manager } }) =>
        manager.apart !== undefined &&
        packages.some(({ build }) => !build) &&
        step.instruction.innerComments.length > 0 &&
        hasComment(dockerfile.text.slice(step.instruction.range.start, step.instruction.contentEnd)),
    },
    {
      id: 'source-between',
      because: 'the packages would be installed again after each edit of the source that is copied in between',
      applies: ({ install: { between, last } }) =>
        last.run &&
        between.find(({ copy }) => copy?.from === undefined && copy?.sources.some((source) => /^(\.?\/?|\.?\/?\*)$/.test(source)))?.instruction.argument.text,
    },
    {
      id: 'index-of-an-earlier-step',
      because: 'the install would run more often, on a package index that an earlier step fetched and that is out of date by then',
      applies: ({ install: { step, last, command } }) =>
        step !== last && (command.use?.needs ?? []).some((id) => !step.run?.commands.some(({ use }) => use?.renews.includes(id))),
    },
    {
      id: 'steps-between',
      because: 'the install cannot come behind what stands before the build',
      applies: ({ facts, install }) => obstacleBetween(facts, install),
    },
    {
      id: 'cannot-be-joined',
      because: 'install and build cannot become one RUN',
      applies: ({ facts, install }) => keptApart(facts, install),
    },
  ],
  answer: ({ install }) => ({
    allowed: 'review',
    because: 'only the build needs them; what a later RUN removes stays in the layer that installed it',
    differs: differs(install),
  }),
};

function baseOf({ step: { stage } }: BuildInstall): StageFacts['base'] {
  return stage.base;
}

function differs({ packages, between }: BuildInstall): string {
  const gone = packages.flatMap(({ name, build }) => (build ? [name] : []));
  const copied = between.flatMap(({ copy }) => (copy && copy.from === undefined ? copy.sources : []));
  const again = copied.length > 0 ? `; they are installed again with each change of ${copied.join(', ')}` : '';
  return `${gone.join(', ')} ${gone.length > 1 ? 'are' : 'is'} not in the image any more, nor ${gone.length > 1 ? 'they' : 'it'} for images built FROM it${again}`;
}

/** The same package, a compiler or headers. */
function otherInstall(facts: Facts, { step, command, manager, packages }: BuildInstall): string | undefined {
  const names = namesInstalled([...earlierSteps(step), step, ...laterSteps(facts, step)], command);
  const place = { base: step.stage.base, others: [] };
  return names.find((name) => (manager.read(name, place)?.kind ?? 'tool') !== 'tool' || packages.some((one) => one.build && one.name === name));
}

function builtAtStart(facts: Facts): string | undefined {
  for (const { path, text, step } of startScripts(facts)) {
    if (text === undefined && /\.sh$|entrypoint|build|compile/.test(path)) return path;
    const builds = step?.run?.commands.find(usesBuildPackages);
    if (builds) return `\`${[builds.path ?? '', ...builds.arguments.slice(0, 2).map((argument) => argument.text)].join(' ')}\``;
  }
  return undefined;
}

/** They call the compiler or its linker themselves (`find_library` of Python where there is no ldconfig, https://docs.python.org/3/library/ctypes.html): https://pytensor.readthedocs.io, https://pytorch.org/docs/stable/torch.compiler.html, https://mc-stan.org/cmdstanpy, https://github.com/seattlerb/rubyinline */
const compiling = [
  'theano',
  'Theano',
  'pytensor',
  'aesara',
  'pymc',
  'pymc3',
  'pystan',
  'cmdstanpy',
  'pyximport',
  'triton',
  'numba',
  'RubyInline',
  'weave',
  'torch.compile',
  'find_library',
  'python-magic',
  'weasyprint',
  'WeasyPrint',
  'cairocffi',
];

/** https://lightgbm.readthedocs.io/en/stable/FAQ.html, and flags and names by which others ask for it. */
const loadingOpenMP = ['lightgbm', 'xgboost', 'implicit', 'fasttext', 'fopenmp', 'openmp', 'OpenMP', 'gomp'];

/** The first of some names that the Dockerfile has, or the file of the context that has one. */
function namedIn(facts: Facts, names: readonly string[]): string | undefined {
  const named = names.find((name) => new RegExp(`(?<![\\w.])${name.replace('.', '\\.')}(?![\\w-])`).test(facts.dockerfile.text));
  return named ?? fileNaming(facts, names);
}

/** The install stands in a loop, a pipeline or a condition. */
function nestedCall(install: BuildInstall): string | undefined {
  return positionIn(install) === undefined ? install.command.program : undefined;
}

function obstacleBetween(facts: Facts, { step, between }: BuildInstall): string | undefined {
  if (between.every(({ run }) => run)) return undefined;
  const onlyInstalls = step.run?.commands.every((command) => goesWithInstalls(command, step.state));
  if (!onlyInstalls) return 'the RUN that installs does more than that';
  const obstacle = between.find((one) => meetsInstalls(facts, one));
  return obstacle && `line ${obstacle.instruction.startLine}`;
}

/** The RUNs that become one. */
function joined({ step, last, between }: BuildInstall): Step[] {
  if (step === last) return [step];
  return between.every(({ run }) => run) ? [step, ...between, last] : [step, last];
}

function keptApart(facts: Facts, install: BuildInstall): string | undefined {
  // What a build starts ends with it, and only the removal comes behind.
  const without = new Set([...facts.without, 'unknown-command']);
  const row = joined(install);
  for (const [i, second] of row.entries()) {
    const first = row[i - 1];
    const verdict = first && ask(mayFuseRuns, { facts, first, second, earlier: row.slice(0, i) }, without);
    if (verdict && isRefused(verdict)) return verdict.because;
  }
  return undefined;
}
