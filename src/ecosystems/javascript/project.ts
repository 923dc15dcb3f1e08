import { posix } from 'node:path';
import { parser } from './parsers.ts';
import type { Obstacle, ProjectFiles } from '../closure.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A folder with a package.json that could be read. */
export interface Project {
  /** Relative to the folder that the install is asked of; `.` for that itself. */
  readonly folder: string;
  /** The path of its package.json. */
  readonly manifest: string;
  readonly fields: Fields;
}

export function projectIn(files: ProjectFiles, folder: string): Project | undefined {
  const manifest = posix.join(folder, 'package.json');
  const text = files.text(manifest);
  const fields = text === undefined ? undefined : parsed(text);
  return fields && { folder, manifest, fields };
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The texts of an array; none of anything else. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** Every text in a value, however deep. */
export function textsWithin(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsWithin) : [];
}

export function scriptOf({ fields }: Project, name: string): string | undefined {
  const script = fieldsOf(fields['scripts'])[name];
  return typeof script === 'string' ? script : undefined;
}

/** `workspaces`, as a list or as `{ packages }`. */
export function workspacesOf({ fields }: Project): string[] {
  const { workspaces } = fields;
  return Array.isArray(workspaces) ? textsOf(workspaces) : textsOf(fieldsOf(workspaces)['packages']);
}

/** The projects below the root that the patterns name, and what these name themselves. */
export function membersOf(files: ProjectFiles, root: Project, patterns: readonly string[]): Project[] | Obstacle {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(cleaned);
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => cleaned(pattern.slice(1)));
  if (wanted.length === 0) return [];
  const outside = wanted.find((pattern) => pattern.startsWith('../'));
  if (outside !== undefined) return { because: `members of the workspace lie outside of its root (\`${outside}\`)`, file: root.manifest };
  const matches = parser('picomatch')(wanted, { ignore: [...unwanted, '**/node_modules/**'] });
  const members: Project[] = [];
  for (const path of files.below(root.folder)) {
    if (!/(^|\/)package\.json$/.test(path)) continue;
    const folder = posix.dirname(path);
    const name = nameIn(files, root.folder, folder);
    if (name === '' || !matches(name)) continue;
    const member = projectIn(files, folder);
    if (!member) return { because: 'the manifest of a member of the workspace cannot be read', file: path };
    const nested = membersOf(files, member, workspacesOf(member));
    if (!Array.isArray(nested)) return nested;
    members.push(member, ...nested);
  }
  return members;
}

/** The path of a folder from another one. */
function nameIn({ folder: start }: ProjectFiles, root: string, folder: string): string {
  return posix.relative(posix.join(start, root), posix.join(start, folder));
}

function cleaned(pattern: string): string {
  return pattern.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
}

/** True where the project's patterns name a folder below it. */
export function holds(files: ProjectFiles, patterns: readonly string[], root: string, folder: string): boolean {
  const name = nameIn(files, root, folder);
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(cleaned);
  return (
    wanted.length > 0 &&
    parser('picomatch')(wanted, { ignore: patterns.filter((pattern) => pattern.startsWith('!')).map((one) => cleaned(one.slice(1))) })(name)
  );
}

export interface Command {
  readonly name: string;
  readonly path: string;
}

/** The commands that a package brings, each with its file. */
export function commandsOf(files: ProjectFiles, { folder, fields }: Project): Command[] {
  const { bin, name } = fields;
  const own = typeof name === 'string' ? name.replace(/^.*\//, '') : '';
  const named =
    typeof bin === 'string'
      ? [[own, bin] as const]
      : Object.entries(fieldsOf(bin)).flatMap(([key, path]) => (typeof path === 'string' ? [[key, path] as const] : []));
  const listed = fieldsOf(fields['directories'])['bin'];
  const inFolder =
    typeof listed === 'string' && bin === undefined ? files.below(posix.join(folder, listed)).map((path) => ({ name: posix.basename(path), path })) : [];
  return [...named.map(([command, path]) => ({ name: command, path: posix.join(folder, path) })), ...inFolder];
}
