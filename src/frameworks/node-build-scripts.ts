import { posix } from 'node:path';
import type { Obstacle, ProjectFiles } from '../ecosystems/closure.ts';

/** What a script may load and still write nothing by itself but where its text says so: https://esbuild.github.io/api/ */
const plain = /^(node:)?(assert|fs|fs\/promises|module|os|path|process|url|util)$|^(esbuild|esbuild-node-externals)$|^\.{1,2}\/[\w./-]*package\.json$/;
/** What leaves it open what a script does. */
const open =
  /\bchild_process\b|\bexeca\b|\bchdir\b|\beval\s*\(|\bimport\s*\(\s*[^"'`\s]|\brequire\s*\(\s*[^"'`\s]|\bwrite\s*:\s*false\b|\bfork\s*\(|\bspawn\s*\(|\b(symlink|link|rename|createWriteStream)(Sync)?\s*\(|\bfs\s*\[|\b(writeFile|appendFile|copyFile|cp|mkdir)(Sync)?\s*(:|\bas\b)/;
const loaded = /(?:\bfrom\s*|\bimport\s*|\b(?:require|import)\s*\(\s*)["'`]([^"'`\s]+)["'`]/g;

/** A path in a script: a text, or one that is joined to the folder of the script or that it runs in. */
const path = String.raw`(?:(?:path\.)?(?:resolve|join)\(\s*(?:(?<own>__dirname|import\.meta\.dirname)\s*,\s*|process\.cwd\(\)\s*,\s*)?)?["'\`](?<path>[\w@./-]+)["'\`]`;
const written = [
  { named: /\b(?:outdir|outfile)\s*:/g, said: new RegExp(String.raw`\b(?:outdir|outfile)\s*:\s*${path}`, 'g') },
  { named: /\b(?:writeFile|appendFile|mkdir)(?:Sync)?\s*\(/g, said: new RegExp(String.raw`\b(?:writeFile|appendFile|mkdir)(?:Sync)?\s*\(\s*${path}`, 'g') },
  { named: /\b(?:copyFile|cp)(?:Sync)?\s*\(/g, said: new RegExp(String.raw`\b(?:copyFile|cp)(?:Sync)?\s*\([^,()]+,\s*${path}`, 'g') },
];
const building = /\b(?:build|buildSync)\s*\(/g;

/** Files and folders that a script of the build makes, absolute, told by its text; `script` is where it lies, `workdir` where it runs. */
export function madeByScript(files: ProjectFiles, script: string, workdir: string): string[] | Obstacle {
  const file = posix.relative('/', script);
  const unclear: Obstacle = { because: 'what a script of the build makes is not known', file };
  const text = files.text(script)?.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  if (text === undefined || open.test(text)) return unclear;
  if ([...text.matchAll(loaded)].some(([, name = '']) => !plain.test(name))) return unclear;
  const made: string[] = [];
  for (const { named, said } of written) {
    const found = [...text.matchAll(said)];
    if (found.length !== [...text.matchAll(named)].length) return unclear;
    for (const { 0: whole, groups = {} } of found) {
      const one = posix.resolve(groups['own'] === undefined ? workdir : posix.dirname(script), groups['path'] ?? '.');
      const folder = posix.dirname(one);
      // Styles and maps lie beside the file that is asked for.
      made.push(whole.startsWith('outfile') && folder !== workdir && files.below(folder).length === 0 ? folder : one);
    }
  }
  const builds = [...text.matchAll(building)].length;
  const outputs = [...text.matchAll(/\b(?:outdir|outfile)\s*:/g)].length;
  if (made.length === 0 || builds > outputs || made.includes(workdir)) return unclear;
  // What lies in a folder that is made comes with it.
  return [...new Set(made)].filter((one) => !made.some((other) => one !== other && one.startsWith(`${other}/`)));
}
