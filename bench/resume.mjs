// Kills `dockopt --write` with -9 at random moments over 1,000 Dockerfiles, then resumes: every file must have been the old one or the new one, and the
// result must be that of a run that nobody disturbed.
//   npm run build && npm run proof:resume -- [kills, default 50] [Dockerfiles, default 1000]
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrKill } from './killed-run.mjs';

const root = join(import.meta.dirname, '..');
const kills = Number(process.argv[2] ?? 50);
const most = Number(process.argv[3] ?? 1000);
const folder = mkdtempSync(join(tmpdir(), 'dockopt-resume-'));
const repository = join(folder, 'repository');
const journal = join(repository, '.git', 'dockopt-journal.jsonl');

try {
  const dockerfiles = generate();
  const start = Date.now();
  await run([]);
  const whole = Date.now() - start;
  const expected = texts();
  const written = [...expected.keys()].map((path) => ({ path, at: statSync(join(repository, path)).mtimeMs })).filter(({ at }) => at >= start);
  const [first, last] = [written.toSorted((a, b) => a.at - b.at)[0], Math.max(...written.map(({ at }) => at))];
  reset();
  const original = texts();
  const sum = { killed: 0, amid: 0, before: 0, torn: 0, different: 0 };
  for (let i = 0; i < kills; i++) {
    // One in two at any moment, the others while files are written.
    if (await (i % 2 === 0 ? run([], Math.random() * whole) : run([], Math.random() * (last - first.at), join(repository, first.path, '..')))) sum.killed++;
    const found = texts();
    const changed = [...found].filter(([path, text]) => text !== original.get(path));
    if (changed.some(([path, text]) => text !== expected.get(path))) sum.torn++;
    if (changed.length === 0) sum.before++;
    else if (!isSame(found, expected)) sum.amid++;
    await run(existsSync(journal) ? ['--resume'] : []);
    if (!isSame(texts(), expected)) sum.different++;
    reset();
  }
  console.log(
    `${dockerfiles} Dockerfiles, ${availableParallelism()} cores, Node ${process.versions.node}: ${kills} runs of ${whole} ms, ${sum.killed} killed: ${sum.before} before anything was written, ${sum.amid} amid the writing; files torn in ${sum.torn}, another result after --resume in ${sum.different}`,
  );
  if (sum.torn + sum.different > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The contexts of the fixtures, each a service of one repository; how many Dockerfiles these are. */
function generate() {
  const fixtures = join(root, 'fixtures');
  const contexts = readdirSync(fixtures).flatMap((transform) =>
    readdirSync(join(fixtures, transform)).flatMap((name) => {
      const context = join(fixtures, transform, name, 'before');
      return existsSync(context) ? [{ service: `${transform}-${name}`, context }] : [];
    }),
  );
  for (const { service, context } of contexts.slice(0, most)) cpSync(context, join(repository, 'services', service), { recursive: true });
  git('init', '-q');
  git('add', '-A', '--force');
  git('-c', 'user.name=proof', '-c', 'user.email=proof@example.com', 'commit', '-qm', 'All services');
  return git('ls-files', '-z')
    .split('\0')
    .filter((path) => /(^|\/)(\w*\.)?(Docker|Container)file[^/]*$/i.test(path)).length;
}

function git(...args) {
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8', maxBuffer: 1 << 28 });
}

function reset() {
  git('reset', '-q', '--hard');
  git('clean', '-qfdx');
}

/** Of every file that git knows, or that is new, but for the temporary files that a kill may leave. */
function texts() {
  const paths = git('ls-files', '-z', '--cached', '--others')
    .split('\0')
    .filter((path) => existsSync(join(repository, path)) && !/(^|\/)\.dockopt-[^/]*\.tmp$|^$/.test(path));
  return new Map(paths.map((path) => [path, readFileSync(join(repository, path), 'latin1')]));
}

function isSame(found, expected) {
  return found.size === expected.size && [...expected].every(([path, text]) => found.get(path) === text);
}

function run(options, milliseconds, stirring) {
  return runOrKill(['--level', 'review', ...options], repository, milliseconds, stirring);
}
