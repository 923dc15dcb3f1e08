import { posix } from 'node:path';
import { isObstacle, type Obstacle, type ProjectFiles } from '../ecosystems/closure.ts';
import { programWithin } from '../ecosystems/javascript/calls.ts';
import { fieldsOf, projectIn, textsOf } from '../ecosystems/javascript/project.ts';
import { commentedJsonOf } from '../ecosystems/tables.ts';
import type { BuildCommand } from './framework.ts';
import { madeByScript } from './node-build-scripts.ts';

/** A command of a build, with the files that lie there. */
type Command = BuildCommand & { readonly files: ProjectFiles };

/** Programs of a build that make nothing that runs. */
const makesNothing =
  /^(eslint|prettier|tslint|stylelint|jest|mocha|vitest|ava|tap|nyc|c8|cypress|biome|echo|true|rimraf|rm|del-cli|mkdirp?|mkdir|depcheck|audit-ci|lint-staged|husky|tsd|npm|yarn|pnpm|bun|corepack|node-version|cd|exit|svelte-check|svelte-kit)$/;

/** A program that fills folders by custom, unless an option, a variable or its configuration names another one. */
interface Builder {
  /** The first of its words, where it does other things as well. */
  readonly when?: RegExp;
  readonly usual: readonly string[];
  /** Options whose value is the folder. */
  readonly options?: readonly string[];
  /** Options, and words of its own, with which it works in another place than its folder. */
  readonly elsewhere?: RegExp;
  /** A variable that names the folder. */
  readonly variable?: string;
  /** Its configuration in code: the name without its end. */
  readonly configuration?: string;
  /** What in the configuration names the folder; without it any mention of `moves` leaves the folder open. */
  readonly field?: string;
  /** What in the configuration changes where things lie. */
  readonly moves?: RegExp;
}

