import { posix } from 'node:path';
import type { Call } from '../ecosystems/ecosystem.ts';
import type { ProjectFiles } from '../ecosystems/closure.ts';
import { scriptsCalled } from '../ecosystems/javascript/calls.ts';
import type { Build, BuildCommand } from './framework.ts';

/** Programs that install packages of JavaScript, and run scripts and programs of them. */
export const managers: ReadonlySet<string> = new Set(['npm', 'npx', 'yarn', 'pnpm', 'pnpx']);

/** What managers run of a project to build it, with the files that lie there: what looks over the project is left out. */
export function buildCommands({ calls }: Pick<Build, 'calls'>): (BuildCommand & { readonly files: ProjectFiles })[] {
  return calls
    .filter(({ call }) => managers.has(call.program) && !tests(call))
    .flatMap(({ commands, files }) => commands.map((command) => ({ ...command, files })));
}

/** A script that looks over the project: what it leaves is nothing that runs. */
function tests({ program, arguments: all }: Call): boolean {
  return scriptsCalled(
    program,
    all.map(({ value }) => value ?? ''),
  ).names.some((name) => /^(test|lint|check|typecheck|type-check|format|audit|coverage)\b/.test(name));
}

/** A program and its arguments. */
export interface Called {
  readonly words: readonly string[];
  /** By `npx`, which fetches a package that is not there: undefined where it is called by its name. */
  readonly by: 'npx' | undefined;
}

/** `npx --yes serve@14 -s dist`: `serve -s dist`. https://docs.npmjs.com/cli/commands/npx */
export function throughNpx(words: readonly string[]): Called {
  if (posix.basename(words[0] ?? '') !== 'npx') return { words, by: undefined };
  const at = words.findIndex((word, i) => i > 0 && !/^(-y|--yes|--no-install|--no|-q|--quiet|--)$/.test(word));
  const [program = '', ...rest] = at < 0 ? [] : words.slice(at);
  return { words: [program.replace(/(?<=.)@[\w.^~-]+$/, ''), ...rest], by: 'npx' };
}
