import { posix } from 'node:path';
import { isObstacle, type ClosureRead, type Obstacle, type ProjectFiles } from '../closure.ts';
import { managers, rootOf, type Manager, type Settings } from './managers.ts';
import { readModule } from './modules.ts';
import { readPrisma } from './prisma.ts';
import { commandsOf, fieldsOf, membersOf, projectIn, scriptOf, textsWithin, type Project } from './project.ts';
import { addFile, addFolder, type Program, type Reading } from './reading.ts';
import { runScript } from './scripts.ts';
import { nameOf, reachedFrom } from './workspaces.ts';

export interface Place {
  /** Relative to the folder that the closure is asked of. */
  readonly folder: string;
  /** It is the project, whatever lies above it. */
  readonly fixed?: boolean;
  readonly ignoresScripts?: boolean;
  /** A `file:` folder is copied, not linked. */
  readonly copiesFolders?: boolean;
  /** It goes by no lockfile. */
  readonly unlocked?: boolean;
  /** Without a workspace, every project below counts. */
  readonly recursive?: boolean;
  /** Members that it installs, by name or folder as its options give them, with all that they need of the workspace; undefined for every one. */
  readonly only?: readonly string[] | undefined;
}

const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** What an install of the project in a folder reads. */
export function packageClosure(files: ProjectFiles, manager: Manager, place: Place, outer: readonly string[] = []): ClosureRead {
  const root = place.fixed ? projectIn(files, place.folder) : rootOf(files, place.folder, manager);
  const missing = posix.join(place.folder, 'package.json');
  if (!root) return { because: 'the install needs a package.json that the build context does not hold', file: missing };
  const settings = manager.settings(files, root);
  if ('because' in settings) return settings;
  const patterns = manager.members(files, root);
  const all = membersOf(files, root, place.recursive && patterns.length === 0 ? ['**'] : patterns);
  if (!Array.isArray(all)) return all;
  const members = (place.only && chosen(root, all, place.only)) ?? all;
  const install: Install = {
    files,
    root: root.folder,
    read: new Set(),
    written: new Set(),
    commands: new Map(),
    install: (program, folder, ignoresScripts) => nested(files, program, { folder, ignoresScripts }, [...outer, root.folder]),
    manager,
    settings,
    scripts: !(place.ignoresScripts === true || settings.ignoresScripts === true),
    copies: place.copiesFolders === true || settings.copiesFolders === true,
    projects: new Set(),
    executables: new Set(),
  };
  addFile(install, root.manifest);
  const unlocked = place.unlocked === true || settings.unlocked === true;
  const lock = unlocked ? undefined : manager.locks.map((name) => posix.join(root.folder, name)).find((path) => addFile(install, path));
  if (!unlocked && lock === undefined) for (const name of manager.foreignLocks) addFile(install, posix.join(root.folder, name));
  const obstacle =
    readSettings(install) ?? readProjects(install, [root, ...members]) ?? readVersions(install, root, settings.versions ?? []) ?? readScripts(install);
  if (obstacle) return obstacle;
  const asks = [...install.projects].some(({ fields }) =>
    [...dependencyFields, 'peerDependencies'].some((name) => Object.keys(fieldsOf(fields[name])).length > 0),
  );
  const [executable] = install.executables;
  const mode = executable && `${executable} keeps the mode that it has in the repository, where the install made it executable`;
  const records = members.length < all.length ? manager.records : undefined;
  return {
    files: [...install.read],
    outputs: [...install.written],
    floating: lock !== undefined || !asks ? undefined : `what ${root.manifest} asks for`,
    differs: mode ?? records,
  };
}

