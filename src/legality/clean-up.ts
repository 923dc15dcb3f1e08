import { readDockerfile } from '../dockerfile/read.ts';
import type { Leaving } from '../ecosystems/ecosystem.ts';
import type { ListItem, Script } from '../shell/script.ts';
import { overlap } from '../steps/paths.ts';
import type { CommandFacts, Facts, StageFacts, Step } from '../steps/facts.ts';
import { leftBy, livesOn, mentionsInstall, type Left } from '../steps/leavings.ts';
import { scriptStep } from '../steps/script-step.ts';
import { earlierSteps, isPlainList, laterSteps } from '../steps/neighbours.ts';
import { readFacts } from '../steps/read.ts';
import { losesFailure, wayToCleanUp } from '../steps/clean-up.ts';
import { runScript, startScripts, type ScriptRead } from '../steps/scripts.ts';
import { noFiles } from '../workspace/workspace.ts';
import { changesNoSources } from '../steps/installs.ts';
import { openEnd } from '../steps/open-end.ts';
import type { Question } from './question.ts';

/** Something that a RUN leaves behind, to be cleaned up in that RUN. */
export interface CleanUp {
  readonly facts: Facts;
  readonly step: Step;
  readonly left: Left;
}

/** Nothing that comes later may live on what is removed. */
const livedOn = [
  {
    id: 'later-install',
    because: 'a later step installs from what this one leaves, without fetching it again',
    applies: ({ facts, step, left }: CleanUp) => {
      const later = laterInstall(facts, step, left.leaving);
      return later && `line ${later.step.instruction.startLine}, \`${later.text}\``;
    },
  },
  {
    id: 'later-script',
    because: 'a script of the repository that runs later installs from what this step leaves',
    applies: ({ facts, step, left }: CleanUp) =>
      scriptsAfter(facts, step).find((script) => script.text !== undefined && installs(script.text, left.leaving))?.path,
  },
  {
    id: 'start-script',
    because: "the image's own start script installs from what this step leaves",
    applies: ({ facts, left }: CleanUp) => startScripts(facts).find((script) => script.text !== undefined && installs(script.text, left.leaving))?.path,
  },
  {
    id: 'other-dockerfile',
    because: 'another Dockerfile of the repository installs, on a base that may be this image, without fetching the index',
    applies: ({ facts, left }: CleanUp) => otherDockerfile(facts, left.leaving),
  },
];

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
      because: 'what stands at the end of the RUN would swallow what is appended',
      applies: ({ facts, step, left }) => appended(facts, step, left) && openEnd(facts, step),
    },
    {
      id: 'unknown-option',
      because: 'the image is so old that the program may not know the option',
      applies: ({ facts, step, left }) => wayToCleanUp(facts.dockerfile.text, step, left)?.by === 'option' && left.leaving.notOn?.test(rootBase(step)),
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
    const unread = scriptsAfter(facts, step).find((script) => script.text === undefined);
    const because = left.leaving.because;
    if (!unread || !left.leaving.livedOn) return { allowed: 'safe', because };
    return { allowed: 'review', because, differs: `\`${unread.path}\` cannot be read: if it installs without fetching the index itself, it fails` };
  },
};

export function laterInstall(facts: Facts, step: Step, leaving: Leaving): { step: Step; text: string } | undefined {
  for (const later of laterSteps(facts, step)) {
    const command = livesOn(later, leaving);
    if (command) return { step: later, text: shown(command) };
    if (onBuild(later, leaving)) return { step: later, text: later.instruction.argument.text.slice(0, 40) };
    if (later.run?.opaque !== undefined && later.run.commands.length === 0 && installs(later.instruction.joined.text, leaving)) {
      return { step: later, text: later.instruction.argument.text.slice(0, 40) };
    }
  }
  return undefined;
}

/** A trigger that installs when another Dockerfile is built FROM the image. */
function onBuild({ instruction }: Step, leaving: Leaving): boolean {
  return instruction.keyword === 'ONBUILD' && mentionsInstall(instruction.argument.text, leaving);
}

function shown(command: CommandFacts): string {
  return [command.path, ...command.arguments.slice(0, 3).map((argument) => argument.text)].join(' ');
}

/** Scripts that RUNs after this step run. */
function scriptsAfter(facts: Facts, step: Step): ScriptRead[] {
  return laterSteps(facts, step).flatMap((later) => runScript(facts, later));
}

/** A text that calls the manager for something that needs the leaving before anything that renews it. */
function installs(text: string, leaving: Leaving): boolean {
  const step = scriptStep(text);
  if (step?.run?.script) return livesOn(step, leaving) !== undefined;
  // A Makefile, or a shell that is not read: the words decide.
  return mentionsInstall(text, leaving);
}

