// Runs dockopt over all files below a folder, each a Dockerfile without its context: `npm run proof:corpus -- DIR [OUT]`.
// A table for people on stdout; in OUT the same as result.json, and below OUT/changed the changed texts.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { comparison } from './corpus/compare.ts';
import { draw, patchWithReasons } from './corpus/draw.ts';
import { readInputs } from './corpus/inputs.ts';
import { measure, warmUp, workingTree, type Code, type Input, type Level, type Measured } from './corpus/measure.ts';
import { askOracle } from './corpus/oracle.ts';
import { tally, type Crash, type Table, type Tally } from './corpus/tally.ts';
import { UsageError } from '../src/usage-error.ts';

const usage = `usage: npm run proof:corpus -- DIR [OUT]
  --level safe|review       what is applied (default safe)
  --patches K --seed N      print K patches drawn by a seed (default 0), instead of the table
  --compare REVISION        print what the code of the working tree changes in the results of that revision's code
  --oracle PROGRAM          hold readings and results to BuildKit's parser: reads paths, prints a line of JSON for each`;

interface Options {
  readonly folder: string;
  readonly out: string | undefined;
  readonly level: Level;
  readonly seed: number;
  readonly patches: number | undefined;
  readonly compare: string | undefined;
  readonly oracle: string | undefined;
}

try {
  await main(readOptions());
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 2;
}

function readOptions(): Options {
  const { values, positionals } = parsed();
  const { level, seed, patches, compare, oracle } = values;
  const [folder, out, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) throw new UsageError('name one folder, and perhaps another for the results');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`${folder} is no folder`);
  if (level !== 'safe' && level !== 'review') throw new UsageError(`--level may be safe or review, not ${level}`);
  return { folder, out, level, seed: whole('seed', seed), patches: patches === undefined ? undefined : whole('patches', patches), compare, oracle };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        level: { type: 'string', default: 'safe' },
        seed: { type: 'string', default: '0' },
        patches: { type: 'string' },
        compare: { type: 'string' },
        oracle: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${name} takes a whole number, not ${text}`);
  return Number(text);
}

async function codeOf(revision: string): Promise<Code> {
  try {
    const { loadRevision }: { loadRevision: (revision: string) => Promise<Code> } = await import(pathToFileURL(join(import.meta.dirname, 'revision.mjs')).href);
    return await loadRevision(revision);
  } catch (error) {
    throw new UsageError(`--compare ${revision}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function main({ folder, out, level, seed, patches, compare, oracle }: Options): Promise<void> {
  const old = compare === undefined ? undefined : await codeOf(compare);
  const { inputs, unreadable } = readInputs(folder);
  const now = runAll(workingTree, inputs, unreadable, level);
  for (const { name, crash } of now.crashes) console.error(`${name}: ${crash}`);
  for (const { name, unstable, result } of now.measured) {
    if (unstable) console.error(`${name}: running twice is not running once`);
    for (const { id, message } of result.faults) console.error(`${name}: ${id}: ${message}`);
  }
  const asked = oracle === undefined ? undefined : askOracle(oracle, now.measured);
  for (const line of asked?.told ?? []) console.error(line);
  if (out !== undefined) write(out, now.measured, { ...now.tally, ...(asked && { oracle: asked.table }) });
  if (old) console.log(comparison(runAll(old, inputs, unreadable, level), now));
  else if (patches === undefined) console.log(tables({ ...now.tally, ...(asked && { oracle: asked.table }) }));
  else for (const one of draw(now.measured, seed, patches)) console.log(patchWithReasons(one));
}

function runAll(code: Code, inputs: readonly Input[], unreadable: number, level: Level): { measured: Measured[]; crashes: Crash[]; tally: Tally } {
  warmUp(code, inputs, level);
  const measured: Measured[] = [];
  const crashes: Crash[] = [];
  for (const input of inputs) {
    const one = measure(code, input, level);
    if ('crash' in one) crashes.push(one);
    else measured.push(one);
  }
  return { measured, crashes, tally: tally(unreadable, measured, crashes) };
}

function write(out: string, measured: readonly Measured[], all: Readonly<Record<string, Table>>): void {
  mkdirSync(join(out, 'changed'), { recursive: true });
  const files: Record<string, object> = {};
  for (const { name, text, result } of measured) {
    const { notUnderstood, changes, judgement, declined } = result;
    const short = ({ id, level, line, message }: (typeof changes)[number]): object => ({ id, level, line, message });
    files[name] = {
      ...(notUnderstood && { notUnderstood }),
      changes: changes.map(short),
      judgement: judgement.map(short),
      declined: declined.map(({ id, refusal, line, because }) => ({ id, refusal, line, because })),
    };
    if (result.text === text) continue;
    const path = join(out, 'changed', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, result.text);
  }
  writeFileSync(join(out, 'result.json'), JSON.stringify({ ...all, files }, undefined, 2));
}

function tables(all: Readonly<Record<string, Table>>): string {
  return Object.entries(all)
    .map(([title, table]) => `${title}\n${rows(table)}`)
    .join('\n\n');
}

function rows(table: Table): string {
  return Object.entries(table)
    .map(([name, value]) => `${String(value).padStart(8)}  ${name}`)
    .join('\n');
}
