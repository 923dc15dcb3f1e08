// Kills `dockopt --write` with -9 at random moments over 200 files; every file must be the old one or the new one.
//   node bench/kill.mjs [kills, default 200]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrKill } from './killed-run.mjs';

const kills = Number(process.argv[2] ?? 200);
const padding = `# ${'x'.repeat(98)}\n`.repeat(100);
const before = `${padding}FROM debian:bookworm-slim\nWORKDIR /app\nCOPY a.txt ./\nCOPY b.txt ./\n${padding}`;
const after = before.replace('COPY a.txt ./\nCOPY b.txt ./', 'COPY a.txt b.txt ./');

const folder = mkdtempSync(join(tmpdir(), 'dockopt-kill-'));
const paths = Array.from({ length: 200 }, (_, index) => join(folder, `s${index}`, 'Dockerfile'));
try {
  execFileSync('git', ['init', '-q'], { cwd: folder });
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(folder, name), '');
  for (const path of paths) {
    mkdirSync(join(path, '..'));
    writeFileSync(path, before);
  }
  const start = Date.now();
  await run();
  const whole = Date.now() - start;
  const times = paths.map((path) => statSync(path).mtimeMs - start);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (count().rewritten !== paths.length) throw new Error('a run that was not killed did not rewrite all files');
  const sum = { torn: 0, amid: 0, leftovers: 0 };
  for (let i = 0; i < kills; i++) {
    for (const path of paths) writeFileSync(path, before);
    // One in four at any moment, the others while it writes.
    await (i % 4 === 0 ? run(Math.random() * whole) : run(Math.random() * (last - first), join(paths[0], '..')));
    const { torn, rewritten } = count();
    sum.torn += torn;
    if (rewritten > 0 && rewritten < paths.length) sum.amid++;
    sum.leftovers += removeLeftovers();
  }
  console.log(
    `${kills} kills within ${whole} ms (writing from ${Math.round(first)} to ${Math.round(last)}) over ${paths.length} files: ${sum.torn} torn; ${sum.amid} kills amid the writing, ${sum.leftovers} temporary files left`,
  );
  if (sum.torn > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(milliseconds, stirring) {
  return runOrKill(['--only', 'merge-copies', '--context', '.'], folder, milliseconds, stirring);
}

function count() {
  let torn = 0;
  let rewritten = 0;
  for (const path of paths) {
    const text = readFileSync(path, 'utf8');
    if (text === after) rewritten++;
    else if (text !== before) torn++;
  }
  return { torn, rewritten };
}

function removeLeftovers() {
  let left = 0;
  for (const path of paths) {
    for (const name of readdirSync(join(path, '..'))) {
      if (name === 'Dockerfile') continue;
      left++;
      rmSync(join(path, '..', name));
    }
  }
  return left;
}
