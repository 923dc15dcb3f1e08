import { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Batch } from './batch.ts';
import type { CarriedOutcome } from './carried.ts';
import type { Shard } from './shard.ts';

/** What a journal is good for. */
export interface JournalHead {
  readonly journal: 1;
  /** Fingerprints: of what was in force, and of the repository. */
  readonly configuration: string;
  readonly content: string;
  readonly shard?: Shard | undefined;
  /** What was chosen on the command line, for whoever joins journals. */
  readonly selection: unknown;
}

/** All of a run, as it is to be written. */
export type Settled = Omit<Batch, 'outcomes'> & { readonly outcomes: readonly CarriedOutcome[] };

/** A journal as far as a run came: JSON lines, of which the last may be torn. */
export interface JournalRead {
  readonly head: JournalHead;
  /** By the Dockerfiles' paths, relative to the working directory. */
  readonly outcomes: ReadonlyMap<string, CarriedOutcome>;
  /** There where all Dockerfiles were looked at, and files may have been written. */
  readonly settled: Settled | undefined;
  /** Where the whole lines end, in bytes. */
  readonly length: number;
}

type Line = JournalHead | { readonly path: string; readonly outcome: CarriedOutcome } | { readonly settled: Settled };

/** undefined where there is no journal at that place. Throws an Error that names the line for what is none. */
export function readJournal(path: string): JournalRead | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const length = bytes.lastIndexOf(0x0a) + 1;
  let head: JournalHead | undefined;
  let settled: Settled | undefined;
  const outcomes = new Map<string, CarriedOutcome>();
  for (const [index, text] of bytes.toString('utf8', 0, length).split('\n').entries()) {
    if (text === '') continue;
    const line = lineOf(text);
    if (!line || (index === 0) !== 'journal' in line) throw new Error(`line ${index + 1} of ${path} is none of a journal of dockopt`);
    if ('journal' in line) head = line;
    else if ('settled' in line) settled = line.settled;
    else outcomes.set(line.path, line.outcome);
  }
  return head && { head, outcomes, settled, length };
}

function lineOf(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return isLine(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

function isLine(line: unknown): line is Line {
  if (typeof line !== 'object' || line === null) return false;
  return ('journal' in line && line.journal === 1) || ('path' in line && 'outcome' in line) || 'settled' in line;
}

/** Appends to a journal; what it holds may be secret, so that it is the user's alone. */
export interface JournalWriter {
  add(path: string, outcome: CarriedOutcome): void;
  /** Before files are written: then all is safe on the disk. */
  settle(settled: Settled): void;
}

/** Goes on with a journal behind so many bytes, or begins one. */
export function writeJournal(path: string, head: JournalHead, behind: number | undefined): JournalWriter {
  const append = (line: Line, safely: boolean): void => {
    if (!safely) {
      appendFileSync(path, `${JSON.stringify(line)}\n`);
      return;
    }
    const file = openSync(path, 'a');
    try {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  };
  if (behind !== undefined) truncateSync(path, behind);
  else {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'w', 0o600));
    append(head, false);
  }
  return {
    add: (dockerfile, outcome) => append({ path: dockerfile, outcome }, false),
    settle: (settled) => append({ settled }, true),
  };
}
