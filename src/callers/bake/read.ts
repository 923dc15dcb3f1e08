import { posix } from 'node:path';
import { Lines, type Range } from '../../text.ts';
import {
  idIn,
  type Caller,
  type CallerFile,
  type CallerFiles,
  type Declarations,
  type Declared,
  type DeclaredEntry,
  type DeclaredSecret,
  type Note,
  type Place,
  type Reading,
} from '../caller.ts';
import { declaredPlace, firstExisting, folderOf, root } from '../places.ts';
import { blocksOf } from './blocks.ts';
import type { Attribute, Block, Expression } from './hcl.ts';
import { combinationsOf, valueOf, type Values } from './values.ts';

/** A block with the file that it stands in. */
interface Placed {
  readonly file: CallerFile;
  readonly block: Block;
}

/** An attribute with the file that it stands in. */
interface PlacedAttribute {
  readonly file: string;
  readonly fileText: string;
  readonly attribute: Attribute;
}

// https://docs.docker.com/build/bake/reference/#file-format
const readTogether = ['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl'];

/**
 * The targets of a bake file, with what they inherit and what files that are read with it say of them. Its paths are relative to
 * where bake runs: in `folders`, else in its own folder or the root, whichever makes the Dockerfile exist. Never throws.
 */
export function readBake(file: CallerFile, files: CallerFiles, folders: readonly string[] = []): Reading {
  const bases = folders.length > 0 ? folders.map((path): Place => ({ is: 'here', path })) : [folderOf(file.path), root];
  const notes: Note[] = [];
  const blocks = filesOf(file, files).flatMap((one): Placed[] => {
    const read = blocksOf(one, files);
    if (one.path === file.path) notes.push(...read.notes);
    return read.blocks.map((block) => ({ file: one, block }));
  });
  const targets = new Map<string, Placed[]>();
  for (const placed of blocks) {
    const [name = ''] = placed.block.labels;
    if (placed.block.type === 'target') targets.set(name, [...(targets.get(name) ?? []), placed]);
  }
  const variables = variablesOf(blocks);
  const abstract = abstractTargets(blocks, targets, variables);
  const callers: Caller[] = [];
  for (const [name, [first]] of targets) {
    if (first?.file.path !== file.path || abstract.has(name)) continue;
    const attributes = attributesOf(name, targets, variables, new Set());
    for (const values of combinationsOf(attributes.get('matrix')?.attribute.value, variables))
      callers.push(
        firstExisting(
          bases.map((base) => callerOf(name, first, attributes, values, base)),
          files,
        ),
      );
  }
  return { callers, notes, uses: [] };
}

function filesOf(file: CallerFile, files: CallerFiles): readonly CallerFile[] {
  const { dir, base } = posix.parse(file.path);
  if (!readTogether.includes(base)) return [file];
  return readTogether.flatMap((name) => {
    const path = posix.join(dir, name);
    const text = name === base ? file.text : files.text(path);
    return text === undefined ? [] : [{ path, text }];
  });
}

function variablesOf(blocks: readonly Placed[]): Values {
  const defaults = new Map<string, Expression>();
  for (const { block } of blocks) {
    const [name = ''] = block.labels;
    const given = block.body.attributes.get('default')?.value;
    if (block.type === 'variable' && given) defaults.set(name, given);
  }
  const open = new Set<string>();
  const values: Values = (name) => {
    const given = defaults.get(name);
    if (!given || open.has(name)) return undefined;
    open.add(name);
    const value = valueOf(given, values);
    open.delete(name);
    return value;
  };
  return values;
}

/** Targets that others inherit from and no group names: nobody builds them for themselves. */
function abstractTargets(blocks: readonly Placed[], targets: ReadonlyMap<string, readonly Placed[]>, variables: Values): ReadonlySet<string> {
  const named = (block: Block, key: string): string[] => namesIn(block.body.attributes.get(key)?.value, variables);
  const grouped = new Set(blocks.flatMap(({ block }) => (block.type === 'group' ? named(block, 'targets') : [])));
  const inherited = [...targets.values()].flat().flatMap(({ block }) => named(block, 'inherits'));
  return new Set(inherited.filter((name) => !grouped.has(name) && name !== 'default'));
}

function namesIn(list: Expression | undefined, values: Values): string[] {
  return list?.kind === 'list' ? list.items.flatMap((item) => valueOf(item, values) ?? []) : [];
}

