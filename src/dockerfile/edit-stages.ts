import type { Edit } from '../text.ts';
import { removeInstructions } from './edit-lines.ts';
import { isParted } from './edit-moves.ts';
import type { Dockerfile, Instruction, Stage } from './model.ts';
import { keywordLike } from './style.ts';

export interface NewStage {
  readonly stage: Stage;
  /** The last instruction that stays in the stage that builds. */
  readonly last: Instruction;
  /** Said behind it, in the same stage. */
  readonly ending: readonly string[];
  /** What that one is called from now on: its own name stays with it, or goes to the new stage. */
  readonly name: string;
  /** Stages between the two, FROM the same image: what stands in each, in blocks. */
  readonly between: readonly { readonly name: string; readonly blocks: readonly (readonly string[])[] }[];
  /** What the new stage is built FROM. */
  readonly base: string;
  /** What stands in it, in blocks, before what stands behind `last` now. */
  readonly blocks: readonly (readonly string[])[];
  /** Taken out of the stage. */
  readonly moved: readonly Instruction[];
}

/** Parts a stage behind one of its instructions: the first part gets a name, the second one its old name, if it had one, and another base. Blocks are parted as FROM is from what follows it. */
export function partStage(dockerfile: Dockerfile, { stage, last, ending, name, between, base, blocks, moved }: NewStage): Edit[] {
  const { text, eol } = dockerfile;
  const { from, instructions } = stage;
  const [builder, as, old] = from.words;
  const [first] = instructions;
  const gap = first && isParted(text, from, first) ? [''] : [];
  const linesOf = (head: string, parts: readonly (readonly string[])[]): string[] => [
    '',
    head,
    ...parts.flatMap((part) => (part.length === 0 ? [] : [...gap, ...part])),
  ];
  const shipped = old && as && stage.name !== name ? ` ${text.slice(as.start, as.end)} ${text.slice(old.start, old.end)}` : '';
  const lines = [
    ...ending,
    ...between.flatMap((one) => linesOf(`${text.slice(from.range.start, builder?.end)} ${keywordLike(dockerfile, from, 'AS')} ${one.name}`, one.blocks)),
    ...linesOf(`${text.slice(from.range.start, builder?.start)}${base}${shipped}`, blocks),
  ];
  const put: Edit = { start: last.range.end, end: last.range.end, text: lines.map((line) => eol + line).join('') };
  return [...named(dockerfile, stage, name), ...removeInstructions(dockerfile, moved, { comments: true }), put];
}

function named(dockerfile: Dockerfile, { from, name: old }: Stage, name: string): Edit[] {
  const [image, , written] = from.words;
  if (old === name || !image) return [];
  return [
    written
      ? { start: written.start, end: written.end, text: name }
      : { start: image.end, end: image.end, text: ` ${keywordLike(dockerfile, from, 'AS')} ${name}` },
  ];
}

/** A name for a stage that no stage has yet, and that nothing in the file uses as that of an image. */
export function freeStageName({ text, stages }: Dockerfile, ...wanted: readonly string[]): string {
  const taken = (name: string): boolean => stages.some((stage) => stage.name === name) || new RegExp(`(FROM\\s+|from=)${name}\\b`, 'i').test(text);
  const free = wanted.find((name) => !taken(name));
  if (free !== undefined) return free;
  let number = 2;
  while (taken(`${wanted[0] ?? 'stage'}-${number}`)) number++;
  return `${wanted[0] ?? 'stage'}-${number}`;
}
