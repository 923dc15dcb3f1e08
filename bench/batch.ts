// How long a whole repository takes, and how much memory: `npm run build && npm run proof:batch -- [SERVICES…]` (100 1000 10000), over generated monorepos (bench/monorepo). Beside dockopt run, in the
// same repositories and in turn, what else npm has that rewrites or lints Dockerfiles. Needs GNU time. The table goes to docs/batch.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDockerfileName } from '../src/dockerfile-names.ts';
import { markdownTable } from './markdown-table.ts';
import { monorepo } from './monorepo/monorepo.ts';
import { writeRepository } from './monorepo/on-disk.ts';

interface Program {
  readonly name: string;
  readonly version: string;
  readonly command: readonly string[];
  /** The Dockerfiles stand behind the command, but for templates and those of Windows: one of these programs stops at them. */
  readonly namesFiles?: boolean;
}

interface Measured {
  readonly program: string;
  readonly files: number;
  readonly seconds: number;
  /** Of all processors. */
  readonly processorSeconds: number;
  /** Kilobytes. */
  readonly memory: number;
  readonly exitCode: number | null;
}

const time = '/usr/bin/time';
const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [100, 1000, 10_000];

if (sizes.some((size) => !Number.isInteger(size) || size < 1) || !existsSync(time)) {
  console.error(existsSync(time) ? 'usage: npm run proof:batch -- [SERVICES…]' : `${time} is missing: install GNU time`);
  process.exitCode = 2;
} else main();

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-batch-'));
  try {
    const programs = [...dockopts(), ...others(folder)];
    const measured: Measured[] = [];
    for (const size of sizes) {
      const repository = join(folder, `services-${size}`);
      mkdirSync(repository);
      writeRepository(repository, monorepo(size).files);
      for (const program of programs) {
        const one = measure(program, repository, folder);
        measured.push(one);
        console.error(`${program.name}, ${one.files} Dockerfiles: ${one.seconds} s, ${megabytes(one)} MB, exit code ${one.exitCode}`);
      }
      rmSync(repository, { recursive: true, force: true });
    }
    const text = page(programs, measured);
    writeFileSync(join(root, 'docs', 'batch.md'), text);
    console.log(text);
    if (measured.some(({ program, exitCode }) => program.startsWith('dockopt') && exitCode !== 0)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dockopts(): Program[] {
  const program = [process.execPath, join(root, 'dist', 'cli.js')];
  const { version } = packageOf(root);
  return [
    { name: 'dockopt, a patch at `safe`', version, command: [...program, '--format', 'patch'] },
    { name: 'dockopt, a patch at `review`', version, command: [...program, '--format', 'patch', '--level', 'review'] },
    { name: 'dockopt --write at `safe`', version, command: [...program, '--write'] },
    { name: 'dockopt --write at `review`', version, command: [...program, '--write', '--level', 'review'] },
  ];
}

/** Installed into a folder, without their install scripts. */
function others(folder: string): Program[] {
  const packages = ['@reteps/dockerfmt@0.5.4', 'dprint@0.54.0', '@dprint/dockerfile@0.6.0', 'dockerfilelint@1.8.0'];
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const modules = join(folder, 'node_modules');
  const bin = (name: string): string => join(modules, '.bin', name);
  const version = (name: string): string => packageOf(join(modules, name)).version;
  const configuration = join(folder, 'dprint.json');
  writeFileSync(
    configuration,
    JSON.stringify({ plugins: [join(modules, '@dprint/dockerfile/plugin.wasm')], includes: ['**/{Dockerfile,*.Dockerfile,Dockerfile.*}'] }),
  );
  const dprint = [bin('dprint'), 'fmt', '--config', configuration, '--incremental=false'];
  // The first start compiles its plugin.
  mkdirSync(join(folder, 'warm'));
  writeFileSync(join(folder, 'warm', 'Dockerfile'), 'FROM scratch\n');
  spawnSync(bin('dprint'), dprint.slice(1), { cwd: join(folder, 'warm'), stdio: 'ignore' });
  return [
    { name: 'dockerfmt --write', version: version('@reteps/dockerfmt'), command: [bin('dockerfmt'), '--write'], namesFiles: true },
    { name: 'dprint fmt, @dprint/dockerfile', version: version('@dprint/dockerfile'), command: dprint },
    { name: 'dockerfilelint', version: version('dockerfilelint'), command: [bin('dockerfilelint'), '--output', 'json'], namesFiles: true },
  ];
}

function packageOf(folder: string): { readonly version: string } {
  const data: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { version: typeof data === 'object' && data !== null && 'version' in data ? String(data.version) : '' };
}

/** One run over a repository as it was committed. */
function measure({ name, command, namesFiles }: Program, repository: string, folder: string): Measured {
  execFileSync('git', ['checkout', '--quiet', '--force', 'HEAD', '--', '.'], { cwd: repository });
  execFileSync('git', ['clean', '--quiet', '--force', '-d'], { cwd: repository });
  const all = execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8', maxBuffer: 1 << 28 })
    .split('\0')
    .filter(isDockerfileName);
  const files = namesFiles ? all.filter((path) => /^(?!# escape)[^{]*$/.test(readFileSync(join(repository, path), 'utf8'))) : all;
  const told = join(folder, 'time');
  const out = openSync('/dev/null', 'w');
  const { status } = spawnSync(time, ['--quiet', '--format', '%e %U %S %M', '--output', told, ...command, ...(namesFiles ? files : [])], {
    cwd: repository,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  const [seconds = 0, user = 0, system = 0, memory = 0] = readFileSync(told, 'utf8').trim().split(' ').map(Number);
  return { program: name, files: files.length, seconds, processorSeconds: user + system, memory, exitCode: status };
}

function megabytes({ memory }: Measured): string {
  return (memory / 1024).toFixed(0);
}

function page(programs: readonly Program[], measured: readonly Measured[]): string {
  const rows = programs.flatMap(({ name, version }) => {
    const own = measured.filter(({ program }) => program === name);
    return own.map((one, index) => {
      const before = own[index - 1];
      // 1 is linear.
      const growth = before === undefined ? '' : `×${(one.seconds / one.files / (before.seconds / before.files)).toFixed(2)}`;
      const milliseconds = ((one.seconds / one.files) * 1000).toFixed(1);
      return [
        index === 0 ? `${name} (${version})` : '',
        String(one.files),
        one.seconds.toFixed(1),
        one.processorSeconds.toFixed(1),
        megabytes(one),
        milliseconds,
        growth,
      ];
    });
  });
  return `# How long a repository takes

Generated monorepos of ${sizes.join(', ')} services in six languages, with compose and bake files, workflows and Makefiles (\`bench/monorepo\`), each program alone, one after the other, on the same files: ${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.versions.node}. Whole processes, from start to end. Growth: what a file costs, by what it cost in the next smaller repository.

The formatters read each Dockerfile alone, and lay it out anew; the linter tells and writes nothing. Where they have fewer files, templates and Dockerfiles of Windows are left out, at which dockerfmt stops.

${markdownTable([['program', 'Dockerfiles', 'seconds', 'processor seconds', 'memory at most, MB', 'ms a file', 'growth'], ...rows])}

Written by \`npm run proof:batch\`.
`;
}
