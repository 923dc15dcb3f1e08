import { execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface Ran {
  /** Null where it was stopped at its time limit. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunLimits {
  /** Ends it early; the promise rejects. */
  readonly signal?: AbortSignal | undefined;
  readonly milliseconds?: number;
}

const mostOutput = 1 << 28;

/** Runs `docker` without a terminal. Rejects where there is no such program, and when the signal ends it. */
export function docker(args: readonly string[], { signal, milliseconds = 0 }: RunLimits = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'utf8', maxBuffer: mostOutput, timeout: milliseconds, ...(signal ? { signal } : {}) } as const;
    const child = execFile('docker', args, options, (error, stdout, stderr) => {
      if (!error) resolve({ exitCode: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      else if (error.killed === true && !signal?.aborted) resolve({ exitCode: null, stdout, stderr });
      // One that was stopped may go on for a while: whoever cleans up has to come after it.
      else if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) child.once('close', () => reject(error));
      else reject(error);
    });
    child.stdin?.end();
  });
}

/** What `docker` writes to stdout, read by `use` as it comes. Rejects where either fails. */
export async function dockerStream<Value>(args: readonly string[], use: (stdout: Readable) => Promise<Value>, { signal }: RunLimits = {}): Promise<Value> {
  const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`docker ${args.join(' ')}: ${stderr.trim()}`))));
  });
  const [value] = await Promise.all([use(child.stdout), ended]);
  return value;
}
