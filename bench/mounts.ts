// Whether cache mounts gain something, by real builds: `npm run proof:mounts -- DIR [COUNT [SEED]]`. Of all Dockerfiles below DIR, RUNs that `mount-caches` gives
// a mount are drawn by SEED (1) until COUNT (60) of them have been built, each behind the base, the variables, folders, users and copies above it. What they
// copy is a small project of their manager. After one build the folders must hold files; then a manifest is edited, and built with the mount as it is and with an empty one. The table goes to
// docs/mounts.md. A 1 where a mount was useless.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import mountCaches from '../transforms/mount-caches.ts';
import type { Dockerfile, Instruction } from '../src/dockerfile/model.ts';
import { readDockerfile } from '../src/dockerfile/read.ts';
import { runPipeline } from '../src/pipeline/pipeline.ts';
import { cacheUsesOf, unmounted } from '../src/steps/cache-uses.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { earlierSteps } from '../src/steps/neighbours.ts';
import { readFacts } from '../src/steps/read.ts';
import { contextPath } from '../src/workspace/context-path.ts';
import { noFiles } from '../src/workspace/workspace.ts';
import { emptyMounts, hasBases, network, runWith, testEngine } from '../test/docker/engine.ts';
import { removeAll, type Engine } from '../src/verify/engine.ts';
import { startPythonIndex } from './python-index.ts';
import { drawn } from './corpus/draw.ts';
import { readInputs } from './corpus/inputs.ts';
import { machine } from './machine.ts';
import { markdownTable } from './markdown-table.ts';

const run = promisify(execFile);

/** A RUN with mounts that were not there before. */
interface Mounted {
  readonly name: string;
  /** The lines that it is built behind, and its own. */
  readonly above: string;
  readonly own: string;
  readonly facts: Facts;
  readonly step: Step;
  readonly manager: string;
  readonly folders: readonly string[];
}

interface Built {
  readonly manager: string;
  /** Files in each folder after the first build. */
  readonly held: readonly number[];
  /** After the edit of a manifest. */
  readonly kept: Measured;
  readonly empty: Measured;
}

interface Measured {
  /** Received by this machine while it was built. */
  readonly bytes: number;
  readonly seconds: number;
}

const [, , folder, count = '60', seed = '1'] = process.argv;
const apps = join(import.meta.dirname, '..', 'fixtures', 'mount-caches');
const edits = join(import.meta.dirname, '..', 'test', 'docker', 'mounts');
/** Which of the small projects a manager works on, where it is not its own. */
const projects: Readonly<Record<string, string>> = { yarn: 'npm', poetry: 'uv' };
const mostSeconds = 60;
/** Programs whose RUNs only prepare for others. */
const preparing = new Set(['useradd', 'adduser', 'groupadd', 'addgroup', 'usermod', 'mkdir', 'chown', 'chmod', 'ln', 'touch', 'echo']);

if (folder === undefined) {
  console.error('usage: npm run proof:mounts -- DIR [COUNT [SEED]]');
  process.exitCode = 2;
} else {
  const engine = await testEngine();
  if (engine) await main(folder, engine);
  else process.exitCode = 3;
}

async function main(place: string, engine: Engine): Promise<void> {
  const built: Built[] = [];
  let failed = 0;
  const index = await startPythonIndex();
  try {
    for (const input of drawn(Number(seed), readInputs(place).inputs)) {
      if (built.length >= Number(count)) break;
      if (!(await hasBases(input.text))) continue;
      for (const mounted of mountedIn(input)) {
        const result = await measured(mounted, engine, index.variables).catch(
          (error: unknown) =>
            String(error)
              .split('\n')
              .findLast((line) => /\S/.test(line)) ?? '',
        );
        const where = `${mounted.name}:${mounted.step.instruction.startLine} ${mounted.manager}`;
        if (typeof result === 'string') failed++;
        else built.push(result);
        console.error(typeof result === 'string' ? `${where}: not built: ${result.slice(0, 200)}` : `${built.length} ${where}: ${shown(result).join(' · ')}`);
      }
    }
  } finally {
    index.server.close();
    await removeAll(engine);
  }
  const text = await page(built, failed);
  writeFileSync(join(import.meta.dirname, '..', 'docs', 'mounts.md'), text);
  console.log(text);
  if (built.some(isUseless)) process.exitCode = 1;
}

function mountedIn({ name, text: original }: { readonly name: string; readonly text: string }): Mounted[] {
  const { text } = runPipeline(original, { path: name, transforms: [mountCaches], level: 'review', context: noFiles });
  const reading = text === original ? undefined : readDockerfile(text);
  if (!reading || !('dockerfile' in reading)) return [];
  const { dockerfile } = reading;
  const facts = readFacts(dockerfile, { context: noFiles });
  return facts.steps.flatMap((step) => {
    const { instruction } = step;
    if (!instruction.flags.some(({ name: flag, value }) => flag === 'mount' && !original.includes(value ?? ''))) return [];
    const uses = cacheUsesOf(step, facts).uses.filter((use) => unmounted(use).length === 0);
    const manager = uses[0]?.calls[0]?.command.ecosystem?.id;
    // The packages of Alpine's stand-ins are placeholders, and nothing can be cloned here.
    if (manager === undefined || manager === 'apk' || /\bgit clone\b|git\+/.test(written(dockerfile, instruction))) return [];
    return [
      {
        name,
        above: linesAbove(facts, step),
        own: written(dockerfile, instruction),
        facts,
        step,
        manager,
        folders: uses.flatMap(({ directories }) => directories),
      },
    ];
  });
}

