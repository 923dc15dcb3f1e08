import type { Caching, CachingRead } from '../ecosystems/caching.ts';
import type { Obstacle, ProjectFiles } from '../ecosystems/closure.ts';
import { compilerCaching } from '../ecosystems/compiler-caches.ts';
import type { Call } from '../ecosystems/ecosystem.ts';
import { once } from '../once.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';
import { filesBefore, projectFiles } from './image-files.ts';
import { earlierSteps, laterSteps } from './neighbours.ts';
import { isBelow } from './paths.ts';
import { identityOf, type Identity } from './users.ts';

/** The calls of one RUN that share a cache. */
export interface CacheUse {
  readonly step: Step;
  /** As a noun. */
  readonly title: string;
  readonly calls: readonly { readonly command: CommandFacts; readonly caching: Caching }[];
  /** Who runs them; undefined where that is not known. */
  readonly identity: Identity | undefined;
  /** Absolute, but for `~` where the user is not known. */
  readonly directories: readonly string[];
}

/** Calls that may have a cache, and why it is not known where. */
export interface UnknownCache extends Obstacle {
  readonly step: Step;
  readonly command: CommandFacts;
}

export interface CacheUses {
  readonly uses: readonly CacheUse[];
  readonly unknown: readonly UnknownCache[];
}

/** The caches that the calls of a RUN fill or read. */
export const cacheUsesOf = once((step: Step, facts: Facts): CacheUses => {
  const byTitle = new Map<string, CacheUse['calls'][number][]>();
  const unknown: UnknownCache[] = [];
  for (const command of step.run?.commands ?? []) {
    for (const read of cachingsOf(step, command, (workdir) => projectFiles(facts, filesBefore(step, facts), workdir))) {
      if ('because' in read) {
        if (!unknown.some(({ because, file }) => because === read.because && file === read.file)) unknown.push({ ...read, step, command });
      } else
        for (const caching of read) {
          const same = byTitle.get(caching.title);
          if (same) same.push({ command, caching });
          else byTitle.set(caching.title, [{ command, caching }]);
        }
    }
  }
  const uses = [...byTitle].map(([title, calls]): CacheUse => {
    const identity = identityOf(step, calls[0]?.command.prefix);
    const named = [...new Set(calls.flatMap(({ caching }) => caching.directories))];
    return { step, title, calls, identity, directories: named.map((directory) => directory.replace(/^~/, identity?.home ?? '~')) };
  });
  return { uses, unknown };
});

/** The directories of the caches of a RUN, whatever files of the project say. */
export const usualCaches = once((step: Step): readonly string[] => {
  const files = { folder: '/', has: () => false, text: () => undefined, below: () => [] };
  return (step.run?.commands ?? []).flatMap((command) => {
    const home = identityOf(step, command.prefix)?.home ?? '~';
    const read = cachingsOf(step, command, () => files).flatMap((one) => ('because' in one ? [] : one));
    return read.flatMap(({ directories }) => directories.map((directory) => directory.replace(/^~/, home)));
  });
});

/** What its manager keeps, and what stands before the compilers that it calls. */
function cachingsOf(step: Step, { ecosystem, call, workdir, prefix, command }: CommandFacts, filesIn: (workdir: string) => ProjectFiles): CachingRead[] {
  if (!call) return [];
  const { base } = step.stage;
  const own = step.run?.script?.source.text.slice(0, command.start) ?? '';
  return [
    ...(ecosystem?.caching
      ? [
          known(
            call,
            (asked) =>
              ecosystem.caching?.(asked, {
                base,
                files: filesIn(workdir ?? '/'),
                root: identityOf(step, prefix)?.uid === 0,
                before: () => `${textOf(earlierSteps(step))}\n${own}`,
              }) ?? [],
          ),
        ]
      : []),
    known(call, (asked) =>
      compilerCaching(asked, {
        base,
        settings: () => [...earlierSteps(step).flatMap(({ instruction }) => (instruction.keyword === 'ENV' ? instruction.argument.text : [])), own].join('\n'),
        steps: () => textOf([...earlierSteps(step), step]),
      }),
    ),
  ];
}

function textOf(steps: readonly Step[]): string {
  return steps.flatMap(({ instruction: { argument, heredocs } }) => [argument.text, ...heredocs.map(({ content }) => content)]).join('\n');
}

/** What is read of a call; an obstacle where a variable was asked for whose value is not known. */
function known(call: Call, read: (call: Call) => CachingRead): CachingRead {
  let unknown: string | undefined;
  const environment = (name: string): string | undefined => {
    if (call.isUnknown(name)) unknown ??= name;
    return call.environment(name);
  };
  const { program, calledAs, assignments, arguments: words } = call;
  // Field by field: copying such objects is slow.
  const found = read({ program, calledAs, assignments, arguments: words, environment, isUnknown: (name) => call.isUnknown(name) });
  const caches = 'because' in found || found.length > 0;
  return caches && unknown !== undefined ? { because: `where its cache lies may depend on ${unknown}, whose value is not known`, file: undefined } : found;
}

function tailOf(path: string): string {
  return path.replace(/\/+$/, '').split('/').slice(-2).join('/');
}

/** Its directories that no mount of the RUN covers; one of the same name elsewhere, or of a part of it, is the author's own way to keep them. */
export function unmounted({ step, directories }: CacheUse): string[] {
  const mounts = step.run?.mounts ?? [];
  return directories.filter(
    (directory) =>
      !mounts.some(
        ({ type, target }) =>
          target === undefined ||
          (type === 'cache' && (tailOf(target) === tailOf(directory) || isBelow(target, directory))) ||
          isBelow(directory, target.replace(/(?<=.)\/+$/, '')),
      ),
  );
}

/** Its author mounts a part of a directory: the rest stays in the layer, and a mount of all in another RUN would hide that. */
export function isMountedInParts({ step, directories }: CacheUse): boolean {
  const targets = (step.run?.mounts ?? []).flatMap(({ type, target }) => (type === 'cache' && target !== undefined ? [target] : []));
  return directories.some((directory) => targets.some((target) => isBelow(target, directory)) && !targets.some((target) => isBelow(directory, target)));
}

/** All uses of a cache in the stage of a use, in the stages that it is built FROM, and in those built FROM these. */
export function usesTogether(facts: Facts, { step, title }: CacheUse): readonly CacheUse[] {
  let { stage } = step;
  while (stage.parent) stage = stage.parent;
  return usesByTitle(stage, facts).get(title) ?? [];
}

const usesByTitle = once((root: StageFacts, facts: Facts) => {
  const [first] = root.steps;
  const found = new Map<string, CacheUse[]>();
  for (const step of first ? [first, ...laterSteps(facts, first)] : [])
    for (const use of cacheUsesOf(step, facts).uses) found.set(use.title, [...(found.get(use.title) ?? []), use]);
  return found;
});
