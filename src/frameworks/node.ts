import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { isObstacle, type Obstacle, type ProjectFiles } from '../ecosystems/closure.ts';
import { fieldsOf, projectIn, scriptOf, workspacesOf, type Project } from '../ecosystems/javascript/project.ts';
import { nameOf } from '../ecosystems/javascript/workspaces.ts';
import { buildCommands, managers } from './node-commands.ts';
import { ofAll, outputsOfCommand } from './node-outputs.ts';
import { loadsByPath, namedAsItStands, ownerOf, reachOf, type Reach } from './node-reach.ts';
import type { Build, Framework, Installed, Program } from './framework.ts';

/** A program that node runs: what compilers and bundlers made of its source, with the packages that it loads. */
export const node: Framework = {
  id: 'node',
  builders: new Set(['npm', 'npx', 'yarn', 'pnpm', 'pnpx', 'corepack']),
  buildVariables: /^(npm_config_\w+|NPM_CONFIG_\w+|YARN_\w+|PNPM_\w+|NEXT_TELEMETRY_DISABLED|CI|HUSKY)$/,
  program(build) {
    const outputs = ofAll(buildCommands(build).map((command) => outputsOfCommand(command)));
    if (isObstacle(outputs)) return outputs;
    return outputs.length === 0 ? undefined : (starterObstacle(build) ?? programOf(build, outputs));
  },
  packages(build) {
    if (!build.calls.some(({ call }) => managers.has(call.program))) return undefined;
    const program = programOf(build, []);
    return isObstacle(program) ? program : program.installed;
  },
};

export function seenFrom(files: ProjectFiles, folder: string): ProjectFiles {
  return {
    folder,
    has: (path) => files.has(posix.resolve(folder, path)),
    text: (path) => files.text(posix.resolve(folder, path)),
    below: (path) => files.below(posix.resolve(folder, path)).map((file) => posix.relative(folder, `/${file}`)),
  };
}

/** The file that node runs, absolute, or the name of a framework's own server. */
export function mainOf({ start }: Build): string | undefined {
  const [program = '', ...behind] = start.words;
  if (posix.basename(program) === 'next' && behind[0] === 'start') return 'next';
  if (posix.basename(program) !== 'node') return undefined;
  const at = behind.findIndex((word) => !word.startsWith('-'));
  if (behind.slice(0, Math.max(0, at)).some((word) => /^(-r|--require|--import|--loader|--experimental-loader|-e|--eval|-p)/.test(word))) return undefined;
  return at < 0 ? undefined : posix.resolve(start.workdir, behind[at] ?? '');
}

/** Packages that lie elsewhere than in one folder beside the program. */
export function layoutObstacle({ files, start: { workdir, by } }: Build, project: Project): Obstacle | undefined {
  if (workspacesOf(project).length > 0 || files.has(posix.join(workdir, 'pnpm-workspace.yaml')))
    return { because: 'it is a workspace of several packages', file: project.manifest };
  return managerObstacle(files, workdir, by);
}

/** The manager of packages that starts the program has to be there itself. */
export function starterObstacle({ start }: Build): Obstacle | undefined {
  return start.by === 'pnpm' ? { because: 'pnpm starts the program, and no image of Node holds it', file: undefined } : undefined;
}