function linesAbove({ dockerfile }: Facts, step: Step): string {
  const global = dockerfile.instructions.slice(0, dockerfile.stages[0]?.from.index);
  let root = step.stage;
  while (root.parent) root = root.parent;
  const line: Instruction[] = [root.stage.from];
  for (const { instruction, run: commands, copy } of earlierSteps(step)) {
    const prepares = commands?.script !== undefined && commands.commands.every(({ program = '' }) => preparing.has(program));
    if (commands ? prepares : copy ? copy.from === undefined : !['ONBUILD', 'VOLUME'].includes(instruction.keyword)) line.push(instruction);
  }
  return [`# escape=${dockerfile.escape}`, ...[...global, ...line].map((one) => written(dockerfile, one)), ''].join('\n');
}

function written({ text }: Dockerfile, { range }: Instruction): string {
  return text.slice(range.start, range.end);
}

async function measured({ above, own, facts, step, manager, folders }: Mounted, engine: Engine, variables: string): Promise<Built> {
  const place = mkdtempSync(join(tmpdir(), 'dockopt-mounts-'));
  const context = join(place, 'context');
  // Beside the context: it is another one in each build, and may be copied.
  const dockerfile = join(place, 'Dockerfile');
  try {
    const project = projects[manager] ?? manager;
    for (const app of ['maven', 'cargo', 'go', 'uv', 'pip', 'npm', project])
      if (existsSync(join(apps, `app-${app}`))) cpSync(join(apps, `app-${app}`, 'before'), context, { recursive: true });
    for (const file of facts.steps.flatMap(({ copy }) => (copy && copy.from === undefined ? copy.sources : []))) makeFile(join(context, contextPath(file)));
    const build = async (lines: string, inNamespace: readonly string[]): Promise<Measured> => {
      writeFileSync(dockerfile, lines);
      const [start, before] = [performance.now(), await received()];
      const options = ['--progress=plain', ...network, '--label', engine.label, ...inNamespace, '--file', dockerfile];
      await run('docker', ['build', ...options, context], { timeout: mostSeconds * 1000, maxBuffer: 1e8 });
      return { bytes: (await received()) - before, seconds: (performance.now() - start) / 1000 };
    };
    // Something new in front of the RUN: no build finds it in the cache.
    const anew = (): string => `${above}ENV ${variables} DOCKOPT_BUILD=${randomUUID()}\n${own}\n`;
    const kept = emptyMounts();
    await build(anew(), kept);
    const held = await filesIn(folders, mountsOf(step), kept, engine);
    if (existsSync(join(edits, project))) cpSync(join(edits, project), context, { recursive: true });
    await build(above, kept);
    return { manager, held, kept: await build(anew(), kept), empty: await build(anew(), emptyMounts()) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** What a COPY names and the projects do not have is empty, but for more of pip's requirements. */
function makeFile(path: string): void {
  if (/[*?[\]$]/.test(path) || existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  if (/require\w*\.txt$/.test(path)) return cpSync(join(apps, 'app-pip', 'before', 'requirements.txt'), path);
  if (/\.\w+$|file$/i.test(path)) writeFileSync(path, '');
  else mkdirSync(path, { recursive: true });
}

function mountsOf({ instruction }: Step): string {
  return instruction.flags.flatMap(({ name, value = '' }) => (name === 'mount' && value.includes('type=cache') ? [`--mount=${value}`] : [])).join(' ');
}

async function filesIn(folders: readonly string[], mounts: string, inNamespace: readonly string[], engine: Engine): Promise<number[]> {
  const log = await runWith(engine, mounts, folders.map((one) => `echo "held $(find ${one} -type f | wc -l)"`).join('; '), inNamespace);
  return [...log.matchAll(/^#\d+ [\d.]+ held (\d+)$/gm)].map(([, files]) => Number(files));
}

/** Bytes that came to this machine from elsewhere, or from a mirror on it, since it started. */
async function received(): Promise<number> {
  // A build reports its end a moment before the last packets are counted.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const rows = readFileSync('/proc/net/dev', 'utf8').split('\n').slice(2);
  return rows.reduce((sum, row) => sum + Number(/:\s*(\d+)/.exec(row)?.[1] ?? 0), 0);
}

/** A folder stays empty, or the mount that holds something saves neither a fifth of the bytes nor a third of the time. */
function isUseless({ held, kept, empty }: Built): boolean {
  return held.length === 0 || held.includes(0) || (kept.bytes > 0.8 * empty.bytes && kept.seconds > 0.67 * empty.seconds);
}

function shown(built: Built): string[] {
  const { manager, held, kept, empty } = built;
  return [manager, held.join(', '), pair(empty.bytes, kept.bytes, 1e6), pair(empty.seconds, kept.seconds, 1), isUseless(built) ? 'useless' : ''];
}

function pair(empty: number, kept: number, unit: number): string {
  return `${(empty / unit).toFixed(1)} → ${(kept / unit).toFixed(1)}`;
}

async function page(built: readonly Built[], failed: number): Promise<string> {
  const rows = built.map((one) => shown(one)).toSorted(([a = ''], [b = '']) => a.localeCompare(b, 'en'));
  return `# Cache mounts that gain something

${await machine()}: ${built.length} mounts, drawn by seed ${seed} from the Dockerfiles of public repositories whose bases the engine has, each built behind the base, the variables, folders, users and copies that stand above it; ${failed} more could not be built here. What they copy is a small project of their manager, and pip's index says, as pypi.org does, that what comes from it may be kept. Useless: ${built.filter(isUseless).length}.

After the first build each folder holds files. Then a manifest is edited (where there is one) and the RUN starts anew, once with an empty mount and once with the one that the first build filled: what came over the network, and how long it took.

${markdownTable([['manager', 'files in the mount', 'MB fetched: empty → kept', 's: empty → kept', ''], ...rows])}

Written by \`npm run proof:mounts -- DIR\`.
`;
}
