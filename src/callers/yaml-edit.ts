import { isMap, isNode, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { isEmptyLine, lineAround, newLineOf } from './lines.ts';
import { asNode, followed, keyOf, locate, type Collection, type YamlPath } from './yaml-places.ts';

/** What is put into a file: a text, texts below each other in a block (`|`), a list, a mapping. */
export type NewValue = string | { readonly block: readonly string[] } | readonly string[] | { readonly [key: string]: NewValue };

/** Without an entry or item, and without what holds it where that would be empty. */
export function withoutAt(text: string, path: YamlPath): string | undefined {
  const place = locate(text, path);
  if (!place?.owner) return undefined;
  const { owner, index } = place;
  if (owner.items.length === 1) {
    const above = path.slice(0, -1);
    const holder = above.length > 0 ? locate(text, above)?.value : undefined;
    // What is only referred to stays for the others.
    return holder?.range?.[0] === owner.range?.[0] ? withoutAt(text, above) : undefined;
  }
  const range = owner.flow === true ? flowItemRange(owner, index) : blockItemRange(text, owner, index);
  if (!range) return undefined;
  const [start, end] = range;
  const result = text.slice(0, start) + text.slice(end);
  const anchors = [...text.slice(start, end).matchAll(/(?:^|[\s[{,:-])&([^\s,[\]{}]+)/g)].map(([, name = '']) => name);
  return anchors.some((name) => result.includes(`*${name}`)) ? undefined : result;
}

function flowItemRange(owner: Collection, index: number): readonly [number, number] | undefined {
  const own = rangeOfItem(owner.items[index]);
  const next = rangeOfItem(owner.items[index + 1]);
  const before = rangeOfItem(owner.items[index - 1]);
  if (!own) return undefined;
  if (next) return [own[0], next[0]];
  return before ? [before[1], own[1]] : undefined;
}

/** Where an entry or item begins, and where what is written of it ends. */
function rangeOfItem(item: unknown): readonly [number, number] | undefined {
  if (isNode(item)) return item.range ? [startOf(item), lastOffset(item)] : undefined;
  if (!isPair(item) || !isNode(item.key) || !item.key.range) return undefined;
  const value = asNode(item.value);
  return [startOf(item.key), Math.max(item.key.range[1], value ? lastOffset(value) : 0)];
}

function isPair(item: unknown): item is Pair {
  return typeof item === 'object' && item !== null && 'key' in item;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function lastOffset(node: Node): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) return rangeOfItem(node.items.at(-1))?.[1] ?? node.range?.[1] ?? 0;
  return node.range?.[1] ?? 0;
}

/** The lines of an entry, with the line end in front of them where there is one. */
function blockItemRange(text: string, owner: Collection, index: number): readonly [number, number] | undefined {
  const lines = blockItemLines(text, owner, index);
  if (!lines) return undefined;
  const [start, end] = lines;
  if (start > 0) return [start - newLineBefore(text, start), end];
  return [start, Math.min(text.length, end + newLineOf(text).length)];
}

function newLineBefore(text: string, start: number): number {
  return text.slice(start - 2, start) === '\r\n' ? 2 : 1;
}

/** From the start of an entry's first line to the end of its last one, its line end not included; undefined where something else stands there. */
function blockItemLines(text: string, owner: Collection, index: number): readonly [number, number] | undefined {
  const range = rangeOfItem(owner.items[index]);
  if (!range) return undefined;
  const last = text.slice(range[0], range[1]).trimEnd().length + range[0];
  const { start } = lineAround(text, range[0]);
  const { end } = lineAround(text, last);
  const before = text.slice(start, range[0]);
  const behind = text.slice(last, end);
  const alone = isSeq(owner) ? /^ *- +(?:&\S+ +)?$/.test(before) : /^ *$/.test(before);
  return alone && /^:?\s*(#.*)?$/.test(behind) ? [start, end] : undefined;
}

/** With one more text in a list. */
export function withItem(text: string, path: YamlPath, item: string): string | undefined {
  const place = locate(text, path);
  const list = place && followed(place.value, place.document);
  if (!isSeq(list)) return undefined;
  return withNew(text, list, (style) => (style.flow ? scalar(item, style) : `- ${scalar(item, style)}`), false);
}

/** With one more entry in a mapping (`[]`: the document's own). */
export function withEntry(text: string, path: YamlPath, key: string, value: NewValue): string | undefined {
  const place = locate(text, path);
  const map = place && followed(place.value, place.document);
  if (!isMap(map) || map.items.some((pair) => keyOf(pair) === key)) return undefined;
  const apart = path.length === 0 && map.items.length > 0 && isApart(text, map);
  return withNew(text, map, (style) => (style.flow ? `${scalar(key, style)}: ${flowValue(value, style)}` : blockEntry(key, value, style)), apart);
}

function isApart(text: string, map: YAMLMap): boolean {
  const last = rangeOfItem(map.items.at(-1));
  if (map.items.length < 2 || !last) return true;
  const { start } = lineAround(text, last[0]);
  return start > 0 && isEmptyLine(text, start - 1);
}

interface Style {
  readonly flow: boolean;
  readonly quoted: boolean;
  readonly indent: string;
  readonly step: string;
  /** The items of a list stand further in than its key. */
  readonly listsIndented: boolean;
  readonly newLine: string;
}

function withNew(text: string, owner: Collection, render: (style: Style) => string, apart: boolean): string | undefined {
  const newLine = newLineOf(text);
  const [first] = owner.items;
  const firstRange = rangeOfItem(first);
  const lastRange = rangeOfItem(owner.items.at(-1));
  const base = { quoted: isQuoted(text, owner), step: stepIn(text), listsIndented: listsIndentedIn(text), newLine };
  if (owner.flow === true) {
    const content = render({ ...base, flow: true, indent: '' });
    const [start, end] = owner.range ?? [0, 0];
    if (!firstRange || !lastRange)
      return /^.\s*.$/.test(text.slice(start, end)) ? `${text.slice(0, start + 1)}${inside(content, isMap(owner))}${text.slice(end - 1)}` : undefined;
    const { start: line } = lineAround(text, lastRange[0]);
    const indent = text.slice(line, lastRange[0]);
    const separator = isEmptyText(indent) ? `,${newLine}${indent}` : ', ';
    return text.slice(0, lastRange[1]) + separator + content + text.slice(lastRange[1]);
  }
  if (!firstRange || !lastRange) return undefined;
  const lines = blockItemLines(text, owner, owner.items.length - 1);
  const offset = isSeq(owner) ? startOf(owner) : firstRange[0];
  const column = offset - lineAround(text, offset).start;
  const end = behindComments(text, lines?.[1] ?? lineAround(text, text.slice(0, lastRange[1]).trimEnd().length).end, column);
  const indent = ' '.repeat(column);
  const content = render({ ...base, flow: false, indent });
  return `${text.slice(0, end)}${apart ? newLine : ''}${newLine}${indent}${content}${text.slice(end)}`;
}

/** Behind the comments that stand further in than a column: they belong to what is above. */
function behindComments(text: string, lineEnd: number, column: number): number {
  let end = lineEnd;
  for (;;) {
    const next = text.indexOf('\n', end) + 1;
    if (next === 0) return end;
    const line = lineAround(text, next);
    const [, indent = ''] = /^( *)#/.exec(text.slice(line.start, line.end)) ?? [];
    if (indent.length <= column) return end;
    end = line.end;
  }
}

function inside(content: string, braces: boolean): string {
  return braces ? ` ${content} ` : content;
}

function isEmptyText(text: string): boolean {
  return text.trim() === '';
}

function isQuoted(text: string, owner: Collection): boolean {
  if (owner.flow !== true) return false;
  const range = rangeOfItem(owner.items[0]);
  return range ? text.charAt(range[0]) === '"' : text.trimStart().startsWith('{');
}

function stepIn(text: string): string {
  return /^(?! *(?:#|- ))[^\s#][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( +)[^\s-]/m.exec(text)?.[1] ?? '  ';
}

function listsIndentedIn(text: string): boolean {
  const [, key = '', item = ' '] = /^( *)[\w."'-]+:[ \t]*(?:#[^\n]*)?\r?\n( *)- /m.exec(text) ?? [];
  return item.length > key.length;
}

function blockEntry(key: string, value: NewValue, style: Style): string {
  const { indent, step, newLine } = style;
  const name = scalar(key, style);
  if (typeof value === 'string') return `${name}: ${scalar(value, style)}`;
  if (isList(value)) {
    const items = style.listsIndented ? indent + step : indent;
    return [`${name}:`, ...value.map((item) => `${items}- ${scalar(item, style)}`)].join(newLine);
  }
  if (isBlock(value)) return [`${name}: |`, ...value.block.map((line) => indent + step + line)].join(newLine);
  const below = { ...style, indent: indent + step };
  return [`${name}:`, ...Object.entries(value).map(([one, inner]) => below.indent + blockEntry(one, inner, below))].join(newLine);
}

function flowValue(value: NewValue, style: Style): string {
  if (typeof value === 'string') return scalar(value, style);
  if (isList(value)) return `[${value.map((item) => scalar(item, style)).join(', ')}]`;
  if (isBlock(value)) return JSON.stringify(value.block.join('\n'));
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${scalar(key, style)}: ${flowValue(inner, style)}`)
    .join(', ')} }`;
}

function isList(value: NewValue): value is readonly string[] {
  return Array.isArray(value);
}

function isBlock(value: Exclude<NewValue, string | readonly string[]>): value is { readonly block: readonly string[] } {
  return 'block' in value && Array.isArray(value.block);
}

function scalar(text: string, { quoted, flow }: Style): string {
  const plain = /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|~)$/i.test(text);
  const expression = !flow && /^\$\{\{[^\n#]*\}\}$/.test(text) && !text.includes(': ');
  const option = !flow && /^type=(?:[\w=,./-]|\$\{\{[^\n#:]*?\}\})*$/.test(text);
  return !quoted && (plain || expression || option) ? text : JSON.stringify(text);
}

/** A text as the value of a key of a mapping that stands in its place: `build: .` becomes `build:` with `context: .` below. */
export function wrappedIn(text: string, path: YamlPath, key: string): string | undefined {
  const place = locate(text, path);
  if (!place?.owner || !isScalar(place.value) || place.value.anchor !== undefined || !place.direct) return undefined;
  const own = place.owner.items[place.index];
  if (!isPair(own) || !isNode(own.key) || !own.key.range) return undefined;
  const [start, end] = place.value.range ?? [0, 0];
  const between = text.slice(own.key.range[1], start);
  if (!/^: *$/.test(between) || text.slice(start, end).includes('\n')) return undefined;
  if (place.owner.flow === true) {
    const name = isQuoted(text, place.owner) ? JSON.stringify(key) : key;
    return `${text.slice(0, start)}{ ${name}: ${text.slice(start, end)} }${text.slice(end)}`;
  }
  const line = lineAround(text, own.key.range[0]).start;
  const indent = ' '.repeat(own.key.range[0] - line) + stepIn(text);
  return `${text.slice(0, own.key.range[1])}:${newLineOf(text)}${indent}${key}: ${text.slice(start)}`;
}
