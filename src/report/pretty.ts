import type { Batch, IgnoreFileOutcome } from '../batch/batch.ts';
import type { CallerFileOutcome, CallerNote } from '../batch/caller-outcome.ts';
import type { Change, Declined, Outcome } from '../outcome.ts';
import { masked } from '../steps/secret-values.ts';
import { applyEdits } from '../text.ts';
import { columns, counted, printable, wrap, type Paint } from './layout.ts';
import { hunksOf } from './hunks.ts';
import { runsAgainSentences } from './runs-again.ts';
import { summary } from './summary.ts';

export interface PrettyOptions {
  /** Characters a line. */
  readonly width: number;
  readonly paint: Paint;
  /** Every change and every refusal. */
  readonly why: boolean;
  /** What the run was started with, to be put behind `npx dockopt` and one more option. */
  readonly command: string;
  readonly written: boolean;
  /** What is said of an ignore file: what a build sends of its context. */
  readonly sentence?: ((file: IgnoreFileOutcome) => string) | undefined;
}

const manyFiles = 20;
const fewReasons = 4;

/** The report for people: each change with its reason above its own edits; a summary of more than they read. */
export function prettyReport(batch: Batch, options: PrettyOptions): string {
  const told = isLong(batch) && !options.why ? summary(batch, options) : sections(batch, options);
  return `${[...told, ...footer(batch, options)].join('\n')}\n`;
}

/** It changes more files than a person reads. */
export function isLong({ outcomes }: Pick<Batch, 'outcomes'>): boolean {
  return outcomes.filter(isChanging).length > manyFiles;
}

function isChanging({ changes }: Outcome): boolean {
  return changes.length > 0;
}

/** What is told of each file, each with an empty line below. */
export function sections(batch: Batch, options: PrettyOptions): string[] {
  const { outcomes, ignoreFiles, callerFiles, callerNotes } = batch;
  const understood = outcomes.filter((outcome) => outcome.status === 'changed' || outcome.status === 'unchanged');
  // What one Dockerfile alone asks for is told with it.
  const own = (path: string): string[][] => [
    ...ignoreFiles.filter((file) => isOwn(file, path)).map((file) => ignoreFileSection(file, options)),
    ...callerFiles.filter((file) => isOwn(file, path)).map((file) => callerFileSection(file, options)),
    ...callerNotesSections(
      callerNotes.filter(({ dockerfile }) => dockerfile === path),
      options,
    ),
  ];
  const lines = understood
    .filter((outcome) => outcomes.length === 1 || options.why || isWorthSaying(outcome))
    .flatMap((outcome) => [...section(outcome, own(outcome.path), options), '']);
  const others = [
    ...ignoreFiles.filter((file) => !isOwn(file)).map((file) => ignoreFileSection(file, options)),
    ...callerFiles.filter((file) => !isOwn(file)).map((file) => callerFileSection(file, options)),
  ];
  return [...lines, ...others.flatMap((one) => [...one, ''])];
}

/** Asked for by one Dockerfile alone. */
function isOwn({ askedBy }: IgnoreFileOutcome | CallerFileOutcome, path?: string): boolean {
  return askedBy.length === 1 && (path ?? askedBy[0]) === askedBy[0];
}

function isWorthSaying({ changes, judgement }: Outcome): boolean {
  return changes.length > 0 || judgement.length > 0;
}

