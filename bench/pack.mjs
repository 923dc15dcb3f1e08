// Packs dockopt, installs the tarball in an empty folder, and holds both to the same patch; a transform and a configuration written in
// TypeScript against the installed types must compile and run.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'dockopt-pack-'));
const book = join(root, 'fixtures', 'book');

try {
  const [{ filename, size, entryCount }] = JSON.parse(call('npm', ['pack', '--json', '--pack-destination', folder], root));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  call('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)], folder);
  cpSync(book, join(folder, 'book'), { recursive: true });
  let lines = 0;
  for (const name of readdirSync(book)) {
    const cwd = join(folder, 'book', name, 'before');
    const mine = call(process.execPath, [join(root, 'dist', 'cli.js')], cwd);
    const installed = call(join(folder, 'node_modules', '.bin', 'dockopt'), [], cwd);
    if (mine !== installed) throw new Error(`${name}: the installed dockopt prints another patch:\n${installed}\nnot\n${mine}`);
    lines += mine.split('\n').length - 1;
  }
  ownTransform();
  console.log(
    `${filename}: ${Math.round(size / 1000)} kB, ${entryCount} files; the same patches (${lines} lines) over ${readdirSync(book).length} book cases; a typed transform and a typed configuration compile and run`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function ownTransform() {
  const cwd = join(folder, 'own');
  mkdirSync(cwd);
  writeFileSync(
    join(cwd, 'mine.ts'),
    `import { defineTransform, type Facts, type Level } from 'dockopt';
const level: Level = 'safe';
export default defineTransform({ id: 'mine', title: 'Mine', level, keeps: ['stages'], find(facts: Facts) { void facts.dockerfile.stages[0]?.base; return []; } });
`,
  );
  writeFileSync(
    join(cwd, 'dockopt.config.ts'),
    `import { defineConfig, type Config } from 'dockopt';
import mine from './mine.ts';
const config: Config = { level: 'safe', transforms: { 'chain-runs': 'off' }, use: [mine], images: { a: { like: 'alpine:3.20' } }, overrides: [{ files: ['a/'] }] };
export default defineConfig(config);
`,
  );
  writeFileSync(join(cwd, 'Dockerfile'), 'FROM a\n');
  writeFileSync(
    join(cwd, 'tsconfig.json'),
    '{ "compilerOptions": { "module": "nodenext", "target": "es2023", "lib": ["es2023"], "types": [], "strict": true, "allowImportingTsExtensions": true, "noEmit": true }, "files": ["mine.ts", "dockopt.config.ts"] }',
  );
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }\n');
  call(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', cwd], cwd);
  call(join(folder, 'node_modules', '.bin', 'dockopt'), ['-t', './mine.ts', '--check'], cwd);
  call(join(folder, 'node_modules', '.bin', 'dockopt'), ['--only', 'mine', '--check'], cwd);
}

function call(program, args, cwd) {
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}: ${error.stdout}${error.stderr}`, { cause: error });
  }
}
