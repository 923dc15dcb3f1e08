import { once } from '../once.ts';
import { hiddenBy } from '../workspace/ignore.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { Facts, StageFacts, Step } from './facts.ts';
import { broughtBy } from './image-files.ts';
import { absolute, overlap } from './paths.ts';
import { stageNamed } from './sources.ts';
import { expand, unquoted } from './read.ts';

/** What the next build does with a step. `unknown`: what another step made decides, or something that is not seen. */
export type Fate = 'cached' | 'unknown' | 'again';

/** What a stage leaves for those that come after it. */
interface Left {
  readonly fate: Fate;
  /** Absolute paths of the files that are others than before, and no more; undefined where a step that ran again may have made anything. */
  readonly changed: readonly string[] | undefined;
}

/**
 * What a build does with each step that makes a layer once one file of the context was edited, and nothing else since the build before: BuildKit's rules.
 * The path is relative to the context; the file need not be tracked. Steps that no shipped stage needs are not built: they are not among the keys.
 *
 * What it does not see: links (the context's, and those in the image that a COPY follows), what ONBUILD of a base from elsewhere does, a cache that was
 * pruned or filled elsewhere, files of named contexts (`--build-context`).
 */
export function fatesAfter(facts: Facts, path: string): ReadonlyMap<Step, Fate> {
  const fates = new Map<Step, Fate>();
  const left = new Map<StageFacts, Left>();
  const built = builtStages(facts);
  for (const stage of facts.stages) {
    if (!built.has(stage)) continue;
    let at = startOf(stage, left);
    for (const step of stage.steps) {
      if (!makesLayer(step)) continue;
      const own = ownFate(facts, step, path, left);
      const apart = own === 'cached' && step.instruction.flags.some(({ name, value }) => name === 'link' && value !== 'false');
      const fate = worst(at.fate, own);
      // Whether a linked COPY is independent of what is below it, the engine's image store decides.
      fates.set(step, apart && fate !== 'cached' ? 'unknown' : fate);
      at = { fate, changed: fate === 'cached' ? [] : changedBy(facts, step, own, { path, before: at.changed }) };
    }
    left.set(stage, at);
  }
  return fates;
}

/** The stages that builds of the shipped ones need. */
export function builtStages(facts: Facts): ReadonlySet<StageFacts> {
  const built = new Set<StageFacts>();
  for (const stage of facts.stages.toReversed()) {
    if (!stage.shipped && !built.has(stage)) continue;
    built.add(stage);
    if (stage.parent) built.add(stage.parent);
    for (const { copy, run } of stage.steps) {
      for (const from of [copy?.from, ...(run?.mounts ?? []).map((mount) => mount.from)]) {
        const other = stageNamed(facts, stage, from);
        if (other) built.add(other);
      }
    }
  }
  return built;
}

/** WORKDIR makes its folder, but for the root. */
export function makesLayer({ instruction, run, copy, state }: Step): boolean {
  if (run || copy) return true;
  return instruction.keyword === 'WORKDIR' && absolute(unquoted(instruction.argument.text), state.workdir, undefined) !== '/';
}

const order: readonly Fate[] = ['cached', 'unknown', 'again'];

function worst(...fates: readonly Fate[]): Fate {
  return fates.reduce((one, other) => (order.indexOf(other) > order.indexOf(one) ? other : one), 'cached');
}

const unchanged: Left = { fate: 'cached', changed: [] };

function startOf({ stage, parent, base }: StageFacts, left: ReadonlyMap<StageFacts, Left>): Left {
  const below = (parent && left.get(parent)) ?? unchanged;
  const triggers = parent?.steps.some(({ instruction }) => instruction.keyword === 'ONBUILD') ?? base.onbuild === true;
  // A variable that nothing sets may name an earlier stage.
  const open = triggers || (!parent && stage.index > 0 && base.image.includes('$'));
  return open ? { fate: worst(below.fate, 'unknown'), changed: undefined } : below;
}

