// Runs a TypeScript file of this folder: `node bench/run.mjs corpus DIR`.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';

const here = import.meta.dirname;
// Where the bundle finds the packages that it loads only when they are needed.
const folder = mkdtempSync(join(here, '..', 'node_modules', '.dockopt-bench-'));
const outfile = join(folder, 'bench.mjs');
try {
  await bundle({ entryPoints: [join(here, `${process.argv[2]}.ts`)], outfile, define: { 'import.meta.dirname': JSON.stringify(here) } });
  process.argv.splice(1, 2, outfile);
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
