import type { BuildInput, GivenInput, SecretSource } from '../../build-input.ts';
import { cacheToAdd } from '../cache.ts';
import type { Caller, DeclaredEntry } from '../caller.ts';
import { lineAround } from '../lines.ts';
import { declares, emptyWithout, inPlaceOf, optionsFor, replacedBy, secretOption, sourceOfSecret, type ArgumentValue, type Written } from '../write.ts';
import { scriptAround } from '../yaml-places.ts';
import { argumentIn } from './argument-value.ts';
import { mayLack } from './environment.ts';

/** `--build-arg NAME` to `--secret id=NAME` or `--ssh default`, in scripts, Makefiles, package.json and pipelines. */
export function writeCommand(caller: Caller, input: BuildInput, text: string): Written {
  if (input.kind === 'cache') return { told: cacheToAdd(caller, input) };
  const argument = replacedBy(caller, input);
  return writeCommandWith(caller, input, text, argument && argumentIn(argument, caller.kind));
}

/** The same where it is known what the argument gets its value from. */
export function writeCommandWith(caller: Caller, input: GivenInput, text: string, value: ArgumentValue | undefined): Written {
  const { optionsAt } = caller;
  const argument = replacedBy(caller, input);
  const tell = (because: string, options = optionsFor(input)): Written => ({ told: `${because} Add ${options}${inPlaceOf(caller, input)}.` });
  if (optionsAt === undefined) return tell('No command is seen there.');
  if (/[^\\\s]\s*\n/.test(text.slice(caller.start, optionsAt))) return tell('The command is a list of words.');
  if (/DOCKER_BUILDKIT["']?\s*[=:]\s*["']?(?:0|false)\b/.test(text)) return tell('It turns BuildKit off, without which there are no secrets.');
  if (!argument && input.insteadOf !== undefined && new RegExp(`--build-arg[=\\s"']+${input.insteadOf}\\b`).test(text.slice(caller.start, caller.end)))
    return { told: `The option is not written in one piece. Add ${optionsFor(input)} in place of the build argument ${input.insteadOf}.` };
  if (input.kind === 'ssh') return written(withOption(text, optionsAt, argument, declares(caller, input) ? undefined : ['--ssh', input.id]), tell);
  const given = sourceOfSecret(input, value);
  if (!given) return tell('More than a variable of the environment makes the value.');
  const option = secretOption(caller, input, given.source);
  if (option === undefined) return tell('The folder that it runs in is not known.');
  const lacking = lackingIn(caller, input, given.source, value, text);
  if (lacking !== undefined) return tell(lacking, `--secret ${option}`);
  return written(withOption(text, optionsAt, argument, declares(caller, input) ? undefined : ['--secret', option]), tell, {
    ...given,
    notes: [...given.notes, ...emptyWithout(input, given.source)],
  });
}

function written(
  text: string | undefined,
  tell: (because: string) => Written,
  given: { readonly notes: readonly string[]; readonly leaked: readonly string[] } = { notes: [], leaked: [] },
): Written {
  return text === undefined ? tell('The option is not written in one piece.') : { text, notes: given.notes, leaked: given.leaked };
}

/** Why docker may not find the variable in its environment. */
function lackingIn(caller: Caller, input: BuildInput, source: SecretSource, value: ArgumentValue | undefined, text: string): string | undefined {
  if (!('environment' in source)) return undefined;
  const command = text.slice(caller.start, caller.optionsAt);
  if (/\bsudo\b/.test(command) && !/\s(?:-\w*E\w*|--preserve-env)\b/.test(command)) return 'sudo keeps the environment from docker.';
  // What nothing but the environment gave before is there still.
  if (!value || 'literal' in value) return undefined;
  const { start } = lineAround(text, caller.start);
  if (caller.kind === 'makefile')
    return mayLack(source.environment, /\$\$/.test(replacedBy(caller, input)?.text ?? '') ? { shell: text.slice(start, caller.start) } : { makefile: text });
  // The scripts of a job are one: `before_script` goes before `script`.
  if (caller.kind === 'script' || caller.kind === 'pipeline') return mayLack(source.environment, { shell: text });
  return mayLack(source.environment, { shell: caller.kind === 'package.json' ? text.slice(start, caller.start) : scriptAround(text, caller.start) });
}

/** An option in the place of an argument, or behind `build`; without one the argument only goes. undefined where it is not written in one piece. */
function withOption(text: string, optionsAt: number, argument: DeclaredEntry | undefined, option: readonly [string, string] | undefined): string | undefined {
  if (!argument) return option && `${text.slice(0, optionsAt)} ${option.join(' ')}${text.slice(optionsAt)}`;
  const { start, end } = argument.option ?? argument;
  const [, separator] = /^--build-arg(=|[ \t]+|[ \t]*\\\r?\n[ \t]*)[^]/.exec(text.slice(start, end)) ?? [];
  if (separator === undefined) return undefined;
  if (option) return text.slice(0, start) + option[0] + separator + option[1] + text.slice(end);
  return withoutWords(text, start, end);
}

/** Lines that are continued stay so. */
function withoutWords(text: string, start: number, end: number): string {
  const line = lineAround(text, start);
  const behind = /^[ \t]*(\\?)(?:\r?\n|$)/.exec(text.slice(end));
  const isAlone = text.slice(line.start, start).trim() === '' && behind !== null;
  if (isAlone && behind[1] === '\\') return text.slice(0, line.start) + text.slice(end + behind[0].length);
  const before = /[ \t]*\\\r?\n[ \t]*$|[ \t]+$/.exec(text.slice(0, start))?.[0] ?? '';
  if (isAlone || !before.includes('\n')) return text.slice(0, start - before.length) + text.slice(end);
  return text.slice(0, start) + text.slice(end).replace(/^[ \t]+/, '');
}