/** What counts for a target: of what it inherits the last one, its own above all. What is in an object has a name like `args.VERSION`. */
function attributesOf(
  name: string,
  targets: ReadonlyMap<string, readonly Placed[]>,
  variables: Values,
  seen: ReadonlySet<string>,
): ReadonlyMap<string, PlacedAttribute> {
  const attributes = new Map<string, PlacedAttribute>();
  if (seen.has(name)) return attributes;
  const blocks = targets.get(name) ?? [];
  for (const { block } of blocks) {
    for (const parent of namesIn(block.body.attributes.get('inherits')?.value, variables)) {
      for (const [key, value] of attributesOf(parent, targets, variables, new Set([...seen, name]))) if (key !== 'matrix') attributes.set(key, value);
    }
  }
  for (const { file, block } of blocks) {
    const placed = (attribute: Attribute): PlacedAttribute => ({ file: file.path, fileText: file.text, attribute });
    for (const [key, attribute] of block.body.attributes) {
      // Secrets and agents are added to those that are inherited.
      if (key === 'secret' || key === 'ssh') attributes.set(`${key}@${file.path}:${attribute.key.start}`, placed(attribute));
      else if (attribute.value.kind !== 'object' || key === 'matrix') attributes.set(key, placed(attribute));
      // Objects are merged, all else is replaced.
      else for (const [inner, entry] of attribute.value.entries) attributes.set(`${key}.${inner}`, placed(entry));
    }
  }
  return attributes;
}

function callerOf(name: string, { file, block }: Placed, attributes: ReadonlyMap<string, PlacedAttribute>, values: Values, base: Place): Caller {
  const declared = declarationsOf(attributes, values);
  const line = new Lines(file.text).lineOf(block.start);
  return {
    kind: 'bake',
    name,
    file: file.path,
    start: block.start,
    end: block.end,
    line,
    declared,
    folder: base,
    keepsCache: attributes.has('no-cache'),
    ...placesOf(declared, base, attributes.has('dockerfile-inline')),
  };
}

function placesOf(declared: Declarations, base: Place, inline: boolean): Pick<Caller, 'context' | 'dockerfile'> {
  const context = declaredPlace(base, local(declared.context), '.');
  if (inline) return { context, dockerfile: { is: 'elsewhere', what: 'an inline Dockerfile' } };
  const { dockerfile } = declared;
  if (dockerfile?.value?.startsWith('cwd://') === true) return { context, dockerfile: declaredPlace(base, local(dockerfile), '') };
  return { context, dockerfile: declaredPlace(context, dockerfile, 'Dockerfile') };
}

function withId(declared: Declared): DeclaredSecret {
  return { ...declared, id: idIn(declared.text) };
}

/** `cwd://` is the folder in which bake runs. */
function local(declared: Declared | undefined): Declared | undefined {
  return declared && { ...declared, value: declared.value?.replace(/^cwd:\/\//, '') };
}

function declarationsOf(attributes: ReadonlyMap<string, PlacedAttribute>, values: Values): Declarations {
  const declare = ({ file, fileText }: PlacedAttribute, { start, end }: Range, value: Expression): Declared => ({
    file,
    start,
    end,
    text: fileText.slice(value.start, value.end).replace(/^"(.*)"$/s, '$1'),
    value: valueOf(value, values),
  });
  const one = (key: string): Declared | undefined => {
    const placed = attributes.get(key);
    return placed && declare(placed, placed.attribute.value, placed.attribute.value);
  };
  const list = (key: string): Declared[] =>
    [...attributes].flatMap(([name, placed]) => {
      const { value } = placed.attribute;
      return value.kind === 'list' && (name === key || name.startsWith(`${key}@`)) ? value.items.map((item) => declare(placed, item, item)) : [];
    });
  // A condition or a function decides of it: it is declared in any case.
  const whole = (key: string): Declared[] => {
    const placed = attributes.get(key);
    return placed && placed.attribute.value.kind !== 'list' ? [declare(placed, placed.attribute.value, placed.attribute.value)] : list(key);
  };
  const entries = (key: string): DeclaredEntry[] =>
    [...attributes].flatMap(([name, placed]) => {
      if (!name.startsWith(`${key}.`)) return [];
      const { key: start, value } = placed.attribute;
      return [{ name: name.slice(key.length + 1), ...declare(placed, { start: start.start, end: value.end }, value) }];
    });
  return {
    context: one('context'),
    dockerfile: one('dockerfile'),
    target: one('target'),
    args: entries('args'),
    contexts: entries('contexts'),
    secrets: list('secret').map(withId),
    ssh: list('ssh').map(withId),
    platforms: list('platforms'),
    cacheFrom: whole('cache-from'),
    cacheTo: whole('cache-to'),
  };
}
