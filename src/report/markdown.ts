import type { Batch, IgnoreFileOutcome } from '../batch/batch.ts';
import type { CallerFileOutcome, CallerNote } from '../batch/caller-outcome.ts';
import type { Change, Outcome } from '../outcome.ts';
import { secretValuesIn } from '../steps/secret-values.ts';
import { counted } from './layout.ts';
import { code, codeBlock, prose, row } from './markdown-text.ts';
import { patchOf } from './patch.ts';
import { runsAgainSentences } from './runs-again.ts';

/** What a body is written from: a batch, or those files and changes of it that go together. */
export interface Portion {
  readonly outcomes: readonly Pick<Outcome, 'path' | 'changes' | 'runsAgain'>[];
  readonly ignoreFiles: readonly Pick<IgnoreFileOutcome, 'path' | 'original' | 'added' | 'askedBy'>[];
  readonly callerFiles: readonly Pick<CallerFileOutcome, 'path' | 'askedBy'>[];
  readonly callerNotes: readonly CallerNote[];
}

/** What GitHub takes as the body of a pull request or of a comment, in characters. */
export const mostCharacters = 65_536;

/** A comment for a pull request: the changes, their reasons, and the patch as far as there is room for it. */
export function markdownReport(batch: Batch): string {
  const body = changesBody(batch);
  const patches = patchesOf(batch);
  const known = whatElse(batch);
  const room = mostCharacters - body.length - known.length;
  return [body, known, patchDetails(patches, room)].filter((part) => part !== '').join('\n');
}

/**
 * The body of a pull request that makes these changes: a heading and a table of the changes, then why, what may differ, what goes with them and what
 * builds do from now on. No patch. At most `room` characters; what was left out is counted.
 */
export function changesBody(portion: Portion, room: number = mostCharacters): string {
  const changed = portion.outcomes.filter(({ changes }) => changes.length > 0);
  const head = `${heading(portion)}\n`;
  if (changed.length === 0) return head;
  const behind = bounded([whatGoesWithThem(portion), callerNotesList(portion.callerNotes)], Math.floor(room / 4));
  const reasons = bounded([why(changed), whatMayDiffer(changed)], Math.floor(room / 4));
  const builds = bounded([runsAgainList(changed)], Math.floor(room / 8));
  const rest = [...reasons, ...behind, ...builds].map((part) => `\n${part}\n`).join('');
  return `${head}\n${table(changed, room - head.length - rest.length - 2)}\n${rest}`;
}

function heading({ outcomes, ignoreFiles, callerFiles }: Portion): string {
  const changed = outcomes.filter(({ changes }) => changes.length > 0);
  const changes = changed.reduce((sum, one) => sum + one.changes.length, 0);
  if (changes === 0) return `## dockopt: nothing to change in ${counted(outcomes.length, 'Dockerfile')}`;
  const others = ignoreFiles.length + callerFiles.length;
  return `## dockopt: ${counted(changes, 'change')} in ${counted(changed.length, 'Dockerfile')}${others > 0 ? ` and ${counted(others, 'other file')}` : ''}`;
}

type Changed = Portion['outcomes'];

/** A row a change, where there is room; else a row a file. */
function table(changed: Changed, room: number): string {
  const head = [row(['Dockerfile', 'line', 'change', 'transform', 'level']), row(['---', '---:', '---', '---', '---'])];
  const each = changed.flatMap(({ path, changes }) =>
    changes.map(({ line, message, id, level }, index) => row([index === 0 ? code(path) : '', String(line), prose(message), code(id), level])),
  );
  const whole = [...head, ...each].join('\n');
  if (whole.length <= room) return whole;
  const brief = [row(['Dockerfile', 'changes', 'transforms', 'levels']), row(['---', '---:', '---', '---'])];
  const rows = changed.map(({ path, changes }) =>
    row([code(path), String(changes.length), unique(changes.map(({ id }) => code(id))).join(', '), unique(changes.map(({ level }) => level)).join(', ')]),
  );
  return cut([...brief, ...rows], room, (left) => `\n…and ${counted(left, 'Dockerfile')} more.`);
}

/** What several changes say alike stands there once. */
function why(changed: Changed): string[] {
  const groups = grouped(changed, ({ id, because }) => `${code(id)}: ${prose(because)}`);
  return ['### Why', '', ...groups.map(([text, places]) => `- ${text}${places.length > 1 ? ` (${places.length} times)` : ''}`)];
}

const mostPlaces = 5;

function whatMayDiffer(changed: Changed): string[] {
  const groups = grouped(changed, ({ differs }) => differs && prose(differs));
  if (groups.length === 0) return [];
  return ['### What may differ', '', ...groups.map(([text, places]) => `- ${text}. ${places.length > 1 ? 'For' : 'In'} ${some(places)}`)];
}

function grouped(changed: Changed, textOf: (change: Change) => string | undefined): (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const { path, changes } of changed) {
    for (const change of changes) {
      const text = textOf(change);
      if (text !== undefined && text !== '') groups.set(text, [...(groups.get(text) ?? []), code(`${path}:${change.line}`)]);
    }
  }
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length);
}

