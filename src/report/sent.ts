import { resolve } from 'node:path';
import type { IgnoreFileOutcome } from '../batch/batch.ts';
import { sentFromClone, sentFromHere, type Sent } from '../batch/sent.ts';
import { counted } from './layout.ts';

const mostMilliseconds = 200;

/** In a sentence what a build sends with an ignore file instead of what it sent before; of this folder only where people look on. */
export function sentSentence({ context, original, text }: IgnoreFileOutcome, cwd: string, here: boolean): string {
  const folder = resolve(cwd, context);
  const [before, after] = sentFromClone(folder, [original, text]);
  const clone = before && after && before.files > after.files ? [`a fresh clone sends ${less(before, after)}`] : [];
  if (!here) return clone.join('; ');
  const { sent, more } = sentFromHere(folder, [original, text], mostMilliseconds);
  const [old, young] = sent.map(({ bytes }) => `${more ? 'more than ' : ''}${size(bytes)}`);
  return [...clone, ...(old === young ? [] : [`this folder ${clone.length > 0 ? '' : 'sends '}${young ?? ''} instead of ${old ?? ''}`])].join('; ');
}

function less(before: Sent, after: Sent): string {
  const isAsLarge = size(before.bytes) === size(after.bytes);
  return isAsLarge ? `${after.files} instead of ${counted(before.files, 'file')} (${size(after.bytes)})` : `${shown(after)} instead of ${shown(before)}`;
}

function shown({ files, bytes }: Sent): string {
  return `${size(bytes)} in ${counted(files, 'file')}`;
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
