import type { CallerNote } from '../batch/caller-outcome.ts';

/** `Makefile:12 to do: …` */
export function noteText({ file, line, kind, text }: CallerNote): string {
  return `${file}:${line} ${kind}: ${text}`;
}
