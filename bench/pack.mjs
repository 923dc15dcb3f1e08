// Packs dockopt, installs the tarball in an empty folder, and holds both to the same patch; a transform and a configuration written in
// TypeScript against the installed types must compile and run.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

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
    `${filename}: ${Math.round(size / 1000)} kB, ${entryCount} files; the same patches (${lines} lines) over ${readdirSync(book).length} book cases; a typed configuration, a typed transform and the documented ones compile and run, their test in node:test, vitest and jest`,
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
  const examples = documentedExamples(cwd);
  writeFileSync(
    join(cwd, 'tsconfig.json'),
    `{ "compilerOptions": { "module": "nodenext", "target": "es2023", "lib": ["es2023"], "types": ["node"], "typeRoots": [${JSON.stringify(join(root, 'node_modules', '@types'))}], "strict": true, "allowImportingTsExtensions": true, "noEmit": true }, "files": ${JSON.stringify(['mine.ts', 'dockopt.config.ts', ...examples])} }`,
  );
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }\n');
  call(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', cwd], cwd);
  call(join(folder, 'node_modules', '.bin', 'dockopt'), ['-t', './mine.ts', '--check'], cwd);
  call(join(folder, 'node_modules', '.bin', 'dockopt'), ['--only', 'mine', '--check'], cwd);
  testers(cwd);
}

/** The files of code in the documentation of transforms. */
function documentedExamples(cwd) {
  const page = readFileSync(join(root, 'docs', 'writing-a-transform.md'), 'utf8');
  const examples = [...page.matchAll(/^```ts\n(\/\/ (\S+\.ts)\n.*?)^```$/gms)];
  for (const [, code, name] of examples) writeFileSync(join(cwd, name), code);
  return examples.map(([, , name]) => name);
}

/** The documented test, as JavaScript, in every runner that the documentation names. */
function testers(cwd) {
  const strip = (name) => transformSync(readFileSync(join(cwd, name), 'utf8'), { loader: 'ts' }).code.replace('./raise-node.ts', './raise-node.mjs');
  const test = strip('raise-node.test.ts');
  writeFileSync(join(cwd, 'raise-node.mjs'), strip('raise-node.ts'));
  for (const [which, from] of [
    ['before', 18],
    ['after', 22],
  ]) {
    mkdirSync(join(cwd, 'fixtures', 'one', which), { recursive: true });
    writeFileSync(join(cwd, 'fixtures', 'one', which, 'Dockerfile'), `FROM node:${from}\n`);
  }
  call('npm', ['install', '--no-audit', '--no-fund', 'jest', 'vitest'], folder);
  const bin = join(folder, 'node_modules', '.bin');
  const runners = [
    { name: 'node', from: 'node:test', run: ['--test', 'node.test.mjs'], program: process.execPath },
    { name: 'vitest', from: 'vitest', run: ['run', 'vitest.test.mjs'], program: join(bin, 'vitest') },
    { name: 'jest', from: '@jest/globals', run: ['--testMatch', '**/jest.test.mjs'], program: join(bin, 'jest') },
  ];
  for (const { name, from, run, program } of runners) {
    writeFileSync(join(cwd, `${name}.test.mjs`), test.replace('"node:test"', `"${from}"`));
    call(program, run, cwd, { UPDATE_REPORTS: '1', NODE_OPTIONS: name === 'jest' ? '--experimental-vm-modules' : '' });
  }
}

function call(program, args, cwd, variables = {}) {
  try {
    return execFileSync(program, args, { cwd, env: { ...process.env, ...variables }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}: ${error.stdout}${error.stderr}`, { cause: error });
  }
}
