// Builds dist/: `node build.mjs` code and types; `--prepare` the same, but leaves quietly where the development
// dependencies are missing (`npm ci --omit=dev`). Tests import `buildCode`.
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** Bundles the command line and the public API; leaves files that are right already alone, so that a running dockopt is not disturbed. */
export async function buildCode() {
  // The fewer files and bytes, the sooner a start: the command line shares nothing with the API, and its names are short.
  const bundles = [
    await bundle({ cli: 'src/cli/main.ts', worker: 'src/cli/worker.ts' }, { minify: true }),
    await bundle({ index: 'src/index.ts', testing: 'src/testing/tests.ts' }, {}),
  ];
  const wanted = new Map(bundles.flatMap(({ outputFiles }) => outputFiles.map((file) => [file.path, file.contents])));
  const page = await pageOfReport();
  wanted.set(join(dist, 'report.html'), Buffer.from(page.html));
  const inputs = [...bundles, page].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  wanted.set(join(dist, 'THIRD-PARTY-LICENSES'), Buffer.from(await licenses(inputs)));
  for (const [path, contents] of wanted) await writeWhereDifferent(path, contents);
  await chmod(join(dist, 'cli.js'), 0o755);
  for (const name of await readdir(join(dist, 'chunks')).catch(() => [])) {
    const path = join(dist, 'chunks', name);
    if (!wanted.has(path)) await rm(path, { force: true });
  }
}

async function bundle(entryPoints, options) {
  const { build } = await import('esbuild');
  return build({
    absWorkingDir: root,
    entryPoints,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['jiti', 'tinypool'],
    chunkNames: 'chunks/[name]-[hash]',
    legalComments: 'none',
    // Bundled CommonJS asks for Node's own modules by `require`, which an ES module lacks.
    banner: { js: "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);" },
    metafile: true,
    write: false,
    logLevel: 'silent',
    ...options,
  });
}

/** The page of `--format html`, whole but for its data. */
async function pageOfReport() {
  const folder = join('src', 'report', 'page');
  const options = { platform: 'browser', format: 'iife', target: 'es2022', minify: true, splitting: false, banner: {}, external: [] };
  const { outputFiles, metafile } = await bundle({ page: join(folder, 'main.ts'), style: join(folder, 'page.css') }, options);
  const textOf = (extension) => (outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '').trim();
  const [script, style] = [textOf('.js').replaceAll('</script', '<\\/script'), textOf('.css')];
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;
  const template = await readFile(join(root, folder, 'page.html'), 'utf8');
  const parts = {
    '{{policy}}': policy,
    '<!-- style -->': `<style>${style}</style>`,
    '<!-- data -->': '<script type="application/json" id="data">{{data}}</script>',
    '<!-- script -->': `<script>${script}</script>`,
  };
  return { html: template.replaceAll(/\{\{policy\}\}|<!-- (?:style|data|script) -->/g, (name) => parts[name]), metafile };
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

async function buildTypes() {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  await rm(join(dist, 'types'), { recursive: true, force: true });
  await promisify(execFile)(process.execPath, [join(typescript, 'bin', 'tsc'), '-p', join(root, 'tsconfig.build.json')]);
}

async function writeWhereDifferent(path, contents) {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

/** The licence texts of all packages of which something was bundled. */
async function licenses(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = await Promise.all(
    [...folders]
      .toSorted((a, b) => a.localeCompare(b, 'en'))
      .map(async (folder) => {
        const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
        const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry));
        const text = file ? await readFile(join(root, folder, file), 'utf8') : '';
        return `${name} ${version} (${license})\n\n${text.trim()}\n`;
      }),
  );
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

async function main() {
  try {
    await import('esbuild');
  } catch (error) {
    if (!process.argv.includes('--prepare')) throw error;
    // `npm install --global` of a git repository, as pre-commit does it, puts the development dependencies in the wrong place.
    if (process.env.npm_config_global !== 'true' || !existsSync(join(root, 'package-lock.json'))) return;
    await promisify(execFile)('npm', ['ci', '--no-global', '--include=dev', '--ignore-scripts'], { cwd: root, shell: process.platform === 'win32' });
    await import('esbuild');
  }
  await buildCode();
  await buildTypes();
}

if (process.argv[1] && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  await main().catch((error) => {
    console.error(`${basename(process.argv[1])}: ${error.stdout || error.message}`);
    process.exitCode = 1;
  });
}
