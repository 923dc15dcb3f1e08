import type { Edit } from '../text.ts';
import { jsonSpans } from './json.ts';
import type { Dockerfile, Instruction } from './model.ts';

/** Puts strings behind one of a JSON form, by its position, parted as that is from the one before. */
export function insertStrings({ text }: Dockerfile, { argument }: Instruction, behind: number, added: readonly string[]): Edit[] {
  const spans = jsonSpans(argument.text);
  const [before, span] = [spans[behind - 1], spans[behind]];
  const end = span && argument.at[span.end - 1];
  if (!span || end === undefined || added.length === 0) return [];
  const gap = before && text.slice((argument.at[before.end - 1] ?? 0) + 1, argument.at[span.start]);
  const parting = gap !== undefined && !gap.includes('#') ? gap : ', ';
  return [{ start: end + 1, end: end + 1, text: added.map((word) => parting + JSON.stringify(word)).join('') }];
}
