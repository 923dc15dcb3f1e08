import { posix } from 'node:path';
import { isObstacle, type Obstacle } from '../ecosystems/closure.ts';
import { projectIn, type Project } from '../ecosystems/javascript/project.ts';
import type { Build, Framework, Installed, Program } from './framework.ts';
import { buildCommands, throughNpx } from './node-commands.ts';
import { ofAll, outputsOfCommand } from './node-outputs.ts';
import {
  importsOf,
  isOwn,
  isSettings,
  isSource,
  isTest,
  layoutObstacle,
  lifecycleOf,
  mainOf,
  node,
  ofBuild,
  packagesOf,
  readers,
  seenFrom,
  starterObstacle,
} from './node.ts';

/** A framework whose build makes the server that Node runs. */
interface Kit {
  /** One of these is a package of the project. */
  readonly packages: readonly string[];
  /** What the image starts, from the folder of the project: the file that Node runs, or that the kit's own server is called with. */
  readonly main: RegExp;
  /** The kit's own server, which needs a package of the same scope. */
  readonly server?: { readonly program: string; readonly package: string };
  /** What its server loads of the packages: none, those of production alone, or what the source imports. */
  readonly loads: 'nothing' | 'dependencies' | 'imports';
  /** Packages for development without which its server does not run, though no source has to name them. */
  readonly renders?: RegExp;
  /** Packages with which more than that is needed. */
  readonly unlike?: RegExp;
  /** Files of the project that its build puts into what it makes. */
  readonly takesIn: RegExp;
  /** Source that only its build runs. */
  readonly builds?: RegExp;
}

const kits: readonly Kit[] = [
  {
    // What Nitro makes is a server that needs nothing beside it: https://nitro.build/deploy/runtimes/node, https://nuxt.com/docs/getting-started/deployment
    packages: ['nuxt', 'nitropack', 'nitro', 'vinxi', '@solidjs/start'],
    main: /^\.output\/server\/index\.mjs$/,
    loads: 'nothing',
    unlike: /^(@nuxt\/content|@nuxthub\/.*|@prisma\/.*|prisma|better-sqlite3|puppeteer.*|playwright.*)$/,
    takesIn:
      /^((app|assets|components|composables|i18n|lang|layouts|locales|middleware|modules|pages|plugins|public|routes|server|shared|src|static|stores?|types|utils)\/|(app|error)\.vue$)/,
  },
  {
    // It bundles what is for development, and loads what is not: https://svelte.dev/docs/kit/adapter-node#Deploying
    packages: ['@sveltejs/adapter-node'],
    main: /^[\w-]+(\/index\.js)?$/,
    loads: 'dependencies',
    takesIn: /^(src|static|messages|project\.inlang)\//,
  },
  {
    // https://docs.astro.build/en/recipes/docker/#multi-stage-build-using-ssr
    packages: ['@astrojs/node'],
    main: /^dist\/server\/entry\.mjs$/,
    loads: 'imports',
    renders: /^(astro|@astrojs\/.*|svelte|vue|react|react-dom|preact|solid-js|lit|sharp)$/,
    takesIn: /^(src|public)\//,
  },
  {
    // https://remix.run/docs/en/main/other-api/serve: what lies in `public` of a project without Vite is served from there.
    packages: ['@remix-run/serve'],
    main: /^(build\/index\.js|build\/server\/index\.js|build)$/,
    server: { program: 'remix-serve', package: '@remix-run/serve' },
    loads: 'imports',
    renders: /^(react|react-dom|isbot|@remix-run\/(node|react|serve|express))$/,
    takesIn: /^app\//,
  },
  {
    // https://reactrouter.com/start/framework/deploying
    packages: ['@react-router/serve'],
    main: /^build\/server\/index\.js$/,
    server: { program: 'react-router-serve', package: '@react-router/serve' },
    loads: 'imports',
    renders: /^(react|react-dom|isbot|react-router|@react-router\/(node|serve|express))$/,
    takesIn: /^(app|public)\//,
    builds: /^app\/routes\.\w+$/,
  },
  {
    // https://angular.dev/guide/ssr
    packages: ['@angular/ssr'],
    main: /^dist\/([\w.-]+\/)?server\/server\.mjs$/,
    loads: 'imports',
    takesIn: /^(src|public|projects)\//,
  },
];

/** Components that hold code. */
const components = /\.(vue|svelte|astro)$/;