function section(outcome: Outcome, others: readonly (readonly string[])[], options: PrettyOptions): string[] {
  const { path, contexts, changes, judgement, declined } = outcome;
  const { paint, width } = options;
  const named = contexts.map((context) => `${context.path} (${context.by})`).join(', ');
  const by = named === '' ? '' : `   ${contexts.length === 1 ? 'context' : 'contexts'} ${named}`;
  const lines = [`${paint('bold', printable(path))}${paint('dim', printable(by))}`, ''];
  for (const change of changes) for (const line of [...changeLines(change, outcome.secrets, options), '']) lines.push(line);
  if (changes.length === 0) lines.push('  Nothing to change here.', '');
  for (const other of others) lines.push(...other.map((line) => `  ${line}`), '');
  const sentences = runsAgainSentences(outcome).flatMap((sentence) => wrap(sentence, width - 2));
  if (sentences.length > 0) lines.push(...sentences.map((line) => `  ${line}`), '');
  if (judgement.length > 0) {
    lines.push(...columns('Worth your judgement, not in this patch', ['dockopt --level review'], '  ', width, paint));
    lines.push(...judgementLines(judgement, options));
  }
  lines.push(...leftAlone(declined, options));
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function ignoreFileSection(file: IgnoreFileOutcome, { paint, width, sentence }: PrettyOptions): string[] {
  const by = file.original === undefined ? '   new' : '';
  const said = sentence?.(file) ?? '';
  const lines = hunksOf(file.original ?? '', file.text, 0).flatMap((hunk) => hunk.lines);
  return [
    `${paint('bold', printable(file.path))}${paint('dim', by)}`,
    ...(said === '' ? [] : wrap(said, width - 4).map((line) => `  ${line}`)),
    ...lines.map((line) => `  ${paint('green', `${line[0]} ${printable(line.slice(1))}`.trimEnd())}`),
  ];
}

function callerFileSection({ path, original, text, leaked }: CallerFileOutcome, { paint }: PrettyOptions): string[] {
  const lines = hunksOf(original, text, 0).flatMap((hunk) => hunk.lines.filter((line) => !line.startsWith('\\')));
  return [
    paint('bold', printable(path)),
    ...lines.map(
      (line) => `  ${paint(line.startsWith('-') ? 'red' : 'green', `${line[0]} ${printable(masked(line.slice(1), leaked).replace(/\r$/, ''))}`.trimEnd())}`,
    ),
  ];
}

function callerNotesSections(notes: readonly CallerNote[], { paint, width }: PrettyOptions): string[][] {
  const headings = { 'to do': 'To do by hand, else these cannot build it', 'to know': 'To know' } as const;
  return (['to do', 'to know'] as const).flatMap((kind) => {
    const own = notes.filter((note) => note.kind === kind);
    if (own.length === 0) return [];
    const lines = own.flatMap(({ file, line, text }) => [
      `  ${paint('dim', printable(`${file}:${line}`))}`,
      ...wrap(text, width - 6).map((one) => `    ${one}`),
    ]);
    return [[paint('bold', headings[kind]), ...lines]];
  });
}

function changeLines(change: Change, secrets: readonly string[], { width, paint, why }: PrettyOptions): string[] {
  const { message, id, finding, level, because, differs, saves } = change;
  const reasons = [because, differs && `differs: ${differs}`, saves && `saves: ${saves}`].flatMap((one) => (one ? wrap(one, width - 4) : []));
  return [
    ...columns(message, [...(why ? [`${printable(finding)}  ${level}`] : []), `${id}  ${level}`], '  ', width, paint),
    ...reasons.map((line) => `    ${line}`),
    ...editLines(change)
      .map((shown) => masked(shown, secrets))
      .map((line) => `    ${line.startsWith('-') ? paint('red', line) : line.startsWith('+') ? paint('green', line) : line}`.replace(/^ +$/, '')),
  ];
}

/** Lines around an edit that stay; two edits that are no further apart are shown as one. */
const linesAround = 2;

/** The lines that the change's edits alone touch, before and after, on the text that its transform saw. */
function editLines({ seen, edits }: Change): string[] {
  const first = edits.reduce((least, edit) => Math.min(least, edit.start), seen.length);
  const last = edits.reduce((most, edit) => Math.max(most, edit.end), 0);
  const start = first === 0 ? 0 : seen.lastIndexOf('\n', first - 1) + 1;
  const feed = seen.indexOf('\n', last);
  const part = seen.slice(start, feed < 0 ? undefined : feed + 1);
  const moved = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  return hunksOf(part, applyEdits(part, moved), linesAround).flatMap((hunk, index) => [
    ...(index > 0 ? ['…'] : []),
    ...hunk.lines.filter((line) => !line.startsWith('\\')).map((line) => `${line[0]} ${printable(line.slice(1).replace(/\r$/, ''))}`.trimEnd()),
  ]);
}

/** What several differ in alike is said once, below the last of them: they stand together where the first of them stood. */
function judgementLines(unordered: readonly Change[], { width, paint, why }: PrettyOptions): string[] {
  const placeOf = ({ differs }: Change, index: number): number => (differs === undefined ? index : unordered.findIndex((one) => one.differs === differs));
  const places = new Map(unordered.map((one, index) => [one, placeOf(one, index)]));
  const judgement = unordered.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  return judgement.flatMap(({ id, finding, level, message, because, differs }, index) => {
    const text = level === 'advice' ? `${message} (advice, never applied)` : message;
    const isSaidBelow = differs !== undefined && judgement[index + 1]?.differs === differs;
    const several = differs !== undefined && judgement[index - 1]?.differs === differs;
    const below = [...(why ? [because] : []), ...(differs === undefined || isSaidBelow ? [] : [`${several ? 'these differ' : 'differs'}: ${differs}`])];
    const notes = [...(why ? [printable(finding)] : []), id];
    return [...columns(text, notes, '    ', width, paint), ...below.flatMap((one) => wrap(one, width - 6)).map((line) => `      ${line}`)];
  });
}

function leftAlone(declined: readonly Declined[], { width, paint, why }: PrettyOptions): string[] {
  if (declined.length === 0) return [];
  if (why) {
    const all = declined.flatMap(({ id, finding, refusal, because }) => columns(`${because} [${refusal}]`, [printable(finding), id], '    ', width, paint));
    return ['  Left alone', ...all];
  }
  const groups = new Map<string, Declined[]>();
  for (const one of declined) {
    const key = `${one.id} ${one.refusal}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const most = [...groups.values()].toSorted((a, b) => b.length - a.length).slice(0, fewReasons);
  const lines = most.flatMap((group) =>
    group.slice(0, 1).flatMap(({ because, id }) => {
      const others = group.length > 1 ? ` (and ${counted(group.length - 1, 'other place')})` : '';
      return columns(`${because}${others}`, [`dockopt explain ${id}`], '    ', width, paint);
    }),
  );
  const rest = groups.size - fewReasons;
  return ['  Left alone', ...lines, ...(rest > 0 ? columns(`and for ${counted(rest, 'other reason')}`, ['dockopt --why'], '    ', width, paint) : [])];
}

/** How much it is, and how to go on. */
export function footer({ outcomes, ignoreFiles, callerFiles }: Batch, { paint, command, written }: PrettyOptions): string[] {
  const changes = outcomes.reduce((sum, outcome) => sum + outcome.changes.length, 0);
  const review = outcomes.reduce((sum, { judgement }) => sum + judgement.filter(({ level }) => level === 'review').length, 0);
  const run = (option: string): string => paint('bold', `npx dockopt ${option}${command}`);
  if (changes === 0) {
    const nothing = `Nothing to change in ${counted(outcomes.length, 'file')}.`;
    return [review > 0 ? `${nothing} ${counted(review, 'change')} to judge: ${run('--level review')}` : nothing];
  }
  const files = outcomes.filter(({ status }) => status === 'changed').length + ignoreFiles.length + callerFiles.length;
  // What is wanted of files that cannot be written is told.
  if (files === 0) return [`${counted(changes, 'change')} to make by hand.`];
  const sum = `${counted(changes, 'change')} in ${counted(files, 'file')}`;
  return [written ? `${sum} written.` : `${sum}. Write ${changes === 1 ? 'it' : 'them'}: ${run('--write')}`];
}
