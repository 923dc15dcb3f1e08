import { posix } from 'node:path';
import { lesserUser, type LesserUser } from '../bases/users.ts';
import { readScript } from '../shell/read.ts';
import { sourceText } from '../text.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';
import { broughtAtEnd } from './image-files.ts';
import { descendsFrom, lineOf } from './neighbours.ts';
import { absolute, isBelow } from './paths.ts';
import { stateAtEnd } from './read.ts';
import { stageNamed } from './sources.ts';
import { startOf } from './start.ts';
import { scriptStart, startCommand } from './starts.ts';
import { isRoot } from './users.ts';

/** A shipped stage whose program root runs. */
export interface RootStart {
  readonly facts: Facts;
  readonly stage: StageFacts;
  /** All steps behind it, those of the stages that it is built FROM among them. */
  readonly steps: readonly Step[];
  /** Who may run it instead. */
  readonly user: LesserUser;
  /** The base is known to have that user, or what makes it. */
  readonly isKnown: boolean;
}

/** The shipped stages whose image starts its program as root, or may: where the base decides and is not known. One that another shipped stage is built FROM leaves it to that. */
export function rootStarts(facts: Facts): RootStart[] {
  return facts.stages.flatMap((stage) => {
    const { user } = stateAtEnd(stage);
    const isRoots = user === undefined || isRoot(user);
    if (
      !stage.shipped ||
      !isRoots ||
      startsTool(stage) ||
      facts.stages.some((one) => one !== stage && one.shipped && descendsFrom(one, stage)) ||
      stage.base.family === 'windows'
    )
      return [];
    return {
      facts,
      stage,
      steps: lineOf(stage).flatMap(({ steps }) => steps),
      user: lesserUser(stage.base) ?? { name: 'app', made: [], home: false },
      isKnown: lesserUser(stage.base) !== undefined,
    };
  });
}

/** It starts a tool of the system that ends by itself. */
function startsTool(stage: StageFacts): boolean {
  const command = startOf(stage)?.steps.map(startCommand)[0];
  return command !== undefined && /^(file|look|archive|system|fetch)$/.test(command.kind);
}

/** A stage of the file that is built FROM it. */
export function stageUpon({ facts, stage }: RootStart): StageFacts | undefined {
  return facts.stages.find((one) => one !== stage && descendsFrom(one, stage));
}

/** Programs that run what stands behind them, as it is: https://github.com/krallin/tini https://github.com/Yelp/dumb-init and the entry point of node's image. */
const runsWhatFollows = /^(tini|dumb-init|catatonit|docker-entrypoint\.sh)$/;

/** The words of the program that starts, without what only runs them, and where a package manager runs a script those of the script; those that a variable decides are empty. undefined where it is more than one program, or not known which. */
export function wordsStarted({ facts, stage, steps }: RootStart): readonly string[] | undefined {
  const start = startOf(stage);
  let words = start?.words ?? (start?.steps.length === 1 ? inShell(start.steps[0]?.instruction.argument.text ?? '') : []);
  while (runsWhatFollows.test(posix.basename(words[0] ?? '')) && !bringsProgram(steps, words[0] ?? '')) {
    const next = words.findIndex((word, i) => i > 0 && !word.startsWith('-'));
    words = next < 0 ? [] : words.slice(next);
  }
  if (/^(ba|d?a)?sh$/.test(posix.basename(words[0] ?? '')) && words[1] === '-c' && words.length === 3) words = inShell(words[2] ?? '');
  if (words[0] === 'npm') {
    const started = start?.steps.map((step) => scriptStart(facts, step)).find((one) => one !== undefined)?.started;
    // Other managers may have been installed into the home of root.
    words = started && !started.obstacle ? started.words : [];
  }
  const interpreter =
    stage.base.family === 'distroless' && start?.steps.every(({ instruction }) => instruction.keyword === 'CMD') ? interpreterOf(stage.base.image) : [];
  return words.length === 0 ? undefined : [...interpreter, ...words];
}

/** npm runs the script that starts, and keeps its logs in the home of the user. */
export function startsByNpm({ stage }: RootStart): boolean {
  return startOf(stage)?.words?.includes('npm') ?? false;
}

/** The words of the one command of a text for a shell, an `exec` in front left out; none where it is another text. */
function inShell(text: string): readonly string[] {
  const script = readScript(sourceText(text));
  const [item, ...more] = script?.items ?? [];
  const [command, ...piped] = item?.pipeline ?? [];
  if (!command || more.length + piped.length > 0 || item?.negated || item?.background || script?.tail !== '' || command.redirections.length > 0) return [];
  const [first, ...rest] = command.words.map(({ value }) => value ?? '');
  const words = first === 'exec' ? rest : [first ?? '', ...rest];
  return words[0] === '' ? [] : words;
}