function otherDockerfile(facts: Facts, leaving: Leaving): string | undefined {
  if (!leaving.livedOn) return undefined;
  for (const file of facts.context.otherDockerfiles()) {
    const { path } = file;
    for (const stage of stagesOf(file)) {
      if (stage.base.official || stage.parent || !mayBeNamed(stage.stage.base, facts.context.names)) continue;
      for (const step of stage.steps) {
        if (livesOn(step, leaving)) return `${path}:${step.instruction.startLine}`;
        if (step.run?.commands.some((command) => command.use?.renews.includes(leaving.id))) break;
      }
    }
  }
  return undefined;
}

/** `acme/api-base:1.2` may be what the Dockerfile in `api/` or `Dockerfile.base` builds. */
function mayBeNamed(image: string, names: readonly string[]): boolean {
  if (image.includes('$')) return true;
  const last = image.replace(/@.*$/, '').split('/').at(-1)?.replace(/:.*$/, '').toLowerCase() ?? '';
  return names.some((name) => name === last || last.split(/[-_.]/).includes(name) || name.split(/[-_.]/).includes(last));
}

const read = new WeakMap<object, readonly StageFacts[]>();

function stagesOf(file: { readonly text: string }): readonly StageFacts[] {
  let stages = read.get(file);
  if (!stages) {
    const reading = readDockerfile(file.text);
    stages = 'dockerfile' in reading ? readFacts(reading.dockerfile, { context: noFiles }).stages : [];
    read.set(file, stages);
  }
  return stages;
}

/** True where a command is put behind the RUN's own. */
function appended(facts: Facts, step: Step, left: Left): boolean {
  return left.leaving.avoidedBy === undefined || wayToCleanUp(facts.dockerfile.text, step, left)?.by === 'command';
}

/** The base that the chain of stages begins with. */
function rootBase(step: Step): string {
  let stage = step.stage;
  while (stage.parent) stage = stage.parent;
  return stage.stage.base;
}

