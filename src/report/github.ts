import type { Batch } from '../batch/batch.ts';
import type { Change, Level, Outcome } from '../outcome.ts';
import { pathInCheckout } from '../root.ts';
import { counted, printable } from './layout.ts';
import { placesIn } from './places.ts';
import { runsAgainSentences } from './runs-again.ts';

interface Annotation {
  readonly kind: 'error' | 'warning' | 'notice';
  /** Relative to the checkout. */
  readonly file: string;
  readonly line?: number | undefined;
  readonly endLine?: number | undefined;
  readonly title: string;
  readonly text: string;
}

const kinds = { safe: 'warning', review: 'notice', advice: 'notice' } as const satisfies Record<Level, Annotation['kind']>;

/** GitHub shows so many of a kind for a step: https://docs.github.com/en/rest/checks/runs and https://github.com/orgs/community/discussions/26680 */
const mostShown = 10;

/**
 * Workflow commands that annotate the lines of a pull request, and below them what GitHub would show no more of:
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions. `cwd` is absolute; paths are relative to its checkout.
 */
export function githubReport(batch: Batch, cwd: string): string {
  const annotations = annotationsOf(batch, (path) => pathInCheckout(path, cwd));
  const shown: Annotation[] = [];
  const rest: Annotation[] = [];
  const counts = { error: 0, warning: 0, notice: 0 };
  for (const annotation of annotations) (counts[annotation.kind]++ < mostShown ? shown : rest).push(annotation);
  const lines = shown.map(command);
  if (rest.length > 0) {
    const files = new Set(rest.map(({ file }) => file)).size;
    lines.push(`dockopt: ${rest.length} more in ${counted(files, 'file')}, of which GitHub would show no annotation:`, ...rest.map(logLine));
  }
  lines.push(...sum(batch).map(logText));
  return lines.map((line) => `${line}\n`).join('');
}

function annotationsOf({ outcomes, ignoreFiles, callerFiles, callerNotes }: Batch, shown: (path: string) => string): Annotation[] {
  const othersFor = (path: string): string[] => [...ignoreFiles, ...callerFiles].filter(({ askedBy }) => askedBy.includes(path)).map((file) => file.path);
  const notes = callerNotes.map(({ file, line, kind, text, dockerfile }): Annotation => ({
    kind: kind === 'to do' ? 'warning' : 'notice',
    file: shown(file),
    line,
    title: kind === 'to do' ? 'dockopt: to do by hand' : 'dockopt: to know',
    text: `${text} (${dockerfile})`,
  }));
  // What has to be done comes first: of the rest some may not be shown.
  return [
    ...outcomes.flatMap((outcome) => troubles(outcome, shown(outcome.path))),
    ...notes.filter(({ kind }) => kind === 'warning'),
    ...outcomes.flatMap((outcome) => changesOf(outcome, outcome.changes, shown(outcome.path), othersFor(outcome.path))),
    ...notes.filter(({ kind }) => kind === 'notice'),
    ...outcomes.flatMap((outcome) => changesOf(outcome, outcome.judgement, shown(outcome.path), [])),
  ];
}

function troubles({ status, error, notUnderstood, faults }: Outcome, file: string): Annotation[] {
  return [
    ...(status === 'failed' ? [{ kind: 'error' as const, file, title: 'dockopt: not read', text: error ?? '' }] : []),
    ...faults.map(({ id, message }) => ({ kind: 'error' as const, file, title: `dockopt: ${id} went wrong`, text: message })),
    ...(notUnderstood ? [{ kind: 'warning' as const, file, line: notUnderstood.line, title: 'dockopt: left alone', text: notUnderstood.because }] : []),
  ];
}

function changesOf(outcome: Outcome, changes: readonly Change[], file: string, others: readonly string[]): Annotation[] {
  if (changes.length === 0) return [];
  const placeOf = placesIn(outcome);
  return changes.map((change): Annotation => {
    const { id, level, message, because, differs, saves, ignores, wants } = change;
    const { startLine, endLine } = placeOf(change);
    const together = ignores.length + wants.length > 0 && others.length > 0 ? `Together with ${others.join(', ')}.` : undefined;
    const text = [message, because, differs && `What may differ: ${differs}`, saves && `Saves: ${saves}`, together].filter(Boolean).join('\n');
    return { kind: kinds[level], file, line: startLine, endLine, title: `dockopt: ${id} (${level})`, text };
  });
}

function command({ kind, file, line, endLine, title, text }: Annotation): string {
  const properties = [
    `file=${property(file)}`,
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(endLine === undefined ? [] : [`endLine=${endLine}`]),
    `title=${property(title)}`,
  ];
  return `::${kind} ${properties.join(',')}::${data(text)}`;
}

/** As @actions/core escapes them: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function logLine({ file, line, title, text }: Annotation): string {
  return logText(`- ${file}${line === undefined ? '' : `:${line}`} ${title}: ${text.split('\n', 1)[0] ?? ''}`);
}

/** A line that is no command for the runner, which obeys `##[…]` anywhere in one. */
function logText(text: string): string {
  return printable(text).replaceAll('##[', '## [');
}

function sum({ outcomes, ignoreFiles, callerFiles }: Batch): string[] {
  const changed = outcomes.filter(({ changes }) => changes.length > 0);
  const changes = changed.reduce((total, one) => total + one.changes.length, 0);
  const declined = outcomes.reduce((total, one) => total + one.declined.length, 0);
  const files = changed.length + ignoreFiles.length + callerFiles.length;
  const runs = changed.flatMap((outcome) => runsAgainSentences(outcome).map((sentence) => `- ${outcome.path}: ${sentence}`));
  const held = declined > 0 ? `; held back in ${counted(declined, 'place')}` : '';
  return [`dockopt: ${counted(changes, 'change')} in ${counted(files, 'file')} of ${counted(outcomes.length, 'Dockerfile')}${held}.`, ...runs];
}
