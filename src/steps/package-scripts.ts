import { posix } from 'node:path';
import { isObstacle, type ProjectFiles } from '../ecosystems/closure.ts';
import { scriptsCalled, type ScriptsCalled } from '../ecosystems/javascript/calls.ts';
import { projectIn, scriptOf, type Project } from '../ecosystems/javascript/project.ts';
import { membersNamed, workspaceOf } from '../ecosystems/javascript/workspaces.ts';
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
  const { workdir } = command;
  const called = scriptsCalled(command.program ?? '', wordsOf(command));
  if (workdir === undefined || called.names.length === 0) return [command];
  const files = projectFiles(facts, filesBefore(step, facts), workdir);
  const found: CommandFacts[] = [];
  for (const project of projectsCalled(files, command.program ?? '', called)) {
    const folder = posix.join(workdir, project.folder);
    for (const name of called.names.flatMap((one) => [`pre${one}`, one, `post${one}`])) {
      const text = scriptOf(project, name);
      const key = `${name} in ${folder}`;
      const script = text === undefined || seen.includes(key) ? undefined : readScript(sourceText(text));
      for (const inner of script ? readCommands(script, { ...step.state, workdir: folder }) : []) found.push(...resolved(facts, step, inner, [...seen, key]));
    }
  }
  return found.length > 0 ? found : [command];
}

/** The projects whose scripts a call runs; none where it is not known. */
function projectsCalled(files: ProjectFiles, program: string, { folder, members }: ScriptsCalled): readonly Project[] {
  if (members === undefined) return [projectIn(files, folder)].filter((one) => one !== undefined);
  const workspace = workspaceOf(files, folder, program);
  return (workspace && !isObstacle(workspace) && membersNamed(workspace, members)) || [];
}

function wordsOf({ arguments: all }: CommandFacts): string[] {
  return all.map(({ value, text }) => value ?? text);
}
