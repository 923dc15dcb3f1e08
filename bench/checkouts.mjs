// The checked-out repositories that a proof runs over, and what dockopt reports of one.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const program = join(import.meta.dirname, '..', 'dist/cli.js');

/** The checkouts that the command line names, itself each or in a folder of some; without any the usage is told and the process ends. */
export function namedCheckouts(script) {
  const checkouts = process.argv.slice(2).flatMap(checkoutsIn);
  if (checkouts.length > 0) return checkouts;
  console.error(`usage: npm run ${script} -- DIR…   each a git checkout, or a folder of some`);
  process.exit(2);
}

function checkoutsIn(given) {
  const folder = resolve(given);
  if (existsSync(join(folder, '.git'))) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, '.git')))
    .map(({ name }) => join(folder, name))
    .toSorted();
}

/** The JSON report of the built program with one transform alone; an empty one where there is no Dockerfile. */
export function reportOn(checkout, id, ...more) {
  try {
    const options = { cwd: checkout, encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] };
    return JSON.parse(execFileSync(process.execPath, [program, '--only', id, '--no-code', '--format', 'json', ...more], options));
  } catch (error) {
    if (error.status !== 2 || !/no Dockerfile found/.test(error.stderr)) throw error;
    return { files: [], ignoreFiles: [] };
  }
}
