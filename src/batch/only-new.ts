import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { mayHoldCallers, readCallers, readCallersIn } from '../callers/callers.ts';
import { dockerfileOf } from '../callers/targets.ts';
import { builtWith, type BuildContext, type ContextOptions } from '../contexts.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import { isManifest } from '../ecosystems/index.ts';
import { git } from '../git.ts';
import { checkoutOf, isBelow, realPath } from '../root.ts';
import { contextSources, type ContextSource } from '../steps/context-sources.ts';
import { overlap } from '../steps/paths.ts';
import { readFacts } from '../steps/read.ts';
import { UsageError } from '../usage-error.ts';
import { contextFiles, repositoryOf, textIn, type Repository } from '../workspace/repository.ts';

export interface OnlyNewOptions {
  readonly cwd: string;
  readonly optionsOf: (path: string) => ContextOptions;
  /** Absolute paths of the configuration and of transforms in files: where one of them changed, every Dockerfile counts. */
  readonly settings: readonly string[];
}

/**
 * Those of the Dockerfiles (absolute paths) that changed since HEAD parted from a revision, committed or not, or of which an input
 * did: what they take from their contexts, ignore files, manifests, the files that build them, the settings. What cannot be told
 * counts as changed. Throws a UsageError where git cannot say what changed.
 */
export async function changedSince(revision: string, paths: readonly string[], { cwd, optionsOf, settings }: OnlyNewOptions): Promise<string[]> {
  const places = paths.map((path) => ({ path, place: realPath(path) }));
  const own = checkoutOf(realPath(cwd)) ?? places.map(({ place }) => checkoutOf(dirname(place))).find((one) => one !== undefined);
  if (own === undefined) throw new UsageError(`--only-new ${revision}: ${cwd} is not in a git repository`);
  const root = realPath(own);
  const since = changesSince(revision, root);
  if (settings.some((path) => since.changed.has(below(root, realPath(path))))) return [...paths];
  if (since.changed.size === 0) return places.filter(({ place }) => checkoutOf(dirname(place)) !== own).map(({ path }) => path);
  const repository = repositoryOf(root);
  const called = await dockerfilesOfCallers(repository, since);
  const chosen: string[] = [];
  for (const { path, place } of places) {
    const isElsewhere = checkoutOf(dirname(place)) !== own;
    const name = below(root, place);
    const isChanged = isElsewhere || since.changed.has(name) || since.changed.has(below(root, path)) || called.has(name);
    if (isChanged || (await inputsChanged(place, repository, since.changed, optionsOf(path)))) chosen.push(path);
  }
  return chosen;
}

/** What differs from where a revision and HEAD part. */
interface Changes {
  /** The commit. */
  readonly base: string;
  /** Paths below the root, those of files that are gone or new and not tracked as well. */
  readonly changed: ReadonlySet<string>;
}

function changesSince(revision: string, root: string): Changes {
  const option = `--only-new ${revision}`;
  const commit = revision.startsWith('-') ? undefined : answer(root, option, 'rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
  const base = commit && answer(root, option, 'merge-base', commit, 'HEAD')?.split('\n')[0];
  if (base === undefined || base === '') {
    const shallow = answer(root, option, 'rev-parse', '--is-shallow-repository') === 'true';
    const more = shallow ? '. This is a shallow clone: fetch the history as well (`fetch-depth: 0` for actions/checkout, else `git fetch --unshallow`)' : '';
    throw new UsageError(`${option}: ${commit ? 'HEAD has no commit in common with it' : 'git knows no such revision here'}${more}`);
  }
  const differing = git(root, 'diff', '--name-only', '--no-renames', '--no-relative', '--no-ext-diff', '--ignore-submodules=none', '-z', base, '--');
  const untracked = git(root, 'ls-files', '-z', '--others', '--exclude-standard');
  return { base, changed: new Set(`${differing}\0${untracked}`.split('\0').filter((path) => path !== '')) };
}

/** undefined where git says no; where it cannot work here at all (an owner that it does not trust), that is an error. */
function answer(root: string, option: string, ...args: string[]): string | undefined {
  try {
    return git(root, ...args).trim();
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    if (/dubious ownership|not a git repository|ENOENT/.test(said)) throw new UsageError(`${option}: ${said}`);
    return undefined;
  }
}

/** Dockerfiles, by path below the root, that a changed file builds, has a part in building, or built before. */
async function dockerfilesOfCallers(repository: Repository, { base, changed }: Changes): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const { readings } = await readCallersIn(repository);
  const atBase = [...changed].filter(mayHoldCallers);
  const before = await readCallers(atBase, { text: (path) => (changed.has(path) ? textAt(repository, base, path) : textIn(repository, path)) });
  for (const { callers, asked } of [...readings.filter((reading) => [...reading.asked].some((path) => changed.has(path))), ...before.readings]) {
    if (asked.size === 0) continue;
    for (const caller of callers) found.add(dockerfileOf(caller, repository) ?? '');
  }
  return found;
}

