import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ColdBuilds } from './build-input.ts';
import { coldBuildsOf } from './callers/cold-builds.ts';
import { targetsOf, type Target } from './callers/targets.ts';
import type { Dockerfile } from './dockerfile/model.ts';
import type { ContextOfTarget } from './outcome.ts';
import type { RunOptions } from './run.ts';
import { inferContext, type InferredContext } from './infer-context.ts';
import type { Given } from './steps/facts.ts';
import { repositoryOf, type Repository } from './workspace/repository.ts';

/** A build context of a Dockerfile, and how reports show it. */
export interface BuildContext {
  /** Absolute. */
  readonly folder: string;
  readonly decided: boolean;
  readonly shown: ContextOfTarget;
}

export type ContextOptions = Pick<RunOptions, 'context' | 'target' | 'cwd'>;

export interface Built {
  readonly repository: Repository;
  readonly contexts: readonly [BuildContext, ...BuildContext[]];
  /** Names of stages that are shipped, beside the last one. */
  readonly stages: readonly string[];
  /** Platforms that callers build for, each once. */
  readonly platforms: readonly string[];
  readonly given: Given;
  /** Builds in CI that begin without a cache. */
  readonly cold: ColdBuilds;
}

/** How a Dockerfile, by its real path, is built; undefined stands for one that is not understood. */
export async function builtWith(place: string, dockerfile: Dockerfile | undefined, options: ContextOptions): Promise<Built> {
  const folder = presentFolder(place);
  const repository = repositoryOf(folder);
  const infer = (): InferredContext => (dockerfile ? inferContext(repository, place, dockerfile) : { folder, by: 'its own folder', decided: false });
  const targets = await targetsOf(repository, place, infer);
  const stages = [options.target, ...targets.map(({ stage }) => stage)].filter((stage) => stage !== undefined);
  const platforms = targets.flatMap(({ callers }) => callers.flatMap(({ declared }) => declared.platforms.flatMap(({ value = '' }) => value.split(/[\s,]+/))));
  const given = givenIn(targets, repository, options);
  const contexts = contextsOf(targets, repository, options);
  const cold = await coldBuildsOf(
    repository,
    targets.flatMap(({ callers }) => callers),
  );
  return { repository, contexts, stages, platforms: [...new Set(platforms.filter((one) => one !== ''))], given, cold };
}

function givenIn(targets: readonly Target[], { root }: Repository, { cwd }: ContextOptions): Given {
  const args = new Map<string, string>();
  const secrets = new Set<string>();
  const contexts = new Map<string, string>();
  for (const { name: called, file, line, declared } of targets.flatMap(({ callers }) => callers)) {
    const by = `${shownFrom(cwd, join(root, file))}:${line} ${called}`;
    for (const { name, text } of declared.args) {
      args.set(name, by);
      if (isKept.test(text)) secrets.add(name);
    }
    for (const { name } of declared.contexts) contexts.set(name, by);
  }
  return { args, secrets, contexts };
}

/** `${{ secrets.PYPI }}`, `https://ci:$PASSWORD@pypi.example.com`: https://docs.github.com/actions/reference/workflows-and-actions/contexts#secrets-context */
const isKept = /\bsecrets\.\w|:\/\/[^\s/:@]+:[^\s/@]+@/;

/** The nearest folder above a path that is there. */
function presentFolder(path: string): string {
  const folder = dirname(path);
  return folder === path || existsSync(folder) ? folder : presentFolder(folder);
}

/** The contexts that a Dockerfile is built with, each once: the one that is given, else those of its targets. */
export function contextsOf(
  [first, ...others]: readonly [Target, ...Target[]],
  repository: Repository,
  { context, cwd }: ContextOptions,
): readonly [BuildContext, ...BuildContext[]] {
  if (context) {
    const { folder, by, decided } = context;
    return [{ folder, decided, shown: { path: shownFrom(cwd, folder), given: true, by } }];
  }
  const contextOf = (target: Target): BuildContext => {
    const { folder, decided, inferredBy } = target;
    return { folder, decided, shown: { path: shownFrom(cwd, folder), given: inferredBy === undefined, by: saidBy(target, repository, cwd) } };
  };
  const different = others.filter((target, index) => ![first, ...others.slice(0, index)].some((one) => isSameContext(one, target)));
  return [contextOf(first), ...different.map(contextOf)];
}

function isSameContext(one: Target, other: Target): boolean {
  return one.folder === other.folder && one.decided === other.decided;
}

/** `compose.yaml:4 web`, or by what it is inferred, and the caller that would know it. */
function saidBy({ declared, inferredBy = '', callers: [caller] }: Target, { root }: Repository, cwd: string): string {
  if (!caller || !declared) return inferredBy;
  const called = `${shownFrom(cwd, join(root, caller.file))}:${caller.line} ${caller.name}`;
  return inferredBy === '' ? called : `${inferredBy}; ${called} builds it with ${declared.is === 'here' ? declared.path : declared.what}`;
}

/** A path relative to the working directory, with forward slashes. */
export function shownFrom(cwd: string, path: string): string {
  return relative(cwd, path).replaceAll(sep, '/') || '.';
}