/** What opens files where the program runs: what a bundler takes in is left out. */
const opensOnDisk =
  /\b(readFile|readFileSync|createReadStream|readdir|readdirSync|opendir|existsSync|statSync|sendFile|__dirname|__filename|cwd)\b|\bimport\.meta\.(dirname|filename)|["'](node:)?fs(\/promises)?["']|\brequire\.resolve\b/;

/** The server of a framework that renders pages where it runs. */
export const nodeServers: Framework = {
  builders: node.builders,
  id: 'node-servers',
  buildVariables: /^(npm_config_\w+|NPM_CONFIG_\w+|YARN_\w+|PNPM_\w+|CI|HUSKY|(NUXT|ASTRO)_TELEMETRY_DISABLED)$/,
  runsOnItsBase: true,
  program(build) {
    const project = projectIn(seenFrom(build.files, build.start.workdir), '.');
    const found = project && kitOf(build, project);
    if (!found) return undefined;
    const outputs = ofAll(buildCommands(build).map((command) => outputsOfCommand(command)));
    if (isObstacle(outputs)) return outputs;
    const { kit, main } = found;
    if (outputs.length === 0) return undefined;
    if (!outputs.some((output) => main === output || main.startsWith(`${output}/`)))
      return { because: 'what the image starts does not lie in what the build makes', file: posix.relative('/', main) };
    return starterObstacle(build) ?? layoutObstacle(build, project) ?? programOf(build, project, kit, outputs);
  },
};

/** The framework whose server the image starts, and its file, absolute. */
function kitOf(build: Build, project: Project): { readonly kit: Kit; readonly main: string } | undefined {
  const { workdir } = build.start;
  const { needed, development } = packagesOf(project);
  const [program = '', file] = throughNpx(build.start.words).words;
  for (const kit of kits) {
    if (!kit.packages.some((name) => needed.has(name) || development.has(name))) continue;
    const isItsOwn = posix.basename(program) === kit.server?.program && (program.includes('/') || throughNpx(build.start.words).by === 'npx');
    const main = isItsOwn ? posix.resolve(workdir, file ?? '') : kit.server ? undefined : mainOf(build);
    if (main !== undefined && kit.main.test(posix.relative(workdir, main))) return { kit, main };
  }
  return undefined;
}

function programOf(build: Build, project: Project, kit: Kit, outputs: readonly string[]): Program | Obstacle {
  const { files, start, readable } = build;
  const { workdir } = start;
  const { needed } = packagesOf(project);
  const isTakenIn = (path: string): boolean => kit.takesIn.test(posix.relative(workdir, `/${path}`));
  const strange = [...needed].find((name) => kit.unlike?.test(name) || (readers.test(name) && !kit.packages.includes(name)));
  let reads = strange ?? readable.find((path) => !isSource.test(path) && !components.test(path) && !ofBuild.test(path) && !isTakenIn(path));
  const sources: string[] = [];
  for (const path of files.below('/')) {
    if (
      !(isSource.test(path) || components.test(path)) ||
      isTest.test(path) ||
      isSettings.test(path) ||
      kit.builds?.test(posix.relative(workdir, `/${path}`)) ||
      /(^|\/)node_modules\//.test(path)
    )
      continue;
    const text = files.text(path);
    if (text === undefined) return { because: 'a file of the source cannot be looked through', file: path };
    if (opensOnDisk.test(text)) reads ??= path;
    sources.push(path);
  }
  const installed = kit.loads === 'nothing' && strange === undefined ? undefined : installedFor(build, project, kit, sources);
  const title = outputs.map((output) => posix.relative(workdir, output)).join(', ');
  const manifests = reads === undefined && (installed || kit.loads !== 'nothing' || start.by !== undefined) ? [posix.join(workdir, 'package.json')] : [];
  return { title, artefacts: [...new Set(outputs)].map((path) => ({ path, destination: path })), manifests, reads, installed };
}

/** The packages that the server loads; undefined where it loads none. */
function installedFor({ files, start: { workdir } }: Build, project: Project, kit: Kit, sources: readonly string[]): Installed | undefined {
  const { needed, development } = packagesOf(project);
  const folder = posix.join(workdir, 'node_modules');
  if (kit.loads === 'dependencies' && needed.size === 0) return undefined;
  const rendering = [...development].find((name) => kit.renders?.test(name) || name === kit.server?.package);
  let reason = lifecycleOf(project) ?? (needed.size === 0 ? 'the project names no dependencies' : undefined);
  if (rendering !== undefined) reason ??= `${rendering} is one for development`;
  for (const path of kit.loads === 'imports' ? sources : []) {
    const imported = importsOf(files.text(path) ?? '').find((name) => !needed.has(name) && (development.has(name) || !isOwn(name, project)));
    if (imported !== undefined) reason ??= `${path} loads ${imported}`;
  }
  return { folder, development: reason };
}