/** Something that a step reads: of a stage or an image, undefined: of the build context. */
interface Input {
  readonly from: string | undefined;
  /** `again` where it brings the file of this path, `unknown` where a variable decides. */
  readonly brings: (path: string) => Fate;
}

const inputsOf = once((step: Step): readonly Input[] => {
  const { copy, run } = step;
  if (copy) return copy.sources.map((source) => ({ from: copy.from, brings: bringing(step, source) }));
  const mounts = (run?.mounts ?? []).filter(({ type, from }) => type === 'bind' || (type === 'cache' && from !== undefined));
  return mounts.map(({ from, source }) => ({ from, brings: bringing(step, source) }));
});

/** Whether a build reads a file of the context. */
export function isRead(facts: Facts): (path: string) => boolean {
  const inputs = [...builtStages(facts)].flatMap(({ steps }) => steps.flatMap(inputsOf)).filter(({ from }) => from === undefined);
  return (path) => !facts.context.hides(path) && inputs.some(({ brings }) => brings(path) === 'again');
}

/** What the step's own inputs make of it, whatever is below. */
function ownFate(facts: Facts, step: Step, path: string, left: ReadonlyMap<StageFacts, Left>): Fate {
  const fates = inputsOf(step).map(({ from, brings }): Fate => {
    if (from === undefined) return facts.context.hides(path) ? 'cached' : brings(path);
    const other = stageNamed(facts, step.stage, from);
    const { fate, changed } = (other && left.get(other)) ?? unchanged;
    // The content of what is copied counts, not that it was made again.
    if (fate === 'cached') return fate;
    return changed ? worst(...changed.map((file) => brings(file.slice(1)))) : 'unknown';
  });
  return worst(...fates);
}

/** Whether a source of a step, as written, brings the file of a path. */
function bringing({ state, instruction }: Step, written: string): Input['brings'] {
  const expanded = expand(unquoted(written), state.environment);
  if (instruction.keyword === 'ADD' && /^(\w+:\/\/|git@)/.test(written)) return () => 'cached';
  if (expanded === undefined || /["'\\]/.test(expanded)) return () => 'unknown';
  const flag = (name: string): string[] => instruction.flags.flatMap((one) => (one.name === name ? [one.value ?? ''] : []));
  const parents = flag('parents').length > 0;
  const source = parents ? contextPath(expanded) : contextPath(expanded).replaceAll(/\*{2,}/g, '*');
  const covers = covering(source);
  const excluded = flag('exclude');
  if (excluded.length === 0) return (path) => (covers(path) ? 'again' : 'cached');
  if (parents || excluded.some((pattern) => pattern.includes('$'))) return (path) => (covers(path) ? 'unknown' : 'cached');
  const excludes = hiddenBy({ text: excluded.join('\n') });
  const depth = source === '.' ? 0 : source.split('/').length;
  return (path) => {
    // Patterns count from the folder that is copied; a file that is copied itself has none.
    const below = path.split('/').slice(depth).join('/');
    return covers(path) && !(below !== '' && excludes(below)) ? 'again' : 'cached';
  };
}

/** Whether a source, wildcards allowed, names a file or a folder above it. */
function covering(source: string): (path: string) => boolean {
  if (/[*?[]/.test(source)) return hiddenBy({ text: source });
  return (path) => source === '.' || path === source || path.startsWith(`${source}/`);
}

interface Changes {
  /** Of the file that was edited, in the context. */
  readonly path: string;
  readonly before: Left['changed'];
}

/** The files that are others than before once a step ran, of which some are already. */
function changedBy(facts: Facts, step: Step, own: Fate, { path, before }: Changes): Left['changed'] {
  const { copy, run } = step;
  if (!before || run) return undefined;
  if (!copy) return before;
  // It may bring back what it was.
  if (own === 'cached') return before.some((file) => copy.path === undefined || overlap(file, copy.path)) ? undefined : before;
  const [place] = [...(broughtBy(facts, step) ?? [])].find(([, source]) => source === path) ?? [];
  // Without a folder for it, the destination may be one in the base.
  return place === undefined || (place === copy.path && !copy.directory) ? undefined : [...before, place];
}
