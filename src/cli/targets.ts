import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Caller, Note } from '../callers/caller.ts';
import { callersIn } from '../callers/callers.ts';
import { dockerfileOf, targetsOf } from '../callers/targets.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import { discover } from '../discover.ts';
import { jsonTargets, targetsTable, type Target, type TargetContext } from '../report/targets.ts';
import { isBelow } from '../root.ts';
import { UsageError } from '../usage-error.ts';
import { inferContext } from '../workspace/infer-context.ts';
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
    const reading = await callersIn(repository);
    const shown = (path: string): string => shownFrom(cwd, join(repository.root, path));
    notes.push(...reading.notes.map((note) => noteLine(note, shown)));
    const called = new Map<string, Caller[]>();
    for (const caller of reading.callers) {
      const dockerfile = dockerfileOf(caller, repository);
      if (dockerfile === undefined) notes.push(`${shown(caller.file)}:${caller.line}: ${caller.name} ${whyNone(caller, shown)}`);
      else called.set(dockerfile, [...(called.get(dockerfile) ?? []), caller]);
    }
    const own = [...places].filter((place) => repositoryOf(dirname(place)) === repository);
    const named = [...called.keys()]
      .map((path) => join(repository.root, path))
      .filter((place) => given.some((path) => isBelow(place, realpathSync(resolve(cwd, path)))));
    for (const place of [...new Set([...own, ...named])].toSorted()) {
      const callers = called.get(relative(repository.root, place).replaceAll(sep, '/')) ?? [];
      found.push(...targetsFor(place, callers, repository, cwd));
    }
  }
  if (found.length === 0) throw new UsageError('no Dockerfile found; name one, or the folder that holds it');
  return { out: format === 'json' ? jsonTargets(found) : targetsTable(found), notes };
}

function targetsFor(place: string, callers: readonly Caller[], repository: Repository, cwd: string): Target[] {
  const dockerfile = shownFrom(cwd, place);
  const called = targetsOf(callers);
  if (called.length === 0) return [{ dockerfile, context: inferred(place, repository, cwd), stage: null, callers: [] }];
  return called.map((target): Target => {
    const { context, stage = null } = target;
    const shown = target.callers.map(({ kind, name, file, line }) => ({ kind, name, file: shownFrom(cwd, join(repository.root, file)), line }));
    const [first] = shown;
    if (context.is === 'unknown') return { dockerfile, context: inferred(place, repository, cwd), stage, callers: shown };
    const path = context.is === 'here' ? shownFrom(cwd, join(repository.root, context.path)) : context.what;
    return { dockerfile, context: { path, given: true, by: first ? `${first.file}:${first.line}` : '' }, stage, callers: shown };
  });
}

function inferred(place: string, repository: Repository, cwd: string): TargetContext {
  const reading = readDockerfile(readFileSync(place, 'utf8'));
  if ('notUnderstood' in reading) return { path: shownFrom(cwd, dirname(place)), given: false, by: 'its own folder; the file is not understood' };
  const { folder, by } = inferContext(repository, place, reading.dockerfile);
  return { path: shownFrom(cwd, folder), given: false, by };
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

function shownFrom(cwd: string, path: string): string {
  return relative(cwd, path).replaceAll(sep, '/') || '.';
}

function folderOf(path: string): string {
  return statSync(path).isDirectory() ? realpathSync(path) : dirname(realpathSync(path));
}
