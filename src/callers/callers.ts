import type { Caller, CallerFile, CallerFiles, NamedFile, Reading } from './caller.ts';
import { pathsIn, textIn, type Repository } from '../workspace/repository.ts';

/** A kind of file that says how Dockerfiles are built. */
interface Format {
  readonly path: RegExp;
  /** What its text holds where it has anything to say. */
  readonly text: RegExp;
  /** Files of any name are read where commands name them for it. */
  readonly named?: NamedFile['format'];
  readonly load: () => Promise<Reader>;
}

/** `folders`: what commands make the file's paths relative to. */
type Reader = (file: CallerFile, files: CallerFiles, folders: readonly string[]) => Reading;

/** Other people's, copied in. */
const vendored = /(^|\/)(vendor|node_modules)\//;

const command = /\b(docker|podman|nerdctl|buildah)\b/;

/** In this order a Dockerfile's callers are listed; a file is read by the first that it fits. Readers are loaded for a file that they can read. */
const formats: readonly Format[] = [
  {
    path: /(^|[/._-])compose([._-][^/]*)?\.ya?ml$/i,
    text: /\b(build|extends|include)\b/,
    named: 'compose',
    load: async () => (await import('./compose/read.ts')).readCompose,
  },
  {
    path: /(^|\/)docker-bake(\.[^/]*)?\.(hcl|json)$|\.hcl$/,
    text: /\btarget\s*"|"target"/,
    named: 'bake',
    load: async () => (await import('./bake/read.ts')).readBake,
  },
  {
    path: /(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/,
    text: /\b(docker|podman|nerdctl|buildah|build-push-action)\b|uses:\s*["']?\.\//,
    load: async () => (await import('./workflows/read.ts')).readWorkflow,
  },
  {
    path: /(^|\/)action\.ya?ml$/,
    text: command,
    load: async () => (await import('./workflows/read.ts')).readWorkflow,
  },
  {
    path: /(^|\/)skaffold[^/]*\.ya?ml$/,
    text: /apiVersion:\s*["']?skaffold\//,
    load: async () => (await import('./skaffold.ts')).readSkaffold,
  },
  {
    path: /(^|\/)\.?devcontainer\.json$/,
    text: /"docker[fF]ile"/,
    load: async () => (await import('./devcontainer.ts')).readDevcontainer,
  },
  {
    path: /(^|\/)((\.gitlab-ci|azure-pipelines|cloudbuild|buildspec|Taskfile)[^/]*|\.?(travis|appveyor|drone|cirrus)|\.woodpecker|bitbucket-pipelines)\.ya?ml$|(^|\/)\.(circleci|gitlab|buildkite|woodpecker|azure-?pipelines)\/.*\.ya?ml$/,
    text: command,
    load: async () => (await import('./pipelines.ts')).readPipeline,
  },
  { path: /(^|\/)\.?goreleaser[^/]*\.ya?ml$/, text: /^dockers(_v2)?:/m, load: async () => (await import('./pipelines.ts')).readGoreleaser },
  { path: /(^|\/)(GNU)?[Mm]akefile$|\.mk$/, text: command, load: async () => (await import('./commands/files.ts')).readMakefile },
  { path: /\.(sh|bash)$/, text: command, load: async () => (await import('./commands/files.ts')).readShellScript },
  // The first line says it.
  {
    path: /(^|\/)[^/.]+$/,
    text: /^#!.*\b(ba|da|a)?sh\b[^]*\b(docker|podman|nerdctl|buildah)\b/,
    load: async () => (await import('./commands/files.ts')).readShellScript,
  },
  { path: /(^|\/)package\.json$/, text: command, load: async () => (await import('./commands/files.ts')).readPackageScripts },
  // A compose file by its content.
  { path: /\.ya?ml$/, text: /^services:[^]*^[ \t]+build:/m, named: 'compose', load: async () => (await import('./compose/read.ts')).readCompose },
];

/** The reading of one file, and what it takes to read it again. */
interface FileReading extends Reading {
  readonly path: string;
  readonly order: number;
  readonly read: Reader;
  readonly folders: readonly string[];
  /** All files whose text decided. */
  readonly asked: ReadonlySet<string>;
}

/** The readings of all files of a repository that say how its Dockerfiles are built. */
export interface CallersRead {
  readonly files: CallerFiles;
  readonly readings: readonly FileReading[];
}

const known = new WeakMap<Repository, Promise<CallersRead>>();

/** All that a repository says of how its Dockerfiles are built, in the order of formats and paths. Read once. */
export async function callersIn(repository: Repository): Promise<Reading> {
  return joined(await readCallersIn(repository));
}

/** The same as readings that can be read again. */
export async function readCallersIn(repository: Repository): Promise<CallersRead> {
  let reading = known.get(repository);
  if (!reading) {
    reading = readCallers(pathsIn(repository), { text: (path) => textIn(repository, path) });
    known.set(repository, reading);
  }
  return reading;
}

export async function readCallers(all: readonly string[], files: CallerFiles): Promise<CallersRead> {
  const recorded = recording(files);
  const paths = all.filter((path) => !vendored.test(path)).toSorted();
  const readings: FileReading[] = [];
  const named: NamedFile[] = [];
  const taken = new Set<string>();
  const numbered = formats.map((format, order) => ({ format, order }));
  // What names files for others is read before them.
  for (const { format, order } of numbered.toSorted((a, b) => Number('named' in a.format) - Number('named' in b.format))) {
    const wanted = named.filter((one) => one.format === format.named);
    for (const path of paths) {
      const folders = wanted.flatMap((one) => (one.path === path ? [one.folder] : []));
      if (taken.has(path) || (folders.length === 0 && !format.path.test(path))) continue;
      const text = files.text(path);
      if (text === undefined || !format.text.test(text)) continue;
      taken.add(path);
      const reading = readFile({ path, order, read: await format.load(), folders: [...new Set(folders)] }, text, recorded);
      named.push(...(reading.named ?? []));
      readings.push(reading);
    }
  }
  return { files, readings: readings.toSorted((a, b) => a.order - b.order) };
}

/** The callers as they are with another text for a file: only what depends on it is read again. */
export function withText({ files, readings }: CallersRead, changed: string, text: string): CallersRead {
  const others: CallerFiles = { text: (path) => (path === changed ? text : files.text(path)) };
  const recorded = recording(others);
  return {
    files: others,
    readings: readings.map((reading) => (reading.asked.has(changed) ? readFile(reading, others.text(reading.path) ?? '', recorded) : reading)),
  };
}

/** Files that note which of them are asked for. */
interface RecordingFiles extends CallerFiles {
  asked: Set<string>;
}

function recording(files: CallerFiles): RecordingFiles {
  const recorded: RecordingFiles = {
    asked: new Set(),
    text: (path) => {
      recorded.asked.add(path);
      return files.text(path);
    },
  };
  return recorded;
}

function readFile({ path, order, read, folders }: Pick<FileReading, 'path' | 'order' | 'read' | 'folders'>, text: string, files: RecordingFiles): FileReading {
  files.asked = new Set([path]);
  const reading = readOr(read, { path, text }, files, folders);
  return { path, order, read, folders, ...reading, asked: files.asked };
}

/** What the readings say together. */
export function joined({ readings }: CallersRead): Reading {
  const uses = readings.flatMap((reading) => reading.uses);
  const used = new Set(uses);
  const callers = readings.flatMap((reading) => (used.has(reading.path) ? [] : reading.callers));
  return { callers: distinct(callers), notes: readings.flatMap(({ notes }) => notes), uses };
}

/** Files of the formats that commands and options may stand in. */
export function mayHoldCallers(path: string): boolean {
  return !vendored.test(path) && formats.some((format) => format.path.test(path));
}

function readOr(read: Reader, file: CallerFile, files: CallerFiles, folders: readonly string[]): Reading {
  try {
    return read(file, files, folders);
  } catch (error) {
    return { callers: [], notes: [{ file: file.path, line: 1, because: error instanceof Error ? error.message : String(error) }], uses: [] };
  }
}

/** A matrix, or several users of one action, may build the same thing in the same place. */
function distinct(callers: readonly Caller[]): Caller[] {
  const found = new Map<string, Caller>();
  for (const caller of callers) {
    const { file, start, context, dockerfile, declared } = caller;
    const key = JSON.stringify([file, start, context, dockerfile, declared.target?.value]);
    if (!found.has(key)) found.set(key, caller);
  }
  return [...found.values()];
}
