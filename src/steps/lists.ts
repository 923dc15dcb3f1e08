import type { ListItem, Script, SimpleCommand } from '../shell/script.ts';
import type { CommandFacts, RunFacts } from './facts.ts';

/** A list of simple commands and pipelines of such, joined by `&&`: under `set -e` each of them on a line of its own is the same. */
export function isListUnderErrexit({ items }: Script): boolean {
  return items.every((item) => isPlain(item) && (item.connector ?? '&&') === '&&');
}

/** Simple commands alone, whose status `set -e` goes by. */
export function isPlain({ pipeline, negated, background }: ListItem): boolean {
  return pipeline.length > 0 && !negated && !background;
}

/** `set -e`, `set -eux` or `set -euo pipefail`. */
export function setsErrexit({ words, assignments, redirections, nested }: SimpleCommand): boolean {
  if (nested || assignments.length + redirections.length > 0) return false;
  return /^set -(?=[euvx]*e)([euvx]+|[euvx]+o pipefail)$/.test(words.map(({ value }) => value ?? '$').join(' '));
}

/** What may go another way where `set -e` is in force, or shows that it is: what reads commands, ends the shell or changes how it runs. */
export function knowsErrexit({ script, commands }: RunFacts): string | undefined {
  const named = script?.state ?? /\$\{?-|\bLINENO\b|\bSHELLOPTS\b/.exec(script?.source.text ?? '')?.[0];
  if (named !== undefined) return `\`${named}\``;
  for (const [i, facts] of commands.entries()) {
    const { command, kind, path } = facts;
    if (kind === 'shell' && !isHarmless(facts) && !(i === 0 && setsErrexit(command))) return `\`${path ?? command.assignments[0]?.name ?? '?'}\``;
  }
  return undefined;
}

function isHarmless({ program, command }: CommandFacts): boolean {
  return command.words.length === 0 || ['cd', 'export', 'umask', 'unset', 'readonly'].includes(program ?? '');
}
