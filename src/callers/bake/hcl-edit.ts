import type { Range } from '../../text.ts';
import { lineAround, newLineOf } from '../lines.ts';
import { readHcl, type Attribute, type Block } from './hcl.ts';

/** With one more text in a list of a target: of the one that holds an offset, else of that name, in the last block of it. */
export function withListedText(text: string, name: string, inside: number | undefined, key: string, value: string): string | undefined {
  const targets = targetsIn(text);
  const holder = inside === undefined ? undefined : targets.find(({ start, end }) => start <= inside && inside < end);
  const target = holder ?? targets.findLast(({ labels }) => labels[0] === name);
  if (!target) return undefined;
  const list = target.body.attributes.get(key)?.value;
  if (list?.kind === 'list') return withItem(text, list, list.items, `"${value}"`);
  return list === undefined ? withAttribute(text, target, `${key} = ["${value}"]`) : undefined;
}

function targetsIn(text: string): readonly Block[] {
  const body = readHcl(text);
  return 'because' in body ? [] : body.blocks.filter(({ type }) => type === 'target');
}

function withItem(text: string, list: Range, items: readonly Range[], item: string): string {
  const last = items.at(-1);
  if (!last) return `${text.slice(0, list.start)}[${item}]${text.slice(list.end)}`;
  const indent = text.slice(lineAround(text, last.start).start, last.start);
  const separator = indent.trim() === '' ? `,${newLineOf(text)}${indent}` : ', ';
  return text.slice(0, last.end) + separator + item + text.slice(last.end);
}

function withAttribute(text: string, block: Block, attribute: string): string | undefined {
  const newLine = newLineOf(text);
  const entries: readonly Range[] = [...block.body.attributes.values()].map(({ key, value }) => ({ start: key.start, end: value.end }));
  const [first, ...others] = [...entries, ...block.body.blocks].toSorted((a, b) => a.start - b.start);
  const own = lineAround(text, block.start);
  const outer = /^[ \t]*/.exec(text.slice(own.start, own.end))?.[0] ?? '';
  if (!first) {
    const open = text.lastIndexOf('{', block.end - 1);
    if (!/^\{\s*\}$/.test(text.slice(open, block.end))) return undefined;
    return `${text.slice(0, open)}{${newLine}${outer}  ${attribute}${newLine}${outer}}${text.slice(block.end)}`;
  }
  const last = others.at(-1) ?? first;
  const start = lineAround(text, first.start).start;
  const indent = text.slice(start, first.start);
  const { end } = lineAround(text, last.end);
  // On one line with its block there is room for one argument only.
  if (indent.trim() !== '' || end >= block.end) return undefined;
  return text.slice(0, end) + newLine + indent + attribute + text.slice(end);
}

/** Without the argument of that name: the one whose key begins at an offset, which may have moved; and without `args` where that would be empty. */
export function withoutEntry(text: string, offset: number, name: string): string | undefined {
  const found = targetsIn(text).flatMap((target) => argumentsIn(target).flatMap((args) => (args.entries.has(name) ? [args] : [])));
  const nearest = found.toSorted((a, b) => distance(a, name, offset) - distance(b, name, offset))[0];
  const entry = nearest?.entries.get(name);
  if (!nearest || !entry) return undefined;
  if (nearest.entries.size === 1) return withoutLines(text, nearest.whole);
  const own = rangeOf(entry);
  const alone = withoutLines(text, own);
  if (alone !== undefined) return alone;
  const others = [...nearest.entries.values()].map(rangeOf).toSorted((a, b) => a.start - b.start);
  const at = others.findIndex(({ start }) => start === own.start);
  const next = others[at + 1];
  const before = others[at - 1];
  if (next) return text.slice(0, own.start) + text.slice(next.start);
  return before && text.slice(0, before.end) + text.slice(own.end);
}

interface Arguments {
  readonly entries: ReadonlyMap<string, Attribute>;
  readonly whole: Range;
}

function argumentsIn({ body }: Block): Arguments[] {
  const attribute = body.attributes.get('args');
  const blocks = body.blocks.filter(({ type }) => type === 'args').map((block) => ({ entries: block.body.attributes, whole: block }));
  return attribute?.value.kind === 'object' ? [{ entries: attribute.value.entries, whole: rangeOf(attribute) }, ...blocks] : blocks;
}

function distance({ entries }: Arguments, name: string, offset: number): number {
  return Math.abs((entries.get(name)?.key.start ?? 0) - offset);
}

function rangeOf({ key, value }: Attribute): Range {
  return { start: key.start, end: value.end };
}

/** Without the lines of a range; undefined where something else stands on them. */
function withoutLines(text: string, { start, end }: Range): string | undefined {
  const first = lineAround(text, start);
  const last = lineAround(text, end);
  if (text.slice(first.start, start).trim() !== '' || !/^\s*,?\s*(?:(?:#|\/\/).*)?$/.test(text.slice(end, last.end))) return undefined;
  const feed = text.indexOf('\n', last.end);
  return text.slice(0, first.start) + (feed < 0 ? '' : text.slice(feed + 1));
}
