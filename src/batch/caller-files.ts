import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildInput } from '../build-input.ts';
import type { Caller } from '../callers/caller.ts';
import { joined, readCallersIn, withText, type CallersRead } from '../callers/callers.ts';
import { belowRoot, dockerfileOf } from '../callers/targets.ts';
import { byHand, gives, isWantedOf } from '../callers/write.ts';
import { writeInput } from '../callers/writers.ts';
import { shownFrom } from '../contexts.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import type { Outcome } from '../outcome.ts';
import { repositoryOf, type Repository } from '../workspace/repository.ts';
import { wantsOf, type CallerFileOutcome, type CallerFiles, type CallerNote } from './caller-outcome.ts';
import { differenceBetween } from './caller-differences.ts';
import { identified } from './identified-callers.ts';
import { mentionsOf } from './mentions.ts';
import { reaches } from './reached-stages.ts';

/** A Dockerfile whose new text may want something of those who build it. */
export interface Asking {
  /** Its real path, absolute. */
  readonly place: string;
  readonly outcome: Pick<Outcome, 'path' | 'changes' | 'text'>;
}

/** What is wanted of the callers of a repository so far. */
interface Progress {
  readonly repository: Repository;
  read: CallersRead;
  readonly texts: Map<string, { text: string; readonly askedBy: Set<string>; readonly leaked: Set<string> }>;
  /** By the Dockerfile's path below the root. */
  readonly wants: ReadonlyMap<string, readonly BuildInput[]>;
  readonly original: ReadonlyMap<string, Caller>;
}

