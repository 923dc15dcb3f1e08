import { resolve } from 'node:path';
import type { IgnoreFileOutcome } from '../batch/batch.ts';
import { sentFromClone, sentFromHere, type Sent } from '../batch/sent.ts';

const mostMilliseconds = 200;

/** In a sentence what a build sends with an ignore file instead of what it sent before; of this folder only where people look on. */
export function sentSentence({ context, original, text }: IgnoreFileOutcome, cwd: string, here: boolean): string {
  const folder = resolve(cwd, context);
  const [before, after] = sentFromClone(folder, [original, text]);
  const clone = before && after && before.files > after.files ? [`a fresh clone sends ${shown(after)} instead of ${shown(before)}`] : [];
  if (!here) return clone.join('; ');
  const { sent, more } = sentFromHere(folder, [original, text], mostMilliseconds);
  const [old, young] = sent.map(({ bytes }) => `${more ? 'more than ' : ''}${size(bytes)}`);
  return [...clone, ...(old === young ? [] : [`this folder ${clone.length > 0 ? '' : 'sends '}${young ?? ''} instead of ${old ?? ''}`])].join('; ');
}

function shown({ files, bytes }: Sent): string {
  return `${size(bytes)} in ${files} ${files === 1 ? 'file' : 'files'}`;
}

/** As decimal units, with two digits that say something. */
function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}
