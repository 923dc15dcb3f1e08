import { diffLines } from 'diff';
import { Collection } from './collection/collection.ts';
import { collections, type Api } from './collection/api.ts';
import type { Options } from './options.ts';
import type { Facts } from './steps/facts.ts';
import type { Edit } from './text.ts';
import { counted, finding, type Found, type Transform } from './transform.ts';

export interface SourceFile {
  /** Relative to the working directory, with forward slashes. */
  readonly path: string;
  readonly source: string;
}

/** A transform as a function from text to text, in the way of jscodeshift; undefined or the source itself where there is nothing to do. */
export type PlainTransform<Given extends Options = Options> = (file: SourceFile, api: Api, options: Given) => string | undefined;

/** What the file of a plain function exports beside it. */
export interface PlainDescription extends Omit<Transform, 'find'> {
  readonly because?: string | undefined;
  readonly differs?: string | undefined;
}

/** The function as a transform: its result, compared with the source, is one finding. */
export function plainTransform(run: PlainTransform, described: PlainDescription): Transform {
  return { ...described, find: (facts, options) => find(run, facts, options, described) };
}

function find(run: PlainTransform, facts: Facts, options: Options, description: PlainDescription): Found[] {
  const { id, title, level, because = `the author of ${id} vouches for it`, differs = `all that ${id} changes` } = description;
  const { instructions, text } = facts.dockerfile;
  const first = instructions[0];
  if (!first) return [];
  const told: Found[] = [];
  const found = collections(facts);
  const api: Api = {
    dockerfile: found.dockerfile,
    shell: found.shell,
    report: (message, at = first) =>
      told.push(finding(instructions[at.index] ?? first, message, { allowed: 'advice', because: 'the transform reports it' }, [])),
    stats: (name, quantity = 1) => {
      if (typeof name !== 'string' || !Number.isFinite(quantity)) throw new Error('api.stats takes a name and a number');
      told.push(counted(name, quantity));
    },
  };
  const result: unknown = run({ path: facts.path, source: text }, api, options);
  if (result instanceof Promise) throw new Error('it returns a promise: a transform returns the new source itself');
  if (result === undefined || result === null || result === text) return told;
  if (typeof result !== 'string')
    throw new Error(
      `it returns ${result instanceof Collection ? 'a collection: end with .toSource()' : `something of type ${typeof result}`}, not the new source or undefined`,
    );
  const edits = found.editsOf(result) ?? editsBetween(text, result);
  const start = Math.min(...edits.map((edit) => edit.start));
  const at = instructions.find(({ range }) => range.end >= start) ?? instructions.at(-1) ?? first;
  const verdict = { allowed: level, because, differs: level === 'review' ? differs : undefined };
  return [...told, finding(at, title, verdict, edits)];
}

/** The edits that make one text of another: the lines that differ, without what is the same at their ends. */
function editsBetween(before: string, after: string): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  let open: { start: number; removed: string; added: string } | undefined;
  const close = (): void => {
    if (open) edits.push(trimmed(open.start, open.removed, open.added));
    open = undefined;
  };
  for (const { added, removed, value } of diffLines(before, after)) {
    if (!added && !removed) close();
    else {
      open ??= { start: at, removed: '', added: '' };
      if (added) open.added += value;
      else open.removed += value;
    }
    if (!added) at += value.length;
  }
  close();
  return edits;
}

function trimmed(start: number, removed: string, added: string): Edit {
  const shorter = Math.min(removed.length, added.length);
  let head = 0;
  while (head < shorter && removed[head] === added[head]) head++;
  let tail = 0;
  while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++;
  return { start: start + head, end: start + removed.length - tail, text: added.slice(head, added.length - tail) };
}
