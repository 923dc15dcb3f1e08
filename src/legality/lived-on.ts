import type { Leaving } from '../ecosystems/ecosystem.ts';
import { once } from '../once.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { livesOn, mentionsInstall, renews, type Left } from '../steps/leavings.ts';
import { laterSteps } from '../steps/neighbours.ts';
import { stagesOnThisImage } from '../steps/other-dockerfiles.ts';
import { scriptStep } from '../steps/script-step.ts';
import { runScript, startScripts, type ScriptRead } from '../steps/scripts.ts';
import { commandsInside } from '../steps/started-otherwise.ts';

/** Something that a RUN leaves behind, to be cleaned up in that RUN. */
export interface CleanUp {
  readonly facts: Facts;
  readonly step: Step;
  readonly left: Left;
}

/** Nothing that comes later may live on what is removed. */
export const livedOn = [
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
    applies: ({ facts, step, left }: CleanUp) => {
      const [later] = laterSteps(facts, step, stepsWithInstallingScript(facts)(left.leaving));
      return later && installingScript(runScript(facts, later), left.leaving)?.path;
    },
  },
  {
    id: 'start-script',
    because: "the image's own start script installs from what this step leaves",
    applies: ({ facts, left }: CleanUp) => installingStartScript(facts)(left.leaving)?.path,
  },
  {
    id: 'command-inside',
    because: 'a command that the repository runs in the image installs from what this step leaves',
    applies: ({ facts, left }: CleanUp) => installingCommand(facts)(left.leaving),
  },
  {
    id: 'other-dockerfile',
    because: 'another Dockerfile of the repository installs, on a base that may be this image, without fetching the index',
    applies: ({ facts, left }: CleanUp) => otherDockerfile(facts)(left.leaving),
  },
];

function laterInstall(facts: Facts, step: Step, leaving: Leaving): { step: Step; text: string } | undefined {
  for (const later of stepsOnItsLeavings(facts, step, leaving)) {
    const text = installText(later, leaving);
    if (text !== undefined) return { step: later, text };
  }
  return undefined;
}

/** What a step installs from a leaving as an earlier step left it, or may install; undefined where it does not. */
function installText(step: Step, leaving: Leaving): string | undefined {
  const { instruction, run } = step;
  const command = livesOn(step, leaving);
  if (command) return shown(command);
  const mayInstall = onBuild(step, leaving) || (run?.opaque !== undefined && run.commands.length === 0 && installs(asScript(step), leaving));
  return mayInstall ? instruction.argument.text.slice(0, 40) : undefined;
}

/** The text of a RUN that is not read, as if it were a script. */
const asScript = once(({ instruction }: Step) => ({ text: instruction.joined.text, step: scriptStep(instruction.joined.text) }));

const stepsThatInstall = once((facts: Facts) => once((leaving: Leaving) => facts.steps.filter((one) => installText(one, leaving) !== undefined)));
const stepsThatRenew = once((facts: Facts) => once((leaving: Leaving) => facts.steps.filter((one) => renews(one, leaving))));

/** The later steps that install, or may, up to one of the same stage that fetches it again: those behind it live on what that one leaves. */
export function* stepsOnItsLeavings(facts: Facts, step: Step, leaving: Leaving): Iterable<Step> {
  const [again] = laterSteps(facts, step, stepsThatRenew(facts)(leaving));
  const last = again?.stage === step.stage ? again.instruction.index : Infinity;
  for (const later of laterSteps(facts, step, stepsThatInstall(facts)(leaving))) {
    if (later.instruction.index > last) return;
    yield later;
  }
}

/** A trigger that installs when another Dockerfile is built FROM the image. */
export function onBuild({ instruction }: Step, leaving: Leaving): boolean {
  return instruction.keyword === 'ONBUILD' && mentionsInstall(instruction.argument.text, leaving);
}

function shown(command: CommandFacts): string {
  return [command.path, ...command.arguments.slice(0, 3).map((argument) => argument.text)].join(' ');
}

/** The first script that a RUN after this step runs and that cannot be read. */
export function unreadScriptAfter(facts: Facts, step: Step): ScriptRead | undefined {
  const [later] = laterSteps(facts, step, stepsWithUnreadScript(facts));
  return later && unreadScript(facts, later);
}

const stepsWithUnreadScript = once((facts: Facts) => facts.steps.filter((one) => unreadScript(facts, one) !== undefined));

function unreadScript(facts: Facts, step: Step): ScriptRead | undefined {
  return runScript(facts, step).find((script) => script.text === undefined);
}

const stepsWithInstallingScript = once((facts: Facts) =>
  once((leaving: Leaving) => facts.steps.filter((one) => installingScript(runScript(facts, one), leaving) !== undefined)),
);

const installingStartScript = once((facts: Facts) => once((leaving: Leaving) => installingScript(startScripts(facts), leaving)));

const installingCommand = once((facts: Facts) =>
  once((leaving: Leaving) => (leaving.livedOn ? commandsInside(facts).find(({ text }) => mentionsInstall(text, leaving))?.path : undefined)),
);

function installingScript(scripts: readonly ScriptRead[], leaving: Leaving): ScriptRead | undefined {
  return scripts.find((script) => installs(script, leaving));
}

/** A script that calls the manager for something that needs the leaving before anything that renews it. */
function installs({ text, step }: Pick<ScriptRead, 'text' | 'step'>, leaving: Leaving): boolean {
  if (step?.run?.script) return livesOn(step, leaving) !== undefined;
  // A Makefile, or a shell that is not read: the words decide.
  return text !== undefined && mentionsInstall(text, leaving);
}

const otherDockerfile = once((facts: Facts) => once((leaving: Leaving) => findOtherDockerfile(facts, leaving)));

function findOtherDockerfile(facts: Facts, leaving: Leaving): string | undefined {
  if (!leaving.livedOn) return undefined;
  for (const { path, stage } of stagesOnThisImage(facts)) {
    for (const step of stage.steps) {
      if (livesOn(step, leaving)) return `${path}:${step.instruction.startLine}`;
      if (step.run?.commands.some((command) => command.use?.renews.includes(leaving.id))) break;
    }
  }
  return undefined;
}
