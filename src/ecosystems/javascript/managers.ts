import { posix } from 'node:path';
import { parser } from './parsers.ts';
import type { Obstacle, ProjectFiles } from '../closure.ts';
import { fieldsOf, holds, projectIn, textsOf, textsWithin, workspacesOf, type Fields, type Project } from './project.ts';

/** What the files beside package.json say of an install. */
export interface Settings {
  /** Files that it cannot do without. */
  readonly needs?: readonly string[];
  /** Files that it reads where they are there. */
  readonly reads?: readonly string[];
  /** Code that it runs. */
  readonly runs?: readonly string[];
  /** Files and folders that it writes beside `node_modules`. */
  readonly writes?: readonly string[];
  /** Versions that it puts in place of others: `link:../x`, `patch:…`. */
  readonly versions?: readonly string[];
  readonly ignoresScripts?: boolean;
  /** A `file:` folder is copied as a whole, not linked. */
  readonly copiesFolders?: boolean;
  readonly unlocked?: boolean;
}

export interface Manager {
  /** Its lockfiles; the first that is there counts. */
  readonly locks: readonly string[];
  /** Lockfiles of other managers that it goes by where it has none. */
  readonly foreignLocks: readonly string[];
  /** Scripts of the project that it runs. */
  readonly scripts: readonly string[];
  /** The commands of members are called by a script of their own, so that their mode does not matter. */
  readonly shims?: boolean;
  /** What is not the same where an install of some members does not find the manifests of the others; undefined where all is. */
  readonly records?: string;
  /** Folders of members, as patterns. */
  readonly members: (files: ProjectFiles, root: Project) => readonly string[];
  readonly settings: (files: ProjectFiles, root: Project) => Settings | Obstacle;
}

const scripts = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

