import { changesBody, mostCharacters } from '../report/markdown.ts';
import { counted } from '../report/layout.ts';
import { code, prose } from '../report/markdown-text.ts';
import { masked } from '../steps/secret-values.ts';
import type { Portion } from './portion.ts';

/** The body of a pull request for a portion, as Markdown, with its title as the heading. Holds no credential. */
export function bodyOf(portion: Portion): string {
  const head = [`# ${prose(portion.title)}`, ...portion.notes.map(prose), ...alikeIn(portion)].map((part) => `${part}\n\n`).join('');
  return withoutCredentials(portion, head + changesBody(portion.shown, mostCharacters - head.length));
}

/** The bodies of all portions, one below the other; those for which a comment has no room are named. */
export function bodiesOf(portions: readonly Portion[]): string {
  const bodies: string[] = [];
  let length = 0;
  for (const portion of portions) {
    const body = bodyOf(portion);
    if (length + body.length > mostCharacters - roomForTitles) break;
    length += body.length + 1;
    bodies.push(body);
  }
  const left = portions.slice(bodies.length).map(({ title, batch }) => `- ${prose(title)}: ${counted(changesIn(batch), 'change')}\n`);
  const titles: string[] = [];
  for (const line of left) if (titles.join('').length + line.length < roomForTitles - 100) titles.push(line);
  const more = left.length > titles.length ? `- …and ${counted(left.length - titles.length, 'other group')}\n` : '';
  return [...bodies, ...(left.length > 0 ? [`# ${counted(left.length, 'group')} for which there is no room here\n\n${titles.join('')}${more}`] : [])].join(
    '\n',
  );
}

const roomForTitles = 8000;

function changesIn({ outcomes }: Portion['batch']): number {
  return outcomes.reduce((sum, { changes }) => sum + changes.length, 0);
}

/** Below the title, the changes of a portion as a list, for the message of a commit. Holds no credential. */
export function changesList(portion: Portion): string {
  const changes = portion.batch.outcomes.flatMap((outcome) => outcome.changes.map(({ finding, level, message }) => `- ${finding} (${level}): ${message}`));
  const toDo = portion.batch.callerNotes.flatMap(({ file, line, kind, text }) => (kind === 'to do' ? [`- to do, ${file}:${line}: ${text}`] : []));
  return withoutCredentials(portion, [...changes, ...toDo].map((line) => line.replaceAll(/\s+/g, ' ')).join('\n'));
}

const mostAlike = 200;

function alikeIn({ alike, shown }: Portion): string[] {
  if (alike.length === 0) return [];
  const [first] = shown.outcomes;
  const rest = alike.length - mostAlike;
  const list = alike
    .slice(0, mostAlike)
    .map(
      ({ path, differences }) =>
        `- ${code(path)}${differences === 0 ? '' : `, in which ${differences} ${differences === 1 ? 'line differs' : 'lines differ'}`}`,
    );
  return [
    `Told below is what changes in ${code(first?.path ?? '')}. The patch does the same in ${alike.length === 1 ? 'one other Dockerfile' : `${alike.length} others`}, which ${
      alike.length === 1 ? 'is' : 'are'
    } equal to it but for names and the lines that are counted here:`,
    [...list, ...(rest > 0 ? [`- …and ${rest} more`] : [])].join('\n'),
  ];
}

function withoutCredentials({ batch: { outcomes, callerFiles } }: Portion, text: string): string {
  return masked(text, [...outcomes.flatMap(({ secrets }) => secrets), ...callerFiles.flatMap(({ leaked }) => leaked)]);
}
