import { posix } from 'node:path';
import { programWithin } from '../ecosystems/javascript/calls.ts';
import { isObstacle, type Obstacle } from '../ecosystems/closure.ts';
import { fieldsOf, projectIn } from '../ecosystems/javascript/project.ts';
import type { Build, Framework, Installed, Program } from './framework.ts';
import { layoutObstacle, seenFrom, starterObstacle } from './node.ts';
import { buildCommands, throughNpx, type Called } from './node-commands.ts';
import { outputsOfCommand } from './node-outputs.ts';

/** A program that serves a folder, and of the project nothing else. */
interface Server {
  readonly package: string;
  /** Options behind which a word is no folder. */
  readonly values: ReadonlySet<string>;
  /** Options that have no value. */
  readonly flags: RegExp;
  /** These take the next word all the same: the folder has to come first. */
  readonly leads?: true;
}

const servers: Readonly<Record<string, Server>> = {
  // It looks for its settings in the folder that it serves: https://github.com/vercel/serve/blob/main/source/utilities/config.ts
  serve: {
    package: 'serve',
    values: new Set(['-l', '--listen', '-p', '--port']),
    flags: /^-(-single|-debug|-no-clipboard|-no-compression|-no-etag|-symlinks|-cors|-no-port-switching|-no-request-logging|[sdnuSCL]+)$/,
  },
  // https://github.com/http-party/http-server#available-options, read by https://github.com/minimistjs/minimist
  'http-server': {
    leads: true,
    package: 'http-server',
    values: new Set(['-p', '--port', '-a', '-e', '--ext', '-c', '-P', '--proxy', '-t', '--timeout', '-d', '-i']),
    flags: /^(-c-?\d+|-[gbsrU]|--(gzip|brotli|silent|no-dotfiles|utc|cors)(=.*)?|-[pae].+)$/,
  },
  // https://github.com/lukeed/sirv/tree/master/packages/sirv-cli
  sirv: {
    leads: true,
    package: 'sirv-cli',
    values: new Set(['-p', '--port', '-m', '--maxage', '-H', '--host']),
    flags: /^-(-single|-dotfiles|-etag|-gzip|-brotli|-quiet|-cors|-clear|-immutable|[sdegbqOi]+)$/,
  },
};

/** Commands of builders that serve what they built, and read their settings for it. */
const previews: Readonly<Record<string, { readonly when: string; readonly package: string }>> = {
  // https://vite.dev/guide/cli.html#vite-preview
  vite: { when: 'preview', package: 'vite' },
  // https://docs.astro.build/en/reference/cli-reference/#astro-preview
  astro: { when: 'preview', package: 'astro' },
  // https://docusaurus.io/docs/cli#docusaurus-serve-sitedir
  docusaurus: { when: 'serve', package: '@docusaurus/core' },
  // https://vitepress.dev/reference/cli#vitepress-preview
  vitepress: { when: 'preview', package: 'vitepress' },
  // https://www.gatsbyjs.com/docs/reference/gatsby-cli/#serve
  gatsby: { when: 'serve', package: 'gatsby' },
};

/** A site that a bundler or generator makes of JavaScript, and the server that the image starts for it. */
export const staticSites: Framework = {
  id: 'static-sites',
  builders: new Set(['npm', 'npx', 'yarn', 'pnpm', 'pnpx', 'corepack']),
  buildVariables:
    /^(npm_config_\w+|NPM_CONFIG_\w+|YARN_\w+|PNPM_\w+|NEXT_TELEMETRY_DISABLED|CI|HUSKY|GENERATE_SOURCEMAP|(VITE|REACT_APP|VUE_APP|GATSBY|NEXT_PUBLIC|PUBLIC)_\w+)$/,
  runsOnItsBase: true,
  program(build) {
    const started = throughNpx(build.start.words);
    const [program = '', ...words] = started.words;
    const name = posix.basename(program);
    const preview = Object.hasOwn(previews, name) && words[0] === previews[name]?.when ? previews[name] : undefined;
    const server = Object.hasOwn(servers, name) ? servers[name] : undefined;
    if (!preview && !server) return undefined;
    const made = buildCommands(build).map((command) => outputsOfCommand(command));
    if (made.length === 0) return undefined;
    const outputs = made.flatMap((one) => (isObstacle(one) ? [] : one));
    const unclear = made.find(isObstacle);
    if (outputs.length === 0 && !unclear) return undefined;
    const starter = starterObstacle(build);
    if (starter) return starter;
    if (preview) return outputs.length === 0 || unclear ? unclear : previewed(build, preview.package, words, outputs);
    return server && served(build, server, { ...started, words }, outputs, unclear);
  },
  neutral(build) {
    const made = buildCommands(build).map((command) => {
      const [program = ''] = programWithin([command.program, ...command.words].map((word) => word ?? ''));
      const outputs = outputsOfCommand(command);
      return isObstacle(outputs) || forBrowsers.has(program) ? outputs : [];
    });
    return made.some(isObstacle) ? [] : made.flatMap((one) => (isObstacle(one) ? [] : one));
  },
};

