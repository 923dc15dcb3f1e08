import { posix } from 'node:path';
import { readScript } from '../../shell/read.ts';
import { sourceText } from '../../text.ts';
import type { Obstacle, ProjectFiles } from '../closure.ts';
import type { Call, HandedOn, Started } from '../ecosystem.ts';
import { fieldsOf, projectIn, scriptOf, type Project } from './project.ts';

/** How a manager is called to run a script of package.json. */
const running: Readonly<Record<string, { readonly words: readonly string[]; readonly bare: 'any' | 'start' }>> = {
  // https://docs.npmjs.com/cli/commands/npm-run
  npm: { words: ['run', 'run-script', 'rum', 'urn'], bare: 'start' },
  yarn: { words: ['run'], bare: 'any' },
  pnpm: { words: ['run', 'run-script'], bare: 'any' },
  bun: { words: ['run'], bare: 'any' },
};
/** They change what is printed. */
const quiet: ReadonlySet<string> = new Set(['-s', '--silent', '-q', '--quiet']);

/** Programs of packages, by the arguments with which one serves without calling another program by its name; `bin` of their package.json. */
const programs: Readonly<Record<string, { readonly package: string; readonly with?: RegExp }>> = {
  next: { package: 'next', with: /^start\b/ },
  'remix-serve': { package: '@remix-run/serve' },
  'react-router-serve': { package: '@react-router/serve' },
  serve: { package: 'serve' },
  'http-server': { package: 'http-server' },
  'json-server': { package: 'json-server' },
  sirv: { package: 'sirv-cli' },
  strapi: { package: '@strapi/strapi', with: /^start\b/ },
  'ts-node': { package: 'ts-node' },
  tsx: { package: 'tsx', with: /^(?!watch\b)/ },
};