/** Writes what Dockerfiles want into the files that build them, in the order of the paths; what cannot be written is told. */
export async function writeCallers(dockerfiles: readonly Asking[], cwd: string): Promise<CallerFiles> {
  const callerFiles: CallerFileOutcome[] = [];
  const callerNotes: CallerNote[] = [];
  const asking = dockerfiles.filter(({ outcome }) => wantsOf(outcome).length > 0).toSorted((a, b) => (a.outcome.path < b.outcome.path ? -1 : 1));
  for (const repository of new Set(asking.map(({ place }) => repositoryOf(folderOf(place))))) {
    const own = asking.filter(({ place }) => repositoryOf(folderOf(place)) === repository);
    const read = await readCallersIn(repository);
    const wants = new Map(own.map(({ place, outcome }) => [belowRoot(repository, place), wantsOf(outcome)]));
    const progress: Progress = { repository, read, texts: new Map(), wants, original: identified(joined(read).callers) };
    const shown = (path: string): string => shownFrom(cwd, join(repository.root, path));
    for (const { place, outcome } of own) {
      const dockerfile = belowRoot(repository, place);
      const notes = (wants.get(dockerfile) ?? []).flatMap((input) => writeForAll(progress, dockerfile, input, outcome));
      notes.push(...mentionsOf(repository, progress.read, dockerfile, wants.get(dockerfile) ?? [], notes));
      callerNotes.push(...distinct(notes).map(({ file, ...note }) => ({ dockerfile: outcome.path, file: shown(file), ...note })));
    }
    for (const [path, { text, askedBy, leaked }] of [...progress.texts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const original = read.files.text(path) ?? '';
      if (text !== original) callerFiles.push({ path: shown(path), original, text, askedBy: [...askedBy], leaked: [...leaked] });
    }
  }
  return { callerFiles, callerNotes };
}

/** What would have to be done where nothing but the Dockerfile is written. */
export async function tellCallers(asking: Asking, cwd: string): Promise<readonly CallerNote[]> {
  const { place, outcome } = asking;
  const inputs = wantsOf(outcome);
  if (inputs.length === 0) return [];
  const repository = repositoryOf(folderOf(place));
  const { callers } = joined(await readCallersIn(repository));
  return callers
    .filter((caller) => dockerfileOf(caller, repository) === belowRoot(repository, place))
    .flatMap((caller) =>
      inputs.flatMap((input): CallerNote[] => {
        if (gives(caller, input) || !isWantedOf(caller, input) || !needsIt(caller, outcome.text, input)) return [];
        const file = shownFrom(cwd, join(repository.root, caller.file));
        return [{ dockerfile: outcome.path, file, line: caller.line, kind: kindOf(input), text: byHand(caller, input) }];
      }),
    );
}

/** What it builds runs what the input is for, or it gives the argument that the input takes the place of. */
function needsIt({ declared }: Caller, text: string, input: BuildInput): boolean {
  if (input.kind === 'cache') return true;
  const reading = readDockerfile(text);
  if (!('dockerfile' in reading) || declared.args.some(({ name }) => name === input.insteadOf)) return true;
  return declared.target !== undefined && declared.target.value === undefined ? true : reaches(reading.dockerfile, declared.target?.value, input);
}

function folderOf(place: string): string {
  return join(place, '..');
}

type Note = Omit<CallerNote, 'dockerfile'>;

function distinct(notes: readonly Note[]): Note[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}

/** One input in all callers of a Dockerfile. What one cannot do itself another one's edit may have done for it, so that all are asked again. */
function writeForAll(progress: Progress, dockerfile: string, input: BuildInput, { path: askedBy, text }: Asking['outcome']): Note[] {
  const start = {
    read: progress.read,
    texts: new Map([...progress.texts].map(([path, one]) => [path, { ...one, askedBy: new Set(one.askedBy), leaked: new Set(one.leaked) }])),
  };
  const keys = [...progress.original].flatMap(([key, caller]) =>
    dockerfileOf(caller, progress.repository) === dockerfile && isWantedOf(caller, input) && needsIt(caller, text, input) ? [key] : [],
  );
  const notes: Note[] = [];
  for (let pass = 0; pass < 3; pass++) {
    const before = progress.read;
    for (const key of keys) notes.push(...writeInto(progress, key, input, askedBy).filter(({ kind }) => kind === 'to know'));
    if (progress.read === before) break;
  }
  const callers = identified(joined(progress.read).callers);
  if (!hasNewlyUndefined(progress.original, callers))
    return [...notes, ...keys.flatMap((key) => (isDone(callers.get(key), input) ? [] : writeInto(progress, key, input, askedBy)))];
  progress.read = start.read;
  progress.texts.clear();
  for (const [path, one] of start.texts) progress.texts.set(path, one);
  return keys.flatMap((key) => {
    const caller = progress.original.get(key);
    return caller && !gives(caller, input)
      ? [noteOn(caller, `Files that are read together do not allow to write it in one of them. ${byHand(caller, input)}`)]
      : [];
  });
}

/** A secret that nothing defines was brought to some caller: it could not build any more. */
function hasNewlyUndefined(before: ReadonlyMap<string, Caller>, after: ReadonlyMap<string, Caller>): boolean {
  for (const [key, { declared }] of after) {
    const was = before.get(key)?.declared.secrets ?? [];
    for (const { id, undefinedHere } of declared.secrets)
      if (undefinedHere === true && !was.some((one) => one.id === id && one.undefinedHere === true)) return true;
  }
  return false;
}

function isDone(caller: Caller | undefined, input: BuildInput): boolean {
  return caller === undefined || gives(caller, input);
}

/** Writes an input into one caller, if what is read of all callers afterwards differs in nothing else. */
function writeInto(progress: Progress, key: string, input: BuildInput, askedBy: string): Note[] {
  const { read, repository } = progress;
  const before = identified(joined(read).callers);
  const caller = before.get(key);
  if (!caller || gives(caller, input)) return [];
  const say = (said: string, kind: Note['kind']): Note => noteOn(progress.original.get(key) ?? caller, said, kind);
  const text = read.files.text(caller.file);
  const asked = byHand(caller, input);
  if (text === undefined || text.includes('\uFFFD') || isLink(repository, caller.file)) return [say(`This file cannot be written. ${asked}`, kindOf(input))];
  const written = writeInput(caller, input, text, progress.original.get(key) ?? caller);
  if ('told' in written) return [say(written.told, kindOf(input))];
  const after = withText(read, caller.file, written.text);
  const wrong = differenceBetween(before, identified(joined(after).callers), {
    key,
    input,
    wants: progress.wants,
    dockerfileOf: (one) => dockerfileOf(one, repository),
  });
  if (wrong !== undefined) return [say(`${wrong} ${asked}`, kindOf(input))];
  progress.read = after;
  const known = progress.texts.get(caller.file) ?? { text, askedBy: new Set<string>(), leaked: new Set<string>() };
  known.text = written.text;
  known.askedBy.add(askedBy);
  for (const value of written.leaked) known.leaked.add(value);
  progress.texts.set(caller.file, known);
  return written.notes.map((note) => say(note, 'to know'));
}

function noteOn({ file, line }: Caller, text: string, kind: Note['kind'] = 'to do'): Note {
  return { file, line, kind, text };
}

/** Without a cache it can be built as before. */
function kindOf({ kind }: BuildInput): CallerNote['kind'] {
  return kind === 'cache' ? 'to know' : 'to do';
}

function isLink({ root }: Repository, path: string): boolean {
  return lstatSync(join(root, path), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
