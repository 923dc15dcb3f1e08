import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import JSON5 from 'json5';
import type { Images } from '../bases/likened.ts';
import type { LoadedTransform } from '../load.ts';
import { isBelow, realPath, realPathInside, rootOf } from '../root.ts';
import type { Transform } from '../transform.ts';
import { UsageError } from '../usage-error.ts';
import type { CommitTexts } from './config.ts';
import { readShape, readUse, type Problem } from './schema.ts';
import { settingsFrom, type Settings } from './settings.ts';

export interface LoadedConfig {
  /** As it is shown. */
  readonly file: string;
  readonly images: Images;
  readonly commit: CommitTexts;
  /** Those of `use`, in order. */
  readonly transforms: readonly LoadedTransform[];
  /** What was passed over. */
  readonly notes: readonly string[];
  /** The absolute path of the file with accepted findings. */
  readonly baseline: string | undefined;
  /** What it says for the Dockerfile at an absolute path. */
  readonly settingsOf: (path: string) => Settings;
}

export interface LoadOptions {
  readonly cwd: string;
  /** Named on the command line, so that it may lie anywhere; one that was found holds the code of its own repository only. */
  readonly named: boolean;
  /** Code may be loaded. */
  readonly code: boolean;
  readonly builtIn: readonly Transform[];
  /** The transforms of the command line. */
  readonly own: readonly LoadedTransform[];
}

/** Loads the configuration at an absolute path. Throws a UsageError that names the file and all that is wrong with it. */
export async function loadConfig(path: string, options: LoadOptions): Promise<LoadedConfig> {
  const file = shownAs(path, options.cwd);
  if (!options.named && realPathInside(path, options.cwd) === undefined) throw new UsageError(`${file} is a link that leaves the repository`);
  const manifest = basename(path) === 'package.json';
  const isCode = /^\.[cm]?[jt]s$/.test(extname(path));
  if (!isCode && extname(path) !== '.json') throw new UsageError(`${file}: a configuration is a .ts, .js, .mjs or .json file`);
  if (isCode && !options.code) {
    if (options.named) throw new UsageError(`--config ${file} is code, which --no-code keeps from being loaded; a .json file holds none`);
    return passedOver(file);
  }
  const raw = isCode ? await readCode(path, file) : readJson(path, file, manifest);
  const folder = dirname(path);
  const used = await loadUsed(readUse(raw), path, options);
  const transforms = [...options.builtIn, ...[...options.own, ...used.loaded].map(({ transform }) => transform)];
  const shape = readShape(raw, { transforms, all: used.all, folder });
  const problems = [...used.problems, ...('problems' in shape ? shape.problems : [])];
  if (problems.length > 0 || 'problems' in shape) {
    const lines = problems.map((problem) => `\n  ${keyPath(manifest ? ['dockopt', ...problem.path] : problem.path)}: ${problem.message}`);
    throw new UsageError(`${file} is not right:${lines.join('')}`);
  }
  const notes = used.passedOver ? [`${file}: the transforms of \`use\` are passed over (--no-code)`] : [];
  const { images = {}, commit = {}, baseline } = shape.config;
  return {
    file,
    images,
    commit,
    transforms: used.loaded,
    notes,
    baseline: baseline === undefined ? undefined : resolve(folder, baseline),
    settingsOf: settingsFrom(shape.config, folder, file),
  };
}

function passedOver(file: string): LoadedConfig {
  const note = `${file} is passed over, since it is code (--no-code); a dockopt.config.json would be read`;
  return { file, images: {}, commit: {}, transforms: [], notes: [note], baseline: undefined, settingsOf: settingsFrom({}, '/', file) };
}

async function readCode(path: string, file: string): Promise<unknown> {
  const { importCode } = await import('../import-code.ts');
  let exported: unknown;
  try {
    exported = await importCode(path);
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  const config: unknown = typeof exported === 'object' && exported !== null && 'default' in exported ? exported.default : undefined;
  if (typeof config !== 'object' || config === null) throw new UsageError(`${file} has no default export: \`export default defineConfig({ … })\``);
  return config;
}

function readJson(path: string, file: string, manifest: boolean): unknown {
  try {
    const content: unknown = JSON5.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
    if (!manifest) return content;
    if (typeof content === 'object' && content !== null && 'dockopt' in content) return content.dockopt;
  } catch (error) {
    throw new UsageError(
      `${file} could not be read: ${error instanceof Error ? error.message.replace('JSON5: ', '').replace(/ at (\d+:\d+)$/, ' at line $1') : String(error)}`,
    );
  }
  throw new UsageError(`${file} has no key \`dockopt\``);
}

interface Used {
  readonly loaded: readonly LoadedTransform[];
  readonly problems: readonly Problem[];
  /** Nothing is missing in `loaded`. */
  readonly all: boolean;
  readonly passedOver: boolean;
}

/** Loads what `use` of a configuration names, but for what has the id of a transform of the command line, which wins. */
async function loadUsed(use: readonly (string | Transform)[] | undefined, config: string, options: LoadOptions): Promise<Used> {
  const loaded: LoadedTransform[] = [];
  const problems: Problem[] = [];
  if (!use || (!options.code && use.length > 0)) return { loaded, problems, all: false, passedOver: use !== undefined };
  const own = new Set(options.own.map(({ transform }) => transform.id));
  const taken = new Map(options.builtIn.map(({ id }) => [id, 'a built-in transform']));
  for (const [index, one] of use.entries()) {
    try {
      const found = typeof one === 'string' ? await loadFile(one, config, options.cwd) : { transform: one, file: `use[${index}]` };
      const { id } = found.transform;
      const twin = taken.get(id);
      if (twin !== undefined) throw new UsageError(`the id ${id} is that of ${twin}, too; give it another`);
      taken.set(id, found.file);
      if (!own.has(id)) loaded.push(found);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push({ path: ['use', index], message: error.message });
    }
  }
  return { loaded, problems, all: problems.length === 0, passedOver: false };
}

async function loadFile(given: string, config: string, cwd: string): Promise<LoadedTransform> {
  const path = resolve(dirname(config), given);
  const file = shownAs(path, cwd);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`there is no file ${file}`);
  if (!isBelow(realPath(path), realPath(rootOf(config, cwd)))) throw new UsageError(`${file} lies outside the repository`);
  const { loadTransforms } = await import('../load.ts');
  const [loaded] = await loadTransforms([file], cwd, new Set());
  if (!loaded) throw new UsageError(`${file} holds no transform`);
  return loaded;
}

function keyPath(path: Problem['path']): string {
  if (path.length === 0) return 'the configuration';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`))
    .join('')
    .replace(/^\./, '');
}

function shownAs(path: string, cwd: string): string {
  return relative(cwd, path).replaceAll('\\', '/');
}
