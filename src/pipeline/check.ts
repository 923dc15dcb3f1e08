import type { Dockerfile, Instruction } from '../dockerfile/model.ts';
import { touchedBy } from '../dockerfile/touched.ts';
import { follow, shiftsOf, type Edit } from '../text.ts';
import type { Facts } from '../steps/facts.ts';
import { empties } from '../steps/paths.ts';
import { lostRecommended } from '../steps/recommends.ts';
import type { Does, Transform } from '../transform.ts';
import { librariesAndRemovals, removalsIn } from './build-packages.ts';
import { eventsOf, unservedNeeds } from './events.ts';
import { mountedUses } from './mounts.ts';
import { wronglyParted } from './introduced-stages.ts';
import { archivesDeleted, archivesKept } from './passing.ts';
import { wronglyPinned } from './pins.ts';
import { recommendedNamed } from './recommends.ts';
import { wronglyMountedSecrets } from './secrets.ts';
import { wronglyMountedKeys } from './ssh.ts';
import { wronglyBuilt } from './native-builds.ts';
import { wronglyDropped } from './users.ts';
import { anotherBase, installedOnTwin, neededOnTwin } from './run-time-bases.ts';

/**
 * Holds the text after a transform's edits against the one before: what it keeps, and every instruction that no edit touched.
 * Says what is wrong; undefined where all holds. It reads both texts anew and knows nothing of the transform but what it promised.
 */
export function check(before: Facts, after: Facts, edits: readonly Edit[], transform: Transform): string | undefined {
  const keeps = new Set(transform.keeps);
  const untouched = untouchedPairs(before.dockerfile, after.dockerfile, edits);
  if (typeof untouched === 'string') return `an instruction that no edit touched is not the same any more: ${untouched}`;
  const comment = keeps.has('comments') ? firstDifference(commentsOf(before.dockerfile, transform), commentsOf(after.dockerfile, transform)) : undefined;
  if (comment !== undefined) return `a comment was lost or added: ${comment}`;
  const mounted = transform.does?.includes('mounts') ? mountedUses(before, after) : undefined;
  if (typeof mounted === 'string') return mounted;
  const removedBefore = transform.does?.includes('removes build packages') ? removalsIn(before) : undefined;
  const difference = firstDifference(
    eventsOf(before, transform, { mounted, untouched: new Set(untouched.keys()), removedBefore }),
    eventsOf(after, transform, { mounted, untouched: new Set(untouched.values()), removedBefore }),
  );
  if (difference !== undefined) return `what it keeps (${transform.keeps.join(', ')}) is not the same any more: ${difference}`;
  for (const does of transform.does ?? []) {
    const broken = lostBy[does]?.(before, after);
    if (broken !== undefined) return broken;
  }
  if (unservedNeeds(after) > unservedNeeds(before)) return 'something is installed from an index that is not there any more';
  const removed = busyRemoval(after);
  if (removed !== undefined && busyRemoval(before) === undefined) return `a RUN removes what a mount of it is on: ${removed}`;
  return opaque(after) > opaque(before) ? 'a RUN cannot be read any more' : undefined;
}

/** A command that removes the target of a mount of its RUN, or a folder above it: that fails with EBUSY. */
function busyRemoval({ steps }: Facts): string | undefined {
  for (const { instruction, run } of steps) {
    if (!run || !instruction.flags.some(({ name }) => name === 'mount')) continue;
    const targets = run.mounts.flatMap(({ target }) => target ?? []);
    for (const { removes } of run.commands)
      for (const path of removes) if (targets.some((target) => empties(path, target) && path !== `${target}/*`)) return `line ${instruction.startLine}`;
  }
  return undefined;
}

/** What must still be there after a transform that does something more than joining. */
const lostBy: Partial<Record<Does, (before: Facts, after: Facts) => string | undefined>> = {
  'introduces stages': wronglyParted,
  'pins images': wronglyPinned,
  'drops root': wronglyDropped,
  'mounts secrets': wronglyMountedSecrets,
  'mounts ssh': wronglyMountedKeys,
  'builds natively': wronglyBuilt,
  'deletes what it unpacked': (before, after) => missing('an archive is no longer deleted', archivesDeleted(before), archivesDeleted(after)),
  'mounts what is deleted': (before, after) => missing('a file is copied and never deleted', archivesKept(after), archivesKept(before)),
  'takes the run-time base': (before, after) =>
    anotherBase(before, after) ??
    missing('a package is no longer installed, or one that the run-time image lacks and something needs', neededOnTwin(before, after), installedOnTwin(after)),
  'removes build packages': (before, after) =>
    missing('a library is no longer installed by name, or a removal is gone', librariesAndRemovals(before), librariesAndRemovals(after)),
  'skips recommended packages': (before, after) =>
    missing('an option or a package is no longer there', recommendedNamed(before), recommendedNamed(after)) ??
    missing('a package that is in use is no longer installed', lostRecommended(after), lostRecommended(before)),
};

function missing(what: string, all: readonly string[], among: readonly string[]): string | undefined {
  const known = new Set(among);
  const found = all.find((one) => !known.has(one));
  return found === undefined ? undefined : `${what}: ${found}`;
}

function opaque(facts: Facts): number {
  return facts.steps.filter((step) => step.run?.opaque !== undefined).length;
}

/** Each instruction that no edit touched, before and after; the place of the first one that is not there as it was. */
function untouchedPairs(before: Dockerfile, after: Dockerfile, edits: readonly Edit[]): Map<Instruction, Instruction> | string {
  const pairs = new Map<Instruction, Instruction>();
  const starts = new Map(after.instructions.map((instruction) => [instruction.range.start, instruction]));
  const touched = new Set(touchedBy(before, edits));
  const shifts = shiftsOf(edits);
  let last = -1;
  for (const instruction of before.instructions) {
    if (touched.has(instruction)) continue;
    const start = follow(shifts, instruction.range.start);
    const same = start === undefined ? undefined : starts.get(start);
    if (!same || same.joined.text !== instruction.joined.text || same.keyword !== instruction.keyword || same.index <= last)
      return `line ${instruction.startLine}`;
    last = same.index;
    pairs.set(instruction, same);
  }
  return pairs;
}

function commentsOf({ comments, instructions }: Dockerfile, { does = [] }: Transform): string[] {
  const all = [...comments, ...instructions.flatMap((instruction) => instruction.innerComments)].map((comment) => comment.text);
  if (does.includes('writes lists as heredocs')) for (const instruction of instructions) all.push(...scriptComments(instruction));
  return all.toSorted();
}

/** Comment lines of a script that a RUN has as its heredoc. */
function scriptComments({ keyword, heredocs }: Instruction): string[] {
  const lines = keyword === 'RUN' ? heredocs.flatMap(({ content }) => content.split('\n')) : [];
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('#'));
}

function firstDifference(a: readonly string[], b: readonly string[]): string | undefined {
  const most = Math.max(a.length, b.length);
  for (let i = 0; i < most; i++) if (a[i] !== b[i]) return `it was ${shown(a[i])}, and is ${shown(b[i])}`;
  return undefined;
}

function shown(text: string | undefined): string {
  return text === undefined ? 'nothing' : `\`${text.replace(/\s+/g, ' ').trim()}\``;
}
