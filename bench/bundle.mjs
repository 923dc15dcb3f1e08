// How the benches get the code: bundled first, as users do.
import { build } from 'esbuild';

const banner = "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);";

/** Bundles one entry, given as esbuild's own `entryPoints` or `stdin`, into a file. */
export async function bundle(entry) {
  await build({ ...entry, bundle: true, platform: 'node', format: 'esm', target: 'node20.19', banner: { js: banner }, logLevel: 'error' });
}
