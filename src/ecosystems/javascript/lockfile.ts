import { posix } from 'node:path';
import type { Obstacle, ProjectFiles } from '../closure.ts';
import { jsonOf, tableAt, textOf, type Table } from '../tables.ts';
import { projectIn, type Project } from './project.ts';

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** Why npm's lockfile is not one that `npm ci` would take, as npm before 7 where that is what runs; undefined where it is in step with package.json. */
export function outOfStepNpm(files: ProjectFiles, folder: string, beforeSeven: boolean): Obstacle | undefined {
  const project = projectIn(files, folder);
  const name = ['npm-shrinkwrap.json', 'package-lock.json'].map((one) => posix.join(folder, one)).find((one) => files.has(one));
  if (!project || name === undefined) return { because: 'no lockfile is there when it runs', file: undefined };
  const lock = jsonOf(files.text(name));
  const root = tableAt(lock, 'packages', '');
  if (!lock || Object.keys(root).length === 0) return { because: 'the lockfile cannot be read, or is of npm before 7', file: name };
  // https://docs.npmjs.com/cli/configuring-npm/package-lock-json#lockfileversion
  if (beforeSeven && lock['dependencies'] === undefined) return { because: 'npm before 7 finds nothing in a lockfile of version 3', file: name };
  if (project.fields['workspaces'] !== undefined) return { because: 'the project has workspaces', file: project.manifest };
  const other = differing(project, root) ?? missingIn(tableAt(lock, 'packages'));
  return other === undefined ? undefined : { because: `the lockfile is not in step with package.json: ${other}`, file: name };
}

/** The first dependency for which the two ask differently. */
function differing(project: Project, root: Table): string | undefined {
  for (const kind of kinds) {
    const asked = tableAt(project.fields, kind);
    const locked = tableAt(root, kind);
    const optional = kind === 'dependencies' ? tableAt(project.fields, 'optionalDependencies') : {};
    for (const name of new Set([...Object.keys(asked), ...Object.keys(locked)])) if (asked[name] !== locked[name] && optional[name] === undefined) return name;
  }
  return undefined;
}

/** A package that another one asks for, and that the lockfile does not hold, or in another version: `npm ci` ends there. */
function missingIn(packages: Table): string | undefined {
  for (const [path, entry] of Object.entries(packages)) {
    for (const kind of ['dependencies', 'optionalDependencies']) {
      for (const [name, range] of Object.entries(tableAt({ entry }, 'entry', kind))) {
        const version = versionFor(packages, path, name);
        if (version === undefined || (typeof range === 'string' && !mayMean(range, version))) return name;
      }
    }
  }
  return undefined;
}

/** The version that a package finds under a name: in its own folder, or in one above it. */
function versionFor(packages: Table, path: string, name: string): string | undefined {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const entry = packages[posix.join(folder, 'node_modules', name)];
    if (entry !== undefined) return textOf(tableAt({ entry }, 'entry')['version']) ?? '';
    if (folder === '') return undefined;
  }
}

/** False where a plain range surely does not mean a version: https://github.com/npm/node-semver#ranges */
function mayMean(range: string, version: string): boolean {
  const [, operator = '', ...wanted] = /^([\^~]?)v?(\d+)\.(\d+)\.(\d+)$/.exec(range) ?? [];
  const found = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number);
  if (wanted.length < 3 || !found) return true;
  const [major = 0, minor = 0, patch = 0] = wanted.map(Number);
  const [a = 0, b = 0, c = 0] = found;
  if (operator === '') return a === major && b === minor && c === patch;
  if (a !== major) return false;
  const fixed = operator === '~' || major === 0;
  if (fixed && b !== minor) return false;
  if (operator === '^' && major === 0 && minor === 0) return c === patch;
  return b > minor || c >= patch;
}

/** The same of Yarn 1, whose lockfile names each `name@range` that is asked for. */
export function outOfStepYarn(files: ProjectFiles, folder: string): Obstacle | undefined {
  const project = projectIn(files, folder);
  const name = posix.join(folder, 'yarn.lock');
  const text = files.text(name);
  if (!project || text === undefined) return { because: 'no lockfile is there when it runs', file: undefined };
  if (project.fields['workspaces'] !== undefined) return { because: 'the project has workspaces', file: project.manifest };
  const keys = new Set([...text.matchAll(/^("?[^\s#"][^\n]*):$/gm)].flatMap(([, line = '']) => line.split(', ').map((one) => one.replaceAll('"', ''))));
  for (const kind of kinds.slice(0, 3))
    for (const [dependency, range] of Object.entries(tableAt(project.fields, kind)))
      if (typeof range !== 'string' || !keys.has(`${dependency}@${range}`))
        return { because: `the lockfile is not in step with package.json: ${dependency}`, file: name };
  return undefined;
}
