import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes files into a folder and commits them there. */
export function writeRepository(folder: string, files: ReadonlyMap<string, string>): void {
  const made = new Set<string>();
  for (const [path, text] of files) {
    const parent = dirname(join(folder, path));
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(join(folder, path), text);
  }
  for (const args of [
    ['init', '--quiet'],
    ['-c', 'core.autocrlf=false', 'add', '--all'],
    ['-c', 'user.name=Harbour', '-c', 'user.email=harbour@example.org', 'commit', '--quiet', '--no-verify', '--message', 'All services'],
  ])
    execFileSync('git', args, { cwd: folder, env: { ...process.env, GIT_AUTHOR_DATE: '2026-11-28T00:00:00Z', GIT_COMMITTER_DATE: '2026-11-28T00:00:00Z' } });
}
