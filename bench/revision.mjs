// The code of another revision, with the libraries that are installed now.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';

const root = join(import.meta.dirname, '..');
const contents = `
  export { runPipeline } from './src/pipeline/pipeline.ts';
  export { noFiles } from './src/workspace/workspace.ts';
  import all from './transforms/index.ts';
  export const transforms = all.filter((transform) => transform.default !== 'off');
`;

/** Throws with git's or esbuild's message where there is no such revision, or its code is laid out otherwise. */
export async function loadRevision(revision) {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-revision-'));
  try {
    const archive = execFileSync('git', ['archive', '--format=tar', revision], { cwd: root, maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const outfile = join(folder, 'code.mjs');
    await bundle({ stdin: { contents, resolveDir: folder, loader: 'ts' }, outfile });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