function managerObstacle(files: ProjectFiles, folder: string, by: string | undefined): Obstacle | undefined {
  const yarn = files.text(posix.join(folder, '.yarnrc.yml'));
  if (yarn !== undefined && !/nodeLinker:\s*["']?node-modules/.test(yarn))
    return { because: 'Yarn keeps the packages elsewhere than in node_modules', file: '.yarnrc.yml' };
  // It asks its lockfile for the script: https://yarnpkg.com/cli/run
  if (yarn !== undefined && by === 'yarn') return { because: 'Yarn starts the program, and needs there all that it installed by', file: '.yarnrc.yml' };
  return undefined;
}

export const isSource = /\.[cm]?[jt]sx?$/;
export const isTest = /(^|\/)(__tests__|__mocks__|tests?|e2e|spec|cypress|stories)\/|\.(test|spec|stories|d)\.[cm]?[jt]sx?$/;
export const isSettings =
  /(^|\/)(\.[\w.-]+|[\w-]+\.config(\.\w+)?|[gG]ulpfile|Gruntfile|jest\.\w+|karma\.\w+|webpack[\w.]*)\.[cm]?[jt]s$|(^|\/)(scripts|tools|bin|\.storybook)\//;

/** `next start` loads it: https://nextjs.org/docs/app/api-reference/config/next-config-js */
const nextSettings = /(^|\/)next\.config\.\w+$/;

/** What compilers and bundlers read beside the source, and what nothing reads when the program runs. */
export const ofBuild =
  /(^|\/)(package\.json|npm-shrinkwrap\.json|(tsconfig|jsconfig|nest-cli|angular|nodemon|babel|swc)[\w.-]*\.json|\.(babelrc|swcrc|npmrc|nvmrc|node-version|yarnrc(\.yml)?|browserslistrc|mocharc[\w.]*|env\.(example|sample))|typedoc\.json|(turbo|lerna|nx)\.json|pnpm-workspace\.yaml|vercel\.json|Procfile)$|(^|\/)(__tests__|tests?|e2e|spec|\.husky)\//;

/** What opens files by a path. */
const opensFiles =
  /\b(readFile|readFileSync|createReadStream|readdir|readdirSync|opendir|existsSync|statSync|sendFile|sendfile|render|__dirname|__filename|cwd|staticPath|rootPath)\b|\bimport\.meta\.(url|dirname|filename)|\bstatic\s*\(|\brequire\.(resolve|context)|["'](node:)?fs(\/promises)?["']|["'](views|view engine)["']|\brequire\(\s*[^"'`\s)]|\bimport\(\s*[^"'`\s)]|\.(json|ya?ml|sql|graphql|gql|proto|html|ejs|pug|hbs|env|pem|key|wasm|node)["'`]/;
/** Packages that read files of the project by themselves. */
export const readers =
  /^(dotenv.*|config|convict|nconf|rc|cosmiconfig|next|nuxt|ejs|pug|hbs|nunjucks|mustache|eta|i18n|i18next.*|typeorm|sequelize|knex|objection|umzug|mongoose-migrate|@mikro-orm\/.*|prisma|@prisma\/.*|@nestjs\/(serve-static|config|typeorm|graphql)|serve-static|koa-(static|views|send)|@fastify\/(static|view|autoload)|express-handlebars|swagger-jsdoc|module-alias|pm2|graphql-import|@graphql-tools\/.*|protobufjs|@grpc\/.*|moleculer|strapi|@strapi\/.*|@adonisjs\/.*|sails|keystone|@hapi\/inert|newrelic|elastic-apm-node|mjml|puppeteer.*|playwright.*)$/;

function programOf(build: Build, outputs: readonly string[]): Program | Obstacle {
  const { files, start } = build;
  const main = mainOf(build);
  const reach = main === undefined ? undefined : reachOf(build, main === 'next' ? start.workdir : posix.dirname(main));
  if (reach && isObstacle(reach)) return reach;
  const project = reach?.projects[0] ?? projectIn(seenFrom(files, start.workdir), '.');
  if (!project) return { because: 'no package.json lies where the program starts', file: undefined };
  if (main === undefined) return { because: 'the image does not start a file of the project with node', file: undefined };
  const unlike = reach ? managerObstacle(files, reach.root, start.by) : layoutObstacle(build, project);
  if (unlike) return unlike;
  if (main !== 'next' && !isBelowOneOf(main, outputs) && !files.has(main))
    return { because: 'the file that node runs is neither in the source nor in what the build makes', file: posix.relative('/', main) };
  const loaded = loadedBy(build, main, project, reach, outputs);
  if (isObstacle(loaded)) return loaded;
  const { reads, development } = loaded;
  if (reach && development !== undefined)
    return { because: `the packages of its workspace cannot be installed without those for development: ${development}`, file: undefined };
  const shipped = [...new Set(outputs)].filter((output) => !reach || reads !== undefined || reach.projects.some((one) => ownerOf(reach, output) === one));
  const folder = reach ? project.folder : start.workdir;
  return {
    title: shipped.map((output) => posix.relative(reach?.root ?? start.workdir, output)).join(', '),
    artefacts: shipped.map((path) => ({ path, destination: path })),
    manifests: reads === undefined && !reach ? [posix.join(folder, 'package.json')] : [],
    reads,
    installed: { folder: posix.join(folder, 'node_modules'), development, ...(reach && { workspace: { root: reach.root, member: nameOf(project) } }) },
  };
}

/** What of the source the program needs when it runs: a file that may be read or read others, and why packages for development are needed. */
function loadedBy(
  build: Build,
  main: string,
  project: Project,
  reach: Reach | undefined,
  outputs: readonly string[],
): (Pick<Program, 'reads'> & Pick<Installed, 'development'>) | Obstacle {
  const { files, readable } = build;
  const projects = reach?.projects ?? [project];
  const building = new Set(buildCommands(build).flatMap(({ program, words, workdir }) => (program === 'node' ? posix.resolve(workdir, words[0] ?? '') : [])));
  const isLoaded = (path: string): boolean =>
    `/${path}` === main || (main === 'next' && nextSettings.test(path)) || !(isTest.test(path) || isSettings.test(path) || building.has(`/${path}`));
  const isOf = (path: string, ...folders: readonly (string | undefined)[]): boolean => {
    const owner = reach && ownerOf(reach, `/${path}`);
    return owner === undefined || projects.includes(owner) || folders.includes(owner.folder);
  };
  const sources = files.below('/').filter((path) => isSource.test(path) && isLoaded(path) && !/(^|\/)node_modules\//.test(path) && isOf(path));
  const needed = projects.flatMap((one) => [...packagesOf(one).needed]);
  let reads =
    main === 'next'
      ? 'next'
      : (needed.find((name) => readers.test(name)) ?? readable.find((path) => !isSource.test(path) && !ofBuild.test(path) && isOf(path, reach?.root)));
  let development =
    (main === 'next' && !packagesOf(project).needed.has('next') ? 'next is one for development' : undefined) ??
    [...projects, ...(reach?.others ?? [])].map(lifecycleOf).find((one) => one !== undefined) ??
    (needed.length === 0 ? 'the project names no dependencies' : undefined);
  if (main !== 'next' && !isBelowOneOf(main, outputs)) reads ??= posix.relative('/', main);
  const named = reach && namedAsItStands(reach, files, outputs);
  if (named !== undefined) reads ??= posix.relative('/', named);
  for (const path of sources) {
    const text = files.text(path);
    if (text === undefined) return { because: 'a file of the source cannot be looked through', file: path };
    if (opensFiles.test(text) || (reach && loadsByPath(reach, files, path, text))) reads ??= path;
    const owner = (reach && ownerOf(reach, `/${path}`)) ?? project;
    const own = packagesOf(owner);
    const imported = importsOf(text).find((name) => !own.needed.has(name) && (own.development.has(name) || !isOwn(name, owner)));
    if (imported !== undefined) development ??= `${path} loads ${imported}`;
  }
  return { reads, development };
}

function isBelowOneOf(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Names of the packages that the project needs when it runs, and of those for its development alone. */
export function packagesOf({ fields }: Project): { readonly needed: ReadonlySet<string>; readonly development: ReadonlySet<string> } {
  const of = (...groups: readonly string[]): Set<string> => new Set(groups.flatMap((group) => Object.keys(fieldsOf(fields[group]))));
  return { needed: of('dependencies', 'optionalDependencies'), development: of('devDependencies') };
}

/** Scripts of its own that run with each install, perhaps by what is there for development. */
export function lifecycleOf(project: Project): string | undefined {
  const name = ['preinstall', 'install', 'postinstall', 'prepare'].find((one) => scriptOf(project, one) !== undefined);
  return name === undefined ? undefined : `the script \`${name}\` runs with the install`;
}

/** Packages that a file loads by name; what only its types need is left out. */
export function importsOf(text: string): string[] {
  const found: string[] = [];
  const plain = text.replaceAll(/^\s*(import|export)\s+type\s[^;]*?from\s*["'][^"']*["']/gm, '');
  for (const [, name = ''] of plain.matchAll(/(?:\bfrom\s*|\bimport\s*|\b(?:require|import)\s*\(\s*)["'`]([^"'`\s]+)["'`]/g)) {
    if (/^[./#]|^[\w-]+:/.test(name)) continue;
    const parts = name.split('/');
    const own = name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
    if (!builtinModules.includes(own)) found.push(own);
  }
  return found;
}

/** A name by which the project calls its own files. */
export function isOwn(name: string, { fields }: Project): boolean {
  return name === fields['name'] || /^(@|~|@app|@src|src)$/.test(name.split('/')[0] ?? '');
}
