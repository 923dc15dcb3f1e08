import { isObstacle } from '../ecosystems/closure.ts';
import { isKnownToBuilds, isKnownToManagers, isStamp } from '../ecosystems/variables.ts';
import { once } from '../once.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { filesBefore, projectFiles } from './image-files.ts';
import { isUnread } from './mentions.ts';
import { closureRead } from './project-installs.ts';
import type { ContextFiles } from '../workspace/workspace.ts';

/** What of a RUN may notice that a variable which its text does not name is not set. */
export interface Sight {
  /** `perhaps`: only code that is nowhere in the context, or the time at which it runs. */
  readonly sees: 'surely-not' | 'perhaps' | 'may-well';
  /** What it is, for sentences. */
  readonly what: string;
}

const blind: Sight = { sees: 'surely-not', what: '' };

/** The worst of a RUN's commands. It does not name the variables. */
export function sightOf(facts: Facts, step: Step, variables: readonly string[]): Sight {
  const { run } = step;
  if (!run || run.commands.length === 0) return sightOfCode(facts, step, variables, 'what a RUN does that is not understood');
  let worst = blind;
  for (const command of run.commands) {
    const sight = sightOfCommand(facts, step, command, variables);
    if (sight.sees === 'may-well') return sight;
    if (sight.sees === 'perhaps') worst = sight;
  }
  return worst;
}

/** What they print or run is in their arguments. */
const plainBuiltins: ReadonlySet<string> = new Set([
  'cd',
  'pushd',
  'popd',
  'umask',
  'ulimit',
  'exit',
  'unset',
  'shopt',
  'hash',
  'read',
  'shift',
  'local',
  'break',
  'continue',
  'wait',
  'return',
]);

/** An address that names one release. */
const pinned = /\d\.\d|[0-9a-f]{40}|\$/;

function sightOfCommand(facts: Facts, step: Step, command: CommandFacts, variables: readonly string[]): Sight {
  const { kind, program, use, ecosystem, arguments: all } = command;
  const at = `\`${shown(command)}\``;
  switch (kind) {
    case 'fetch':
      return all.some(({ text }) => pinned.test(text)) ? blind : { sees: 'perhaps', what: `${at} brings what it finds at the time` };
    case 'shell': {
      const setsOnly = program === undefined || ((program === 'export' || program === 'set') && all.some(({ text }) => text !== '-p'));
      return setsOnly || plainBuiltins.has(program) ? blind : sightOfCode(facts, step, variables, at);
    }
    case 'package': {
      if (use?.action === 'upgrade') return { sees: 'perhaps', what: `${at} brings what it finds at the time` };
      if (ecosystem?.manifests.length === 0 || use?.action === 'clean' || installsUnseeing(facts, step, command, variables)) return blind;
      return sightOfCode(facts, step, variables, at);
    }
    case 'unknown':
      return sightOfCode(facts, step, variables, at);
    default:
      // awk has all of them in an array.
      return all.some(({ text }) => text.includes('ENVIRON')) ? sightOfCode(facts, step, variables, at) : blind;
  }
}

/** The program and up to two words, as far as no option comes before them. */
function shown({ path, command, arguments: all }: CommandFacts): string {
  const options = all.findIndex(({ text }) => text.startsWith('-'));
  const words = all.slice(0, options < 0 ? 2 : Math.min(2, options)).map(({ text }) => text);
  const call = [path ?? command.words[0]?.text ?? '', ...words].join(' ').replaceAll(/\s+/g, ' ');
  return call.length > 60 ? `${call.slice(0, 57)}...` : call;
}

/** An install of packages that the call or the files that it reads name: none of these files names the variables, and no manager knows them. */
function installsUnseeing(facts: Facts, step: Step, command: CommandFacts, variables: readonly string[]): boolean {
  const { use, workdir } = command;
  if (use?.action !== 'install' || variables.some(isKnownToManagers)) return false;
  const read = closureRead(command, facts, step);
  if (read === undefined || isObstacle(read) || workdir === undefined) return use.packages !== undefined;
  const files = projectFiles(facts, filesBefore(step, facts), workdir);
  return !read.files.some((file) => variables.some((name) => wordIn(files.text(file) ?? '', name)));
}

function wordIn(text: string, name: string): boolean {
  return text.includes(name) && new RegExp(`(?<!\\w)${name.replaceAll(/\W/g, '\\$&')}(?!\\w)`).test(text);
}

/** Code that is not known: it reads what the context's files name, and of itself at most nothing that is made up for one build. */
function sightOfCode(facts: Facts, { run }: Step, variables: readonly string[], at: string): Sight {
  const file = fileNaming(facts, variables);
  if (file !== undefined) return { sees: 'may-well', what: `${at}: ${file} names it` };
  const other = variables.find((name) => !isStamp(name) || isKnownToBuilds(name));
  if (other !== undefined) return { sees: 'may-well', what: `${at} may know ${other}` };
  if (!facts.context.below('').some((path) => !isUnread(path))) return { sees: 'may-well', what: `${at}: the files that it may run are not there` };
  const all = run?.commands.some(
    ({ program, arguments: given }) =>
      (program === 'env' || program === 'printenv' || program === 'set' || program === 'export') && given.every(({ text }) => text.startsWith('-')),
  );
  return { sees: all ? 'may-well' : 'perhaps', what: `${at} runs code that is not known` };
}

/** A file of the context that names one of the variables, and that a build may read. */
export function fileNaming(facts: Facts, variables: readonly string[]): string | undefined {
  return variables.map((name) => filesNaming(facts.context.sent, facts.context)(name)).find((file) => file !== undefined);
}

const filesNaming = once((_sent: object, context: ContextFiles) => {
  const known = new Map<string, string | undefined>();
  return (name: string): string | undefined => {
    if (!known.has(name)) {
      known.set(
        name,
        context.below('').find((file) => !isUnread(file) && wordIn(context.text(file) ?? '', name)),
      );
    }
    return known.get(name);
  };
});