/** The entry point of an image of one language: https://github.com/GoogleContainerTools/distroless */
function interpreterOf(image: string): readonly string[] {
  const [, language = ''] = /\/(nodejs|java|python)(?!-base)/.exec(image) ?? [];
  return language === 'nodejs' ? ['node'] : language === '' ? [] : [language];
}

function bringsProgram(steps: readonly Step[], name: string): boolean {
  const own = posix.basename(name);
  return own.endsWith('.sh') && steps.some(({ copy, instruction }) => copy && instruction.argument.text.includes(own));
}

const interpreters = /^(node|nodejs|bun|java|dotnet|python[\d.]*|uvicorn|gunicorn|hypercorn|flask|fastapi|waitress-serve|granian|daphne)$/;
const compilers = /^(gradlew|go|cargo|rustc|gcc|g\+\+|cc|c\+\+|clang(\+\+)?|make|cmake|dotnet|swift|dart|zig|ghc|cabal|stack|nim|crystal|javac|mvn|gradle)$/;
const compiled = /\.(go|rs|c|cc|cpp|cxx|cs|fs|swift|dart|zig|hs|nim|cr|ml|d)$/;
/** Scripts that Gradle makes, which start Java: https://docs.gradle.org/current/userguide/application_plugin.html */
const ofJvm = { made: /\/install\/[^/]+\/bin\/[\w-]+$/, source: /\.(java|kts?|scala|groovy)$/ };
/** Words that name a file to be written, or a way to work. */
const writing =
  /\.(log|pid|sock|db|sqlite3?)$|^-Xlog|HeapDump|^--?(reload|debug|inspect(-brk)?|daemon|watch)$|^\/(var|data|root)\/|^runserver$|^play\.core\.|^-D(logging\.file[\w.]*|[\w.-]*(dir|home|path|folder))=/i;

/** What speaks against a program that is known to need nothing of root's; undefined where it is one that the project's own source decides about. */
export function unclearProgram(root: RootStart, files: ReadonlySet<string>): string | undefined {
  const words = wordsStarted(root);
  const [program = '', ...given] = words ?? [];
  const called = words
    ? `\`${words.join(' ')}\``
    : (startOf(root.stage)?.steps.map(({ instruction }) => `\`${instruction.argument.text}\``)[0] ?? 'the base decides');
  const odd = given.find((word) => writing.test(word));
  if (!words || odd !== undefined) return called;
  if (interpreters.test(posix.basename(program))) return runsOtherThings(posix.basename(program), given) ? called : undefined;
  const source = ofJvm.made.test(program) ? ofJvm.source : compiled;
  return [...files].some((file) => source.test(file)) && isMadeHere(root, program) ? undefined : called;
}

/** Words by which a program of a language builds, installs, or runs a script by its name, in place of a program: https://bun.sh/docs/cli/run, https://learn.microsoft.com/dotnet/core/tools/dotnet, https://flask.palletsprojects.com/cli, https://fastapi.tiangolo.com/fastapi-cli */
function runsOtherThings(program: string, given: readonly string[]): boolean {
  const [first = '', second = ''] = given.filter((word) => !word.startsWith('-'));
  if (program === 'bun') return !/[./]/.test(first === 'run' ? second : first);
  if (program === 'dotnet') return !first.endsWith('.dll');
  if (program === 'flask') return !given.includes('run');
  if (program === 'fastapi') return first !== 'run';
  return given.includes('--run');
}

const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/go/bin'];

/** A build of the file makes it, in the stage itself or in one that it copies from. */
function isMadeHere({ facts, stage, steps }: RootStart, program: string): boolean {
  const folder = stateAtEnd(stage).workdir;
  const places = program.includes('/') ? [absolute(program, folder, undefined)] : searched.map((one) => posix.join(one, program));
  if (program.endsWith('.sh')) return false;
  const brought = broughtAtEnd(stage, facts);
  const made = places.filter((place) => place !== undefined && !brought.has(place));
  const isMadeBy = ({ command, workdir }: CommandFacts): boolean =>
    made.some(
      (place) =>
        (workdir !== undefined && workdir !== '/' && isBelow(place ?? '', workdir)) ||
        command.words.some(({ text }) => posix.basename(text) === posix.basename(place ?? '')),
    );
  const isPlace = (path: string): boolean => places.some((place) => place !== undefined && isBelow(place, path));
  return steps.some(({ copy, run, stage: own }) => {
    if (copy?.path !== undefined && stageNamed(facts, own, copy.from)) {
      const { path, directory } = copy;
      return (
        isPlace(path) &&
        (!directory ||
          copy.sources.some((source) => source.endsWith('/') || isPlace(posix.join(path, posix.basename(source))) || !posix.basename(source).includes('.')))
      );
    }
    return run?.commands.some((command) => compilers.test(command.program ?? '') && isMadeBy(command)) ?? false;
  });
}
