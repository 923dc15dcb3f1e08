import { availableParallelism } from 'node:os';
import { docker } from '../src/verify/docker.ts';

/** What a measurement depends on, in words: the day, the cores, and the version of the engine that answers. */
export async function machine(): Promise<string> {
  const { stdout } = await docker(['version', '--format', '{{.Server.Version}}']);
  return `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Docker Engine ${/^[\d.]+/.exec(stdout)?.[0] ?? stdout.trim()}`;
}
