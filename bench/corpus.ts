// Runs dockopt over any number of Dockerfiles, without their contexts: `npm run proof:corpus DIR [OUT]`.
// A table for people on stdout, the same as JSON and the changed texts in OUT.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPipeline, type PipelineResult } from '../src/pipeline/pipeline.ts';
import { noFiles } from '../src/workspace/workspace.ts';
import transforms from '../transforms/index.ts';

const [, , folder, out] = process.argv;
if (folder === undefined) {
  console.error('usage: npm run proof:corpus -- DIR [OUT]');
  process.exit(2);
}
if (out !== undefined) mkdirSync(out, { recursive: true });

const counts = { files: 0, 'not UTF-8, or binary': 0, 'not understood': 0, changed: 0, crashed: 0, unstable: 0, 'checks failed': 0 };
const tables: Record<'not understood' | 'findings' | 'declined', Map<string, number>> = {
  'not understood': new Map(),
  findings: new Map(),
  declined: new Map(),
};
const milliseconds: number[] = [];
const linesOfFindings: number[] = [];

for (const name of readdirSync(folder)) {
  const bytes = readFileSync(join(folder, name));
  counts.files++;
  const text = bytes.toString('utf8');
  if (bytes.includes(0) || !Buffer.from(text).equals(bytes)) counts['not UTF-8, or binary']++;
  else measure(name, text);
}
print();

function run(path: string, text: string): PipelineResult {
  return runPipeline(text, { path, transforms, level: 'safe', context: noFiles });
}

function measure(name: string, text: string): void {
  const start = performance.now();
  let result: PipelineResult;
  try {
    result = run(name, text);
  } catch (error) {
    counts.crashed++;
    console.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return;
  }
  milliseconds.push(performance.now() - start);
  if (result.notUnderstood) {
    counts['not understood']++;
    count(tables['not understood'], result.notUnderstood.id);
    return;
  }
  for (const { id, level, edits, seen } of [...result.changes, ...result.judgement]) {
    count(tables.findings, `${id} ${level}`);
    linesOfFindings.push(edits.reduce((sum, edit) => sum + Math.max(seen.slice(edit.start, edit.end).split('\n').length, edit.text.split('\n').length), 0));
  }
  for (const { id, refusal } of result.declined) count(tables.declined, `${id} ${refusal}`);
  for (const { id, message } of result.faults) {
    counts['checks failed']++;
    console.error(`${name}: ${id}: ${message}`);
  }
  if (result.text === text) return;
  counts.changed++;
  if (out !== undefined) writeFileSync(join(out, name), result.text);
  if (run(name, result.text).text === result.text) return;
  counts.unstable++;
  console.error(`${name}: running twice is not running once`);
}

function count(table: Map<string, number>, key: string): void {
  table.set(key, (table.get(key) ?? 0) + 1);
}

function print(): void {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const total = sorted.reduce((a, b) => a + b, 0);
  const times = {
    mean: rounded(total / sorted.length),
    p95: rounded(sorted[Math.floor(sorted.length * 0.95)]),
    max: rounded(sorted.at(-1)),
    'files a second': Math.round((sorted.length / total) * 1000),
  };
  const median = linesOfFindings.toSorted((a, b) => a - b)[linesOfFindings.length >> 1];
  console.log(
    rows({
      ...counts,
      'lines of a finding, median': median ?? 0,
      'milliseconds a file, mean': times.mean,
      p95: times.p95,
      max: times.max,
      'files a second': times['files a second'],
    }),
  );
  for (const [title, table] of Object.entries(tables)) console.log(`\n${title}\n${rows(Object.fromEntries([...table].toSorted((a, b) => b[1] - a[1])))}`);
  if (out !== undefined)
    writeFileSync(
      join(out, 'result.json'),
      JSON.stringify(
        { counts, times, ...Object.fromEntries(Object.entries(tables).map(([title, table]) => [title, Object.fromEntries(table)])) },
        undefined,
        2,
      ),
    );
}

function rounded(value = 0): number {
  return Number(value.toFixed(2));
}

function rows(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${String(value).padStart(8)}  ${name}`)
    .join('\n');
}