/** Bundlers and generators that make texts, pictures and the like: nothing of them is a platform's own. */
const forBrowsers: ReadonlySet<string> = new Set(['vite', 'react-scripts', 'craco', 'vue-cli-service', 'docusaurus', 'eleventy', '@11ty/eleventy', 'ng']);

function served(build: Build, server: Server, { words, by }: Called, outputs: readonly string[], unclear: Obstacle | undefined): Program | Obstacle {
  const { workdir } = build.start;
  const folder = folderServed(server, words);
  if (folder === undefined) return { because: 'which folder the server serves is not known', file: undefined };
  const path = posix.resolve(workdir, folder);
  const output = outputs.find((one) => path === one || path.startsWith(`${one}/`));
  if (output === undefined) return unclear ?? { because: 'the folder that the server serves is not made by the build', file: posix.relative('/', path) };
  const isGlobal = build.calls.some(({ call: { arguments: all } }) => {
    const given = all.map(({ value }) => value ?? '');
    return given.some((word) => nameIn(word) === server.package) && given.some((word) => /^(-g|--global|global)$/.test(word));
  });
  // npx and scripts look among the packages of the project first: https://docs.npmjs.com/cli/commands/npx
  const isFoundFirst = (by !== undefined || build.start.by !== undefined) && isNamed(build, server.package);
  const tools = isGlobal && !isFoundFirst ? [server.package] : [];
  const installed = tools.length > 0 ? undefined : installedFor(build, server.package, by);
  if (installed && isObstacle(installed)) return installed;
  const manifests = build.start.by === undefined && !installed ? [] : [posix.join(workdir, 'package.json')];
  return {
    title: posix.relative(workdir, output),
    artefacts: [{ path: output, destination: output }],
    manifests,
    reads: undefined,
    installed,
    tools,
    isServed: true,
  };
}

/** The project depends on the package, be it for its development. */
function isNamed({ files, start: { workdir } }: Build, name: string): boolean {
  const { dependencies, devDependencies } = projectIn(seenFrom(files, workdir), '.')?.fields ?? {};
  return { ...fieldsOf(devDependencies), ...fieldsOf(dependencies) }[name] !== undefined;
}

/** A package without the version that is asked for. */
function nameIn(word: string): string {
  return word.replace(/(?<=.)@.*$/, '');
}

/** The one word that is neither an option nor the value of one. */
function folderServed({ values, flags, leads }: Server, words: readonly string[]): string | undefined {
  const found: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (values.has(word)) i++;
    else if (values.has(word.replace(/=.*/s, '')) || flags.test(word)) continue;
    else if (word.startsWith('-')) return undefined;
    else found.push(word);
  }
  return found.length === 1 && (leads !== true || words[0] === found[0]) ? found[0] : undefined;
}

/** The packages among which the server is; undefined where npx fetches it when the image starts. */
function installedFor(build: Build, name: string, by: 'npx' | undefined): Installed | Obstacle | undefined {
  const { files, start } = build;
  const folder = posix.join(start.workdir, 'node_modules');
  const project = projectIn(seenFrom(files, start.workdir), '.');
  const fields = project?.fields;
  const unlike = project && layoutObstacle(build, project);
  if (unlike) return unlike;
  if (fieldsOf(fields?.['dependencies'])[name] !== undefined) return { folder, development: undefined };
  if (fieldsOf(fields?.['devDependencies'])[name] !== undefined) return { folder, development: `${name} is one for development` };
  const locks = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'].flatMap((lock) => files.text(posix.join(start.workdir, lock)) ?? []);
  if (by === undefined || locks.length === 0) return { because: 'where the server comes from is not known', file: undefined };
  const isLocked = locks.some((text) => new RegExp(`node_modules/${name}"|^\\s*["']?/?${name}@`, 'm').test(text));
  return isLocked ? { folder, development: `${name} comes with another package` } : undefined;
}

/** It reads its settings as the build does: they load what is there for development, and files of the project. */
function previewed(build: Build, name: string, words: readonly string[], outputs: readonly string[]): Program | Obstacle {
  const { start, files } = build;
  const project = projectIn(seenFrom(files, start.workdir), '.');
  const unlike = project && layoutObstacle(build, project);
  if (unlike) return unlike;
  const strange = words.find((word) => /^--?(c|config|outDir|dir|d|build|root)(=|$)/.test(word));
  if (strange !== undefined) return { because: `what \`${strange}\` asks of the server is not known`, file: undefined };
  const folder = posix.join(start.workdir, 'node_modules');
  const settings = files.below(start.workdir).find((file) => /(^|\/)[\w-]+\.config\.[cm]?[jt]s$/.test(file));
  return {
    title: outputs.map((output) => posix.relative(start.workdir, output)).join(', '),
    artefacts: outputs.map((path) => ({ path, destination: path })),
    reads: settings ?? posix.relative('/', posix.join(start.workdir, 'package.json')),
    installed: { folder, development: `${name} reads the settings of the build` },
  };
}
