import { posix } from 'node:path';
import type { Batch } from '../batch/batch.ts';
import type { CallerNote } from '../batch/caller-outcome.ts';
import type { Change, Outcome } from '../outcome.ts';
import { columns, counted, printable, wrap } from './layout.ts';
import type { PrettyOptions } from './pretty.ts';

const mostRows = 10;
const fewRows = 5;
const mostToDo = 10;

/** For runs that change more files than a person reads: how much it is by transform and by folder, what it brings along, and where it held back by reason. */
export function summary(batch: Batch, options: PrettyOptions): string[] {
  const { outcomes } = batch;
  const changed = outcomes.filter(({ changes }) => changes.length > 0);
  const changes = changed.flatMap((outcome) => outcome.changes);
  const levels = (['safe', 'review'] as const).flatMap((level) => {
    const count = changes.filter((change) => change.level === level).length;
    return count === 0 ? [] : [`${count} ${level}`];
  });
  const { paint, width } = options;
  const heading = `${changed.length} of ${counted(outcomes.length, 'Dockerfile')} change: ${counted(changes.length, 'change')}, ${levels.join(' and ')}`;
  const sections = [
    [paint('bold', heading)],
    [paint('bold', 'By transform'), ...byTransform(changed, mostRows)],
    [paint('bold', 'By folder'), ...byFolder(changed)],
    otherFiles(batch).flatMap((text) => wrap(text, width)),
    toDo(batch.callerNotes, options),
    judgement(outcomes, options),
    leftAloneByReason(outcomes, options),
    columns('Each change with its reason', ['dockopt --why, or as a page --format html'], '', width, paint),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines) => [...lines, '']);
}

/** A row for each transform, those with the most changes first. */
export function byTransform(changed: readonly Pick<Outcome, 'path' | 'changes'>[], most: number): string[] {
  return rowsOf(
    changed.flatMap(({ path, changes }) => changes.map(({ id }) => ({ name: id, path }))),
    most,
    'transform',
  );
}

/**
 * A row for each folder, those with the most changes first. The folder with the most Dockerfiles is parted into those in it again and
 * again, while there is room for their rows.
 */
function byFolder(changed: readonly Outcome[]): string[] {
  let groups = new Map([['', changed]]);
  const whole = new Set<string>();
  for (;;) {
    const [folder, outcomes] = [...groups].filter(([name]) => !whole.has(name)).toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
    if (folder === undefined || outcomes === undefined) break;
    const parts = partsOf(folder, outcomes);
    if (parts.size === 1 && parts.has(folder)) whole.add(folder);
    else if (groups.size - 1 + parts.size > mostRows) whole.add(folder);
    else {
      groups.delete(folder);
      groups = new Map([...groups, ...parts]);
      if (parts.has(folder)) whole.add(folder);
    }
  }
  const rows = [...groups].flatMap(([folder, outcomes]) =>
    outcomes.flatMap(({ path, changes }) => changes.map(() => ({ name: printable(folder === '' ? './' : `${folder}/`), path }))),
  );
  return rowsOf(rows, mostRows, 'folder');
}

/** By the folders in a folder; itself stands for the Dockerfiles that lie in it. */
function partsOf(folder: string, outcomes: readonly Outcome[]): Map<string, Outcome[]> {
  const depth = folder === '' ? 0 : folder.split('/').length;
  const parts = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const own = posix.dirname(outcome.path).replace(/^\.$/, '');
    const part =
      own === ''
        ? ''
        : own
            .split('/')
            .slice(0, depth + 1)
            .join('/');
    parts.set(part, [...(parts.get(part) ?? []), outcome]);
  }
  return parts;
}

function rowsOf(all: readonly { readonly name: string; readonly path: string }[], most: number, what: string): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, path } of all) {
    const group = groups.get(name);
    if (group) group.push(path);
    else groups.set(name, [path]);
  }
  const sorted = [...groups].toSorted(([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1));
  // A row for what is left is worth it for two and more.
  const cut = sorted.length > most + 1 ? most : sorted.length;
  const rest = sorted.slice(cut);
  const rows = [
    ...sorted.slice(0, cut),
    ...(rest.length > 0 ? [[`and ${counted(rest.length, `other ${what}`)}`, rest.flatMap(([, paths]) => paths)] as const] : []),
  ];
  const widest = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, paths]) => String(paths.length).length));
  const singular = rows.every(([, paths]) => paths.length === 1) ? 'change' : 'change ';
  return rows.map(([name, paths]) => {
    const changes = `${String(paths.length).padStart(digits)} ${paths.length === 1 ? singular : 'changes'}`;
    return `  ${name.padEnd(widest)}  ${changes} in ${counted(new Set(paths).size, 'Dockerfile')}`;
  });
}

