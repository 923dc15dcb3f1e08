import { posix } from 'node:path';
import { isObstacle, type ProjectFiles } from '../ecosystems/closure.ts';
import { scriptsCalled, tasksCalled } from '../ecosystems/javascript/calls.ts';
import { projectIn, scriptOf, type Project } from '../ecosystems/javascript/project.ts';
import { membersNamed, taskRuns, workspaceOf } from '../ecosystems/javascript/workspaces.ts';
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
  if (workdir === undefined) return [command];
  const runs = scriptRuns(projectFiles(facts, filesBefore(step, facts), workdir), command.program ?? '', wordsOf(command));
  const found: CommandFacts[] = [];
  for (const { project, name, added } of runs) {
    const folder = posix.join(workdir, project.folder);
    const text = scriptOf(project, name);
    const key = `${name} in ${folder}`;
    const script = text === undefined || seen.includes(key) ? undefined : readScript(sourceText([text, ...added].join(' ')));
    for (const inner of script ? readCommands(script, { ...step.state, workdir: folder }) : []) found.push(...resolved(facts, step, inner, [...seen, key]));
  }
  return found.length > 0 ? found : [command];
}

/** A script that may be there, of a project whose folder is relative to the one that a call runs in. */
interface ScriptRun {
  readonly project: Project;
  readonly name: string;
  /** To its last command, for a shell. */
  readonly added: readonly string[];
}

/** Scripts that a call runs; none where it is not known. */
function scriptRuns(files: ProjectFiles, program: string, words: readonly string[]): ScriptRun[] {
  const tasks = tasksCalled(program, words);
  const { names, members, folder, added } = tasks ?? scriptsCalled(program, words);
  if (names.length === 0 || !added.every((word) => /^[\w@%+=:,./-]+$/.test(word))) return [];
  const around = (name: string, project: Project): ScriptRun[] => [
    { project, name: `pre${name}`, added: [] },
    { project, name, added },
    { project, name: `post${name}`, added: [] },
  ];
  if (tasks) return (taskRuns(files, names, members ?? 'all') ?? []).flatMap(({ name, project }) => around(name, project));
  const workspace = members === undefined ? undefined : workspaceOf(files, folder, program);
  const projects = members === undefined ? [projectIn(files, folder)] : (workspace && !isObstacle(workspace) && membersNamed(workspace, members)) || [];
  return projects.flatMap((project) => (project ? names.flatMap((name) => around(name, project)) : []));
}

function wordsOf({ arguments: all }: CommandFacts): string[] {
  return all.map(({ value, text }) => value ?? text);
}
