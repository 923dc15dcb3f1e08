import { posix } from 'node:path';
import { readBase } from '../bases/base.ts';
import { compilingHelpers, installsByItself, plainTools } from '../ecosystems/run-time-needs.ts';
import { surelyBuilds } from '../steps/builds.ts';
import type { CommandFacts, Facts, RunFacts, Step } from '../steps/facts.ts';
import { filesBefore, projectFiles } from '../steps/image-files.ts';
import { languagePackages, type LanguagePackage } from '../steps/language-packages.ts';
import { lostUses, type OnTwin } from '../steps/lost-uses.ts';
import { commandsWithin } from '../steps/package-scripts.ts';
import { isBelow } from '../steps/paths.ts';
import { programFiles } from '../steps/program-files.ts';
import { stateAtEnd } from '../steps/read.ts';
import { runScript, startScripts } from '../steps/scripts.ts';
import { startedBy } from '../steps/started-programs.ts';
import { workedIn } from '../steps/worked-in.ts';
import type { Question } from './question.ts';

/** Steps, on the run-time twin of their base. What is needed and can be had as one package is no obstacle: `packagesOnTwin` names it. */
export interface RunOn extends OnTwin {
  /** What has to be installed for it beside what its steps install. */
  readonly packages?: readonly string[];
}

/** May all of a stage run on the twin of its base? */
export const mayRunOn: Question<RunOn> = {
  id: 'may-run-on',
  refusals: [
    {
      id: 'worked-in',
      because: 'the image is one to build or to work in, and what the run-time variant lacks is of use there',
      applies: ({ facts, stage, steps }) => workedIn(facts, stage) ?? (startsSomething(steps) ? undefined : 'it has no command'),
    },
    {
      id: 'program-not-seen',
      because: 'the build context does not show all that is put into the image, which may need what the run-time variant lacks',
      applies: ({ facts, stage, isServed = false }) => (isServed ? undefined : programFiles(facts, stage).unseen),
    },
    {
      id: 'script-not-read',
      because: 'a script that runs cannot be read',
      applies: unreadScript,
    },
    {
      id: 'compiles',
      because: 'an install may have to compile, and the run-time variant holds no compiler',
      applies: ({ facts, steps, twin }) => (twin.loses.includes('gcc') ? firstCompiling(facts, steps) : undefined),
    },
    {
      id: 'fetches-by-git',
      because: 'a package is fetched by git, and with its history come others that are not known',
      applies: ({ facts, stage, twin }) => (twin.loses.includes('git') ? packagesOf(facts, stage).find(({ git }) => git)?.name : undefined),
    },
    {
      id: 'starts-unsaid',
      because: 'a file starts a program that its text does not say',
      applies: ({ facts, stage, twin, isServed = false }) =>
        isServed ? undefined : startedBy(facts.context, programFiles(facts, stage).files, twin.loses).unsaid,
    },
    {
      id: 'needs-lost',
      because: 'the run-time variant lacks what is needed',
      applies: (on) => {
        const use = lostUses(on).find((one) => one.package === undefined && one.folders === undefined);
        return use && `${use.lost} for ${use.by}`;
      },
    },
    {
      id: 'on-another-distribution',
      because: 'the image that is preferred installs no packages and makes no users in the way of the old one',
      applies: ({ twin, steps, packages = [] }) => {
        if (!twin.foreign) return undefined;
        const strange = steps.find((step) => isOfDistribution(step) || (!twin.sameConfiguration && namesUser(step)));
        return packages[0] ?? (strange && `line ${strange.instruction.startLine}`);
      },
    },
    {
      id: 'folder-of-the-base',
      because: 'a path depends on the working directory of the base, and the run-time image has another one',
      applies: ({ twin, stage, steps }) => (twin.sameConfiguration || startsInSameFolder(stage, twin) ? undefined : firstRelative(steps)),
    },
    {
      id: 'port-of-the-base',
      because: 'the run-time image sets the port of a server, and this one leaves it to the program',
      applies: ({ twin: { ports }, steps }) =>
        ports.length > 0 && !steps.some(({ instruction }) => setsPort(instruction.joined.text, ports)) && ports.join(', '),
    },
  ],
  answer: (on) => {
    const uses = lostUses(on);
    const added = uses.map(({ lost, by }) => `${lost} (${by})`).join(', ');
    return {
      allowed: 'review',
      because: `nothing here needs what it lacks${uses.length > 0 ? `, but for ${added}, which is installed` : ''}`,
      differs: `${lostWords(on)} ${uses.length > 0 ? 'and the rest of the full image are' : 'and the like are'} not in the image any more: what uses them unseen fails${on.twin.image.includes('$') ? '; another value of the variable must name a tag that has the variant, too' : ''}`,
    };
  },
};

