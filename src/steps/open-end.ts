import type { Facts, Step } from './facts.ts';

/** What stands at the end of a RUN in shell form and would swallow whatever came behind it; undefined where nothing does. */
export function openEnd({ dockerfile }: Facts, { run, instruction }: Step): string | undefined {
  if (run?.form !== 'shell') return undefined;
  if (run.script?.tail) return `\`${run.script.tail}\``;
  // With another escape character this one is the shell's.
  if (instruction.argument.text.endsWith('\\')) return 'a backslash';
  const behind = dockerfile.text.slice(instruction.contentEnd, instruction.range.end);
  return behind.trim() === '' ? undefined : 'a continuation mark with nothing behind it';
}
