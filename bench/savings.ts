// What dockopt saves, by really built book cases: `npm run proof:savings -- [NAME …]`. Each is built as it is and as dockopt makes it at level `review`:
// without any cache, after an edit of the source, and after one of a manifest. The table of all goes to docs/savings.md. A 1 where a case saves nothing.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import builtIn from '../transforms/index.ts';
import { readFixture, runAll } from '../src/testing/fixture.ts';
import { removeAll, type Engine } from '../src/verify/engine.ts';
import { buildFolder, emptyMounts, sentBytes, settingsOf, standInsOf, testEngine } from '../test/docker/engine.ts';
import { machine } from './machine.ts';
import { markdownTable } from './markdown-table.ts';

interface Case {
  readonly name: string;
  /** What is put at the end of a file, for another one. */
  readonly source?: readonly [path: string, line: string];
  readonly manifest?: readonly [path: string, from: string, to: string];
}

const cases: readonly Case[] = [
  { name: '02-node-without-a-build', source: ['server.js', '//'], manifest: ['package.json', '"version": "1.3.0"', '"version": "1.3.1"'] },
  { name: '03-python-on-ubuntu', source: ['app.py', '#'], manifest: ['requirements.txt', 'bottle==0.13.2', 'bottle==0.13.1'] },
  { name: '05-go-in-one-stage', source: ['cmd/sunrise/main.go', '//'], manifest: ['go.mod', 'go 1.22\n', 'go 1.22\n\n// edited\n'] },
  { name: '08-compilers-left-behind', source: ['tally-1.4/tally.c', '//'] },
  { name: '10-big-file-made-and-deleted' },
  { name: '12-owner-and-mode-set-after-copying', source: ['server.mjs', '//'] },
  { name: '17-context-without-ignore-file', source: ['server.js', '//'], manifest: ['package.json', '"version": "0.9.0"', '"version": "0.9.1"'] },
  { name: '18-volatile-things-first', source: ['tides.py', '#'], manifest: ['requirements.txt', 'flask==3.0.3', 'flask==3.0.2'] },
];

/** Of one text: bytes and seconds; undefined where there is no such edit. */
interface Measured {
  readonly size: number;
  readonly layers: number;
  readonly context: number;
  readonly cold: number;
  readonly afterSource: number | undefined;
  readonly afterManifest: number | undefined;
  readonly pushed: number | undefined;
}

const root = join(import.meta.dirname, '..', 'fixtures', 'book');
const chosen = process.argv.slice(2);
const engine = await testEngine();
if (engine) await main(engine);
else process.exitCode = 3;

async function main(used: Engine): Promise<void> {
  const measured: { name: string; before: Measured; after: Measured }[] = [];
  try {
    for (const one of cases) {
      if (chosen.length > 0 && !chosen.includes(one.name)) continue;
      console.error(one.name);
      const { before, after } = await foldersOf(one);
      measured.push({ name: one.name, before: await measure(used, before, one), after: await measure(used, after, one) });
      for (const folder of [before, after]) rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    await removeAll(used);
  }
  const text = await page(measured);
  if (chosen.length === 0) writeFileSync(join(import.meta.dirname, '..', 'docs', 'savings.md'), text);
  console.log(text);
  for (const { name, before, after } of measured.filter(savesNothing)) {
    console.error(`${name} saves nothing: ${JSON.stringify({ before, after })}`);
    process.exitCode = 1;
  }
}

/** Nothing is a tenth less: neither the image, nor what is sent to the builder, nor a build after an edit, nor what a push sends after one. */
function savesNothing({ before, after }: { readonly before: Measured; readonly after: Measured }): boolean {
  return (['size', 'context', 'afterSource', 'afterManifest', 'pushed'] as const).every((one) => (after[one] ?? 0) >= 0.9 * (before[one] ?? 0));
}

/** The case as it is and as it would be, each in a folder of its own. */
async function foldersOf({ name }: Case): Promise<{ before: string; after: string }> {
  const fixture = readFixture(join(root, name), name);
  const { files } = runAll(fixture, { level: 'review', transforms: builtIn.filter((transform) => transform.default !== 'off') });
  const { prepare } = settingsOf(join(root, name));
  const based = await standInsOf(join(root, name));
  const [before = '', after = ''] = [fixture.before, files].map((tree) => {
    const folder = mkdtempSync(join(tmpdir(), 'dockopt-savings-'));
    for (const [path, text] of tree) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), path === 'Dockerfile' ? based(text) : text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
    }
    if (prepare !== undefined) execFileSync('bash', ['-ec', prepare], { cwd: folder });
    return folder;
  });
  return { before, after };
}

