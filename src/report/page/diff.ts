import { parse } from 'diff2html/lib-esm/diff-parser.js';
import { newDistanceFn, newMatcherFn } from 'diff2html/lib-esm/rematch.js';
import { diffHighlight } from 'diff2html/lib-esm/render-utils.js';
import { LineType, type DiffLine } from 'diff2html/lib-esm/types.js';
import { mergeStreams, nodeStream } from 'diff2html/lib-esm/ui/js/highlight.js-helpers.js';
import { element } from './element.ts';
import { highlightedLines } from './highlight.ts';
import type { PageFile } from './data.ts';

/** Which lines of a hunk stand beside each other, in the order in which they are shown. */
interface Pair {
  readonly old?: DiffLine | undefined;
  readonly young?: DiffLine | undefined;
}

const columns = { unified: 3, split: 4 } as const;
export type View = keyof typeof columns;

/** The diff of a file as a table; `reasonFor` gives what is shown above a line of the text before. */
export function diffTable(file: PageFile, view: View, reasonFor: (lines: { readonly from: number; readonly to: number }) => readonly Node[]): HTMLTableElement {
  const before = highlightedLines(file.path, file.before ?? '');
  const after = highlightedLines(file.path, file.after);
  const table = element('table', { class: `diff ${view}` });
  const body = table.appendChild(element('tbody'));
  const blocks = parse(file.patch).flatMap((one) => one.blocks);
  let shown = 0;
  const tell = (to: number): void => {
    const reasons = reasonFor({ from: shown + 1, to });
    shown = Math.max(shown, to);
    if (reasons.length > 0) body.append(element('tr', { class: 'reason' }, element('td', { colspan: String(columns[view]) }, ...reasons)));
  };
  blocks.forEach((block, index) => {
    if (index > 0) body.append(element('tr', { class: 'gap' }, element('td', { colspan: String(columns[view]) }, '⋯')));
    let at = block.oldStartLine - 1;
    for (const chunk of chunksOf(block.lines)) {
      const isContext = chunk.every(({ old, young }) => old !== undefined && old === young);
      if (isContext) {
        for (const pair of chunk) {
          at = pair.old?.oldNumber ?? at;
          tell(at);
          body.append(...rowsOf(pair, view, before, after));
        }
        continue;
      }
      const last = chunk.reduce((most, { old }) => Math.max(most, old?.oldNumber ?? 0), 0);
      // What is put in front of a line has its reason there.
      tell(last > 0 ? last : at + 1);
      at = Math.max(at, last);
      const rows = chunk.flatMap((pair) => rowsOf(pair, view, before, after));
      // In a unified diff all that goes stands in front of all that comes.
      if (view === 'unified') body.append(...rows.filter(isDeletion), ...rows.filter((row) => !isDeletion(row)));
      else body.append(...rows);
    }
  });
  tell(Number.MAX_SAFE_INTEGER);
  return table;
}

function isDeletion(row: HTMLTableRowElement): boolean {
  return row.classList.contains('del');
}

/** Runs of lines that stay, and of lines that change, those that are alike beside each other. */
function chunksOf(lines: readonly DiffLine[]): Pair[][] {
  const chunks: Pair[][] = [];
  for (let at = 0; at < lines.length;) {
    const start = at;
    if (lines[at]?.type === LineType.CONTEXT) {
      while (lines[at]?.type === LineType.CONTEXT) at++;
      chunks.push(lines.slice(start, at).map((line) => ({ old: line, young: line })));
      continue;
    }
    while (at < lines.length && lines[at]?.type !== LineType.CONTEXT) at++;
    const changed = lines.slice(start, at);
    chunks.push(
      pairsOf(
        changed.filter(({ type }) => type === LineType.DELETE),
        changed.filter(({ type }) => type === LineType.INSERT),
      ),
    );
  }
  return chunks;
}

const distance = newDistanceFn(({ content }: DiffLine) => content.slice(1));
const match = newMatcherFn(distance);
/** Of two lines that have less in common no words are marked. */
const mostDistance = 0.35;
/** Looking for lines that are alike costs the product of both. */
const mostComparisons = 2500;

function pairsOf(old: readonly DiffLine[], young: readonly DiffLine[]): Pair[] {
  if (old.length === 0 || young.length === 0 || old.length * young.length > mostComparisons) return sideBySide(old, young);
  return match([...old], [...young]).flatMap(([left = [], right = []]) => sideBySide(left, right));
}

function sideBySide(old: readonly DiffLine[], young: readonly DiffLine[]): Pair[] {
  return Array.from({ length: Math.max(old.length, young.length) }, (_, index) => ({ old: old[index], young: young[index] }));
}

function rowsOf({ old, young }: Pair, view: View, before: readonly string[], after: readonly string[]): HTMLTableRowElement[] {
  const isContext = old !== undefined && old === young;
  const words =
    !isContext && old && young && distance(old, young) < mostDistance ? diffHighlight(old.content, young.content, false, { matching: 'lines' }) : undefined;
  const left = old && codeCell(isContext ? '' : 'del', before[(old.oldNumber ?? 0) - 1] ?? '', old.content, words?.oldLine.content);
  const right = young && codeCell(isContext ? '' : 'ins', after[(young.newNumber ?? 0) - 1] ?? '', young.content, words?.newLine.content);
  if (view === 'split')
    return [
      element(
        'tr',
        {},
        number(old?.oldNumber, isContext ? '' : old ? 'del' : 'none'),
        left ?? element('td', { class: 'code none' }),
        number(young?.newNumber, isContext ? '' : young ? 'ins' : 'none'),
        right ?? element('td', { class: 'code none' }),
      ),
    ];
  if (isContext) return [element('tr', {}, number(old.oldNumber, ''), number(young.newNumber, ''), right ?? '')];
  return [
    ...(left ? [element('tr', { class: 'del' }, number(old.oldNumber, 'del'), number(undefined, 'del'), left)] : []),
    ...(right ? [element('tr', { class: 'ins' }, number(undefined, 'ins'), number(young.newNumber, 'ins'), right)] : []),
  ];
}

function number(of: number | undefined, kind: string): HTMLTableCellElement {
  return element('td', { class: `number ${kind}` }, of === undefined ? '' : String(of));
}

/** A line with its syntax colours and, over them, the words that differ. Both texts are escaped by their libraries. */
function codeCell(kind: string, highlighted: string, content: string, words: string | undefined): HTMLTableCellElement {
  const cell = element('td', { class: `code ${kind}` });
  const syntax = element('span');
  syntax.innerHTML = highlighted;
  const text = content.slice(1).replace(/\r$/, '');
  if (syntax.textContent !== text) cell.textContent = text;
  else if (words === undefined) cell.append(...syntax.childNodes);
  else {
    const marked = element('span');
    marked.innerHTML = words;
    if (marked.textContent === text) cell.innerHTML = mergeStreams(nodeStream(marked), nodeStream(syntax), text);
    else cell.append(...syntax.childNodes);
  }
  return cell;
}
