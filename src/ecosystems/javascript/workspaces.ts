import { posix } from 'node:path';
import { isObstacle, type Obstacle, type ProjectFiles } from '../closure.ts';
import { commentedJsonOf } from '../tables.ts';
import { managers, rootOf, workspaceFile, type Manager } from './managers.ts';
import { fieldsOf, membersOf, textsOf, type Project } from './project.ts';

/** Several packages of one repository that depend on each other. Folders are relative to the one of the files. */
export interface Workspace {
  readonly root: Project;
  readonly members: readonly Project[];
}

/** The workspace that the project in a folder is the root or a member of, as a program knows it; undefined where it is none. */
export function workspaceOf(files: ProjectFiles, folder: string, program: string): Workspace | Obstacle | undefined {
  const manager: Manager | undefined = Object.entries(managers).find(([name]) => name === program)?.[1];
  const root = manager && rootOf(files, folder, manager);
  const patterns = root && manager.members(files, root);
  if (!patterns || patterns.length === 0) return undefined;
  const members = membersOf(files, root, patterns);
  return isObstacle(members) ? members : { root, members };
}

/** The members that a call names, or all; undefined where it names them in a way that is not read. */
export function membersNamed({ root, members }: Workspace, names: readonly string[] | 'all'): Project[] | undefined {
  if (names === 'all') return [...members];
  const found = new Set<Project>();
  for (const written of names) {
    const name = written.replace(/\.\.\.$/, '').replace(/^\{(.*)\}$/, '$1');
    const exact = members.filter((member) => nameOf(member) === name || member.folder === posix.join(root.folder, name));
    const meant = exact.length > 0 || name.includes('/') ? exact : members.filter((member) => nameOf(member).endsWith(`/${name}`));
    const [member, ...more] = meant;
    if (!member || more.length > 0) return undefined;
    for (const one of written.endsWith('...') ? reachedFrom(members, [member], [...runtimeFields, 'devDependencies']) : [member]) found.add(one);
  }
  return members.filter((member) => found.has(member));
}

/** What Turborepo runs, in order of no account: for each task its projects and scripts. undefined where its settings are not read: https://turborepo.com/docs/reference/configuration */
export function taskRuns(
  files: ProjectFiles,
  tasks: readonly string[],
  named: readonly string[] | 'all',
): { readonly name: string; readonly project: Project }[] | undefined {
  const workspace = files.has(workspaceFile) ? workspaceOf(files, '.', 'pnpm') : workspaceOf(files, '.', 'npm');
  const settings = commentedJsonOf(files.text('turbo.json'));
  if (!workspace || isObstacle(workspace) || !settings) return undefined;
  const { members } = workspace;
  const asked = membersNamed(workspace, named);
  if (!asked || members.some(({ folder }) => files.has(posix.join(folder, 'turbo.json')))) return undefined;
  const defined = fieldsOf(settings['tasks'] ?? settings['pipeline']);
  const runs = new Map<string, { readonly name: string; readonly project: Project }>();
  const add = (name: string, project: Project): boolean => {
    const key = `${name} of ${project.folder}`;
    if (runs.has(key)) return true;
    runs.set(key, { name, project });
    const own = defined[`${nameOf(project)}#${name}`] ?? defined[name];
    if (own === undefined) return false;
    return textsOf(fieldsOf(own)['dependsOn']).every((task) => {
      if (task.startsWith('$')) return true;
      if (task.includes('#')) return false;
      const [first, ...others] = reachedFrom(members, [project], [...runtimeFields, 'devDependencies']);
      return (task.startsWith('^') ? others : [first ?? project]).every((one) => add(task.replace(/^\^/, ''), one));
    });
  };
  return asked.every((project) => tasks.every((task) => add(task, project))) ? [...runs.values()] : undefined;
}

export const runtimeFields = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/** Projects, with the members that they depend on by one of the fields of their manifests. */
export function reachedFrom(members: readonly Project[], projects: readonly Project[], by: readonly string[]): Project[] {
  const found = new Set(projects);
  // The set grows while it is gone through.
  for (const { fields } of found) {
    const names = new Set(by.flatMap((name) => Object.keys(fieldsOf(fields[name]))));
    for (const member of members) if (names.has(nameOf(member))) found.add(member);
  }
  return [...found];
}

export function nameOf({ fields: { name } }: Project): string {
  return typeof name === 'string' ? name : '';
}