const builders: Readonly<Record<string, Builder>> = {
  // https://vite.dev/config/build-options.html#build-outdir and plug-ins that put it elsewhere.
  vite: {
    when: /^build$/,
    usual: ['dist'],
    options: ['--outDir'],
    elsewhere: /^(-c|--config)$/,
    configuration: 'vite.config',
    field: 'outDir',
    moves: /\broot\s*[:,]|\b(laravel|remix|reactRouter|tanstackStart|solidStart|qwikCity|vike|nitro|symfonyPlugin)\s*\(/,
  },
  // https://create-react-app.dev/docs/advanced-configuration/
  'react-scripts': { when: /^build$/, usual: ['build'], variable: 'BUILD_PATH' },
  craco: { when: /^build$/, usual: ['build'], variable: 'BUILD_PATH', configuration: 'craco.config', moves: /\bpaths\b|\boutput\b/ },
  // https://cli.vuejs.org/config/#outputdir
  'vue-cli-service': { when: /^build$/, usual: ['dist'], options: ['--dest'], configuration: 'vue.config', field: 'outputDir' },
  // https://docs.astro.build/en/reference/configuration-reference/#outdir
  astro: {
    when: /^build$/,
    usual: ['dist'],
    options: ['--outDir'],
    elsewhere: /^--(root|config)$/,
    configuration: 'astro.config',
    field: 'outDir',
    moves: /\broot\s*:/,
  },
  // https://docusaurus.io/docs/cli#docusaurus-build-sitedir
  docusaurus: { when: /^build$/, usual: ['build'], options: ['--out-dir'] },
  // https://www.gatsbyjs.com/docs/build-caching/
  gatsby: { when: /^build$/, usual: ['public', '.cache'] },
  // https://www.11ty.dev/docs/config/#output-directory
  eleventy: { usual: ['_site'], options: ['--output'], elsewhere: /^--config$/, configuration: 'eleventy.config', field: 'output' },
  '@11ty/eleventy': { usual: ['_site'], options: ['--output'], elsewhere: /^--config$/, configuration: 'eleventy.config', field: 'output' },
  // https://gohugo.io/configuration/all/#publishdir
  hugo: { usual: ['public'], options: ['-d', '--destination'], elsewhere: /^(-s|--source|--config|server|serve|new|mod)$/, variable: 'HUGO_PUBLISHDIR' },
  // https://remix.run/docs/en/main/file-conventions/remix-config
  remix: {
    when: /^build$/,
    usual: ['build', 'public/build'],
    configuration: 'remix.config',
    moves: /\b(assetsBuildDirectory|serverBuildPath|serverBuildDirectory|serverBuildTarget|server)\s*:/,
  },
  // https://reactrouter.com/api/framework-conventions/react-router.config.ts#builddirectory
  'react-router': { when: /^build$/, usual: ['build'], configuration: 'react-router.config', field: 'buildDirectory' },
  // https://nitro.build/config#output
  nitro: {
    when: /^build$/,
    usual: ['.output'],
    elsewhere: /^--(preset|dir)$/,
    variable: 'NITRO_PRESET',
    configuration: 'nitro.config',
    moves: /\b(preset|output|rootDir|buildDir)\s*:/,
  },
  nitropack: {
    when: /^build$/,
    usual: ['.output'],
    elsewhere: /^--(preset|dir)$/,
    variable: 'NITRO_PRESET',
    configuration: 'nitro.config',
    moves: /\b(preset|output|rootDir|buildDir)\s*:/,
  },
  vinxi: {
    when: /^build$/,
    usual: ['.output'],
    elsewhere: /^--(preset|config)$/,
    variable: 'NITRO_PRESET',
    configuration: 'app.config',
    moves: /\b(preset|output|root)\s*:/,
  },
  tsup: { usual: ['dist'], options: ['-d', '--out-dir'], configuration: 'tsup.config', field: 'outDir' },
};

/** Where a command puts what it makes, absolute; none where it makes nothing that runs. */
export function outputsOfCommand(command: Command): string[] | Obstacle {
  const { words: given, workdir, files } = command;
  const all = [command.program, ...given];
  if (all.some((word) => word === undefined)) return unknown(command.program);
  const [program = '', ...words] = programWithin(all.map((word) => word ?? ''));
  const valueOf = (...options: readonly string[]): string | undefined => valueIn(words, options);
  const at = (path: string): string[] => [posix.resolve(workdir, path)];
  if (command.ofPackages || makesNothing.test(program)) return [];
  switch (program) {
    case 'tsc':
    case 'vue-tsc': {
      if (words.includes('--noEmit')) return [];
      const folder = valueOf('--outDir');
      return folder === undefined ? byTypescript(files, workdir, valueOf('-p', '--project', '-b', '--build') ?? '.') : at(folder);
    }
    case 'nest':
      return words[0] === 'build'
        ? byTypescript(files, workdir, files.has(posix.join(workdir, 'tsconfig.build.json')) ? 'tsconfig.build.json' : '.', 'dist')
        : [];
    case 'next':
      if (words[0] === 'export') return at(valueOf('-o', '--outdir') ?? 'out');
      return words[0] === 'build' ? byNext(files, workdir) : [];
    case 'nuxt':
    case 'nuxi':
      return /^(build|generate)$/.test(words[0] ?? '') ? byNuxt(command) : [];
    case 'ng':
      return words[0] === 'build' ? (valueOf('--output-path') === undefined ? byAngular(files, workdir, words) : at(valueOf('--output-path') ?? '')) : [];
    case 'remix':
      // https://remix.run/docs/en/main/file-conventions/vite-config
      return words[0] === 'vite:build'
        ? byCustom({ usual: ['build'], configuration: 'vite.config', field: 'buildDirectory' }, command, words)
        : byCustom(builders['remix'], command, words);
    case 'vite': {
      const kit = words[0] === 'build' ? bySvelteKit(files, workdir) : undefined;
      return kit ?? byCustom(builders['vite'], command, words);
    }
    case 'vitepress': {
      // https://vitepress.dev/reference/site-config#outdir
      const [word, root = '.'] = words.filter((one) => !one.startsWith('-'));
      const folder = posix.join(root, '.vitepress');
      if (word !== 'build') return [];
      if (words.some((one) => one.startsWith('--outDir'))) return unknown(program);
      return byCustom({ usual: [`${folder}/dist`], configuration: `${folder}/config`, moves: /\boutDir\b/ }, command, []);
    }
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
    case 'node':
      return /^[\w@./-]+\.[cm]?js$/.test(words[0] ?? '') ? madeByScript(files, posix.resolve(workdir, words[0] ?? ''), workdir) : unknown(program);
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
      return Object.hasOwn(builders, program) ? byCustom(builders[program], command, words) : unknown(program);
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

function byCustom(builder: Builder | undefined, { files, workdir, program, isSet }: Command, words: readonly string[]): string[] | Obstacle {
  if (!builder) return unknown(program);
  const { when, usual, options = [], elsewhere, variable, configuration, field, moves } = builder;
  if (when && !when.test(words[0] ?? '')) return [];
  const positional = when && words[1] !== undefined && !words[1].startsWith('-');
  if (positional || words.some((word) => elsewhere?.test(word.replace(/=.*/s, '')))) return unknown(program);
  if (
    variable !== undefined &&
    (isSet(variable) || files.below(workdir).some((file) => file.startsWith('.env') && files.text(posix.join(workdir, file))?.includes(variable) !== false))
  )
    return { because: `${variable} decides where the build puts what it makes`, file: undefined };
  const given = valueIn(words, options);
  if (given !== undefined) return [posix.resolve(workdir, given)];
  const usually = usual.map((path) => posix.resolve(workdir, path));
  const read = configuration === undefined ? undefined : configurationOf(files, workdir, configuration);
  if (read === undefined) return usually;
  const open: Obstacle = { because: 'where the build puts what it makes cannot be told', file: posix.relative('/', read.path) };
  if (read.text === undefined) return { ...open, because: 'the configuration of the build cannot be read' };
  if (moves?.test(read.text)) return open;
  if (field === undefined || !new RegExp(`\\b${field}\\b`).test(read.text)) return usually;
  const folder = folderNamed(read.text, field);
  return folder === undefined ? open : [posix.resolve(workdir, folder)];
}

/** A configuration in code. */
function configurationOf(files: ProjectFiles, workdir: string, name: string): { readonly path: string; readonly text: string | undefined } | undefined {
  const names = name === 'eleventy.config' ? [...ends.map((end) => name + end), '.eleventy.js'] : ends.map((end) => name + end);
  const path = names.map((one) => posix.join(workdir, one)).find((one) => files.has(one));
  return path === undefined ? undefined : { path, text: files.text(path) };
}

const ends = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/** The folder that a field of a configuration names plainly, and once. */
function folderNamed(text: string, field: string): string | undefined {
  const plain = new RegExp(`\\b${field}\\s*:\\s*(?:(?:path\\.)?(?:resolve|join)\\(\\s*__dirname\\s*,\\s*)?["'\`]([\\w./-]+)["'\`]`);
  return [...text.matchAll(new RegExp(`\\b${field}\\b`, 'g'))].length === 1 ? plain.exec(text)?.[1] : undefined;
}

/** https://nextjs.org/docs/app/guides/static-exports, https://nextjs.org/docs/app/api-reference/config/next-config-js/distDir */
function byNext(files: ProjectFiles, workdir: string): string[] | Obstacle {
  const exports = /\boutput\s*:\s*["']export["']/.test(configurationOf(files, workdir, 'next.config')?.text ?? '');
  return byCustom({ usual: [exports ? 'out' : '.next'], configuration: 'next.config', moves: /\bdistDir\b/ }, { ...nothing, files, workdir }, []);
}

const nothing = { program: 'next', words: [], ofPackages: false, isSet: (): boolean => false };

/** Nitro's folder, which Nuxt fills since 3: https://nuxt.com/docs/getting-started/deployment */
function byNuxt({ files, workdir, isSet, words }: Command): string[] | Obstacle {
  const { dependencies, devDependencies } = projectIn(files, workdir)?.fields ?? {};
  const version = { ...fieldsOf(devDependencies), ...fieldsOf(dependencies) }['nuxt'];
  if (typeof version !== 'string' || !/^[\^~]?[34](\.|$)/.test(version)) return { because: 'which release of Nuxt builds is not known', file: 'package.json' };
  if (isSet('NITRO_PRESET') || isSet('SERVER_PRESET')) return { because: 'a variable says for which platform Nuxt builds', file: undefined };
  const moves = /\b(preset|output|buildDir|rootDir|srcDir)\s*:/;
  return byCustom(
    { usual: ['.output'], elsewhere: /^--(preset|cwd|rootDir)$/, configuration: 'nuxt.config', moves },
    { ...nothing, files, workdir },
    words.flatMap((word) => word ?? []).filter((word) => word.startsWith('--')),
  );
}

/** What the adapter of SvelteKit fills: https://svelte.dev/docs/kit/adapter-node, https://svelte.dev/docs/kit/adapter-static. undefined where SvelteKit does not build. */
function bySvelteKit(files: ProjectFiles, workdir: string): string[] | Obstacle | undefined {
  const vite = configurationOf(files, workdir, 'vite.config');
  if (!vite?.text?.includes('sveltekit')) return undefined;
  const kit = configurationOf(files, workdir, 'svelte.config');
  const adapter = /["']@sveltejs\/adapter-(node|static)["']/.exec(kit?.text ?? '')?.[1];
  if (!kit || adapter === undefined)
    return { because: 'where the adapter of SvelteKit puts what it makes cannot be told', file: posix.relative('/', kit?.path ?? vite.path) };
  const field = adapter === 'node' ? 'out' : 'pages';
  return byCustom(
    { usual: ['build'], configuration: 'svelte.config', field, moves: adapter === 'static' ? /\bassets\s*:/ : /(?!)/ },
    { ...nothing, files, workdir },
    [],
  );
}

/** `outputPath` of the project that is built: https://angular.dev/reference/configs/workspace-config, https://github.com/angular/angular-cli/pull/29898 */
function byAngular(files: ProjectFiles, workdir: string, words: readonly string[]): string[] | Obstacle {
  const path = posix.join(workdir, 'angular.json');
  const open: Obstacle = { because: 'where Angular puts what it makes cannot be told', file: posix.relative('/', path) };
  const workspace = commentedJsonOf(files.text(path));
  const projects = Object.entries(fieldsOf(workspace?.['projects'])).filter(([, one]) => fieldsOf(one)['projectType'] !== 'library');
  const asked = words[1]?.startsWith('-') ? undefined : words[1];
  const [found, ...more] = asked === undefined ? projects : projects.filter(([name]) => name === asked);
  if (!found || more.length > 0) return open;
  const [name, project] = found;
  const { architect, targets } = fieldsOf(project);
  const build = fieldsOf(fieldsOf(architect ?? targets)['build']);
  const output = fieldsOf(build['options'])['outputPath'];
  if (Object.values(fieldsOf(build['configurations'])).some((one) => fieldsOf(one)['outputPath'] !== undefined)) return open;
  const folder = typeof output === 'string' ? output : output === undefined ? `dist/${name}` : fieldsOf(output)['base'];
  return typeof folder === 'string' ? [posix.resolve(workdir, folder)] : open;
}

/** `outDir` of a tsconfig.json and of what it extends: https://www.typescriptlang.org/tsconfig/#outDir */
function byTypescript(files: ProjectFiles, workdir: string, project: string, otherwise?: string): string[] | Obstacle {
  let path = posix.resolve(workdir, project.endsWith('.json') ? project : posix.join(project, 'tsconfig.json'));
  for (let depth = 0; depth < 8; depth++) {
    const fields = commentedJsonOf(files.text(path));
    if (!fields) return { because: 'the settings of TypeScript cannot be read', file: posix.relative('/', path) };
    const options = fieldsOf(fields['compilerOptions']);
    if (options['noEmit'] === true) return [];
    const { references } = fields;
    if (Array.isArray(references) && Array.isArray(fields['files']) && fields['files'].length === 0)
      return ofAll(textsOf(references.map((one) => fieldsOf(one)['path'])).map((one) => byTypescript(files, posix.dirname(path), one)));
    if (textsOf([options['outFile'], options['declarationDir']]).length > 0 || references !== undefined)
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

/** All of several outputs, or the first obstacle. */
export function ofAll(outputs: readonly (string[] | Obstacle)[]): string[] | Obstacle {
  const found: string[] = [];
  for (const one of outputs) {
    if (isObstacle(one)) return one;
    found.push(...one);
  }
  return found;
}