function some(places: readonly string[]): string {
  const rest = places.length - mostPlaces;
  return places.slice(0, mostPlaces).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function whatGoesWithThem({ ignoreFiles, callerFiles }: Portion): string[] {
  if (ignoreFiles.length + callerFiles.length === 0) return [];
  return [
    '### What changes with them',
    '',
    ...ignoreFiles.map(
      ({ path, original, added, askedBy }) =>
        `- ${code(path)}${original === undefined ? ' (new)' : ''} hides ${some(added.map(({ pattern }) => code(pattern)))}, for ${some(askedBy.map(code))}`,
    ),
    ...callerFiles.map(({ path, askedBy }) => `- ${code(path)} gives to the build what ${some(askedBy.map(code))} asks for`),
  ];
}

function callerNotesList(notes: readonly CallerNote[]): string[] {
  const headings = { 'to do': '### To do by hand, else these cannot build it', 'to know': '### To know' } as const;
  return (['to do', 'to know'] as const).flatMap((kind, index) => {
    const own = notes.filter((note) => note.kind === kind);
    if (own.length === 0) return [];
    const items = own.map(({ file, line, text }) => `- ${kind === 'to do' ? '[ ] ' : ''}${code(`${file}:${line}`)}: ${prose(text)}`);
    return [...(index > 0 ? [''] : []), headings[kind], '', ...items];
  });
}

function runsAgainList(changed: Changed): string[] {
  const lines = changed.flatMap((outcome) => runsAgainSentences(outcome).map((sentence) => `- ${code(outcome.path)}: ${prose(sentence)}`));
  return lines.length === 0 ? [] : ['### What builds run again', '', ...lines];
}

/** What is no change: what a person could judge, where dockopt held back, and what it did not understand. */
function whatElse({ outcomes }: Batch): string {
  const judgement = outcomes.flatMap((one) =>
    one.judgement.map((change) => `- ${code(`${one.path}:${change.line}`)} ${code(change.id)}: ${prose(change.message)}`),
  );
  const declined = outcomes.flatMap((one) => one.declined.map((place) => `- ${code(`${one.path}:${place.line}`)} ${code(place.id)}: ${prose(place.because)}`));
  const unread = outcomes.flatMap(({ path, error, notUnderstood }) => {
    const because = error ?? notUnderstood?.because;
    return because === undefined ? [] : [`- ${code(path)}: ${prose(because)}`];
  });
  const sections = [
    details(`Worth your judgement, not in this patch: ${judgement.length}`, judgement),
    details(`Left alone: ${counted(declined.length, 'place')}`, declined),
    details(`Not understood: ${counted(unread.length, 'file')}`, unread),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function details(summary: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<details>\n<summary>${summary}</summary>\n\n${cut(lines, mostCharacters / 12, (left) => `- …and ${left} more`)}\n\n</details>\n`;
}

interface FilePatch {
  readonly path: string;
  readonly patch: string;
  /** A credential stands in the file. */
  readonly leaks: boolean;
}

function patchesOf({ outcomes, ignoreFiles, callerFiles }: Batch): FilePatch[] {
  return [
    ...outcomes.map((one) => ({ path: one.path, patch: patchOf(one), leaks: one.secrets.length > 0 || holdCredentials([one.text]) })),
    ...ignoreFiles.map((one) => ({ path: one.path, patch: patchOf(one), leaks: holdCredentials([one.original, one.text]) })),
    ...callerFiles.map((one) => ({ path: one.path, patch: patchOf(one), leaks: one.leaked.length > 0 || holdCredentials([one.original, one.text]) })),
  ].filter(({ patch }) => patch !== '');
}

function holdCredentials(texts: readonly (string | undefined)[]): boolean {
  return texts.some((text) => text !== undefined && secretValuesIn(text).length > 0);
}

/** Patches of whole files while there is room: whoever reads a comment may not be meant to read credentials, so those of files that hold one stay out. */
function patchDetails(patches: readonly FilePatch[], room: number): string {
  if (patches.length === 0) return '';
  const leaking = patches.filter(({ leaks }) => leaks).map(({ path }) => code(path));
  const notes = leaking.length > 0 ? [`Left out, since they hold a credential: ${some(leaking)}.`] : [];
  const shown: string[] = [];
  let length = notes.join('').length + 300;
  let left = 0;
  for (const { patch, leaks } of patches) {
    if (leaks) continue;
    if (length + patch.length > room) left++;
    else {
      shown.push(patch);
      length += patch.length;
    }
  }
  if (left > 0) notes.push(`Left out, since a comment has no room for them: the patches of ${counted(left, 'file')}; \`dockopt --format patch\` prints them.`);
  const told = notes.map((note) => `${note}\n\n`).join('');
  if (shown.length === 0) return told.trimEnd() + (told === '' ? '' : '\n');
  return `<details>\n<summary>The patch of ${counted(shown.length, 'file')}</summary>\n\n${codeBlock('diff', shown.join(''))}\n\n</details>\n${told === '' ? '' : `\n${told.trimEnd()}\n`}`;
}

/** Sections that share so many characters, each cut at its own part. */
function bounded(sections: readonly (readonly string[])[], room: number): string[] {
  const present = sections.filter((lines) => lines.length > 0);
  let left = room;
  return present.map((lines, index) => {
    const text = cut(lines, Math.floor(left / (present.length - index)), (more) => `- …and ${more} more`);
    left -= text.length;
    return text;
  });
}

/** The first lines that fit, with a line that counts the others. */
function cut(lines: readonly string[], room: number, note: (left: number) => string): string {
  const whole = lines.join('\n');
  if (whole.length <= room) return whole;
  const kept: string[] = [];
  let length = 40;
  for (const line of lines) {
    length += line.length + 1;
    if (length > room) break;
    kept.push(line);
  }
  return [...kept, note(lines.length - kept.length)].join('\n');
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
