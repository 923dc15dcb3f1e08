import { posix } from 'node:path';
import type { Aspect, Difference } from './difference.ts';
import type { Image, Tree, TreeFile } from './image.ts';

/** All in which two images differ: fields of the configuration, then paths in their order (a folder before what lies in it), then the smoke command. */
export function compareImages(before: Image, after: Image): Difference[] {
  return [
    ...configurationDifferences(before.configuration, after.configuration),
    ...fileDifferences(before.tree, after.tree),
    ...smokeDifferences(before, after),
  ];
}

/** What an engine adds of its own. */
const notTheImages: ReadonlySet<string> = new Set(['Image', 'Hostname', 'Domainname', 'DockerVersion']);

function configurationDifferences(before: Image['configuration'], after: Image['configuration']): Difference[] {
  const [a, b] = [fieldsOf(before), fieldsOf(after)];
  const differences: Difference[] = [];
  for (const name of [...new Set([...a.keys(), ...b.keys()])].toSorted()) {
    if (a.get(name) !== b.get(name)) differences.push({ part: 'configuration', name, aspect: 'value', before: a.get(name), after: b.get(name) });
  }
  return differences;
}

/** Fields that hold something, as JSON; variables, labels, ports and volumes one by one. */
function fieldsOf(configuration: Image['configuration']): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [field, value] of Object.entries(configuration)) {
    if (notTheImages.has(field) || isEmpty(value)) continue;
    if (field === 'Env' && Array.isArray(value)) {
      for (const assignment of value.map(String)) {
        const equals = assignment.indexOf('=');
        fields.set(`Env ${assignment.slice(0, equals)}`, JSON.stringify(assignment.slice(equals + 1)));
      }
    } else if (typeof value === 'object' && value !== null && (field === 'Labels' || field === 'ExposedPorts' || field === 'Volumes')) {
      for (const [key, held] of Object.entries(value)) fields.set(`${field} ${key}`, JSON.stringify(held));
    } else fields.set(field, JSON.stringify(value));
  }
  return fields;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function fileDifferences({ files: before }: Tree, { files: after }: Tree): Difference[] {
  const differences: Difference[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].toSorted()) {
    const [a, b] = [before.get(path), after.get(path)];
    for (const aspect of aspectsThatDiffer(a, b)) {
      differences.push({ part: 'files', name: path, aspect, before: a && shown(a, aspect), after: b && shown(b, aspect) });
    }
  }
  return differences;
}

function aspectsThatDiffer(before: TreeFile | undefined, after: TreeFile | undefined): Aspect[] {
  if (!before || !after) return ['presence'];
  if (before.kind !== after.kind) return ['kind'];
  return (['content', 'mode', 'owner', 'attributes'] as const).filter((aspect) => before[aspect] !== after[aspect]);
}

function shown(file: TreeFile, aspect: Aspect): string {
  if (aspect === 'mode' || aspect === 'owner') return file[aspect];
  if (aspect === 'attributes') return file.attributes || 'none';
  if (file.kind === 'link') return `link to ${file.content}`;
  if (aspect !== 'content') return file.kind;
  return `${file.bytes} bytes, sha256 ${file.content.slice(0, 12)}`;
}

function smokeDifferences({ smoke: before }: Image, { smoke: after }: Image): Difference[] {
  if (!before || !after) return [];
  const differences: Difference[] = [];
  const add = (name: string, a: string, b: string): void => {
    if (a !== b) differences.push({ part: 'smoke', name, aspect: 'value', before: a, after: b });
  };
  add('exit code', String(before.exitCode), String(after.exitCode));
  add('stdout', before.stdout, after.stdout);
  add('stderr', before.stderr, after.stderr);
  return differences;
}

/**
 * Parts differences by whether two builds of one and the same text differ in the same way (`between` these): in the same aspect of the
 * same thing. A new path counts as one that varies where its folder holds names that are new in each build.
 */
export function partVarying(
  differences: readonly Difference[],
  between: readonly Difference[],
): { readonly steady: Difference[]; readonly varying: Difference[] } {
  const known = new Set(between.map(keyOf));
  const names = between.filter(({ aspect }) => aspect === 'presence');
  const foldersOf = (side: 'before' | 'after'): Set<string> => new Set(names.filter((one) => one[side] !== undefined).map(({ name }) => posix.dirname(name)));
  const [gone, come] = [foldersOf('before'), foldersOf('after')];
  const fresh = new Set<string>();
  const steady: Difference[] = [];
  const varying: Difference[] = [];
  for (const difference of differences) {
    const { name, aspect, before } = difference;
    const folder = posix.dirname(name);
    const isNewName = aspect === 'presence' && before === undefined && (fresh.has(folder) || (gone.has(folder) && come.has(folder)));
    if (isNewName) fresh.add(name);
    (isNewName || known.has(keyOf(difference)) ? varying : steady).push(difference);
  }
  return { steady, varying };
}

function keyOf({ part, name, aspect, before, after }: Difference): string {
  const way = aspect === 'presence' ? [before !== undefined, after !== undefined] : [];
  return JSON.stringify([part, name, aspect, ...way]);
}
