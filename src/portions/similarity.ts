import { posix } from 'node:path';
import type { Batch } from '../batch/batch.ts';
import { hunksOf, linesOf } from '../report/hunks.ts';
import { changedFiles, partOf, type ChangeSet } from './change-sets.ts';

/** Change sets that are reviewed as one. */
export interface Cluster {
  /** The one that stands for all. */
  readonly shown: ChangeSet;
  readonly others: readonly { readonly set: ChangeSet; readonly differences: number }[];
}

interface Form {
  readonly set: ChangeSet;
  /** The first Dockerfile. */
  readonly path: string;
  /** The same for those that are equal but for names. */
  readonly key: string;
  /** Which transforms changed it, at which level. */
  readonly reasons: string;
  readonly texts: readonly Line[];
  readonly patch: readonly Line[];
}

interface Line {
  readonly text: string;
  /** Without the names of its own folder. */
  readonly plain: string;
}

const mostDifferences = 3;
const smallestPart = 4;

/**
 * Puts change sets together whose transforms are the same and whose texts and patches differ in few lines: at most three, and at most a
 * quarter of the longer one. A line differs that the other one has not, neither as it stands nor with its Dockerfile's own
 * folder replaced; order and empty lines count for nothing. The commonest form stands for those that are near enough to it, of
 * equally common ones the first by path; the order of the sets does not matter.
 */
export function clustersOf(sets: readonly ChangeSet[], batch: Batch): Cluster[] {
  const equal = new Map<string, Form[]>();
  for (const form of sets.map((set) => formOf(set, batch)).toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    equal.set(form.key, [...(equal.get(form.key) ?? []), form]);
  const clusters: { leader: Form; others: { set: ChangeSet; path: string; differences: number }[] }[] = [];
  for (const [leader, ...same] of [...equal.values()].toSorted((a, b) => b.length - a.length)) {
    if (!leader) continue;
    const near = clusters
      .map((cluster) => ({ cluster, differences: differencesOf(cluster.leader, leader) }))
      .filter((one): one is typeof one & { differences: number } => one.differences !== undefined);
    const [nearest] = near.toSorted((a, b) => a.differences - b.differences);
    if (nearest) nearest.cluster.others.push(...[leader, ...same].map(({ set, path }) => ({ set, path, differences: nearest.differences })));
    else clusters.push({ leader, others: same.map(({ set, path }) => ({ set, path, differences: 0 })) });
  }
  return clusters.map(({ leader, others }) => ({
    shown: leader.set,
    others: others.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ set, differences }) => ({ set, differences })),
  }));
}

function formOf(set: ChangeSet, batch: Batch): Form {
  const part = partOf(batch, new Set(set.dockerfiles.map(({ path }) => path)));
  const without = withoutNames(set);
  const asLines = (lines: readonly string[]): Line[] =>
    lines.flatMap((line) => (line.trim() === '' ? [] : [{ text: line.trimEnd(), plain: without(line.trimEnd()) }]));
  const texts = asLines(set.dockerfiles.flatMap(({ original }) => linesOf(original)));
  const patch = asLines(
    changedFiles(part).flatMap(({ original, text }) => hunksOf(original ?? '', text, 0).flatMap(({ lines }) => lines.filter((line) => !line.startsWith('\\')))),
  );
  const reasons = [...new Set(set.dockerfiles.flatMap(({ changes }) => changes.map(({ id, level }) => `${id} ${level}`)))].toSorted().join('\n');
  const key = JSON.stringify([reasons, texts.map(({ plain }) => plain), patch.map(({ plain }) => plain)]);
  return { set, path: set.dockerfiles[0]?.path ?? '', key, reasons, texts, patch };
}

/** In place of the folders of its Dockerfiles, of their names, and of what `Dockerfile.api` is called after. */
function withoutNames({ dockerfiles }: ChangeSet): (line: string) => string {
  const folders = dockerfiles.map(({ path }) => posix.dirname(path)).filter((folder) => folder !== '.');
  const variants = dockerfiles.map(({ path }) => posix.basename(path).replace(/^(docker|container)file\.?|\.?(docker|container)file$/i, ''));
  const names = [...new Set([...folders, ...folders.map((folder) => posix.basename(folder)), ...variants])]
    .filter((name) => name !== '' && name !== '..')
    .toSorted((a, b) => b.length - a.length);
  if (names.length === 0) return (line) => line;
  const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})(?![A-Za-z0-9])`, 'g');
  return (line) => line.replaceAll(pattern, '<name>');
}

/** undefined where they are not alike. */
function differencesOf(one: Form, other: Form): number | undefined {
  if (one.reasons !== other.reasons) return undefined;
  const inTexts = fewBetween(one.texts, other.texts);
  const inPatches = inTexts === undefined ? undefined : fewBetween(one.patch, other.patch);
  return inTexts === undefined || inPatches === undefined ? undefined : Math.max(inTexts, inPatches);
}

function fewBetween(one: readonly Line[], other: readonly Line[]): number | undefined {
  const most = Math.min(mostDifferences, Math.floor(Math.max(one.length, other.length) / smallestPart));
  if (Math.abs(one.length - other.length) > most) return undefined;
  const asTheyAre = withoutCommon(one, other, ({ text }) => text);
  const left = withoutCommon(...asTheyAre, ({ plain }) => plain);
  const differences = Math.max(left[0].length, left[1].length);
  return differences <= most ? differences : undefined;
}

/** What each has that the other has not as often. */
function withoutCommon(one: readonly Line[], other: readonly Line[], key: (line: Line) => string): [Line[], Line[]] {
  const counts = new Map<string, number>();
  for (const line of other) counts.set(key(line), (counts.get(key(line)) ?? 0) + 1);
  const take =
    (from: Map<string, number>) =>
    (line: Line): boolean => {
      const left = from.get(key(line)) ?? 0;
      if (left > 0) from.set(key(line), left - 1);
      return left === 0;
    };
  const own = new Map<string, number>();
  for (const line of one) own.set(key(line), (own.get(key(line)) ?? 0) + 1);
  return [one.filter(take(counts)), other.filter(take(own))];
}
