import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findConfig } from '../config/find.ts';
import { discover } from '../discover.ts';
import { counted } from '../report/layout.ts';
import { rootOf } from '../root.ts';
import { UsageError } from '../usage-error.ts';

const settings = `
  // What is applied: 'safe' is proven, 'review' also needs your judgement.
  level: 'safe',

  // Transforms by id: 'on', 'off', or an object with values for its options. \`npx dockopt list\` names them.
  // transforms: { 'chain-runs': 'off' },

  // Transforms of your own, relative to this file.
  // use: ['./label-author.ts'],

  // Dockerfiles that are left alone: globs as in a .gitignore, relative to this file.
  // exclude: ['legacy/'],

  // What images are like that dockopt cannot know: their shell, their users, their package manager.
  // images: { 'registry.example/base/node:*': { like: 'node:20-bookworm' } },

  // Other settings for some Dockerfiles: level, transforms, context, target. Of several that match a later one wins.
  // overrides: [{ files: ['services/api/'], level: 'review', context: '.' }],
`;

/** Writes a configuration into the working directory; what is to be told. Throws a UsageError where one holds there already. */
export function init(json: boolean, cwd: string): string {
  const present = findConfig(cwd);
  if (present !== undefined)
    throw new UsageError(`${relative(cwd, present)} holds here already; what is to differ for some Dockerfiles goes into its \`overrides\``);
  const name = json || !belowManifest(cwd) ? 'dockopt.config.json' : 'dockopt.config.ts';
  const text = name.endsWith('.ts') ? `import { defineConfig } from 'dockopt';\n\nexport default defineConfig({${settings}});\n` : `{${asJson(settings)}}\n`;
  try {
    writeFileSync(join(cwd, name), text, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(`${name} could not be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  const found = discover(['.'], cwd).files.map(({ path }) => `  ${relative(cwd, path).replaceAll('\\', '/')}\n`);
  const next =
    found.length > 0 ? 'See what would change:  npx dockopt\nWrite it:               npx dockopt --write\n' : 'Name a Dockerfile:  npx dockopt path/to/file\n';
  return `${name} is written. It holds for ${counted(found.length, 'Dockerfile')}${found.length > 0 ? ':' : ', which are found by their names.'}\n${found.join('')}\n${next}`;
}

/** JSON with comments, which a dockopt.config.json may hold. */
function asJson(text: string): string {
  return text
    .replaceAll(/^( *(?:\/\/ )?)(\w+):/gm, '$1"$2":')
    .replaceAll(/(?<=[{[] ?|, )(\w+):/g, '"$1":')
    .replaceAll("'", '"');
}

function belowManifest(cwd: string): boolean {
  const root = rootOf(cwd, cwd);
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return true;
    if (folder === root) return false;
  }
}
