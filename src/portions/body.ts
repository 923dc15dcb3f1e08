import { changesBody, mostCharacters } from '../report/markdown.ts';
import { code, prose } from '../report/markdown-text.ts';
import { masked } from '../steps/secret-values.ts';
import type { Portion } from './portion.ts';

/** The body of a pull request for a portion, as Markdown, with its title as the heading. Holds no credential. */
export function bodyOf(portion: Portion): string {
  const head = [`# ${prose(portion.title)}`, ...portion.notes.map(prose), ...alikeIn(portion)].map((part) => `${part}\n\n`).join('');
  return withoutCredentials(portion, head + changesBody(portion.shown, mostCharacters - head.length));
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
