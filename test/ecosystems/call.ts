import { posix } from 'node:path';
import type { Argument, Call, Fetch, Use } from '../../src/ecosystems/ecosystem.ts';
import { ecosystemOf } from '../../src/ecosystems/index.ts';

/** A command line as a call: assignments in front, words at blanks, quotes taken off; a word with `$` has no value. */
export function callOf(line: string): Call {
  const words = (line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map(argumentOf);
  const environment = new Map<string, string | undefined>();
  while (/^\w+=/.test(words[0]?.text ?? '')) {
    const { text = '', value } = words.shift() ?? {};
    environment.set(text.slice(0, text.indexOf('=')), value?.slice(value.indexOf('=') + 1));
  }
  const calledAs = words[0]?.text ?? '';
  const assignments = [...environment].map(([name, value]) => ({ name, value }));
  return {
    program: posix.basename(calledAs),
    calledAs,
    assignments,
    arguments: words.slice(1),
    environment: (name) => environment.get(name),
    isUnknown: (name) => environment.has(name) && environment.get(name) === undefined,
  };
}

function argumentOf(text: string): Argument {
  return { text, value: text.includes('$') ? undefined : text.replaceAll(/["']/g, '') };
}

/** What the ecosystem of the program says of the line. */
export function read(line: string): Use | undefined {
  const call = callOf(line);
  return ecosystemOf(call.program)?.read(call);
}

/** The fetch that could stand before the line. */
export function fetchOf(line: string): Fetch | undefined {
  const call = callOf(line);
  return ecosystemOf(call.program)?.needs?.(call);
}

/** In one line: `install at 0, leaves npm-cache, packages a b`. */
export function told(line: string): string {
  const use = read(line);
  if (!use) return 'not understood';
  const lists = (['leaves', 'needs', 'renews', 'cleans'] as const).filter((key) => use[key].length > 0).map((key) => `${key} ${use[key].join(' ')}`);
  return [use.action, ...lists, ...(use.setsSources ? ['sets sources'] : [])].join(', ');
}

/** The argument that names the action, and the packages, as written. */
export function named(line: string): { readonly action: string | undefined; readonly packages: readonly (string | undefined)[] | undefined } {
  const use = read(line);
  const { arguments: all } = callOf(line);
  return { action: all[use?.actionAt ?? -1]?.text, packages: use?.packages?.map((position) => all[position]?.text) };
}