async function measure(used: Engine, folder: string, { source, manifest }: Case): Promise<Measured> {
  const mounts = emptyMounts();
  const first = await timed(used, folder, [...mounts, '--no-cache']);
  const layers = layersOf(first.tag);
  const edited = { source: undefined as number | undefined, manifest: undefined as number | undefined, pushed: undefined as number | undefined };
  if (source) {
    appendFileSync(join(folder, source[0]), `\n${source[1]} ${randomUUID()}\n`);
    const again = await timed(used, folder, mounts);
    edited.source = again.seconds;
    edited.pushed = sum([...layersOf(again.tag)].flatMap(([layer, bytes]) => (layers.has(layer) ? [] : [bytes])));
  }
  if (manifest) {
    const [path, from, to] = manifest;
    const text = readFileSync(join(folder, path), 'utf8');
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    writeFileSync(join(folder, path), text.replace(from, to));
    edited.manifest = (await timed(used, folder, mounts)).seconds;
  }
  return {
    size: sum(layers.values()),
    layers: layers.size,
    context: sentBytes(first.log),
    cold: first.seconds,
    afterSource: edited.source,
    afterManifest: edited.manifest,
    pushed: edited.pushed,
  };
}

async function timed(used: Engine, folder: string, more: readonly string[]): Promise<{ tag: string; log: string; seconds: number }> {
  const start = performance.now();
  const built = await buildFolder(used, folder, more);
  return { ...built, seconds: (performance.now() - start) / 1000 };
}

/** Bytes of each layer, as stored, by its digest: those of the archive that `docker save` writes. */
function layersOf(tag: string): Map<string, number> {
  const inspected = execFileSync('docker', ['image', 'inspect', '--format', '{{join .RootFS.Layers " "}}', tag], { encoding: 'utf8' }).trim().split(' ');
  const listed = execFileSync('bash', ['-ec', 'docker save "$1" | tar -tv', 'bash', tag], { encoding: 'utf8', maxBuffer: 1e8 });
  const sizes = new Map(
    [...listed.matchAll(/^\S+\s+\S+\s+(\d+) .* blobs\/sha256\/([0-9a-f]{64})$/gm)].map(([, bytes, digest]) => [`sha256:${digest ?? ''}`, Number(bytes)]),
  );
  return new Map(
    inspected.map((digest) => {
      const bytes = sizes.get(digest);
      if (bytes === undefined) throw new Error(`${tag}: the archive has no ${digest}`);
      return [digest, bytes];
    }),
  );
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((all, one) => all + one, 0);
}

async function page(measured: readonly { name: string; before: Measured; after: Measured }[]): Promise<string> {
  const rows = measured.map(({ name, before, after }) => [
    name,
    pair(before.size, after.size, 1e6),
    `${before.layers} → ${after.layers}`,
    pair(before.context, after.context, 1e3),
    pair(before.cold, after.cold),
    pair(before.afterSource, after.afterSource),
    pair(before.afterManifest, after.afterManifest),
    pair(before.pushed, after.pushed, 1e6),
  ]);
  return `# What dockopt saves

${await machine()}: book cases as small applications, each built as it is and as dockopt makes it at level \`review\`. The bases are stand-ins for the official images, and the packages small: the ratios count, not the figures. Sizes and what a push sends are those of uncompressed layers, bases counted in the size. Mounts are empty in the cold build and stay for the others.

${markdownTable([['case', 'size, MB', 'layers', 'context, kB', 'cold, s', 'source edited, s', 'manifest edited, s', 'pushed after the source, MB'], ...rows])}

Written by \`npm run proof:savings\`.
`;
}

/** `12 → 3 (×0.25)`; nothing where there is no such edit. */
function pair(before: number | undefined, after: number | undefined, unit = 1): string {
  if (before === undefined || after === undefined) return '';
  const written = (value: number): string => (value / unit).toFixed(value / unit < 10 ? 1 : 0);
  return `${written(before)} → ${written(after)} (×${(after / Math.max(before, 1e-9)).toFixed(2)})`;
}
