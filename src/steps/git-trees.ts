import { posix } from 'node:path';
import { once } from '../once.ts';
import { contextPath } from '../workspace/context-path.ts';
import { ignoreMatcher, readIgnoreFile } from '../workspace/ignore.ts';
import type { CommandFacts, Facts, Mount, StageFacts, Step } from './facts.ts';
import { absolute, isBelow, overlap } from './paths.ts';
import { expand } from './read.ts';

/** A folder of the image that holds the `.git` of the build context, absolute; undefined where it may be any. */
export type WorkTree = string | undefined;

/** The work trees that a step finds, by what came before it and by its own mounts; none where git's data did not get there. */
export function workTreesAt(facts: Facts, step: Step): readonly WorkTree[] {
  return followed(facts).at.get(step) ?? [];
}

/** The work trees that a stage ends with. */
export function workTreesOf(facts: Facts, stage: StageFacts): readonly WorkTree[] {
  return followed(facts).after.get(stage) ?? [];
}

interface Followed {
  readonly at: ReadonlyMap<Step, readonly WorkTree[]>;
  readonly after: ReadonlyMap<StageFacts, readonly WorkTree[]>;
}

const followed = once((facts: Facts): Followed => {
  const at = new Map<Step, readonly WorkTree[]>();
  const after = new Map<StageFacts, readonly WorkTree[]>();
  for (const stage of facts.stages) {
    const earlier = stage.stage.base.includes('$') ? [...after.values()].flat() : [];
    let trees: readonly WorkTree[] = (stage.parent && after.get(stage.parent)) ?? earlier;
    for (const step of stage.steps) {
      at.set(step, distinct([...trees, ...(step.run?.mounts ?? []).flatMap((mount) => mounted(facts, after, step, mount))]));
      trees = distinct([...trees, ...copied(facts, after, step)]);
      for (const command of step.run?.commands ?? []) trees = moved(command, trees);
    }
    after.set(stage, trees);
  }
  return { at, after };
});

function distinct(trees: readonly WorkTree[]): readonly WorkTree[] {
  return [...new Set(trees)];
}

function copied(facts: Facts, after: Followed['after'], { copy, instruction, state }: Step): WorkTree[] {
  if (!copy) return [];
  const excluded = instruction.flags.some((flag) => flag.name === 'exclude' && excludes(flag.value ?? ''));
  if (copy.from === undefined) {
    const sources = copy.sources.filter((source) => !isRemote.test(source)).map((source) => expand(source.replace(/^(["'])(.*)\1$/, '$2'), state.environment));
    return !excluded && sources.some((source) => source === undefined || contextPath(source) === '.') ? [copy.path] : [];
  }
  return copy.sources.flatMap((source) => fromStage(facts, after, copy.from ?? '', source, copy.path));
}

/** What ADD fetches. */
const isRemote = /^["']?(https?:\/\/|git@)/;

function excludes(pattern: string): boolean {
  const reading = readIgnoreFile(pattern);
  return 'rules' in reading && ignoreMatcher(reading.rules).hides('.git');
}

/** https://docs.docker.com/reference/dockerfile/#run---mounttypebind */
function mounted(facts: Facts, after: Followed['after'], { state }: Step, { type, target, source, from }: Mount): WorkTree[] {
  if (type !== 'bind' || target === undefined) return [];
  const place = absolute(target, state.workdir, undefined);
  if (from !== undefined) return fromStage(facts, after, from, source, place);
  return source.includes('$') || contextPath(source) === '.' ? [place] : [];
}

/** Where the work trees of another stage come to lie. */
function fromStage(facts: Facts, after: Followed['after'], from: string, source: string, to: string | undefined): WorkTree[] {
  const stages = from.includes('$') ? [...after.keys()] : facts.stages.filter(({ stage }) => stage.name === from.toLowerCase() || String(stage.index) === from);
  const place = source.includes('$') ? undefined : posix.join('/', source).replace(/(?<=.)\/$/, '');
  return stages.flatMap((stage) =>
    (after.get(stage) ?? []).flatMap((tree): WorkTree[] => {
      if (tree === undefined || place === undefined) return [undefined];
      if (to !== undefined && isBelow(tree, place)) return [posix.join(to, posix.relative(place, tree))];
      return overlap(place, posix.join(tree, '.git')) ? [undefined] : [];
    }),
  );
}

/** What a RUN's command does to them: what removes `.git` may also run at a condition, so only a command of the RUN's own list counts. */
function moved(command: CommandFacts, trees: readonly WorkTree[]): readonly WorkTree[] {
  const data = trees.map((tree) => (tree === undefined ? undefined : posix.join(tree, '.git')));
  if (command.removes.length > 0 && !command.command.nested && command.program === 'rm') {
    return trees.filter((_tree, i) => data[i] === undefined || !command.removes.some((path) => isBelow(data[i] ?? '', path)));
  }
  const copies = carriers.has(command.program ?? '') && command.reads.some((path) => data.some((one) => one !== undefined && overlap(path, one)));
  const mayCopy = command.kind === 'unknown' && carriers.has(command.program ?? '');
  return trees.length > 0 && (copies || mayCopy) ? distinct([...trees, undefined]) : trees;
}

/** What brings whole folders to another place. */
const carriers = new Set(['cp', 'mv', 'ln', 'rsync', 'tar', 'cpio', 'install']);
