import { posix } from 'node:path';
import type { Obstacle, ProjectFiles } from '../ecosystems/closure.ts';
import { programWithin } from '../ecosystems/javascript/calls.ts';
import { fieldsOf, textsOf } from '../ecosystems/javascript/project.ts';
import { commentedJsonOf } from '../ecosystems/tables.ts';
import type { BuildCommand } from './framework.ts';

/** Programs of a build that make nothing that runs. */
const makesNothing =
  /^(eslint|prettier|tslint|stylelint|jest|mocha|vitest|ava|tap|nyc|c8|cypress|biome|echo|true|rimraf|rm|del-cli|mkdirp?|mkdir|depcheck|audit-ci|lint-staged|husky|tsd|npm|yarn|pnpm|bun|corepack|node-version|cd|exit)$/;

/** Where a command puts what it makes, absolute; none where it makes nothing that runs. */
export function outputsOfCommand(command: BuildCommand & { readonly files: ProjectFiles }): string[] | Obstacle {
  const { words: given, workdir, files } = command;
  const all = [command.program, ...given];
  if (all.some((word) => word === undefined)) return unknown(command.program);
  const [program = '', ...words] = programWithin(all.map((word) => word ?? ''));
  const valueOf = (...options: readonly string[]): string | undefined => valueIn(words, options);
  const at = (path: string): string[] => [posix.resolve(workdir, path)];
  if (makesNothing.test(program)) return [];
  switch (program) {
    case 'tsc': {
      if (words.includes('--noEmit')) return [];
      const folder = valueOf('--outDir');
      return folder === undefined ? byTypescript(files, workdir, valueOf('-p', '--project', '-b', '--build') ?? '.') : at(folder);
    }
    case 'nest':
      return words[0] === 'build'
        ? byTypescript(files, workdir, files.has(posix.join(workdir, 'tsconfig.build.json')) ? 'tsconfig.build.json' : '.', 'dist')
        : [];
    case 'next':
      if (words[0] !== 'build') return [];
      return byConfiguration(files, workdir, 'next.config', /\bdistDir\b|\boutput\s*:\s*["']export["']/, /(?!)/, '.next');
    case 'vite':
      return words[0] === 'build'
        ? valueOf('--outDir') === undefined
          ? byConfiguration(files, workdir, 'vite.config', /\boutDir\b/, /\boutDir\s*:\s*["']([\w./-]+)["']/, 'dist')
          : at(valueOf('--outDir') ?? '')
        : [];
    case 'tsup':
      return byConfiguration(files, workdir, 'tsup.config', /\boutDir\b/, /\boutDir\s*:\s*["']([\w./-]+)["']/, valueOf('-d', '--out-dir') ?? 'dist');
    case 'esbuild': {
      const folder = valueOf('--outdir');
      const file = valueOf('--outfile');
      return folder !== undefined ? at(folder) : file !== undefined ? at(file) : unknown(program);
    }
    case 'swc':
    case 'babel': {
      const folder = valueOf('-d', '--out-dir', '--out-file', '-o');
      return folder === undefined ? unknown(program) : at(folder);
    }
    case 'ncc':
      return words[0] === 'build' ? at(valueOf('-o', '--out') ?? 'dist') : unknown(program);
    case 'cp':
    case 'copyfiles':
    case 'cpx':
    case 'cpy': {
      const to = words.at(-1);
      return to === undefined || to.startsWith('-') || to.startsWith('/') || to === '.' ? unknown(program) : at(to);
    }
    default:
      return unknown(program);
  }
}

function unknown(program: string): Obstacle {
  return { because: `what \`${program}\` makes is not known`, file: undefined };
}

/** The value of the last of several options, behind a blank or `=`. */
function valueIn(words: readonly string[], options: readonly string[]): string | undefined {
  for (let i = words.length - 1; i >= 0; i--) {
    const [name = '', value] = (words[i] ?? '').split(/=(.*)/s);
    if (options.includes(name)) return value ?? words[i + 1];
  }
  return undefined;
}

/** `outDir` of a tsconfig.json and of what it extends: https://www.typescriptlang.org/tsconfig/#outDir */
function byTypescript(files: ProjectFiles, workdir: string, project: string, otherwise?: string): string[] | Obstacle {
  let path = posix.resolve(workdir, project.endsWith('.json') ? project : posix.join(project, 'tsconfig.json'));
  for (let depth = 0; depth < 8; depth++) {
    const fields = commentedJsonOf(files.text(path));
    if (!fields) return { because: 'the settings of TypeScript cannot be read', file: posix.relative('/', path) };
    const options = fieldsOf(fields['compilerOptions']);
    if (options['noEmit'] === true) return [];
    if (textsOf([options['outFile'], options['declarationDir']]).length > 0 || fields['references'] !== undefined)
      return { because: 'TypeScript puts what it makes into several places', file: posix.relative('/', path) };
    const folder = options['outDir'];
    if (typeof folder === 'string') return folder.includes('${') ? unknown('tsc') : [posix.resolve(posix.dirname(path), folder)];
    const extended = fields['extends'];
    if (typeof extended !== 'string' || !extended.startsWith('.')) break;
    const next = posix.resolve(posix.dirname(path), extended);
    path = next.endsWith('.json') ? next : `${next}.json`;
  }
  return otherwise === undefined
    ? { because: 'TypeScript puts what it makes beside its source', file: posix.relative('/', path) }
    : [posix.resolve(workdir, otherwise)];
}

/** The folder that a configuration in code names plainly, or the usual one where it names none. */
function byConfiguration(files: ProjectFiles, workdir: string, name: string, speaks: RegExp, plainly: RegExp, usual: string): string[] | Obstacle {
  const path = ['.js', '.mjs', '.cjs', '.ts', '.mts'].map((end) => posix.join(workdir, name + end)).find((one) => files.has(one));
  const text = path === undefined ? '' : files.text(path);
  if (text === undefined) return { because: 'the configuration of the build cannot be read', file: path };
  if (!speaks.test(text)) return [posix.resolve(workdir, usual)];
  const folder = plainly.exec(text)?.[1];
  return folder === undefined ? { because: 'where the build puts what it makes cannot be told', file: path } : [posix.resolve(workdir, folder)];
}
