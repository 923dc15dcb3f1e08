import { posix } from 'node:path';
import { copiesWithParents } from '../dockerfile/frontend.ts';
import { isObstacle } from '../ecosystems/closure.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import type { Facts, Step } from './facts.ts';
import { broughtBy, type Origin } from './image-files.ts';
import type { IncompleteInstall } from './incomplete-installs.ts';
import type { ProjectInstall } from './project-installs.ts';

/** A COPY that would bring files of an install to where it looks for them. */
export interface ManifestCopy {
  /** The COPY that it is taken from. */
  readonly like: Step;
  /** As that one would write them. */
  readonly sources: readonly string[];
  readonly destination: string;
  /** Besides those of `like`. */
  readonly flags?: readonly string[];
}

/** So many folders make a COPY each hard to read. */
const many = 5;

/** COPYs of what only the sources bring: one for each folder and each COPY that brought it, or one for many folders where a flag keeps them apart. */
export function manifestCopies(facts: Facts, { needed, sources, step, read, folder }: ProjectInstall): ManifestCopy[] {
  const { dockerfile, context } = facts;
  const there = broughtRightBefore(facts, sources[0]);
  const whole = isObstacle(read) ? [] : (read.folders ?? []).map((one) => posix.resolve(folder, one));
  return sources.flatMap((like): readonly ManifestCopy[] => {
    const files = new Map([...needed].filter(([path, origin]) => origin.step === like && there.get(path) !== origin.source));
    const copies = copiesLike(like, files, step, whole);
    const { path = '', directory } = like.copy ?? {};
    const kept = directory === true && whole.length === 0 && [...files].every(([file, { source }]) => posix.join(path, source) === file);
    if (copies.length <= many || !kept || like.instruction.flags.length > 0 || !copiesWithParents(dockerfile, like.instruction)) return copies;
    return [{ like, sources: patternsOf(context, files), destination: destinationOf(like, path, step), flags: ['--parents'] }];
  });
}

/** What COPYs in front of the first source bring already, with nothing between them that could change it: by path, from where. */
function broughtRightBefore(facts: Facts, first: Step | undefined): ReadonlyMap<string, string> {
  const steps = first ? first.stage.steps.slice(0, first.stage.steps.indexOf(first)) : [];
  const since = steps.slice(steps.findLastIndex(({ run }) => run) + 1);
  return new Map(since.flatMap((one) => [...(broughtBy(facts, one) ?? [])]));
}

/** Sources with `*` for the folders beside each other that all are needed. */
function patternsOf(context: ContextFiles, files: ReadonlyMap<string, Origin>): string[] {
  const sources = [...files.values()].map(({ source }) => source);
  const patterns = sources.map((source) => {
    const [name = '', folder = '', ...above] = source.split('/').toReversed();
    if (folder === '') return source;
    const root = above.toReversed();
    const beside = context.below(root.join('/')).filter((one) => {
      const parts = one.split('/');
      return parts.length === root.length + 2 && parts.at(-1) === name;
    });
    return beside.length > 1 && beside.every((one) => sources.includes(one)) ? [...root, '*', name].join('/') : source;
  });
  return [...new Set(patterns)];
}

/** What the COPYs in front of an install would have to bring besides: sources for those that bring files of the same folder, and COPYs behind the last of them. */
export function missingCopies({ present, missing, step }: IncompleteInstall): { joined: Map<Step, string[]>; behind: Step; copies: ManifestCopy[] } {
  const before = [...present.values()].map((origin) => origin.step);
  const behind = before.reduce((a, b) => (b.instruction.index > a.instruction.index ? b : a), before[0] ?? step);
  const joined = new Map<Step, string[]>();
  const others = new Map<string, Origin>();
  for (const [path, origin] of missing) {
    const folder = posix.dirname(path);
    const beside = [...present].find(([one]) => posix.dirname(one) === folder)?.[1].step;
    const joins = beside?.copy?.path === folder && beside.copy.directory && !beside.instruction.json && /^[\w./@+-]+$/.test(origin.source);
    if (joins) joined.set(beside, [...(joined.get(beside) ?? []), origin.source]);
    else others.set(path, origin);
  }
  return { joined, behind, copies: copiesLike(behind, others, behind) };
}

/** `whole`: folders of the image of which all that they hold comes along. */
function copiesLike(like: Step, files: ReadonlyMap<string, Origin>, at: Step, whole: readonly string[] = []): ManifestCopy[] {
  const folders = new Map<string, Set<string>>();
  for (const [path, { source }] of files) {
    const around = whole.find((folder) => path.startsWith(`${folder}/`) && source.endsWith(path.slice(folder.length)));
    const folder = around ?? posix.dirname(path);
    const sources = folders.get(folder) ?? new Set();
    folders.set(folder, sources.add(writtenLike(like, around === undefined ? source : source.slice(0, around.length - path.length))));
  }
  return [...folders].map(([folder, sources]) => ({ like, sources: [...sources], destination: destinationOf(like, folder, at) }));
}

/** A path of the context with the `./` or `/` that the COPY which brought it writes in front. */
function writtenLike({ copy }: Step, source: string): string {
  const written = copy?.sources.find((one) => source === contextPath(one) || source.startsWith(`${contextPath(one)}/`));
  return (/^\.?\//.exec(written ?? '')?.[0] ?? '') + source;
}

/** A folder as a COPY would write it at another step. */
function destinationOf(like: Step, folder: string, at: Step): string {
  if (like.copy?.destination.startsWith('/') || isElsewhere(like, at)) return folder === '/' ? '/' : `${folder}/`;
  const below = posix.relative(like.state.workdir ?? '/', folder);
  return below === '' ? './' : `${below}/`;
}

/** The destination that a COPY has to have at another step to bring its files where they are. */
export function placeAt(copy: Step, at: Step): string {
  return destinationOf(copy, copy.copy?.path ?? '/', at);
}

/** A COPY is named from another working directory than a later step's. */
export function isElsewhere({ copy, state }: Step, later: Step): boolean {
  return !copy?.destination.startsWith('/') && state.workdir !== later.state.workdir;
}
