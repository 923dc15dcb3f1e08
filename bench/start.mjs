// How long a start takes beside one of Node's own: `npm run build && npm run proof:start [RUNS]`. The two run in turn, so that both meet the same machine.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runs = Number(process.argv[2] ?? 40);
if (!Number.isInteger(runs) || runs < 1) {
  console.error('usage: npm run proof:start -- [RUNS]');
  process.exit(2);
}
const program = join(root, 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'dockopt-start-'));
try {
  cpSync(join(root, 'fixtures/book/11-copies-into-one-folder/before'), folder, { recursive: true });
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
  ])
    execFileSync('git', args, { cwd: folder });
  for (const args of [['--version'], ['--help'], ['Dockerfile'], []]) {
    const ratios = [];
    const own = [];
    start([program, ...args]);
    for (let i = 0; i < runs; i++) {
      const milliseconds = start([program, ...args]);
      own.push(milliseconds);
      ratios.push(milliseconds / start(['-e', '0']));
    }
    console.log(`${median(ratios).toFixed(2)} times \`node -e 0\`, ${median(own).toFixed(0).padStart(4)} ms: dockopt ${args.join(' ')}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds of a whole process of Node. */
function start(args) {
  const before = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - before;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
