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

const known = new WeakMap<Repository, Promise<Reading>>();

/** All that a repository says of how its Dockerfiles are built, in the order of formats and paths. Read once. */
export async function callersIn(repository: Repository): Promise<Reading> {
  let reading = known.get(repository);
  if (!reading) {
    reading = readAll(repository);
    known.set(repository, reading);
  }
  return reading;
}

async function readAll(repository: Repository): Promise<Reading> {
  const files: CallerFiles = { text: (path) => textIn(repository, path) };
  const paths = pathsIn(repository)
    .filter((path) => !vendored.test(path))
    .toSorted();
  const readings: (Reading & { readonly path: string; readonly order: number })[] = [];
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
      const reading = readOr(await format.load(), { path, text }, files, [...new Set(folders)]);
      named.push(...(reading.named ?? []));
      readings.push({ path, order, ...reading });
    }
  }
  readings.sort((a, b) => a.order - b.order);
  const uses = readings.flatMap((reading) => reading.uses);
  const used = new Set(uses);
  const callers = readings.flatMap((reading) => (used.has(reading.path) ? [] : reading.callers));
  return { callers: distinct(callers), notes: readings.flatMap(({ notes }) => notes), uses };
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