/** The same of what starts there, where the installs run elsewhere. */
export const mayStartOn: Question<RunOn> = {
  ...mayRunOn,
  id: 'may-start-on',
  refusals: mayRunOn.refusals.filter(({ id }) => id !== 'fetches-by-git'),
};

/** The packages of the distribution that bring what is needed and lost, sorted. */
export function packagesOnTwin(on: OnTwin): string[] {
  return [...new Set(lostUses(on).flatMap((use) => use.package ?? []))].toSorted();
}

/** Folders of the fat image that bring what is needed and lost, where no package can be had. */
export function foldersOnTwin(on: OnTwin): string[] {
  return [...new Set(lostUses(on).flatMap((use) => use.folders ?? []))];
}

/** At most five of the things that go. */
function lostWords(on: OnTwin): string {
  const used = new Set(lostUses(on).map(({ lost }) => lost));
  const known = [
    'a shell',
    'glibc',
    'git',
    'curl',
    'wget',
    'gcc',
    'make',
    'python3',
    'javac',
    'jshell',
    'jcmd',
    'shared libraries',
    'CA certificates',
    'dotnet sdk',
  ];
  return known.filter((one) => on.twin.loses.includes(one) && !used.has(one)).join(', ');
}

function packagesOf(facts: Facts, stage: OnTwin['stage']): readonly LanguagePackage[] {
  return languagePackages(programFiles(facts, stage).files, facts.context);
}

function unreadScript({ facts, stage, steps, made = [] }: OnTwin): string | undefined {
  const { workdir } = stateAtEnd(stage);
  const isMade = (path: string): boolean => path.startsWith('-') || made.some((one) => isBelow(posix.resolve(workdir ?? '/', path), one));
  for (const step of steps) {
    if (step.run?.opaque !== undefined) return `line ${step.instruction.startLine}`;
    const unread = step.run && runScript(facts, step).find(({ text }) => text === undefined);
    if (unread) return unread.path;
  }
  return startsSomething(steps)
    ? startScripts(facts).find(({ path, text, step }) => (text === undefined && !isMade(path)) || (!step && path.endsWith('.sh')))?.path
    : undefined;
}

function startsSomething(steps: readonly Step[]): boolean {
  return steps.some(({ instruction: { keyword } }) => keyword === 'CMD' || keyword === 'ENTRYPOINT');
}

/** It does what each distribution does in its own way, or of which that is not known. */
function isOfDistribution({ run }: Step): boolean {
  return (
    run?.opaque !== undefined ||
    (run?.commands.some(({ kind, ecosystem }) => ecosystem?.ofDistribution === true || /^(user|system|unknown)$/.test(kind)) ?? false)
  );
}

/** It runs as a user, or gives files to one, whom not every image has. */
function namesUser({ instruction: { keyword, argument, flags } }: Step): boolean {
  const names = keyword === 'USER' ? [argument.text] : flags.filter(({ name }) => name === 'chown').map(({ value = '' }) => value);
  return names.some((name) => !/^(root|nobody|\d+)(:(root|nobody|\d+))?$/.test(name));
}

