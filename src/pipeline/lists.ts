import { writtenItem } from '../shell/lines.ts';
import type { Step } from '../steps/facts.ts';
import { isPlain, knowsErrexit, setsErrexit } from '../steps/lists.ts';

/**
 * What a RUN does, in order, in whichever form it is written: a command on a line of its own hangs on the one before as by `&&` where `set -e` is in
 * force and the shell goes by its status alone. undefined for a RUN that is no script.
 */
export function listedCommands({ instruction, run }: Step, flags: string): string[] | undefined {
  const script = run?.script;
  if (!script || script.items.length === 0) return undefined;
  const alone = /^<<-?\s*(["']?)[\w.]+\1$/.test(instruction.argument.text);
  if (run.form !== 'shell' && !alone) return undefined;
  // An interpreter line is none of the shell's.
  if (script.source.text.startsWith('#!')) return undefined;
  const [first] = script.items[0]?.pipeline ?? [];
  const errexit = first !== undefined && script.items[0]?.pipeline.length === 1 && setsErrexit(first);
  const byStatus = script.listSubstituted === undefined && knowsErrexit(run) === undefined;
  const events: string[] = [];
  for (const [i, item] of script.items.entries()) {
    const written = writtenItem(script, item);
    if (i === 0 && errexit && written === 'set -e') continue;
    const sure = isPlain(item) && (errexit || i === 0) && byStatus;
    const connector = sure && item.connector !== '||' ? '&&' : (item.connector ?? '&&');
    events.push(`${flags} ${connector} ${item.negated ? '! ' : ''}${written}${item.background ? ' &' : ''}`);
  }
  const tail = script.tail.replace(/(^|\n)\s*#[^\n]*/g, '').trim();
  return tail === '' ? events : [...events, `${flags} ${tail}`];
}
