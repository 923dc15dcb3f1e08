import { projectIn, scriptOf } from '../ecosystems/javascript/project.ts';
import { once } from '../once.ts';
import { readScript } from '../shell/read.ts';
import type { CommandFacts, Facts, RunFacts, Step } from './facts.ts';
import { filesBefore, projectFiles } from './image-files.ts';
import { readCommands } from './read.ts';

/** The commands of a RUN and, where one calls a script of a package.json, those of the script in its place. */
export function commandsWithin(facts: Facts, step: Step, counts: (run: RunFacts, command: CommandFacts) => boolean = () => true): readonly CommandFacts[] {
  const { run } = step;
  return (run?.commands ?? []).filter((command) => run && counts(run, command)).flatMap((command) => within(facts)(step)(command));
}

const within = once((facts: Facts) => once((step: Step) => once((command: CommandFacts): readonly CommandFacts[] => resolved(facts, step, command, []))));

function resolved(facts: Facts, step: Step, command: CommandFacts, seen: readonly string[]): CommandFacts[] {
  const names = command.workdir === undefined ? [] : scriptsCalled(command);
  if (names.length === 0) return [command];
  const project = projectIn(projectFiles(facts, filesBefore(step, facts), command.workdir ?? '/'), '.');
  const found: CommandFacts[] = [];
  for (const name of names.flatMap((one) => [`pre${one}`, one, `post${one}`])) {
    const text = project && scriptOf(project, name);
    const script = text === undefined || seen.includes(name) ? undefined : readScript({ text, at: Array.from({ length: text.length + 1 }, (_, i) => i) });
    for (const inner of script ? readCommands(script, { ...step.state, workdir: command.workdir }) : [])
      found.push(...resolved(facts, step, inner, [...seen, name]));
  }
  return found.length > 0 ? found : [command];
}

const managers = new Set(['npm', 'yarn', 'pnpm', 'bun']);
const runners = new Set(['run-s', 'run-p', 'npm-run-all']);

/** Names of scripts of package.json that a command runs. */
function scriptsCalled({ program = '', arguments: all }: CommandFacts): string[] {
  const rest = all.map(({ value, text }) => value ?? text).filter((word) => !word.startsWith('-'));
  if (runners.has(program)) return rest;
  if (!managers.has(program)) return [];
  const [first, second] = rest;
  if (first === 'run' || first === 'run-script') return second === undefined ? [] : [second];
  return first !== undefined && (program !== 'npm' || /^(t|test|start)$/.test(first)) ? [first] : [];
}

const prefixes = new Set(['npx', 'pnpx', 'bunx', 'cross-env', 'env', 'exec', 'dotenv', 'yarn', 'pnpm', 'bun', 'run', '--']);

/** `npx x a`, `yarn x a`, `cross-env A=b x a`: x and a. */
export function programWithin(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !prefixes.has(word) && !/^(-|\w+=)/.test(word));
  return at < 0 ? words : words.slice(at);
}