function otherFiles({ ignoreFiles, callerFiles }: Batch): string[] {
  const created = ignoreFiles.filter(({ original }) => original === undefined).length;
  const ignoring = ignoreFiles.length === 0 ? [] : [`${counted(ignoreFiles.length, 'ignore file')}${created > 0 ? ` (${created} new)` : ''}`];
  const building = callerFiles.length === 0 ? [] : [`${counted(callerFiles.length, 'file')} that build them (${named(callerFiles.map(({ path }) => path))})`];
  const all = [...ignoring, ...building];
  return all.length === 0 ? [] : [`With them change ${all.join(' and ')}.`];
}

function named(paths: readonly string[]): string {
  const rest = paths.length - fewRows;
  return `${paths.slice(0, fewRows).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** What else could not be built is told; what is good to know is counted. */
export function toDo(notes: readonly CallerNote[], { paint, width }: PrettyOptions): string[] {
  const wanted = notes.filter(({ kind }) => kind === 'to do');
  const shown = wanted
    .slice(0, mostToDo)
    .flatMap(({ file, line, text }) => [`  ${paint('dim', printable(`${file}:${line}`))}`, ...wrap(text, width - 6).map((one) => `    ${one}`)]);
  const rest = wanted.length - mostToDo;
  const toKnow = notes.length - wanted.length;
  return [
    ...(wanted.length > 0 ? [paint('bold', 'To do by hand, else these cannot build it'), ...shown] : []),
    ...(rest > 0 ? columns(`and ${rest} more`, ['dockopt --why'], '  ', width, paint) : []),
    ...(toKnow > 0 ? columns(`${counted(toKnow, 'note')} for those who keep files that build them`, ['dockopt --why'], '', width, paint) : []),
  ];
}

function judgement(outcomes: readonly Outcome[], { paint, width }: PrettyOptions): string[] {
  const of = (isOurs: (change: Change) => boolean): { path: string; changes: Change[] }[] =>
    outcomes.flatMap(({ path, judgement: all }) => (all.some(isOurs) ? [{ path, changes: all.filter(isOurs) }] : []));
  const review = of(({ level }) => level === 'review');
  const advice = of(({ level }) => level === 'advice');
  return [
    ...(review.length > 0
      ? [...columns('Worth your judgement, not in this patch', ['dockopt --level review'], '', width, paint), ...byTransform(review, fewRows)]
      : []),
    ...(advice.length > 0 ? [...columns('Advice, never applied', ['dockopt --why'], '', width, paint), ...byTransform(advice, fewRows)] : []),
  ];
}

/** Each reason once, with one place's words for all, those for the most places first. */
export function leftAloneByReason(outcomes: readonly Outcome[], { paint, width }: PrettyOptions): string[] {
  const groups = new Map<string, { readonly id: string; readonly because: string; readonly paths: string[] }>();
  for (const { path, declined } of outcomes) {
    for (const { id, refusal, because } of declined) {
      const key = `${id} ${refusal}`;
      const group = groups.get(key);
      if (group) group.paths.push(path);
      else groups.set(key, { id, because, paths: [path] });
    }
  }
  if (groups.size === 0) return [];
  const sorted = [...groups.values()].toSorted((a, b) => b.paths.length - a.paths.length);
  const lines = sorted
    .slice(0, fewRows)
    .flatMap(({ id, because, paths }) => [
      `  ${id}  ${counted(paths.length, 'place')} in ${counted(new Set(paths).size, 'Dockerfile')}`,
      ...wrap(because, width - 4).map((line) => `    ${line}`),
    ]);
  const rest = sorted.slice(fewRows);
  const places = rest.reduce((sum, { paths }) => sum + paths.length, 0);
  const more =
    rest.length === 0 ? [] : columns(`and ${counted(places, 'place')} for ${counted(rest.length, 'other reason')}`, ['dockopt --why'], '  ', width, paint);
  return [...columns('Left alone', ['dockopt explain <id>'], '', width, paint), ...lines, ...more];
}
