import { posix } from 'node:path';
import type { Obstacle, ProjectFiles } from '../closure.ts';
import { jsonOf, tableAt, type Table } from '../tables.ts';
import { projectIn, type Project } from './project.ts';

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** Why npm's lockfile is not one that `npm ci` would take; undefined where it is in step with package.json. */
export function outOfStepNpm(files: ProjectFiles, folder: string): Obstacle | undefined {
  const project = projectIn(files, folder);
  const name = ['npm-shrinkwrap.json', 'package-lock.json'].map((one) => posix.join(folder, one)).find((one) => files.has(one));
  if (!project || name === undefined) return { because: 'no lockfile is there when it runs', file: undefined };
  const lock = jsonOf(files.text(name));
  const root = tableAt(lock, 'packages', '');
  if (!lock || Object.keys(root).length === 0) return { because: 'the lockfile cannot be read, or is of npm before 7', file: name };
  if (project.fields['workspaces'] !== undefined) return { because: 'the project has workspaces', file: project.manifest };
  const other = differing(project, root);
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
