import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

export const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  /** What was said on stderr. */
  readonly said: string;
}

/** Runs the built program, in a pipe. */
export function dockopt(cwd: string, ...args: string[]): Ran {
  return dockoptAs(undefined, cwd, ...args);
}

/** The same as another user, by number. */
export function dockoptAs(uid: number | undefined, cwd: string, ...args: string[]): Ran {
  const { status, stdout, stderr } = start(cwd, '', args, uid);
  return { code: status, out: stdout.toString(), said: stderr.toString() };
}

/** The same with something on stdin; what comes out as bytes. */
export function fed(cwd: string, input: string | Uint8Array, ...args: string[]): Omit<Ran, 'out'> & { readonly out: Buffer } {
  const { status, stdout, stderr } = start(cwd, input, args);
  return { code: status, out: stdout, said: stderr.toString() };
}

function start(cwd: string, input: string | Uint8Array, args: readonly string[], uid?: number): SpawnSyncReturns<Buffer> {
  const buildError = inject('buildError');
  if (buildError) throw new Error(`dist/ could not be built: ${buildError}`);
  const user = uid === undefined ? {} : { uid, gid: uid };
  return spawnSync(process.execPath, [program, ...args], { cwd, input, maxBuffer: 1 << 28, ...user });
}

/** A folder with files, gone after the test. */
export function folder(files: Readonly<Record<string, string>>): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-cli-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

/** The same as a git repository, nothing committed. */
export function repository(files: Readonly<Record<string, string>>): string {
  const path = folder(files);
  execFileSync('git', ['init', '-q'], { cwd: path });
  return path;
}

/** Dockerfiles that every test may rewrite: one change at `safe`. */
export const copies = 'FROM debian:bookworm-slim\nWORKDIR /app\nCOPY a.txt ./\nCOPY b.txt ./\nCMD ["cat", "a.txt"]\n';
export const merged = 'FROM debian:bookworm-slim\nWORKDIR /app\nCOPY a.txt b.txt ./\nCMD ["cat", "a.txt"]\n';
/** One change at `review` alone. */
export const toJudge = 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\n';