/** The members that options name, with those that they and the root depend on; undefined where an option names none, or in a way that is not read. */
function chosen(root: Project, members: readonly Project[], only: readonly string[]): Project[] | undefined {
  const found = new Set<Project>([root]);
  for (const written of only) {
    const one = written.replace(/\.\.\.$/, '');
    const folder = posix.join(root.folder, one);
    const meant = /[*?[\]{}^!]|^\.\.\./.test(one)
      ? []
      : members.filter((member) => nameOf(member) === one || nameOf(member).endsWith(`/${one}`) || isBelow(member.folder, folder));
    if (meant.length === 0) return undefined;
    for (const member of meant) found.add(member);
  }
  const all = new Set(reachedFrom(members, [...found], [...dependencyFields, 'peerDependencies']));
  return members.filter((member) => all.has(member));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** What a fetch by the lockfile alone reads: `pnpm fetch`. */
export function lockClosure(files: ProjectFiles, manager: Manager, { folder }: Place): ClosureRead {
  const root = rootOf(files, folder, manager);
  const lock = manager.locks.map((name) => posix.join(root?.folder ?? folder, name)).find((path) => files.has(path));
  if (!root || lock === undefined)
    return { because: 'the fetch needs a lockfile that the build context does not hold', file: posix.join(folder, manager.locks[0] ?? '') };
  const whole = packageClosure(files, manager, { folder, ignoresScripts: true });
  if (isObstacle(whole)) return whole;
  const manifests = whole.files.filter((path) => posix.basename(path) === 'package.json');
  // The manager's own version and settings may stand in the root's.
  const decides = ['packageManager', 'devEngines', 'pnpm'].some((field) => root.fields[field] !== undefined);
  const own = decides ? [root.manifest] : [];
  const others = whole.files.filter((path) => path !== lock && !manifests.includes(path));
  return { files: [lock, ...own, ...others], outputs: [posix.join(root.folder, 'node_modules')], floating: undefined };
}

interface Install extends Reading {
  readonly manager: Manager;
  readonly settings: Settings;
  /** Scripts run. */
  readonly scripts: boolean;
  readonly copies: boolean;
  /** Projects whose scripts run, with the root first. */
  readonly projects: Set<Project>;
  /** Files of the source that it makes executable. */
  readonly executables: Set<string>;
}

function nested(files: ProjectFiles, program: Program, place: Place, outer: readonly string[]): ClosureRead {
  // A script of an install that runs that install again ends nowhere, or by an environment variable.
  if (outer.includes(place.folder)) return { because: 'a script of the install runs it again', file: posix.join(place.folder, 'package.json') };
  return packageClosure(files, managers[program], place, outer);
}

function readSettings(install: Install): Obstacle | undefined {
  const { files, settings } = install;
  for (const path of settings.needs ?? [])
    if (!addFile(install, path)) return { because: 'the install needs a file that the build context does not hold', file: path };
  for (const path of settings.reads ?? []) addFile(install, path);
  for (const path of settings.writes ?? []) install.written.add(path);
  for (const path of settings.runs ?? []) {
    const obstacle = files.has(path) ? readModule(install, path, { folder: install.root, shell: startsProgram(path) }) : undefined;
    if (obstacle) return obstacle;
  }
  return undefined;
}

function startsProgram(file: string): () => Obstacle {
  return () => ({ because: 'the install loads it, and it starts a program', file });
}

/** The root and the members of its workspace. */
function readProjects(install: Install, projects: readonly Project[]): Obstacle | undefined {
  for (const project of projects) {
    addFile(install, project.manifest);
    install.projects.add(project);
    install.written.add(posix.join(project.folder, 'node_modules'));
  }
  for (const project of projects) {
    if (project !== projects[0]) {
      // pnpm reads a member's own.
      if (install.manager.shims) addFile(install, posix.join(project.folder, '.npmrc'));
      const obstacle = readCommands(install, project);
      if (obstacle) return obstacle;
    }
    const fields = dependencyFields.map((name) => project.fields[name]);
    const obstacle = readVersions(install, project, textsWithin(fields));
    if (obstacle) return obstacle;
  }
  const overrides = projects[0] ? [projects[0].fields['overrides'], projects[0].fields['resolutions']] : [];
  return projects[0] && readVersions(install, projects[0], textsWithin(overrides));
}

/** The commands of a package that is linked, not copied. */
function readCommands(install: Install, project: Project): Obstacle | undefined {
  for (const { name, path } of commandsOf(install.files, project)) {
    install.commands.set(name, path);
    if (!install.files.has(path)) continue;
    if (!install.manager.shims) return { because: `the install makes the command \`${name}\` executable, and the source would undo that`, file: path };
    install.read.add(path);
    install.executables.add(path);
  }
  return undefined;
}

/** Of the versions those that are files and folders of the project. */
function readVersions(install: Install, { folder, manifest }: Project, versions: readonly string[]): Obstacle | undefined {
  for (const version of versions) {
    if (/^(exec:|git\+file:|file:\/\/|file:~|~\/)/.test(version)) return { because: `what \`${version}\` reads is not known`, file: manifest };
    const [, patch] = /^patch:.*#(.+)$/.exec(version) ?? [];
    const obstacle = patch === undefined ? readLocal(install, folder, version) : readPatches(install, folder, patch);
    if (obstacle) return obstacle;
  }
  return undefined;
}

function readPatches(install: Install, folder: string, patches: string): Obstacle | undefined {
  for (const written of patches.replace(/::.*$/, '').split('&')) {
    if (/^(optional!)?builtin</.test(written)) continue;
    const name = decodeURIComponent(written.replace(/^optional!/, ''));
    const path = name.startsWith('~/') ? posix.join(install.root, name.slice(2)) : posix.join(folder, name);
    if (!addFile(install, path)) return { because: 'the install needs a patch that the build context does not hold', file: path };
  }
  return undefined;
}

function readLocal(install: Install, from: string, version: string): Obstacle | undefined {
  const [, protocol, name] = /^(file:|link:|portal:|workspace:(?=\.))?(.*)$/s.exec(version) ?? [];
  const isPath = name !== undefined && (protocol !== undefined || /^\.{1,2}(\/|$)|^\/|^[\w@./-]+\.(tgz|tar\.gz|tar)$/.test(name));
  if (!isPath) return undefined;
  const path = name.startsWith('/') ? name : posix.join(from, name);
  const outside: Obstacle = { because: 'the install needs a package that the build context does not hold', file: path };
  if (name.startsWith('/')) return outside;
  if (/\.(tgz|tar\.gz|tar)$/.test(path)) return addFile(install, path) ? undefined : outside;
  const start = install.files.folder;
  const known = [...install.projects].some(({ folder }) => posix.join(start, folder) === posix.resolve(start, path));
  if (known) return undefined;
  const project = projectIn(install.files, posix.relative(start, posix.resolve(start, path)) || '.');
  return project ? readFolder(install, project, protocol === 'file:' || protocol === undefined) : outside;
}

/** A package of the project that is no member of its workspace. */
function readFolder(install: Install, project: Project, isFile: boolean): Obstacle | undefined {
  const { folder, manifest } = project;
  install.projects.add(project);
  install.read.add(manifest);
  addFile(install, posix.join(folder, 'npm-shrinkwrap.json'));
  install.written.add(posix.join(folder, 'node_modules'));
  const copied = isFile && install.copies;
  const obstacle = copied ? addFolder(install, folder, 'the install copies the folder', 50) : readCommands(install, project);
  if (copied) for (const { name, path } of commandsOf(install.files, project)) install.commands.set(name, path);
  return obstacle ?? readVersions(install, project, textsWithin([project.fields['dependencies'], project.fields['optionalDependencies']]));
}

/** The scripts of the projects, what stands in for them, and those of dependencies that are known to read the project. */
function readScripts(install: Install): Obstacle | undefined {
  if (!install.scripts) return undefined;
  for (const project of install.projects) {
    const native = posix.join(project.folder, 'binding.gyp');
    if (install.files.has(native) && scriptOf(project, 'install') === undefined) return { because: 'the install builds the project itself', file: native };
    for (const name of install.manager.scripts) {
      const obstacle = runScript(install, project, name);
      if (obstacle) return obstacle;
    }
    const dependencies = { ...fieldsOf(project.fields['dependencies']), ...fieldsOf(project.fields['devDependencies']) };
    // Its own postinstall generates: https://github.com/prisma/prisma/blob/main/packages/client/scripts/postinstall.js
    const obstacle = dependencies['@prisma/client'] === undefined ? undefined : (readPrisma(install, project.folder) ?? readPrisma(install, install.root));
    if (obstacle) return obstacle;
  }
  return undefined;
}
