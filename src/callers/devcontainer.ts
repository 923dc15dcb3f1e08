import { Lines } from '../text.ts';
import { nothingDeclared, type CallerFile, type CallerFiles, type Declared, type DeclaredEntry, type Reading } from './caller.ts';
import { declaredPlace, folderOf } from './places.ts';
import { entriesAt, readYaml, scalarAt, type Tree } from './yaml.ts';

/** The image of a development container that a Dockerfile makes: https://containers.dev/implementors/json_reference/#image-specific. Never throws. */
export function readDevcontainer({ path, text }: CallerFile, files: CallerFiles): Reading {
  const { roots, notes } = readYaml({ path, text: withoutComments(text) }, files);
  const [tree] = roots;
  const declaredAt = (...keys: readonly string[]): Declared | undefined => {
    const scalar = scalarAt(tree, ...keys);
    return scalar && { file: path, start: scalar.start, end: scalar.end, text: scalar.value, value: known(scalar.value) };
  };
  // The first names are those of old.
  const dockerfile = declaredAt('dockerFile') ?? declaredAt('build', 'dockerfile');
  if (!dockerfile) return { callers: [], notes, uses: [] };
  const declared = {
    ...nothingDeclared,
    context: declaredAt('context') ?? declaredAt('build', 'context'),
    dockerfile,
    target: declaredAt('build', 'target'),
    args: entriesAt(tree, 'build', 'args').map(([name, { key, value }]) => argumentOf(path, name, key.start, value)),
  };
  const { start, end } = dockerfile;
  const base = folderOf(path);
  const context = declaredPlace(base, declared.context, '.');
  const name = scalarAt(tree, 'name')?.value ?? 'devcontainer';
  const line = new Lines(text).lineOf(start);
  return {
    callers: [{ kind: 'devcontainer', name, file: path, start, end, line, declared, context, dockerfile: declaredPlace(base, dockerfile, ''), folder: base }],
    notes,
    uses: [],
  };
}

function argumentOf(file: string, name: string, start: number, value: Tree): DeclaredEntry {
  const text = value.kind === 'scalar' ? (value.value ?? '') : '';
  return { name, file, start, end: value.end, text, value: known(text) };
}

/** `${localEnv:NAME}` is set where the container is opened. */
function known(text: string): string | undefined {
  return text.includes('${') ? undefined : text;
}

/** JSON with comments as one without, every character in its place. */
function withoutComments(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (token) => (token.startsWith('"') ? token : token.replaceAll(/[^\n]/g, ' ')));
}
