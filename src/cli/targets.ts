import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Caller, Note } from '../callers/caller.ts';
import { callersByDockerfile, targetsOf } from '../callers/targets.ts';
import { shownFrom } from '../contexts.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import { discover } from '../discover.ts';
import { jsonTargets, targetsTable, type Target } from '../report/targets.ts';
import { isBelow } from '../root.ts';
import { UsageError } from '../usage-error.ts';
import { inferContext, type InferredContext } from '../infer-context.ts';
import { repositoryOf, type Repository } from '../workspace/repository.ts';

export interface TargetsArguments {
  readonly paths: readonly string[];
  readonly format: 'pretty' | 'json';
}

export interface TargetsResult {
  readonly out: string;
  /** For stderr. */
  readonly notes: readonly string[];
}

/** The Dockerfiles that the paths name or hold, with how they are built. Throws a UsageError where there is none. */
export async function targets({ paths, format }: TargetsArguments, cwd: string): Promise<TargetsResult> {
  const given = paths.length > 0 ? paths : ['.'];
  const discovery = discover(given, cwd);
  const [missing] = discovery.missing;
  if (missing !== undefined) throw new UsageError(`${missing}: there is no such file or folder`);
  const places = new Set(discovery.files.map(({ path }) => realpathSync(path)));
  const repositories = new Set([...[...places].map(dirname), ...given.map((path) => folderOf(resolve(cwd, path)))].map(repositoryOf));
  const notes = [...discovery.notes];
  const found: Target[] = [];
  for (const repository of repositories) {
    const { byDockerfile, others, notes: unread } = await callersByDockerfile(repository);
    const shown = (path: string): string => shownFrom(cwd, join(repository.root, path));
    notes.push(...unread.map((note) => noteLine(note, shown)));
    notes.push(...others.map((caller) => `${shown(caller.file)}:${caller.line}: ${caller.name} ${whyNone(caller, shown)}`));
    const own = [...places].filter((place) => repositoryOf(dirname(place)) === repository);
    const named = [...byDockerfile.keys()]
      .map((path) => join(repository.root, path))
      .filter((place) => given.some((path) => isBelow(place, realpathSync(resolve(cwd, path)))));
    for (const place of [...new Set([...own, ...named])].toSorted()) found.push(...(await targetsFor(place, repository, cwd)));
  }
  if (found.length === 0) throw new UsageError('no Dockerfile found; name one, or the folder that holds it');
  return { out: format === 'json' ? jsonTargets(found) : targetsTable(found), notes };
}

async function targetsFor(place: string, repository: Repository, cwd: string): Promise<Target[]> {
  const built = await targetsOf(repository, place, () => inferred(place, repository));
  return built.map(({ declared, folder, inferredBy, stage = null, callers: all }): Target => {
    const callers = all.map(({ kind, name, file, line }) => ({ kind, name, file: shownFrom(cwd, join(repository.root, file)), line }));
    const [first] = callers;
    const path = declared?.is === 'elsewhere' ? declared.what : shownFrom(cwd, folder);
    const given = declared?.is === 'elsewhere' || inferredBy === undefined;
    const by = given && first ? `${first.file}:${first.line}` : (inferredBy ?? '');
    return { dockerfile: shownFrom(cwd, place), context: { path, given, by }, stage, callers };
  });
}

function inferred(place: string, repository: Repository): InferredContext {
  const reading = readDockerfile(readFileSync(place, 'utf8'));
  if ('notUnderstood' in reading) return { folder: dirname(place), by: 'its own folder; the file is not understood', decided: false };
  return inferContext(repository, place, reading.dockerfile);
}

function whyNone({ dockerfile, context }: Caller, shown: (path: string) => string): string {
  if (dockerfile.is === 'here') return `builds ${shown(dockerfile.path)}, which does not exist`;
  if (dockerfile.is === 'unknown') return `builds what is not written here: ${dockerfile.what}`;
  return context.is === 'elsewhere' ? `builds ${context.what}, which is not in this repository` : `builds ${dockerfile.what}`;
}

/** What a file that could not be read is told by. */
export function noteLine({ file, line, because }: Note, shown: (path: string) => string): string {
  return `${shown(file)}:${line}: what it builds is not known: ${because}`;
}

function folderOf(path: string): string {
  return statSync(path).isDirectory() ? realpathSync(path) : dirname(realpathSync(path));
}
