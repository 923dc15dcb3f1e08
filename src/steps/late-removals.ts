import { posix } from 'node:path';
import { plainName } from '../ecosystems/build-packages.ts';
import { once } from '../once.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { goesWithInstalls } from './install-moves.ts';
import { handlesFiles, meets } from './late-deletions.ts';
import { absolute, isBelow, overlap } from './paths.ts';

/** A RUN that takes away what an earlier RUN of its stage brought: the bytes stay in the layer of that one. */
export interface LateRemoval {
  readonly bringing: Step;
  readonly removing: Step;
  /** RUNs that would be one, in order, the removing one not among them where it goes up past steps behind the last of these. */
  readonly row: readonly Step[];
  /** Steps from the first of the row to its last that are no RUNs. */
  readonly inside: readonly Step[];
  /** Steps that the removing RUN goes up past. */
  readonly passed: readonly Step[];
  /** The path, or the package, as written. */
  readonly removed: string;
}

/** Packages of the distribution that a later RUN takes out again. */
export const packagesRemovedLate = once((facts: Facts): readonly LateRemoval[] => lateRemovals(facts, packageRemoved));

/** Downloads, clones and what was unpacked or copied that a later RUN deletes again. */
export const filesRemovedLate = once((facts: Facts): readonly LateRemoval[] => lateRemovals(facts, fileRemoved));

/** What of the earlier RUN the later one removes; undefined where that is nothing. */
type RemovedBy = (bringing: Step, removing: Step) => string | undefined;

/** In shipped stages: what is removed elsewhere stays out of every image. */
function lateRemovals(facts: Facts, removedBy: RemovedBy): LateRemoval[] {
  return facts.stages.flatMap(({ shipped, steps }) =>
    shipped
      ? steps.flatMap((removing, to): LateRemoval[] => {
          if (!removing.run) return [];
          for (const [from, bringing] of steps.slice(0, to).entries()) {
            const removed = removedBy(bringing, removing);
            if (removed !== undefined) return [{ bringing, removing, removed, ...partsOf(steps.slice(from, to), removing) }];
          }
          return [];
        })
      : [],
  );
}

function partsOf(steps: readonly Step[], removing: Step): Pick<LateRemoval, 'row' | 'inside' | 'passed'> {
  const commands = removing.run?.commands ?? [];
  const packages = commands.some(({ use }) => use !== undefined);
  // What a pattern means hangs on all that ran before.
  const goesUp = commands.every(
    (command) => (isRemoval(command) && handlesFiles(command)) || (goesWithInstalls(command, removing.state) && command.use?.action !== 'install'),
  );
  const last = steps.findLastIndex((step, i) => i === 0 || !goesUp || (step.run && (packages || commands.some((command) => meets(step, command)))));
  const passed = goesUp ? steps.slice(last + 1) : [];
  const inside = steps.slice(0, steps.length - passed.length);
  const runs = inside.filter(({ run }) => run);
  return { row: passed.length > 0 ? runs : [...runs, removing], inside: inside.filter(({ run }) => !run), passed };
}

function isRemoval({ program, prefix, unknownPaths }: CommandFacts): boolean {
  return program === 'rm' && prefix === '' && !unknownPaths;
}

function packageRemoved({ run }: Step, removing: Step): string | undefined {
  for (const { use, ecosystem, arguments: all } of removing.run?.commands ?? []) {
    if (use?.action !== 'remove' || ecosystem === undefined || ecosystem.manifests.length > 0) continue;
    const names = namesIn(all.slice(use.actionAt + 1));
    for (const install of run?.commands ?? []) {
      if (install.use?.action !== 'install' || install.ecosystem !== ecosystem) continue;
      const installed = new Set(namesIn(install.arguments));
      const found = names.find((name) => installed.has(name));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function namesIn(all: CommandFacts['arguments']): string[] {
  return all.map(({ value, text }) => plainName(value ?? text)).filter((name) => name !== '' && !name.startsWith('-'));
}

/** What a step leaves in its layer: what the RUN deletes itself is gone. */
const leftBy = once(({ run }: Step): string[] => {
  const own = run?.commands ?? [];
  return own.flatMap((command, i) =>
    placesBrought(command).filter((path) => !own.slice(i + 1).some((later) => isRemoval(later) && later.removes.some((one) => isRemovedBy(path, one)))),
  );
});

function fileRemoved(bringing: Step, removing: Step): string | undefined {
  const brought = leftBy(bringing);
  if (brought.length === 0) return undefined;
  for (const command of removing.run?.commands ?? [])
    if (isRemoval(command)) for (const path of command.removes) if (brought.some((one) => isRemovedBy(one, path))) return path;
  return undefined;
}

function isRemovedBy(path: string, removed: string): boolean {
  return /[*?[]/.test(removed) ? overlap(path, removed) : isBelow(path, removed);
}

/** Where a command puts more than a few bytes. */
function placesBrought(command: CommandFacts): readonly string[] {
  const { kind, program, writes } = command;
  if (kind === 'fetch' || kind === 'archive' || program === 'cp' || program === 'dd') return writes.filter((path) => path !== '/');
  const cloned = clonedTo(command);
  return cloned === undefined ? [] : [cloned];
}

/** https://git-scm.com/docs/git-clone: options whose value is the next argument. */
const cloneOptions = new Set(
  '-b --branch --depth -o --origin -c --config --reference --reference-if-able --separate-git-dir -u --upload-pack --template -j --jobs --filter --shallow-since --shallow-exclude --server-option --revision --bundle-uri'.split(
    ' ',
  ),
);

/** The folder that a `git clone` makes, absolute; undefined for any other command and where the folder is not known. */
export function clonedTo({ program, arguments: all, workdir }: CommandFacts): string | undefined {
  if (program !== 'git') return undefined;
  const [action, ...rest] = all;
  if (action?.value !== 'clone') return undefined;
  const given: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const { text = '', value } = rest[i] ?? {};
    if (cloneOptions.has(text)) i++;
    else if (!text.startsWith('-')) given.push(value ?? '');
  }
  const [repository = '', folder] = given;
  const name = folder ?? posix.basename(repository.replace(/\/+$/, '')).replace(/\.git$/, '');
  return name === '' ? undefined : absolute(name, workdir, undefined);
}
