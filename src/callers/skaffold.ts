import { Lines } from '../text.ts';
import { nothingDeclared, type Caller, type CallerFile, type CallerFiles, type Declared, type DeclaredEntry, type Reading } from './caller.ts';
import { declaredPlace, firstExisting, folderOf } from './places.ts';
import { at, entriesAt, itemsAt, readYaml, scalarAt, type Scalar, type Tree } from './yaml.ts';

/** The artifacts of a skaffold file that a Dockerfile makes, those of its profiles included: https://skaffold.dev/docs/references/yaml/. Never throws. */
export function readSkaffold(file: CallerFile, files: CallerFiles): Reading {
  const { roots, notes } = readYaml(file, files);
  const callers = roots.flatMap((tree) =>
    [tree, ...itemsAt(tree, 'profiles')].flatMap((part) => itemsAt(part, 'build', 'artifacts').flatMap((artifact) => artifactOf(artifact, file, files))),
  );
  return { callers, notes, uses: [] };
}

/** Ways to make an image that read no Dockerfile. */
const others = ['bazel', 'buildpacks', 'custom', 'jib', 'ko'];

function artifactOf(artifact: Tree, file: CallerFile, files: CallerFiles): Caller[] {
  const image = scalarAt(artifact, 'image');
  if (!image || others.some((one) => at(artifact, one) !== undefined)) return [];
  const builder = at(artifact, 'docker') ?? at(artifact, 'kaniko');
  // `{{.IMAGE_TAG}}` is known to skaffold alone.
  const declare = ({ start, end, value }: Scalar & { readonly value: string }): Declared => ({
    file: file.path,
    start,
    end,
    text: value,
    value: value.includes('{{') ? undefined : value,
  });
  const declaredAt = (tree: Tree | undefined, key: string): Declared | undefined => {
    const scalar = scalarAt(tree, key);
    return scalar && declare(scalar);
  };
  const args = entriesAt(builder, 'buildArgs').map(([name, { key, value }]): DeclaredEntry => {
    const text = value.kind === 'scalar' ? (value.value ?? '') : '';
    return { name, ...declare({ kind: 'scalar', value: text, start: key.start, end: Math.max(key.end, value.end) }) };
  });
  const declared = {
    ...nothingDeclared,
    context: declaredAt(artifact, 'context'),
    dockerfile: declaredAt(builder, 'dockerfile'),
    target: declaredAt(builder, 'target'),
    args,
  };
  const base = folderOf(file.path);
  const context = declaredPlace(base, declared.context, '.');
  const { start, end } = image;
  const line = new Lines(file.text).lineOf(start);
  // The path is relative to the context and, where nothing is there, to the folder of this file.
  const possible = [context, base].map((folder): Caller => ({
    kind: 'skaffold',
    name: image.value,
    file: file.path,
    start,
    end,
    line,
    declared,
    context,
    dockerfile: declaredPlace(folder, declared.dockerfile, 'Dockerfile'),
    folder: base,
  }));
  return [firstExisting(declared.dockerfile ? possible : possible.slice(0, 1), files)];
}
