import { Lines } from '../../text.ts';
import type { CallerFile, CallerFiles, Note } from '../caller.ts';
import { entriesAt, readYaml, type Tree } from '../yaml.ts';
import { readHcl, readTemplate, type Attribute, type Block, type Body, type Expression } from './hcl.ts';

export interface Blocks {
  readonly blocks: readonly Block[];
  readonly notes: readonly Note[];
}

/** The blocks of a bake file, HCL or JSON; what stands in blocks of a target counts as its attribute. */
export function blocksOf(file: CallerFile, files: CallerFiles): Blocks {
  if (file.path.endsWith('.json')) return blocksOfJson(file, files);
  const read = readHcl(file.text);
  if ('because' in read) return { blocks: [], notes: [{ file: file.path, line: new Lines(file.text).lineOf(read.offset), because: read.because }] };
  // An attribute of the file itself is a variable of that name.
  const variables = [...read.attributes].map(([name, { key, value }]): Block => ({
    type: 'variable',
    labels: [name],
    body: { attributes: new Map([['default', { key, value }]]), blocks: [] },
    start: key.start,
    end: value.end,
  }));
  return { blocks: [...variables, ...read.blocks.map((block) => ({ ...block, body: flat(block.body) }))], notes: [] };
}

/** `args { … }` is `args = { … }`. */
function flat({ attributes, blocks }: Body): Body {
  const inner = blocks.map(({ type, start, end, body }): [string, Attribute] => [
    type,
    { key: { start, end: start + type.length }, value: { kind: 'object', entries: body.attributes, start, end } },
  ]);
  return { attributes: new Map([...attributes, ...inner]), blocks: [] };
}

function blocksOfJson(file: CallerFile, files: CallerFiles): Blocks {
  const { roots, notes } = readYaml(file, files);
  const blocks = entriesAt(roots[0]).flatMap(([type, { value }]) =>
    entriesAt(value).map(([label, { key, value: block }]): Block => {
      const attributes = new Map(entriesAt(block).map(([name, entry]) => [name, attributeOf(entry.key, entry.value)]));
      return { type, labels: [label], body: { attributes, blocks: [] }, start: key.start, end: Math.max(block.end, key.end) };
    }),
  );
  return { blocks, notes };
}

function attributeOf(key: { readonly start: number; readonly end: number }, value: Tree): Attribute {
  return { key, value: expressionOf(value) };
}

function expressionOf(tree: Tree): Expression {
  const { start, end } = tree;
  if (tree.kind === 'list') return { kind: 'list', items: tree.items.map(expressionOf), start, end };
  if (tree.kind === 'mapping')
    return { kind: 'object', entries: new Map([...tree.entries].map(([name, entry]) => [name, attributeOf(entry.key, entry.value)])), start, end };
  return tree.value === undefined ? { kind: 'unknown', start, end } : { kind: 'template', parts: readTemplate(tree.value, false), start, end };
}