function startsInSameFolder({ base }: OnTwin['stage'], { image }: OnTwin['twin']): boolean {
  return base.workdir !== undefined && base.workdir === readBase(image).workdir;
}

/** The first place where a relative path counts before a WORKDIR that begins with a slash. */
function firstRelative(steps: readonly Step[]): string | undefined {
  for (const { instruction, copy, run } of steps) {
    const { keyword, argument, startLine } = instruction;
    if (keyword === 'WORKDIR' && /^["']?\//.test(argument.text)) return undefined;
    const relative =
      keyword === 'WORKDIR' || (run && !isSameAnywhere(run)) || (copy && !copy.destination.startsWith('/')) || keyword === 'CMD' || keyword === 'ENTRYPOINT';
    if (relative && !(instruction.json && instruction.json[0]?.startsWith('/'))) return `line ${startLine}`;
  }
  return undefined;
}

/** It makes users, installs packages of the distribution, or names each of its files from the root. */
function isSameAnywhere({ commands, opaque }: RunFacts): boolean {
  return (
    opaque === undefined &&
    commands.every(
      ({ kind, ecosystem, arguments: all }) =>
        kind === 'user' ||
        (ecosystem?.ofDistribution === true && kind === 'package') ||
        (kind === 'file' && all.every(({ value }) => value !== undefined && /^[-/]/.test(value))),
    )
  );
}

function setsPort(text: string, ports: readonly string[]): boolean {
  return ports.some((name) => text.includes(name)) || text.includes('--urls');
}

/** The first install that may compile, or a program that does. */
function firstCompiling(facts: Facts, steps: readonly Step[]): string | undefined {
  for (const step of steps) {
    for (const command of step.run ? commandsWithin(facts, step) : []) {
      if (command.ecosystem?.buildPackages || !surelyBuilds(command)) continue;
      const compiling = command.ecosystem ? compilingPackage(facts, step, command) : (command.program ?? '');
      if (compiling !== undefined) return `${compiling} in line ${step.instruction.startLine}`;
    }
  }
  return undefined;
}

const javascript = new Set(['npm', 'yarn', 'pnpm', 'bun']);

function compilingPackage(facts: Facts, step: Step, command: CommandFacts): string | undefined {
  const { ecosystem, call, use, workdir = '/' } = command;
  const files = projectFiles(facts, filesBefore(step, facts), workdir);
  // Wheels that are known are those of CPython.
  if (call && !/(^|\/)pypy:/.test(step.stage.base.image) && ecosystem?.unpacks?.(call, files)) return undefined;
  const action = use ? call?.arguments[use.actionAt] : call?.arguments.find(({ text }) => !text.startsWith('-'));
  const program = `\`${[command.program ?? '', action?.text ?? ''].join(' ').trim()}\``;
  if (!ecosystem || !javascript.has(ecosystem.id)) return program;
  // `npm run build`: what it calls comes from packages.
  if (use?.action !== 'install') return undefined;
  if (use.packages) {
    const names = use.packages.map((position) => call?.arguments[position]?.value?.replace(/(?<=.)@.*$/, '') ?? '');
    return names.find((name) => !plainTools.test(name));
  }
  const sources = new Set([...filesBefore(step, facts).values()].map(({ source }) => source));
  const packages = languagePackages(sources, facts.context).filter(({ language }) => language === 'javascript');
  const locked = packages.filter(({ file }) => !file.endsWith('package.json'));
  const production =
    /--omit[= ]dev|--production|--only[= ]prod/.test(command.command.words.map(({ text }) => text).join(' ')) || call?.environment('NODE_ENV') === 'production';
  if (locked.length === 0) return packages.length === 0 ? undefined : `${packages[0]?.name ?? ''}, for no lockfile says what comes with it,`;
  const found = locked.find(({ name, version = '', script, development }) =>
    development && production ? false : script === undefined ? compilingHelpers.test(name) : script && !installsByItself(name, version),
  );
  return found?.name;
}
