import { posix } from 'node:path';
import { isObstacle, type Obstacle, type ProjectFiles } from '../ecosystems/closure.ts';
import { fieldsOf, projectIn, textsWithin, type Project } from '../ecosystems/javascript/project.ts';
import { nameOf, reachedFrom, runtimeFields, workspaceOf, type Workspace } from '../ecosystems/javascript/workspaces.ts';
import type { Build } from './framework.ts';
import { managers } from './node-commands.ts';

/** The projects whose code runs where one of a workspace is started. */
export interface Reach {
  /** The one that is started comes first; folders are absolute. */
  readonly projects: readonly Project[];
  /** All others of the workspace, the root among them. */
  readonly others: readonly Project[];
  /** Absolute. */
  readonly root: string;
}

/** What runs of the workspace that a file or folder belongs to; undefined where it belongs to none. */
export function reachOf({ calls, files }: Build, place: string): Reach | Obstacle | undefined {
  const own = projectAbove(files, place);
  if (!own) return undefined;
  for (const program of new Set(calls.map(({ call }) => call.program).filter((one) => managers.has(one)))) {
    const workspace = workspaceOf(files, posix.relative('/', own.folder), program);
    if (workspace) return isObstacle(workspace) ? workspace : within(absolute(workspace), own, files);
  }
  return undefined;
}

/** The project in the nearest folder above. */
function projectAbove(files: ProjectFiles, place: string): Project | undefined {
  const project = projectIn(files, place);
  return project ?? (place === '/' ? undefined : projectAbove(files, posix.dirname(place)));
}

function absolute({ root, members }: Workspace): Workspace {
  const [first = root, ...others] = [root, ...members].map((project) => ({ ...project, folder: posix.resolve('/', project.folder) }));
  return { root: first, members: others };
}

function within({ root, members }: Workspace, own: Project, files: ProjectFiles): Reach | Obstacle {
  const all = [root, ...members];
  const started = all.find(({ folder }) => folder === own.folder);
  if (!started) return { because: 'what the image starts is no member of its workspace', file: posix.relative('/', own.manifest) };
  if (ofSystem.test(root.folder)) return { because: 'the workspace lies in a folder that holds other things, too', file: undefined };
  const projects = reachedFrom(members, [started], runtimeFields);
  const copied = all.find(({ fields }) => textsWithin(fields['dependencies']).some((version) => /^(file|link|portal):/.test(version)) || copiesMembers(fields));
  const settings = ['.npmrc', 'pnpm-workspace.yaml'].map((name) => posix.join(root.folder, name)).find((path) => injects.test(files.text(path) ?? ''));
  if (copied || settings !== undefined)
    return { because: 'the install copies members of the workspace', file: posix.relative('/', copied?.manifest ?? settings ?? '') };
  return { projects, others: all.filter((one) => !projects.includes(one)), root: root.folder };
}

const ofSystem = /^\/(root|home\/[^/]+|opt|usr|usr\/local|var)?$/;

/** https://pnpm.io/settings#injectworkspacepackages */
const injects = /inject-?workspace-?packages\s*[:=]\s*["']?true/i;

/** https://pnpm.io/package_json#dependenciesmeta-injected */
function copiesMembers({ dependenciesMeta }: Project['fields']): boolean {
  return Object.values(fieldsOf(dependenciesMeta)).some((one) => fieldsOf(one)['injected'] === true);
}

/** A file of a member that is only depended on, and that its manifest names, though the build does not make it: absolute. */
export function namedAsItStands({ projects: [, ...others] }: Reach, files: ProjectFiles, outputs: readonly string[]): string | undefined {
  const isMade = (path: string): boolean => outputs.some((output) => path === output || path.startsWith(`${output}/`));
  const entries = others.flatMap(({ folder, fields }) =>
    textsWithin([fields['main'], fields['module'], fields['exports'], fields['imports']]).map((entry) => posix.join(folder, entry)),
  );
  return entries.find((path) => !isMade(path) && (path.includes('*') || files.has(path)));
}

/** A file of the source that others may load by its path, or that loads another one in that way. */
export function loadsByPath(reach: Reach, files: ProjectFiles, path: string, text: string): boolean {
  const owner = ownerOf(reach, `/${path}`);
  if (owner !== reach.projects[0] && /\.[cm]?jsx?$/.test(path)) return true;
  return [...text.matchAll(/["'`](\.{1,2}\/[^"'`\s]*|@?[\w.-]+\/[^"'`\s]+)["'`]/g)].some(([, named = '']) => {
    if (named.startsWith('.')) return ownerOf(reach, posix.join('/', posix.dirname(path), named)) !== owner;
    const member = reach.projects.find((one) => named.startsWith(`${nameOf(one)}/`));
    return member !== undefined && files.has(posix.join(member.folder, named.slice(nameOf(member).length)));
  });
}

/** The project that a file lies in. */
export function ownerOf({ projects, others }: Reach, path: string): Project | undefined {
  const around = [...projects, ...others].filter(({ folder }) => path.startsWith(folder === '/' ? folder : `${folder}/`));
  return around.toSorted((a, b) => b.folder.length - a.folder.length)[0];
}
