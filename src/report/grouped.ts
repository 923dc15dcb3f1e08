import type { Batch } from '../batch/batch.ts';
import type { Portion } from '../portions/portion.ts';
import { counted, printable, wrap } from './layout.ts';
import { footer, isLong, sections, type PrettyOptions } from './pretty.ts';
import { byTransform, leftAloneByReason, toDo } from './summary.ts';

const mostAlike = 10;
const mostTransforms = 5;

/** The report for people in portions, each below a heading; of Dockerfiles that change alike one is shown. */
export function groupedReport(batch: Batch, portions: readonly Portion[], options: PrettyOptions): string {
  const brief = isLong({ outcomes: portions.flatMap(({ shown }) => shown.outcomes) }) && !options.why;
  if (brief) {
    const below = [toDo(batch.callerNotes, options), leftAloneByReason(batch.outcomes, options)].filter((section) => section.length > 0);
    return `${[...portions.flatMap((portion) => portionLines(portion, brief, options)), ...below.flatMap((section) => [...section, '']), ...footer(batch, options)].join('\n')}\n`;
  }
  const rest = { outcomes: batch.outcomes.filter(({ changes }) => changes.length === 0), ignoreFiles: [], callerFiles: [], callerNotes: [] };
  // Alone in its batch, one that does not change would be told of.
  const others = batch.outcomes.length > 1 && rest.outcomes.length === 1 && rest.outcomes.every(({ judgement }) => judgement.length === 0) && !options.why;
  const lines = [...portions.flatMap((portion) => portionLines(portion, brief, options)), ...(others ? [] : sections(rest, options))];
  return `${[...lines, ...footer(batch, options)].join('\n')}\n`;
}

function portionLines({ name, batch, shown, notes, alike }: Portion, brief: boolean, options: PrettyOptions): string[] {
  const { paint, width } = options;
  const changes = batch.outcomes.reduce((sum, outcome) => sum + outcome.changes.length, 0);
  const heading = `=== ${printable(name)}: ${counted(changes, 'change')} in ${counted(batch.outcomes.length, 'Dockerfile')} ===`;
  const rest = alike.length - mostAlike;
  const like = alike
    .slice(0, mostAlike)
    .map(({ path, differences }) => (differences === 0 ? path : `${path} (${counted(differences, 'line')} otherwise)`))
    .join(', ');
  return [
    paint('bold', heading),
    ...notes.flatMap((note) => wrap(note, width - 2).map((line) => `  ${line}`)),
    '',
    ...(brief ? [...byTransform(batch.outcomes, mostTransforms), ''] : sections(shown, options)),
    ...(alike.length === 0 ? [] : [...wrap(`The same in ${counted(alike.length, 'other')}: ${like}${rest > 0 ? ` and ${rest} more` : ''}`, width), '']),
  ];
}
