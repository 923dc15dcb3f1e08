import type { Call } from '../ecosystems/ecosystem.ts';
import type { ProjectFiles } from '../ecosystems/closure.ts';
import { scriptsCalled } from '../ecosystems/javascript/calls.ts';
import type { Build, BuildCommand } from './framework.ts';

/** Programs that install packages of JavaScript, and run scripts and programs of them. */
export const managers: ReadonlySet<string> = new Set(['npm', 'npx', 'yarn', 'pnpm', 'pnpx']);

/** What managers run of a project to build it, with the files that lie there: what looks over the project is left out. */
export function buildCommands({ calls }: Build): (BuildCommand & { readonly files: ProjectFiles })[] {
  return calls
    .filter(({ call }) => managers.has(call.program) && !tests(call))
    .flatMap(({ commands, files }) => commands.map((command) => ({ ...command, files })));
}

/** A script that looks over the project: what it leaves is nothing that runs. */
function tests({ program, arguments: all }: Call): boolean {
  return scriptsCalled(
    program,
    all.map(({ value }) => value ?? ''),
  ).some((name) => /^(test|lint|check|typecheck|type-check|format|audit|coverage)\b/.test(name));
}
