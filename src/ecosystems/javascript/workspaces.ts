import { posix } from 'node:path';
import { isObstacle, type Obstacle, type ProjectFiles } from '../closure.ts';
import { managers, rootOf, type Manager } from './managers.ts';
import { fieldsOf, membersOf, type Project } from './project.ts';

/** Several packages of one repository that depend on each other. Folders are relative to the one of the files. */
export interface Workspace {
  readonly root: Project;
  readonly members: readonly Project[];
}

/** The workspace that the project in a folder is the root or a member of; undefined where it is none, or where a program does not know workspaces. */
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