/** Settings with which scripts run in another shell, on another Node, or with options of Node. */
const settingVariables = [
  'npm_config_node_options',
  'NPM_CONFIG_NODE_OPTIONS',
  'npm_config_script_shell',
  'NPM_CONFIG_SCRIPT_SHELL',
  'npm_config_use_node_version',
];
const otherWay = /^\s*["']?(node[-_]?options|script[-_]?shell|shell[-_]?emulator|use[-_]?node[-_]?version)["']?\s*[=:]/im;

/** https://docs.npmjs.com/cli/using-npm/scripts#environment, and what Yarn and pnpm set in the same way. */
const handsOn: HandedOn = {
  code: /\.([cm]?[jt]sx?|vue|svelte|astro)$/,
  variables: /\bnpm_(package|config|lifecycle|command|execpath|node_execpath)|\bINIT_CWD\b/,
  programs: /\bchild_process\b|["'](execa|cross-spawn|shelljs|zx|tinyexec|nano-spawn)["']|\bBun\.(spawn|\$)/,
};

/** What a call such as `npm start` or `yarn serve` runs in the folder of its files; undefined for any other call. */
export function startedBy(call: Call, files: ProjectFiles): Started | undefined {
  const manager = running[call.program];
  const words = call.arguments.map(({ value, text }) => value ?? text);
  const [first, ...others] = words.filter((word) => !quiet.has(word));
  const named = first !== undefined && manager?.words.includes(first);
  const name = named ? others[0] : first;
  if (!manager || name === undefined || name.startsWith('-') || (!named && manager.bare === 'start' && name !== 'start')) return undefined;
  const project = projectIn(files, '.');
  const text = project && scriptOf(project, name);
  // `yarn install`, `bun index.ts`.
  if (text === undefined && !named && name !== 'start') return undefined;
  const shown = [call.program, ...words].join(' ');
  const refuse = (because: string, file?: string): Started => ({ call: shown, words: [], from: undefined, handsOn, obstacle: { because, file } });
  if (!project) return refuse('the package.json of its folder is not known');
  if (others.length > (named ? 1 : 0)) return refuse('it has options or arguments of its own');
  const around = [`pre${name}`, `post${name}`].find((one) => scriptOf(project, one) !== undefined);
  if (around !== undefined) return refuse(`the script \`${around}\` runs as well`, project.manifest);
  const settings = settingsOf(call, files, project);
  if (settings) return refuse(settings.because, settings.file);
  const written = text ?? (call.program === 'npm' && files.has('server.js') ? 'node server.js' : undefined);
  if (written === undefined) return refuse(`it has no script \`${name}\``, project.manifest);
  const read = plainWords(written);
  if (read === undefined) return refuse(`the script \`${name}\` is more than one plain command`, project.manifest);
  return { ...programOf(read, call.program, project, files), call: shown, handsOn };
}

/** What decides about a script beside its text. */
function settingsOf(call: Call, files: ProjectFiles, { fields, manifest }: Project): Obstacle | undefined {
  const variable = settingVariables.find((name) => call.isUnknown(name) || call.environment(name) !== undefined);
  if (variable !== undefined) return { because: `${variable} decides how scripts run`, file: undefined };
  const file = ['.npmrc', '.yarnrc', '.yarnrc.yml', 'pnpm-workspace.yaml', 'bunfig.toml'].find((one) => otherWay.test(files.text(one) ?? ''));
  if (file !== undefined) return { because: 'a setting decides how scripts run', file };
  if (call.program !== 'yarn') return undefined;
  const settings = files.text('.yarnrc.yml');
  const { packageManager } = fields;
  const modern = settings !== undefined || (typeof packageManager === 'string' && /^yarn@([2-9]|\d\d)/.test(packageManager));
  if (!modern || /^nodeLinker:\s*["']?node-modules/m.test(settings ?? '')) return undefined;
  return { because: 'packages are found by what Yarn puts in front of the program', file: settings === undefined ? manifest : '.yarnrc.yml' };
}

/** The words of a script that is one command, in which a shell has nothing to do. */
function plainWords(text: string): string[] | undefined {
  const script = readScript(sourceText(text));
  const [item, ...more] = script?.items ?? [];
  const [command, ...piped] = item?.pipeline ?? [];
  if (!command || more.length + piped.length > 0 || item?.negated || item?.background || script?.tail !== '') return undefined;
  if (command.assignments.length + command.redirections.length > 0) return undefined;
  const words = command.words.flatMap(({ text: written, value }) => (value === undefined || /^~|[*?[{]/.test(written) ? [] : [value]));
  if (words.length < command.words.length) return undefined;
  return words[0] === 'exec' ? words.slice(1) : words;
}

type Found = Pick<Started, 'words' | 'calls' | 'from' | 'obstacle'>;

function programOf(words: readonly string[], manager: string, { fields, manifest }: Project, files: ProjectFiles): Found {
  const [program = '', ...rest] = words;
  const refuse = (because: string, calls?: readonly string[]): Found => ({
    words: [],
    ...(calls && { calls }),
    from: undefined,
    obstacle: { because, file: manifest },
  });
  const dependencies = fieldsOf(fields['dependencies']);
  // `bun run` stands in for a Node that is not there.
  if (program === (manager === 'bun' ? 'bun' : 'node')) {
    const own = Object.hasOwn({ ...dependencies, ...fieldsOf(fields['devDependencies']) }, program);
    return own ? refuse(`\`${program}\` comes from the package of that name`) : { words, from: undefined, obstacle: undefined };
  }
  if (program.includes('/')) {
    const told = !program.startsWith('/') && files.text(posix.normalize(program))?.startsWith('#!');
    return told ? { words, from: undefined, obstacle: undefined } : refuse(`nothing shows that \`${program}\` runs without a shell`);
  }
  const known = Object.hasOwn(programs, program) ? programs[program] : undefined;
  if (!known || known.with?.test(rest.join(' ')) === false) return refuse(`\`${program}\` may call other programs, which it finds by ${manager} alone`, words);
  if (!Object.hasOwn(dependencies, known.package)) return refuse(`${known.package}, which brings \`${program}\`, is none of its dependencies`, words);
  return { words: [`node_modules/.bin/${program}`, ...rest], from: known.package, obstacle: undefined };
}
