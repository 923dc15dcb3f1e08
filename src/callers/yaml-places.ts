import { isAlias, isMap, isNode, isScalar, isSeq, parseAllDocuments, type Document, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

/** Keys and positions from a document's root. */
export type YamlPath = readonly (string | number)[];

export type Collection = YAMLMap | YAMLSeq;

/** A place in a document; what is reached by aliases and merge keys lies where it is written. */
interface Place {
  readonly document: Document;
  /** What holds it, undefined for the root. */
  readonly owner: Collection | undefined;
  readonly index: number;
  readonly value: Node | undefined;
  /** The way was direct: neither an alias nor a merge key. */
  readonly direct: boolean;
}

let last: { readonly text: string; readonly documents: readonly Document[] } | undefined;

/** None where it is broken. One text is asked for several places in a row. */
function documentsIn(text: string): readonly Document[] {
  if (last?.text === text) return last.documents;
  const parsed = parseAllDocuments(text, { uniqueKeys: false, strict: false, logLevel: 'silent', merge: true });
  const documents = Array.isArray(parsed) && parsed.every(({ errors }) => errors.length === 0) ? parsed : [];
  last = { text, documents };
  return documents;
}

export function locate(text: string, path: YamlPath): Place | undefined {
  for (const document of documentsIn(text)) {
    const place = placeIn(document, path);
    if (place) return place;
  }
  return undefined;
}

function placeIn(document: Document, path: YamlPath): Place | undefined {
  let place: Place = { document, owner: undefined, index: 0, value: asNode(document.contents), direct: true };
  for (const step of path) {
    const collection = followed(place.value, document);
    const direct = place.direct && collection === place.value;
    if (typeof step === 'number') {
      if (!isSeq(collection) || step >= collection.items.length) return undefined;
      place = { document, owner: collection, index: step, value: asNode(collection.items[step]), direct };
      continue;
    }
    const found = isMap(collection) ? pairIn(collection, step, document) : undefined;
    if (!found) return undefined;
    place = {
      document,
      owner: found.owner,
      index: found.index,
      value: asNode(found.owner.items[found.index]?.value),
      direct: direct && found.owner === collection,
    };
  }
  return place;
}

/** The text of a scalar: a number as it is spelled. */
function textOf(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}

export function followed(node: Node | undefined, document: Document): Node | undefined {
  return isAlias(node) ? asNode(node.resolve(document)) : node;
}

export function asNode(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

export function keyOf({ key }: Pair): string | undefined {
  return isScalar(key) ? (key.source ?? textOf(key)) : undefined;
}

function pairIn(map: YAMLMap, key: string, document: Document): { readonly owner: YAMLMap; readonly index: number } | undefined {
  const index = map.items.findLastIndex((pair) => keyOf(pair) === key);
  if (index >= 0) return { owner: map, index };
  for (const pair of map.items) {
    if (keyOf(pair) !== '<<') continue;
    const merged = followed(asNode(pair.value), document);
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const one = followed(asNode(source), document);
      const found = isMap(one) ? pairIn(one, key, document) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

/** What stands at a place: `absent` where there is nothing or null. */
export type Kind = 'absent' | 'scalar' | 'list' | 'mapping';

export function kindAt(text: string, path: YamlPath): Kind {
  const place = locate(text, path);
  const value = place && followed(place.value, place.document);
  if (isMap(value)) return 'mapping';
  if (isSeq(value)) return 'list';
  return isScalar(value) && value.value !== null && value.value !== undefined ? 'scalar' : 'absent';
}

/** The texts of a list; undefined for what is no text. */
export function itemsAt(text: string, path: YamlPath): readonly (string | undefined)[] {
  const place = locate(text, path);
  const value = place && followed(place.value, place.document);
  return isSeq(value) ? value.items.map((item) => textOf(item)) : [];
}

/** The path of the mapping in whose value at a key an offset lies; paths go through what is written there, not through aliases. */
export function pathAround(text: string, key: string, offset: number): YamlPath | undefined {
  for (const document of documentsIn(text)) {
    const found = pathBelow(asNode(document.contents), key, offset);
    if (found) return found;
  }
  return undefined;
}

function pathBelow(node: Node | undefined, key: string, offset: number): YamlPath | undefined {
  const range = node?.range;
  if (!range || offset < range[0] || offset > range[2]) return undefined;
  if (isMap(node)) {
    for (const pair of node.items) {
      const value = asNode(pair.value);
      const name = keyOf(pair);
      if (name === undefined) continue;
      if (name === key && isScalar(value) && value.range && value.range[0] <= offset && offset < value.range[1]) return [];
      const below = pathBelow(value, key, offset);
      if (below) return [name, ...below];
    }
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const below = pathBelow(asNode(item), key, offset);
      if (below) return [index, ...below];
    }
  }
  return undefined;
}

/** The text around an offset that is one script: a scalar, or the list that it stands in. */
export function scriptAround(text: string, offset: number): string {
  let found = '';
  for (const document of documentsIn(text)) {
    let node = asNode(document.contents);
    for (let list: Node | undefined; node;) {
      if (isScalar(node)) {
        const [start, end] = (list ?? node).range ?? [0, 0];
        found = text.slice(start, end);
        break;
      }
      if (!isMap(node) && !isSeq(node)) break;
      const values: readonly unknown[] = isMap(node) ? node.items.map(({ value }) => value) : node.items;
      list = isSeq(node) ? node : undefined;
      node = values.map(asNode).find((one) => one?.range && one.range[0] <= offset && offset < one.range[2]);
    }
  }
  return found;
}

/** The place of a text that may span lines, and how it is written. */
export interface WrittenScalar {
  readonly start: number;
  readonly end: number;
  readonly style: 'plain' | 'literal' | 'other';
  readonly value: string;
}

export function scalarAt(text: string, path: YamlPath): WrittenScalar | undefined {
  const value = locate(text, path)?.value;
  if (!isScalar(value) || value.value === null || value.value === undefined) return undefined;
  const [start, end] = value.range ?? [0, 0];
  const style = value.type === 'BLOCK_LITERAL' ? 'literal' : value.type === 'PLAIN' && !text.slice(start, end).includes('\n') ? 'plain' : 'other';
  return { start, end, style, value: textOf(value) ?? '' };
}
