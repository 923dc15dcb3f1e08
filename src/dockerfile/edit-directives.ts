import type { Edit } from '../text.ts';
import type { Dockerfile } from './model.ts';

/** Names the newest frontend 1.x: in the directive that is there, or in a new one on the first line. */
export function raiseFrontend({ text, eol, directives }: Dockerfile): Edit[] {
  const there = directives.find(({ name }) => name === 'syntax');
  if (there) {
    const written = text.slice(there.start, there.end);
    return [{ start: there.start, end: there.end, text: written.replace(/:(1\.\d[\d.]*(?=(-labs)?$)|(1(\.\d[\d.]*)?-)?experimental$)/, ':1') }];
  }
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const parted = directives.length > 0 || /^[ \t]*\r?\n/.test(text.slice(start));
  return [{ start, end: start, text: `# syntax=docker/dockerfile:1${eol}${parted ? '' : eol}` }];
}