/** `key=value` lines of an .npmrc, quotes taken off. */
function npmrc(files: ProjectFiles, folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of (files.text(posix.join(folder, '.npmrc')) ?? '').split(/\r?\n/)) {
    const [, key, value] = /^\s*([^;#\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) found.set(key, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return found;
}

/** https://docs.npmjs.com/cli/using-npm/config: what an .npmrc says that other files are read for. */
function npmrcSettings(files: ProjectFiles, folder: string): Settings | Obstacle {
  const found = npmrc(files, folder);
  const file = posix.join(folder, '.npmrc');
  const runs = ['node-options', 'script-shell', 'onload-script'].find((key) => found.get(key)?.includes('/'));
  if (runs !== undefined) return { because: `the setting \`${runs}\` loads code`, file };
  const certificates = [...found].filter(([key]) => /(^|:)(cafile|certfile|keyfile)$/.test(key)).map(([, path]) => posix.join(folder, path));
  return {
    reads: [file, ...certificates],
    ignoresScripts: found.get('ignore-scripts') === 'true',
    copiesFolders: found.get('install-links') === 'true',
    unlocked: found.get('package-lock') === 'false' || found.get('lockfile') === 'false',
  };
}

const npm: Manager = {
  locks: ['npm-shrinkwrap.json', 'package-lock.json'],
  foreignLocks: ['yarn.lock'],
  scripts: [...scripts, 'predependencies', 'dependencies', 'postdependencies'],
  members: (_files, root) => workspacesOf(root),
  settings: (files, { folder }) => npmrcSettings(files, folder),
};

const bun: Manager = {
  locks: ['bun.lock', 'bun.lockb'],
  foreignLocks: ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'],
  scripts,
  members: (_files, root) => workspacesOf(root),
  settings(files, root) {
    const settings = npmrcSettings(files, root.folder);
    if ('because' in settings) return settings;
    const file = posix.join(root.folder, 'bunfig.toml');
    const certificate = /^\s*cafile\s*=\s*["']([^"']+)["']/m.exec(files.text(file) ?? '')?.[1];
    return {
      ...settings,
      reads: [...(settings.reads ?? []), file, ...(certificate === undefined ? [] : [posix.join(root.folder, certificate)])],
      needs: patchesOf(root.folder, root.fields['patchedDependencies']),
      versions: textsWithin(root.fields['overrides']),
      copiesFolders: true,
    };
  },
};

function patchesOf(folder: string, patched: unknown): string[] {
  return textsWithin(patched).map((path) => posix.join(folder, path));
}

export const workspaceFile = 'pnpm-workspace.yaml';

const pnpm: Manager = {
  locks: ['pnpm-lock.yaml'],
  foreignLocks: [],
  scripts: ['pnpm:devPreinstall', ...scripts],
  shims: true,
  // `node_modules/.modules.yaml`, `.pnpm-workspace-state-v1.json` and `.pnpm/node_modules`, with releases 9 to 12; 8 installs packages of the others, too.
  records: "pnpm's own records, and the links in its store, name only those members of the workspace that the install is for",
  members: (files, { folder }) => textsOf(yaml(files, posix.join(folder, workspaceFile))?.['packages']),
  settings(files, root) {
    const settings = npmrcSettings(files, root.folder);
    if ('because' in settings) return settings;
    const file = posix.join(root.folder, workspaceFile);
    const more = yaml(files, file);
    if (!more) return { because: 'it cannot be read', file };
    const own = fieldsOf(root.fields['pnpm']);
    const given = more['pnpmfile'] ?? npmrc(files, root.folder).get('pnpmfile');
    const hooks = [...textsWithin(given), '.pnpmfile.mjs', '.pnpmfile.cjs'].map((name) => posix.join(root.folder, name));
    return {
      ...settings,
      reads: [...(settings.reads ?? []), file],
      runs: hooks.filter((path) => files.has(path)),
      needs: patchesOf(root.folder, [own['patchedDependencies'], more['patchedDependencies']]),
      versions: textsWithin([own['overrides'], more['overrides'], more['catalog'], more['catalogs']]),
      ignoresScripts: settings.ignoresScripts === true || more['ignoreScripts'] === true,
      copiesFolders: true,
    };
  },
};

/** Yarn 1 and later ones: a call does not show which it is, so the files of both are read. */
const yarn: Manager = {
  locks: ['yarn.lock'],
  foreignLocks: [],
  scripts,
  members: (_files, root) => workspacesOf(root),
  settings(files, root) {
    const { folder } = root;
    const settings = npmrcSettings(files, folder);
    if ('because' in settings) return settings;
    const kept =
      ['.pnp.cjs', '.pnp.js'].map((name) => posix.join(folder, name)).find((path) => files.has(path)) ?? files.below(posix.join(folder, '.yarn/cache'))[0];
    if (kept !== undefined) return { because: 'the packages are in the repository', file: kept };
    const classic = classicSettings(files, folder);
    const berry = berrySettings(files, folder);
    if ('because' in classic) return classic;
    if ('because' in berry) return berry;
    return {
      needs: [...(classic.needs ?? []), ...(berry.needs ?? [])],
      reads: [...(settings.reads ?? []), ...(classic.reads ?? []), ...(berry.reads ?? [])],
      writes: berry.writes ?? [],
      versions: textsWithin(root.fields['resolutions']),
      ignoresScripts: settings.ignoresScripts === true || classic.ignoresScripts === true,
      copiesFolders: true,
    };
  },
};

/** https://classic.yarnpkg.com/en/docs/yarnrc */
function classicSettings(files: ProjectFiles, folder: string): Settings | Obstacle {
  const file = posix.join(folder, '.yarnrc');
  const found = new Map(
    (files.text(file) ?? '').split(/\r?\n/).map((line) => [
      line.split(/\s+/)[0] ?? '',
      line
        .replace(/^\S+\s*/, '')
        .replaceAll('"', '')
        .trim(),
    ]),
  );
  const mirror = found.get('yarn-offline-mirror');
  const mirrored = mirror === undefined ? [] : files.below(posix.join(folder, mirror));
  if (mirrored.length > 50) return { because: 'the packages are in the repository', file: posix.join(folder, mirror ?? '') };
  if ([...found.keys()].some((key) => key.endsWith('modules-folder'))) return { because: 'it moves where the packages come', file };
  const paths = ['yarn-path', 'cafile'].flatMap((key) => found.get(key) ?? []).map((path) => posix.join(folder, path));
  return {
    reads: [file, ...mirrored],
    needs: paths.filter((path) => !path.startsWith('/')),
    ignoresScripts: found.get('--ignore-scripts') === 'true' || found.get('ignore-scripts') === 'true',
  };
}

/** https://yarnpkg.com/configuration/yarnrc */
function berrySettings(files: ProjectFiles, folder: string): Settings | Obstacle {
  const file = posix.join(folder, '.yarnrc.yml');
  const lock = files.text(posix.join(folder, 'yarn.lock')) ?? '';
  if (!files.has(file) && !lock.includes('__metadata:')) return {};
  const found = yaml(files, file);
  if (!found) return { because: 'it cannot be read', file };
  const at = (path: string): string => posix.join(folder, path);
  const plugins = (Array.isArray(found['plugins']) ? found['plugins'] : []).flatMap((one) =>
    typeof one === 'string' ? [one] : textsWithin(fieldsOf(one)['path']),
  );
  const local = plugins.filter((path) => /[/\\]/.test(path) && !path.startsWith('@'));
  const foreign = local.find((path) => !/(^|\/)@yarnpkg\//.test(path));
  if (foreign !== undefined) return { because: 'the plugin may read any file', file: at(foreign) };
  if (found['enableConstraintsChecks'] === true) return { because: 'the install checks the constraints of the project', file };
  const certificates = Object.entries(found).filter(([key]) => /^(httpsCaFilePath|caFilePath|httpsKeyFilePath|httpsCertFilePath)$/.test(key));
  const environment = Array.isArray(found['injectEnvironmentFiles']) ? textsOf(found['injectEnvironmentFiles']) : ['.env.yarn'];
  const outputs = ['.pnp.cjs', '.pnp.loader.mjs', '.yarn/cache', '.yarn/unplugged', '.yarn/install-state.gz', '.yarn/build-state.yml'];
  const linker = found['nodeLinker'];
  return {
    reads: [file, ...certificates.flatMap(([, path]) => textsWithin(path).map(at)), ...environment.map((path) => at(path.replace(/\?$/, '')))],
    needs: [...textsWithin(found['yarnPath']), ...local].map(at),
    writes: (linker === 'node-modules' || linker === 'pnpm' ? outputs.slice(2) : outputs).map(at),
  };
}

/** The top level of a YAML file; no fields where it is not there, undefined where it cannot be read. */
function yaml(files: ProjectFiles, path: string): Fields | undefined {
  if (!files.has(path)) return {};
  try {
    const value: unknown = parser('yaml').parse(files.text(path) ?? '[');
    return fieldsOf(value);
  } catch {
    return undefined;
  }
}

/** By the names of their programs. */
export const managers = { npm, yarn, pnpm, bun };

/** The project in a folder, or the root of the workspace above it that it is a member of. */
export function rootOf(files: ProjectFiles, folder: string, { members }: Manager): Project | undefined {
  for (let above = posix.join(folder, '..'), below = folder; isAbove(files, above, below); below = above, above = posix.join(above, '..')) {
    const root = projectIn(files, above) ?? unnamed(above);
    if (holds(files, members(files, root), above, folder)) return root;
  }
  const own = projectIn(files, folder);
  if (own || files.has(posix.join(folder, 'package.json'))) return own;
  return members(files, unnamed(folder)).length > 0 ? unnamed(folder) : undefined;
}

/** False at the root of the image, which is its own parent. */
function isAbove({ folder }: ProjectFiles, above: string, below: string): boolean {
  return posix.join(folder, above) !== posix.join(folder, below);
}

/** The root of a pnpm workspace needs no package.json. */
function unnamed(folder: string): Project {
  return { folder, manifest: posix.join(folder, 'package.json'), fields: {} };
}
