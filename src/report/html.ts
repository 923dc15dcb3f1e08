import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import metadata from '../../package.json' with { type: 'json' };
import type { Batch, IgnoreFileOutcome } from '../batch/batch.ts';
import type { CallerFileOutcome } from '../batch/caller-outcome.ts';
import type { Change, Outcome } from '../outcome.ts';
import { masked, secretValuesIn } from '../steps/secret-values.ts';
import type { PageChange, PageData, PageFile } from './page/data.ts';
import { patchOf } from './patch.ts';
import { runsAgainSentences } from './runs-again.ts';

/** Where the build puts the page, seen from the chunk that this becomes. */
const built = new URL('../report.html', import.meta.url);
const place = '{{data}}';

/** One file with everything in it, which a browser shows without network. */
export function htmlReport(batch: Batch): string {
  const [before = '', after = ''] = readFileSync(built, 'utf8').split(place);
  return before + escaped(JSON.stringify(pageData(batch))) + after;
}

/** JSON that ends no element it stands in. */
function escaped(json: string): string {
  return json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

export function pageData({ outcomes, ignoreFiles, callerFiles, callerNotes }: Batch): PageData {
  const files = [...outcomes.map(dockerfile), ...ignoreFiles.map(ignoreFile), ...callerFiles.map(callerFile)];
  return {
    version: metadata.version,
    dockerfiles: outcomes.length,
    files: files.filter(isTold).toSorted(byFolder),
    notes: callerNotes.map(({ file, line, kind, text }) => ({ file, line, kind, text })),
  };
}

function isTold({ patch, changes, judgement, declined, troubles }: PageFile): boolean {
  return patch !== '' || [changes, judgement, declined, troubles].some((list) => list.length > 0);
}

/** The files of a folder stand together, as in the list of the page. */
function byFolder(a: PageFile, b: PageFile): number {
  return posix.dirname(a.path).localeCompare(posix.dirname(b.path), 'en') || a.path.localeCompare(b.path, 'en');
}

type Texts = Pick<PageFile, 'before' | 'after' | 'patch'>;

function textsOf(path: string, original: string | undefined, text: string, secrets: readonly string[]): Texts {
  const values = [...secrets, ...secretValuesIn(original ?? ''), ...secretValuesIn(text)];
  const before = original === undefined ? undefined : masked(original, values);
  const after = masked(text, values);
  const patch = original === text ? '' : patchOf({ path, original: before, text: after });
  return patch === '' ? { before: '', after: '', patch } : { before, after, patch };
}

const nothing = { changes: [], judgement: [], declined: [], runsAgain: [], troubles: [] };

function dockerfile(outcome: Outcome): PageFile {
  const { path, contexts, original, text, secrets, changes, judgement, declined, error, notUnderstood, faults } = outcome;
  const named = contexts.map((context) => `${context.path} (${context.by})`).join(', ');
  return {
    path,
    about: named === '' ? '' : `${contexts.length === 1 ? 'context' : 'contexts'} ${named}`,
    ...textsOf(path, original, text, secrets),
    changes: changes.map(pageChange),
    judgement: judgement.map(pageChange),
    declined: declined.map(({ id, because, line }) => ({ id, because, line })),
    runsAgain: runsAgainSentences(outcome),
    troubles: [
      ...(error === undefined ? [] : [`It could not be read: ${error}`]),
      ...(notUnderstood ? [`It is left alone${notUnderstood.line === undefined ? '' : `, for line ${notUnderstood.line}`}: ${notUnderstood.because}`] : []),
      ...faults.map(({ id, message }) => `${id} went wrong: ${message}`),
    ],
  };
}

function pageChange({ id, finding, level, message, because, differs, saves, line }: Change): PageChange {
  return { id, finding, level, message, because, differs, saves, line };
}

function ignoreFile({ path, original, text, context, askedBy }: IgnoreFileOutcome): PageFile {
  return {
    ...nothing,
    path,
    about: `${original === undefined ? 'new, ' : ''}for context ${context}, asked for by ${askedBy.join(', ')}`,
    ...textsOf(path, original, text, []),
  };
}

function callerFile({ path, original, text, askedBy, leaked }: CallerFileOutcome): PageFile {
  return { ...nothing, path, about: `changes with ${askedBy.join(', ')}`, ...textsOf(path, original, text, leaked) };
}
