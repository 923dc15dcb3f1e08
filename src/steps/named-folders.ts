import { once } from '../once.ts';
import { homeOf } from './commands.ts';
import type { Environment } from './environment.ts';
import type { CommandFacts, Step } from './facts.ts';
import { pathsNamed } from './mount-plan.ts';
import { absolute, isBelow } from './paths.ts';
import { expand } from './read.ts';

/** A command names a folder or something in it: as written, from where it runs, or by variables of ENV and ARG. */
export function commandNames(step: Step, command: CommandFacts, folder: string): boolean {
  const environment = withDefaults(step);
  const home = homeOf(step.state, command.prefix);
  return command.command.words.some(
    (word, i) =>
      writtenIn(word.text, folder, home) ||
      (i > 0 && ((pathsNamed(word, command, home, environment) ?? []).some((path) => isBelow(path, folder)) || behindVariable(word.text, folder, environment))),
  );
}

/** The same of the text of an instruction. */
export function textNames(step: Step, text: string, folder: string): boolean {
  const { workdir } = step.state;
  const environment = withDefaults(step);
  const home = homeOf(step.state);
  if (writtenIn(text, folder, home) || behindVariable(text, folder, environment)) return true;
  const path = text.includes('$') ? expand(text, environment) : text;
  return path !== undefined && !/\s/.test(path) && isBelow(absolute(path, workdir, home) ?? '', folder);
}

/** An ARG may have another value than its default, but where it has that one the folder is named. */
const withDefaults = once(({ state: { environment }, stage, instruction }: Step): Environment => {
  const declared = stage.steps.filter(({ instruction: { keyword, index } }) => keyword === 'ARG' && index < instruction.index);
  const defaults = declared.flatMap((step) => [...step.instruction.argument.text.matchAll(/(\w+)=(["']?)([^\s"'$]+)\2/g)]);
  const missing = defaults.filter(([, name = '']) => environment.get(name) === undefined);
  return missing.length === 0 ? environment : environment.with(missing.map(([, name = '', , value]) => [name, value]));
});

function writtenIn(text: string, folder: string, home: string | undefined): boolean {
  const tail = home !== undefined && isBelow(folder, home) ? folder.slice(home.length) : undefined;
  return text.includes(folder) || (tail !== undefined && ['~', '$HOME', '${HOME}'].some((one) => text.includes(one + tail)));
}

/** `$GOPATH/pkg/mod/…` is in `/go/pkg/mod`, whatever the image says that GOPATH is; `$PIP_CACHE_DIR` may be any cache. */
function behindVariable(text: string, folder: string, known: Environment): boolean {
  if (!text.includes('$')) return false;
  const parts = folder.split('/').filter((part) => part !== '');
  for (const [, braced, bare, rest = ''] of text.matchAll(/\$(?:\{(\w+)[^}]*\}|(\w+))((?:\/[\w.@*-]+)*)/g)) {
    const name = braced ?? bare ?? '';
    if (name === 'HOME' || known.get(name) !== undefined) continue;
    if (rest === '' && /CACHE|STORE/i.test(name)) return true;
    const behind = rest.split('/').slice(1);
    const fewest = /(HOME|DIR|PATH|ROOT|CACHE|STORE)$/i.test(name) ? 1 : 2;
    for (let count = fewest; count <= Math.min(behind.length, parts.length); count++)
      if (parts.slice(-count).every((part, i) => part === behind[i])) return true;
  }
  return false;
}