/** A strict `rm`, `mv`, `cp`, `ls` of what will not be there any more. */
function namedLater(facts: Facts, step: Step, { leaving }: Left): string | undefined {
  const own = step.run?.commands ?? [];
  const behind = own.slice(own.findIndex((command) => command.use?.leaves.includes(leaving.id)) + 1);
  for (const [later, commands] of [[step, behind] as const, ...laterSteps(facts, step).map((one) => [one, one.run?.commands ?? []] as const)]) {
    for (const { program, command } of commands) {
      if (
        (program === 'rm' && command.words.some((word) => /^-[a-zA-Z]*f/.test(word.text) || word.text === '--force')) ||
        program === 'mkdir' ||
        program === 'echo'
      )
        continue;
      if (program === 'find' || command.words.every((word) => !namesFolder(word.text, leaving))) continue;
      return `line ${later.instruction.startLine}, \`${program ?? '?'}\``;
    }
  }
  for (const { copy, instruction } of facts.steps) {
    if (copy?.from !== undefined && copy.sources.some((source) => namesFolder(source, leaving))) return `line ${instruction.startLine}, COPY --from`;
  }
  return undefined;
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

function leavesShell(step: Step): string | undefined {
  const gone = step.run?.commands.find((command) => ['exit', 'exec', 'return', 'trap'].includes(command.program ?? '') && !command.command.nested);
  return gone && `\`${gone.program}\``;
}

/** A RUN that does nothing but clean up, to be dropped. */
export interface EmptyCleanUp {
  readonly facts: Facts;
  readonly step: Step;
  /** What it cleans; none for clean-up that official bases do by themselves. */
  readonly leavings: readonly Leaving[];
}

export const mayDropCleanUp: Question<EmptyCleanUp> = {
  id: 'may-drop-clean-up',
  refusals: [
    {
      id: 'commented',
      because: 'a comment belongs to it',
      applies: ({ step }) => step.instruction.comments.length > 0 || step.instruction.innerComments.length > 0,
    },
    {
      id: 'base-may-hold-it',
      because: 'the base is none that is known to be clean',
      applies: ({ step }) => !step.stage.base.official,
    },
    {
      id: 'still-something',
      because: 'an earlier step leaves, or may leave, what it cleans',
      applies: ({ step, leavings }) => {
        for (const earlier of earlierSteps(step)) {
          const run = earlier.run;
          if (!run) continue;
          if (run.opaque !== undefined && run.form !== 'exec') return `line ${earlier.instruction.startLine}`;
          if (leftBy(run, earlier.state).some((left) => leavings.some((leaving) => leaving.id === left.leaving.id)))
            return `line ${earlier.instruction.startLine}`;
          const unknown = run.commands.find((command) => command.kind === 'unknown');
          if (unknown) return `line ${earlier.instruction.startLine}, \`${unknown.path ?? '?'}\``;
        }
        return false;
      },
    },
  ],
  answer: () => ({ allowed: 'safe', because: 'every step before it cleans up after itself, so that nothing is left to remove' }),
};

/** Where a later install gets an update of its own, and the call of the update as the RUN itself wrote it. */
export interface Renewal {
  readonly script: Script;
  readonly item: ListItem;
  readonly command: string;
}

const notClean = mayCleanUp.refusals.filter((refusal) => refusal.id !== 'later-install');

export const mayRenew: Question<CleanUp> & { places(subject: CleanUp): Renewal[] } = {
  id: 'may-renew',
  refusals: [
    ...notClean,
    {
      id: 'no-update-of-its-own',
      because: 'the RUN does not fetch it by a call that could be repeated',
      applies: ({ step, left }) => updateText(step, left.leaving) === undefined,
    },
    {
      id: 'renewal-stays-dirty',
      because: 'a later install could not be cleaned up after',
      applies: ({ facts, step, left }) =>
        consumers(facts, step, left.leaving).some(
          (one) => openEnd(facts, one.step) !== undefined || leavesShell(one.step) !== undefined || losesFailure(one.step),
        ),
    },
    {
      id: 'no-place-for-update',
      because: 'a later install stands where no update can be put before it',
      applies: ({ facts, step, left }) => consumers(facts, step, left.leaving).some((one) => one.place === undefined),
    },
  ],
  answer: ({ facts, step, left }) => {
    const touched = sourcesTouched(facts, step, left.leaving);
    const because = `${left.leaving.because}; an install with an update of its own never meets a stale index`;
    return touched === undefined
      ? { allowed: 'safe', because }
      : { allowed: 'review', because, differs: `${touched} may change where packages come from: the later install would see it` };
  },
  places: ({ facts, step, left }) => {
    const command = updateText(step, left.leaving) ?? '';
    return consumers(facts, step, left.leaving).flatMap(({ place, prefix }) => (place ? [{ ...place, command: prefix + command }] : []));
  },
};

/** `apt-get update`, as the RUN has it, without `sudo`. */
function updateText(step: Step, leaving: Leaving): string | undefined {
  // An update whose failure the author tolerated must not end another RUN.
  if (!step.run || !isPlainList(step.run)) return undefined;
  const call = step.run?.commands.find((command) => command.use?.action === 'update' && command.use.renews.includes(leaving.id) && command.use.actionAt >= 0);
  if (!call || call.command.redirections.length > 0 || call.arguments.some((argument) => argument.value === undefined)) return undefined;
  return [call.path, ...call.arguments.map((argument) => argument.text)].join(' ');
}

function consumers(
  facts: Facts,
  step: Step,
  leaving: Leaving,
): { readonly step: Step; readonly place: Omit<Renewal, 'command'> | undefined; readonly prefix: string }[] {
  const found = [];
  for (const later of laterSteps(facts, step)) {
    if (onBuild(later, leaving)) found.push({ step: later, place: undefined, prefix: '' });
    const command = livesOn(later, leaving);
    if (!command) continue;
    const script = later.run?.form === 'shell' ? later.run.script : undefined;
    const item = script?.items.find((one) => one.pipeline.includes(command.command));
    const plain =
      item && !item.negated && (item.connector === undefined || item.connector === '&&') && command.use?.action !== 'remove' && command.use?.action !== 'other';
    found.push({ step: later, place: script && plain ? { script, item } : undefined, prefix: command.prefix });
  }
  return found;
}

/** Programs that build and fetch, and leave the manager's sources alone. */
const leavesSources =
  /^(make|cmake|gcc|g\+\+|git|gem|bundle|go|cargo|composer|pecl|docker-php-ext-(install|configure|enable)|openssl|npm|npx|yarn|pnpm|mvn|gradle|javac|service|rosdep)$/;

/** A step after the update of which it is not known that it leaves the manager's sources and the way to them alone. */
function sourcesTouched(facts: Facts, step: Step, leaving: Leaving): string | undefined {
  const later = laterSteps(facts, step);
  const last = later.findLastIndex((one) => livesOn(one, leaving) !== undefined);
  for (const one of later.slice(0, last)) {
    const line = `line ${one.instruction.startLine}`;
    const { keyword, argument } = one.instruction;
    if ((keyword === 'ENV' || keyword === 'ARG') && /proxy/i.test(argument.text)) return line;
    if (one.copy && overlap(one.copy.path ?? (one.copy.destination.startsWith('/') ? '/etc' : `/${one.copy.destination}`), '/etc')) return line;
    if (one.run && one.run.opaque !== undefined) return line;
    const touching = one.run?.commands.find((command) => !leavesSourcesAlone(command));
    if (touching) return `${line}, \`${touching.path ?? '?'}\``;
  }
  return undefined;
}

function leavesSourcesAlone(command: CommandFacts): boolean {
  const { kind, program, use } = command;
  if (kind === 'unknown') return program !== undefined && leavesSources.test(program);
  if (kind === 'package') return use?.action !== 'install' || !command.ecosystem?.leavings.some((one) => one.livedOn) || changesNoSources(command);
  return !command.unknownPaths && ![...command.writes, ...command.removes].some((path) => overlap(path, '/etc'));
}