function textAt({ root }: Repository, base: string, path: string): string | undefined {
  try {
    return git(root, 'cat-file', 'blob', `${base}:${path}`);
  } catch {
    return undefined;
  }
}

/** Of a Dockerfile that is as it was. */
async function inputsChanged(place: string, repository: Repository, changed: ReadonlySet<string>, options: ContextOptions): Promise<boolean> {
  const reading = readDockerfile(textOf(place));
  // Its text alone decides that it is not understood.
  if (!('dockerfile' in reading)) return false;
  const { dockerfile } = reading;
  const { contexts, stages, given } = await builtWith(place, dockerfile, options);
  if (changed.has(`${below(repository.root, place)}.dockerignore`)) return true;
  return contexts.some((context) => {
    const files = contextFiles(repository, context.folder, place, context.decided);
    const facts = readFacts(dockerfile, { context: files, targets: stages });
    // Another context that a caller names may lie anywhere.
    if (
      facts.steps.some(({ copy, run }) =>
        [copy?.from, ...(run?.mounts ?? []).map(({ from }) => from)].some((from) => from !== undefined && given.contexts.has(from)),
      )
    )
      return true;
    const isOpaque = facts.steps.some(({ instruction, copy }) => (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') && copy === undefined);
    const sources = contextSources(facts);
    return [...changed].some((path) => {
      if (basename(path) === '.gitignore') return bears(path, context, repository.root);
      if (takenElsewhere(path, sources, place, context, repository.root)) return true;
      if (!isBelow(join(repository.root, path), context.folder)) return false;
      const inContext = below(context.folder, join(repository.root, path));
      if (inContext === '.dockerignore') return true;
      if (files.hides(inContext)) return false;
      return isOpaque || isManifestAbove(inContext, sources, files.dockerfile) || sources.some((source) => takes(source, inContext, context.folder));
    });
  });
}

/** A `.gitignore` says something of a context's files. */
function bears(path: string, { folder }: BuildContext, root: string): boolean {
  const of = dirname(join(root, path));
  return isBelow(of, folder) || isBelow(folder, of);
}

function takes({ path, variable }: ContextSource, changed: string, folder: string): boolean {
  if (path === '.' || overlap(path, changed)) return true;
  if (variable) return isBelow(`/${changed}`, `/${path}`);
  // A link of the context is followed.
  const real = below(realPath(folder), realPath(join(folder, path)));
  return real !== path && overlap(real, changed);
}

/** Of an inferred context: a file of a source's name in another folder that it might have been taken from. */
function takenElsewhere(path: string, sources: readonly ContextSource[], place: string, { folder, shown }: BuildContext, root: string): boolean {
  if (shown.given) return false;
  for (let at = dirname(place); isBelow(at, root); at = dirname(at)) {
    const inFolder = below(at, join(root, path));
    if (
      at !== folder &&
      sources.some((source) => !source.variable && !/[*?[]/.test(source.path) && source.path !== '.' && isBelow(`/${inFolder}`, `/${source.path}`))
    )
      return true;
    if (at === root) break;
  }
  return false;
}

/** A manifest that lies beside or above what is taken, or the Dockerfile: that of a workspace. */
function isManifestAbove(path: string, sources: readonly ContextSource[], dockerfile: string | undefined): boolean {
  if (!isManifest(path)) return false;
  const folder = `/${dirname(path)}`;
  const taken = [...sources.map((source) => source.path), ...(dockerfile === undefined ? [] : [dockerfile])];
  return taken.some((one) => folder === '/.' || isBelow(`/${one}`, folder));
}

function textOf(place: string): string {
  try {
    return readFileSync(place, 'utf8');
  } catch {
    return '';
  }
}

function below(folder: string, path: string): string {
  return relative(folder, path).replaceAll(sep, '/');
}
