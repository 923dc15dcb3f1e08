// Runs dockopt over every hostile file: `npm run proof:hostile`. Prints the milliseconds of each that the processor took, so that other programs do
// not count: first for the run, then for all forms of the report. A 1 where a run takes longer than a second or goes wrong.
import { noCallerFiles } from '../src/batch/caller-outcome.ts';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonReport } from '../src/report/json.ts';
import { plain } from '../src/report/layout.ts';
import { patchReport } from '../src/report/patch.ts';
import { prettyReport } from '../src/report/pretty.ts';
import { runFile } from '../src/run.ts';
import { largeHostile, smallHostile } from '../test/harness/hostile.ts';

const most = 1000;
const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-hostile-')));
const path = join(cwd, 'Dockerfile');
const [, , wanted = ''] = process.argv;
let slowest = 0;
try {
  for (const { name, bytes } of [...smallHostile(process.cwd()), ...largeHostile()]) {
    if (!name.includes(wanted)) continue;
    writeFileSync(path, bytes);
    for (const level of ['safe', 'review'] as const) await measure(name, level);
  }
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
console.log(`${Math.round(slowest).toString().padStart(8)}  the slowest`);

async function measure(name: string, level: 'safe' | 'review'): Promise<void> {
  const start = processorTime();
  const outcome = await runFile(path, { level, cwd });
  const middle = processorTime();
  const batch = { outcomes: [outcome], ignoreFiles: [], ...noCallerFiles };
  patchReport(batch, true);
  jsonReport(batch, cwd);
  prettyReport(batch, { width: 100, paint: plain, why: true, command: '', written: false });
  const end = processorTime();
  slowest = Math.max(slowest, middle - start);
  const wrong = outcome.error ?? outcome.faults[0]?.message;
  const columns = [middle - start, end - middle].map((milliseconds) => Math.round(milliseconds).toString().padStart(8));
  const comment = `${wrong === undefined ? '' : `  WRONG: ${wrong}`}${middle - start > most ? '  SLOW' : ''}`;
  console.log(`${columns.join('')}  ${name}, ${level}: ${outcome.status}${comment}`);
  if (wrong !== undefined || middle - start > most) process.exitCode = 1;
}

/** Milliseconds of this process, those of the garbage collector's threads among them. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
