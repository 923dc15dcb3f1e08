import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Node } from 'yaml';
import type { Range, SourceText } from '../text.ts';
import type { CallerFile, CallerFiles, Note } from './caller.ts';

/** A YAML value with its place; anchors, aliases and merge keys are followed. */
export type Tree = Scalar | List | Mapping;

export interface Scalar extends Range {
  readonly kind: 'scalar';
  /** As text; undefined for null. */
  readonly value: string | undefined;
}

export interface List extends Range {
  readonly kind: 'list';
  readonly items: readonly Tree[];
}

export interface Mapping extends Range {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: Range;
  readonly value: Tree;
}

export interface YamlReading {
  readonly roots: readonly Tree[];
  readonly notes: readonly Note[];
}

const readingsOf = new WeakMap<CallerFiles, Map<string, YamlReading>>();

/** Reads YAML, which JSON is, too. Where it is broken there is a note and no tree. Files that others use are read once. */
export function readYaml({ path, text }: CallerFile, files: CallerFiles): YamlReading {
  const readings = readingsOf.get(files) ?? new Map<string, YamlReading>();
  readingsOf.set(files, readings);
  const reading = readings.get(path) ?? readText(path, text);
  readings.set(path, reading);
  return reading;
}

function readText(file: string, text: string): YamlReading {
  try {
    return parse(file, text);
  } catch (error) {
    // Nested deeper than the stack, or full of aliases.
    return { roots: [], notes: [{ file, line: 1, because: error instanceof Error ? error.message : String(error) }] };
  }
}

function parse(file: string, text: string): YamlReading {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, strict: false, logLevel: 'silent', merge: true });
  if (!Array.isArray(documents)) return { roots: [], notes: [] };
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken) return { roots: [], notes: [{ file, line: lines.linePos(broken.pos[0]).line || 1, because: printableMessage(broken.message) }] };
  return {
    roots: documents.flatMap((document) => (document.contents ? [treeOf(document.contents, { anchors: new Map(), known: new Map(), merged: 0 })] : [])),
    notes: [],
  };
}

function printableMessage(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, '');
}

interface Conversion {
  /** The last node with each anchor so far: the library's own look-up walks the whole document for each alias. */
  readonly anchors: Map<string, Node>;
  readonly known: Map<Node, Tree>;
  /** Entries that merge keys brought so far. */
  merged: number;
}

/** Merged mappings that are merged again grow with the square of their number. */
const mostMerged = 100_000;

function treeOf(node: Node, conversion: Conversion): Tree {
  const { anchors, known } = conversion;
  if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
  const before = known.get(node);
  if (before) return before;
  const [start, end] = node.range ?? [0, 0];
  // What is inside itself stays empty.
  known.set(node, { kind: 'scalar', value: undefined, start, end });
  const tree = convert(node, start, end, conversion);
  known.set(node, tree);
  return tree;
}

function convert(node: Node, start: number, end: number, conversion: Conversion): Tree {
  const below = (value: unknown): Tree => (isNode(value) ? treeOf(value, conversion) : { kind: 'scalar', value: undefined, start: end, end });
  // Compose: https://docs.docker.com/reference/compose-file/merge/#reset-value
  if (!isAlias(node) && node.tag === '!reset') return { kind: 'scalar', value: undefined, start, end };
  if (isAlias(node)) {
    const target = conversion.anchors.get(node.source);
    return target ? treeOf(target, conversion) : { kind: 'scalar', value: undefined, start, end };
  }
  if (isSeq(node)) return { kind: 'list', items: node.items.map(below), start, end };
  if (isMap(node)) {
    const own = new Map<string, Entry>();
    const merged = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const entry: Entry = { key: { start: key.range?.[0] ?? start, end: key.range?.[1] ?? start }, value: below(value) };
      if (key.source === '<<' || key.value === '<<') merge(merged, entry.value, conversion);
      else own.set(key.source ?? '', entry);
    }
    return { kind: 'mapping', entries: new Map([...merged, ...own]), start, end };
  }
  if (!isScalar(node) || node.value === null || node.value === undefined) return { kind: 'scalar', value: undefined, start, end };
  // A number keeps its spelling: `1.10` is no 1.1.
  return { kind: 'scalar', value: typeof node.value === 'string' ? node.value : (node.source ?? ''), start, end };
}

/** Of several merged mappings the first one wins. */
function merge(into: Map<string, Entry>, value: Tree, conversion: Conversion): void {
  const sources = value.kind === 'list' ? value.items : [value];
  for (const source of sources) {
    if (source.kind !== 'mapping') continue;
    conversion.merged += source.entries.size;
    if (conversion.merged > mostMerged) throw new RangeError('its merge keys bring more entries than any file has');
    for (const [key, entry] of source.entries) if (!into.has(key)) into.set(key, entry);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

/** The value below a chain of keys. */
export function at(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  let here = tree;
  for (const key of keys) here = here?.kind === 'mapping' ? here.entries.get(key)?.value : undefined;
  return here;
}

export function scalarAt(tree: Tree | undefined, ...keys: readonly string[]): (Scalar & { readonly value: string }) | undefined {
  const found = at(tree, ...keys);
  return found?.kind === 'scalar' && found.value !== undefined ? { ...found, value: found.value } : undefined;
}

export function entriesAt(tree: Tree | undefined, ...keys: readonly string[]): readonly (readonly [string, Entry])[] {
  const found = at(tree, ...keys);
  return found?.kind === 'mapping' ? [...found.entries] : [];
}

export function itemsAt(tree: Tree | undefined, ...keys: readonly string[]): readonly Tree[] {
  const found = at(tree, ...keys);
  return found?.kind === 'list' ? found.items : [];
}

/** A scalar's value with the place of every character in the file: quotes, escapes and indentation are passed over. */
export function sourceOf(text: string, scalar: Scalar & { readonly value: string }): SourceText {
  const { value, start, end } = scalar;
  const places: number[] = [];
  let from = start;
  // The header of a block scalar holds no value.
  if (/^[|>]/.test(text.slice(start, start + 1))) from = text.indexOf('\n', start) + 1;
  for (const character of value.split('')) {
    if (/\s/.test(character)) {
      places.push(from);
      if (/\s/.test(text.charAt(from)) && from < end) from++;
      continue;
    }
    while (from < end && text.charAt(from) !== character) from++;
    places.push(from);
    if (from < end) from++;
  }
  places.push(from);
  return { text: value, at: places };
}
