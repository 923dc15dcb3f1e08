import { FILE_HEADERS_ONLY, formatPatch } from 'diff';
import type { Batch } from '../batch/batch.ts';
import type { Outcome } from '../outcome.ts';
import { hunksOf } from './hunks.ts';
import { printable } from './layout.ts';
import { noteText } from './caller-notes.ts';

interface ChangedFile {
  readonly path: string;
  /** undefined for a file that is new. */
  readonly original: string | undefined;
  readonly text: string;
}

/**
 * The changes of one file as `git apply` takes them; empty where there are none. There is no `diff --git` line: below one
 * git reads paths from the top of the checkout, not from the working directory.
 */
export function patchOf({ path, original, text }: ChangedFile): string {
  if (original === text) return '';
  const hunks = hunksOf(original ?? '', text, 3);
  const patch = {
    oldFileName: original === undefined ? '/dev/null' : `a/${path}`,
    newFileName: `b/${path}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks,
  };
  const [first = '', second = '', ...rest] = formatPatch(patch, FILE_HEADERS_ONLY).split('\n');
  return [ended(first), ended(second), ...rest].join('\n');
}

/** Git ends a name that holds a blank with a tab, else tools would not know where the name ends. */
function ended(header: string): string {
  return header.slice(4).includes(' ') && !header.endsWith('"') ? `${header}\t` : header;
}

/** All patches, each below a comment for every change, which git passes over. */
export function patchReport({ outcomes, ignoreFiles, callerFiles, callerNotes }: Batch, why: boolean): string {
  const dockerfiles = outcomes.map(
    (outcome) =>
      [...comments(outcome, why), ...callerNotes.filter(({ dockerfile }) => dockerfile === outcome.path).map((note) => comment(`dockopt ${noteText(note)}`))]
        .map((line) => `${line}\n`)
        .join('') + patchOf(outcome),
  );
  return [...dockerfiles, ...ignoreFiles.map(patchOf), ...callerFiles.map(patchOf)].join('');
}

function comments({ changes, judgement, declined }: Outcome, why: boolean): string[] {
  const made = changes.flatMap(({ finding, level, message, because, differs, saves }) => {
    const reasons = why ? [because, saves && `saves: ${saves}`] : [];
    return [`dockopt ${finding} ${level}: ${message}`, ...[differs && `differs: ${differs}`, ...reasons].flatMap((text) => (text ? `  ${text}` : []))];
  });
  if (!why) return made.map(comment);
  const more = judgement.map(({ finding, level, message }) => `dockopt ${finding} ${level}, not in this patch: ${message}`);
  const refused = declined.map(({ finding, refusal, because }) => `dockopt ${finding} left alone, ${refusal}: ${because}`);
  return [...made, ...more, ...refused].map(comment);
}

function comment(text: string): string {
  return text === '' ? '' : `# ${printable(text)}`;
}
