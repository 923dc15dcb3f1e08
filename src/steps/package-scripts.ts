import { scriptsCalled } from '../ecosystems/javascript/calls.ts';
import { projectIn, scriptOf } from '../ecosystems/javascript/project.ts';
import { once } from '../once.ts';
import { readScript } from '../shell/read.ts';
import { sourceText } from '../text.ts';
import type { CommandFacts, Facts, RunFacts, Step } from './facts.ts';
import { filesBefore, projectFiles } from './image-files.ts';
import { readCommands } from './read.ts';

/** The commands of a RUN and, where one calls a script of a package.json, those of the script in its place. */
export function commandsWithin(facts: Facts, step: Step, counts: (run: RunFacts, command: CommandFacts) => boolean = () => true): readonly CommandFacts[] {
  const { run } = step;
  return (run?.commands ?? []).filter((command) => run && counts(run, command)).flatMap((command) => commandsOf(facts, step, command));
}

/** A command itself or, where it calls a script of a package.json, those of the script. */
export function commandsOf(facts: Facts, step: Step, command: CommandFacts): readonly CommandFacts[] {
  return within(facts)(step)(command);
}

const within = once((facts: Facts) => once((step: Step) => once((command: CommandFacts): readonly CommandFacts[] => resolved(facts, step, command, []))));

function resolved(facts: Facts, step: Step, command: CommandFacts, seen: readonly string[]): CommandFacts[] {
  const names = command.workdir === undefined ? [] : scriptsCalled(command.program ?? '', wordsOf(command));
  if (names.length === 0) return [command];
  const project = projectIn(projectFiles(facts, filesBefore(step, facts), command.workdir ?? '/'), '.');
  const found: CommandFacts[] = [];
  for (const name of names.flatMap((one) => [`pre${one}`, one, `post${one}`])) {
    const text = project && scriptOf(project, name);
    const script = text === undefined || seen.includes(name) ? undefined : readScript(sourceText(text));
    for (const inner of script ? readCommands(script, { ...step.state, workdir: command.workdir }) : [])
      found.push(...resolved(facts, step, inner, [...seen, name]));
  }
  return found.length > 0 ? found : [command];
}

function wordsOf({ arguments: all }: CommandFacts): string[] {
  return all.map(({ value, text }) => value ?? text);
}
