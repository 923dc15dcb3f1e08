import { applyEdits } from '../../src/text.ts';
import { blankLines, changedLines } from './lines.ts';
import type { Measured } from './measure.ts';
import { mountedInstalls } from './mounted.ts';

export type Table = Record<string, number>;

/** What a run over a corpus comes to. */
export interface Tally {
  counts: Table;
  /** Lines that a finding changes, and lines that all results together change in blanks only. */
  lines: Table;
  /** Milliseconds a file, after a warm-up, and files a second. */
  times: Table;
  slowest: Table;
  mounts: Table;
  'not understood': Table;
  findings: Table;
  declined: Table;
}

export interface Crash {
  readonly name: string;
  readonly crash: string;
}

export function tally(unreadable: number, measured: readonly Measured[], crashes: readonly Crash[]): Tally {
  const refused: Table = {};
  const findings: Table = {};
  const declined: Table = {};
  const lines: number[] = [];
  const blank = { code: 0, comments: 0 };
  for (const { text, result } of measured) {
    if (result.notUnderstood) count(refused, result.notUnderstood.id);
    for (const { id, level, edits, seen } of [...result.changes, ...result.judgement]) {
      count(findings, `${id} ${level}`);
      lines.push(changedLines(seen, applyEdits(seen, edits)));
    }
    for (const { id, refusal } of result.declined) count(declined, `${id} ${refusal}`);
    const { code, comments } = blankLines(text, result.text);
    blank.code += code;
    blank.comments += comments;
  }
  const sorted = lines.toSorted((a, b) => a - b);
  return {
    counts: {
      files: unreadable + measured.length + crashes.length,
      'not UTF-8, or binary': unreadable,
      'not understood': measured.filter(({ result }) => result.notUnderstood).length,
      changed: measured.filter(({ text, result }) => result.text !== text).length,
      crashed: crashes.length,
      unstable: measured.filter(({ unstable }) => unstable).length,
      'checks failed': measured.reduce((sum, { result }) => sum + result.faults.length, 0),
    },
    lines: {
      'lines changed by a finding, median': at(sorted, 0.5),
      p95: at(sorted, 0.95),
      max: at(sorted, 1),
      'lines changed only in blanks': blank.code,
      'comments indented': blank.comments,
    },
    ...timesOf(measured),
    mounts: mountedInstalls(measured),
    'not understood': byCount(refused),
    findings: byCount(findings),
    declined: byCount(declined),
  };
}

function timesOf(measured: readonly Measured[]): Pick<Tally, 'times' | 'slowest'> {
  const byTime = measured.toSorted((a, b) => a.milliseconds - b.milliseconds);
  const sorted = byTime.map(({ milliseconds }) => milliseconds);
  const total = sorted.reduce((a, b) => a + b, 0);
  const slowest: Table = {};
  for (const { name, milliseconds } of byTime.slice(-5).toReversed()) slowest[name] = rounded(milliseconds);
  return {
    times: {
      'milliseconds a file, mean': rounded(total / Math.max(1, sorted.length)),
      p95: rounded(at(sorted, 0.95)),
      max: rounded(at(sorted, 1)),
      'files a second': total === 0 ? 0 : Math.round((sorted.length / total) * 1000),
    },
    slowest,
  };
}

/** The value below which this part of the sorted values lies. */
function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function count(table: Table, key: string): void {
  table[key] = (table[key] ?? 0) + 1;
}

function byCount(table: Table): Table {
  return Object.fromEntries(Object.entries(table).toSorted((a, b) => b[1] - a[1]));
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
