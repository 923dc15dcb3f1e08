import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', 'dist', 'cli.js');

/** Runs `dockopt --write` to the end, or until a kill so long after the start, or after something stirs in a folder; true where it was killed. */
export function runOrKill(options, cwd, milliseconds, stirring) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, '--write', '--format', 'json', ...options], { cwd, stdio: 'ignore' });
    let timer;
    const wait = () => (timer ??= setTimeout(() => child.kill('SIGKILL'), milliseconds));
    const watcher = stirring === undefined ? undefined : watch(stirring, wait);
    if (milliseconds !== undefined && !watcher) wait();
    child.on('exit', (_code, signal) => {
      clearTimeout(timer);
      watcher?.close();
      resolve(signal === 'SIGKILL');
    });
  });
}
