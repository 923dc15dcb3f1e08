import type { CallerNote } from '../batch/caller-outcome.ts';

/** `Makefile:12 to do: …` */
export function noteText({ file, line, kind, text }: CallerNote): string {
  return `${file}:${line} ${kind}: ${text}`;
}

/** A text without the values that nothing but a file and its patch may show. */
export function masked(text: string, values: readonly string[]): string {
  let result = text;
  for (const value of values.toSorted((a, b) => b.length - a.length)) if (value !== '') result = result.replaceAll(value, '***');
  return result;
}
