import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { asBuildkitSees, type BuildkitInstruction } from '../../test/dockerfile/buildkit.ts';
import type { Measured } from './measure.ts';
import type { Table } from './tally.ts';

/** A line that the oracle prints: what BuildKit's own parser makes of a file. */
interface Reading {
  Err?: string;
  IErr?: string;
  Escape: string;
  Ins: ReadInstruction[] | null;
}

interface ReadInstruction {
  Value: string;
  Start: number;
  End: number;
  Flags?: string[];
  Original: string;
  JSON?: boolean;
  Args?: string[];
  Heredocs?: { Name: string; Chomp: boolean; Expand: boolean; Content: string }[];
  Prev?: string[];
}

/** Holds dockopt's readings and results to those of BuildKit's parser; `told` names every file where they part. */
export function askOracle(oracle: string, measured: readonly Measured[]): { table: Table; told: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-oracle-'));
  const table: Table = { 'valid files': 0, 'valid files refused': 0, 'invalid files understood': 0, 'readings that differ': 0, 'results not accepted': 0 };
  const told: string[] = [];
  const tell = (key: string, name: string, what: string): void => {
    table[key] = (table[key] ?? 0) + 1;
    told.push(`${name}: ${key}: ${what}`);
  };
  try {
    const paths = measured.flatMap(({ text, result }, i) => {
      const both = [join(folder, `${i}.before`), join(folder, `${i}.after`)] as const;
      writeFileSync(both[0], text);
      writeFileSync(both[1], result.text);
      return both;
    });
    const readings = readAll(oracle, paths);
    for (const [i, { name, text, result }] of measured.entries()) {
      const [before, after] = [readings[2 * i], readings[2 * i + 1]];
      if (!before || !after) throw new Error(`the oracle ${oracle} printed ${readings.length} lines for ${paths.length} files`);
      const error = before.Err ?? before.IErr;
      if (error === undefined) table['valid files'] = (table['valid files'] ?? 0) + 1;
      if (result.notUnderstood) {
        if (error === undefined) tell('valid files refused', name, `${result.notUnderstood.id}, ${result.notUnderstood.because}`);
        continue;
      }
      if (error !== undefined) tell('invalid files understood', name, error);
      const part = firstDifference(text, before);
      if (part !== undefined) tell('readings that differ', name, part);
      const wrong = after.Err ?? after.IErr;
      if (error === undefined && wrong !== undefined) tell('results not accepted', name, wrong);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { table, told };
}

function readAll(oracle: string, paths: readonly string[]): Reading[] {
  const { stdout, stderr, status, error } = spawnSync(oracle, { input: `${paths.join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`the oracle ${oracle} failed: ${error?.message ?? stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): Reading => JSON.parse(line));
}

function firstDifference(text: string, reading: Reading): string | undefined {
  if (reading.Err !== undefined) return undefined;
  const own = readDockerfile(text);
  if ('notUnderstood' in own) return undefined;
  if (own.dockerfile.escape !== reading.Escape) return `escape ${own.dockerfile.escape}, not ${reading.Escape}`;
  const mine = asBuildkitSees(own.dockerfile);
  const theirs = (reading.Ins ?? []).map(instructionOf);
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++)
    if (!isDeepStrictEqual(mine[i], theirs[i])) return `${JSON.stringify(mine[i])}, not ${JSON.stringify(theirs[i])}`;
  return undefined;
}

function instructionOf({ Value, Start, End, Flags = [], Original, JSON: json, Args = [], Heredocs = [], Prev = [] }: ReadInstruction): BuildkitInstruction {
  return {
    keyword: Value.toUpperCase(),
    startLine: Start,
    endLine: End,
    text: Original,
    args: Args,
    ...(json === true && { json }),
    ...(Flags.length > 0 && { flags: Flags }),
    ...(Heredocs.length > 0 && {
      heredocs: Heredocs.map(({ Name, Content, Expand, Chomp }) => ({ name: Name, content: Content, expand: Expand, chomp: Chomp })),
    }),
    ...(Prev.length > 0 && { commentsAbove: Prev }),
  };
}
