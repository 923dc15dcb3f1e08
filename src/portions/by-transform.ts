import { resolve } from 'node:path';
import transforms from '../../transforms/index.ts';
import { runAll, settle, type OthersOf } from '../batch/batch.ts';
import type { Change, Outcome } from '../outcome.ts';
import { runFile, type RunOptions } from '../run.ts';
import { firstQuarrel } from './order.ts';
import type { Portion } from './portion.ts';
import { isSame, listed, mayShare, type RunAgain } from './portions.ts';
import { spliced, splicesOf } from './splices.ts';
import { Unions } from './unions.ts';

/** What some transforms make of one Dockerfile. */
interface Piece {
  /** In the order in which they run. */
  readonly ids: readonly string[];
  readonly text: string;
}

/** Pieces by the Dockerfile's path. */
type Group = ReadonlyMap<string, Piece>;

interface Parting {
  readonly run: RunAgain;
  readonly changing: readonly Outcome[];
  /** By the Dockerfile's path. */
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
  /** Which nodes, a transform in a Dockerfile each, belong together. */
  readonly unions: Unions;
  /** Other files that change, with the nodes that ask for it. */
  readonly others: readonly OtherFile[];
}

interface OtherFile {
  readonly path: string;
  readonly nodes: readonly string[];
}

/**
 * A portion for the changes of each transform. Where two touch the same lines of a Dockerfile, stand so near that one's patch would not
 * apply without the other's, or do something else alone, they are one portion; and so is what asks for changes of the same other file.
 */
export async function portionsByTransform(run: RunAgain): Promise<Portion[]> {
  const changing = run.batch.outcomes.filter(({ changes }) => changes.length > 0);
  const pieces = new Map<string, readonly Piece[]>();
  for (const outcome of changing) pieces.set(outcome.path, await piecesOf(outcome, run));
  const { ignoreFiles, callerFiles } = run.batch;
  const changesOf = new Map(changing.map(({ path, changes }) => [path, changes]));
  const others = [
    ...ignoreFiles.map(({ path, askedBy }) => ({ path, nodes: nodesIn(changesOf, askedBy, ({ ignores }) => ignores.length > 0) })),
    ...callerFiles.map(({ path, askedBy }) => ({ path, nodes: nodesIn(changesOf, askedBy, ({ wants }) => wants.length > 0) })),
  ];
  const unions = new Unions();
  for (const [path, some] of pieces) for (const { ids } of some) unions.unite(ids.map((id) => nodeOf(path, id)));
  for (const { nodes } of others) unions.unite(nodes);
  const parting = { run, changing, pieces, unions, others };
  for (const first of new Set(others.flatMap(({ nodes }) => nodes.map((node) => unions.of(node))))) await uniteUnlessAlone(first, parting);
  // Where nothing more came together, the pieces were tried already.
  const tried = new Map([...pieces].map(([path, some]) => [path, keyOf(some)]));
  for (;;) {
    const groups = groupsOf(parting);
    const quarrels: (readonly string[])[] = [];
    for (const { path, original } of changing) {
      const some = [...groups.values()].flatMap((group) => group.get(path) ?? []);
      if (tried.get(path) === keyOf(some)) continue;
      const quarrel = await firstQuarrel(
        original,
        some.map(({ text }) => text),
      );
      if (!quarrel) tried.set(path, keyOf(some));
      else quarrels.push(quarrel.flatMap((index) => (some[index]?.ids ?? []).map((id) => nodeOf(path, id))));
    }
    if (quarrels.map((nodes) => unions.unite(nodes)).every((united) => !united)) return [...groups].map(([name, group]) => portionOf(name, group, parting));
  }
}

function keyOf(pieces: readonly Piece[]): string {
  return JSON.stringify(pieces.map(({ text }) => text).toSorted());
}

function nodeOf(path: string, id: string): string {
  return `${path}\0${id}`;
}

function nodesIn(changes: ReadonlyMap<string, readonly Change[]>, paths: readonly string[], isOurs: (change: Change) => boolean): string[] {
  return paths.flatMap((path) => (changes.get(path) ?? []).filter(isOurs).map(({ id }) => nodeOf(path, id)));
}

/** What changes other files as well is run alone; where something else comes out, it goes with all for which these files count. */
async function uniteUnlessAlone(first: string, { run, changing, pieces, unions, others }: Parting): Promise<void> {
  const { batch, optionsOf, cwd, othersOf } = run;
  const isOurs = (path: string, id: string): boolean => unions.of(nodeOf(path, id)) === first;
  const ours = changing.flatMap((outcome) => {
    const ids = outcome.changes.map(({ id }) => id).filter((id) => isOurs(outcome.path, id));
    return ids.length === 0 ? [] : [{ outcome, place: resolve(cwd, outcome.path), ids }];
  });
  if (ours.length === 0) return;
  const alone = await runAll(
    ours.map(({ place }) => place),
    (place) => withOnly(optionsOf(place), ours.find((one) => one.place === place)?.ids ?? []),
    othersOf,
  );
  const files = new Set(others.filter(({ nodes }) => nodes.some((node) => unions.of(node) === first)).map(({ path }) => path));
  const expected = {
    ...batch,
    outcomes: ours.map(({ outcome }) => {
      const splices = (pieces.get(outcome.path) ?? []).flatMap(({ ids, text }) =>
        ids.some((id) => isOurs(outcome.path, id)) ? splicesOf(outcome.original, text) : [],
      );
      return withText(outcome, spliced(outcome.original, splices) ?? outcome.text);
    }),
    ignoreFiles: batch.ignoreFiles.filter(({ path }) => files.has(path)),
    callerFiles: batch.callerFiles.filter(({ path }) => files.has(path)),
  };
  if (isSame(alone, expected)) return;
  const sharing = changing.filter((outcome) => ours.some((one) => one.outcome === outcome) || expected.ignoreFiles.some((file) => mayShare(outcome, file)));
  unions.unite([first, ...sharing.flatMap(({ path, changes }) => changes.map(({ id }) => nodeOf(path, id)))]);
}

function withText(outcome: Outcome, text: string): Outcome {
  return { ...outcome, text, status: text === outcome.original ? 'unchanged' : 'changed' };
}

/** Parts the changes of a Dockerfile as finely as they stand alone and with one another. */
async function piecesOf(outcome: Outcome, { optionsOf, cwd, othersOf }: RunAgain): Promise<readonly Piece[]> {
  const { path, original, changes } = outcome;
  const place = resolve(cwd, path);
  const options = optionsOf(place);
  const editing = inOrder(
    changes.filter(({ edits }) => edits.length > 0).map(({ id }) => id),
    options,
  );
  const rest = inOrder(
    changes.map(({ id }) => id).filter((id) => !editing.includes(id)),
    options,
  );
  const known = new Map<string, string | undefined>([[editing.join(), outcome.text]]);
  const textWith = async (ids: readonly string[]): Promise<string | undefined> => {
    const key = inOrder(ids, options).join();
    if (!known.has(key)) known.set(key, await textAlone(place, withOnly(options, ids), othersOf));
    return known.get(key);
  };
  let parted: (readonly string[])[] = editing.map((id) => [id]);
  for (;;) {
    const texts: string[] = [];
    for (const ids of parted) texts.push((await textWith(ids)) ?? original);
    const some = parted;
    const quarrel = await firstQuarrel(original, texts, async (indexes, text) => (await textWith(indexes.flatMap((index) => some[index] ?? []))) === text);
    if (!quarrel) return [...parted.map((ids, index) => ({ ids, text: texts[index] ?? original })), ...rest.map((id) => ({ ids: [id], text: original }))];
    const together = inOrder(
      quarrel.flatMap((index) => some[index] ?? []),
      options,
    );
    parted = [...parted.filter((_, index) => !quarrel.includes(index)), together];
  }
}

/** undefined where a transform went wrong. */
async function textAlone(place: string, options: RunOptions, othersOf: OthersOf): Promise<string | undefined> {
  const ran = await runFile(place, options);
  const asksIgnoreFile = ran.changes.some(({ edits, ignores }) => edits.length > 0 && ignores.length > 0);
  const [outcome] = asksIgnoreFile ? (await settle(new Map([[place, ran]]), () => options, othersOf)).outcomes : [ran];
  return outcome && outcome.faults.length === 0 && outcome.status !== 'failed' && outcome.status !== 'not understood' ? outcome.text : undefined;
}

function allTransforms({ transforms: own = [], used = [] }: RunOptions): { readonly id: string; readonly title: string }[] {
  return [...own, ...used, ...transforms];
}

/** The same run without all other transforms. */
function withOnly(options: RunOptions, ids: readonly string[]): RunOptions {
  const others = allTransforms(options).flatMap(({ id }) => (ids.includes(id) ? [] : [id]));
  return { ...options, skip: [...(options.skip ?? []), ...others] };
}

/** Each once, in the order in which they run. */
function inOrder(ids: readonly string[], options: RunOptions): string[] {
  return [...new Set(allTransforms(options).flatMap(({ id }) => (ids.includes(id) ? [id] : [])))];
}

/** By name. */
function groupsOf({ run: { optionsOf, cwd }, changing, pieces, unions }: Parting): ReadonlyMap<string, Group> {
  const idsOf = new Map<string, Set<string>>();
  for (const { path, changes } of changing)
    for (const { id } of changes) {
      const first = unions.of(nodeOf(path, id));
      idsOf.set(first, (idsOf.get(first) ?? new Set<string>()).add(id));
    }
  const groups = new Map<string, Map<string, Piece>>();
  for (const { path, original, text } of changing) {
    const options = optionsOf(resolve(cwd, path));
    const byName = new Map<string, Piece[]>();
    for (const piece of pieces.get(path) ?? []) {
      const name = inOrder([...(idsOf.get(unions.of(nodeOf(path, piece.ids[0] ?? ''))) ?? [])], options).join(' + ');
      byName.set(name, [...(byName.get(name) ?? []), piece]);
    }
    for (const [name, some] of byName) {
      const ids = some.flatMap((piece) => piece.ids);
      const splices = some.flatMap((piece) => splicesOf(original, piece.text));
      const made = byName.size === 1 ? text : (spliced(original, splices) ?? original);
      groups.set(name, (groups.get(name) ?? new Map<string, Piece>()).set(path, { ids, text: made }));
    }
  }
  return groups;
}

function portionOf(name: string, group: Group, { run: { batch, optionsOf, cwd }, pieces, others }: Parting): Portion {
  const isOurs = (path: string, id: string): boolean => group.get(path)?.ids.includes(id) ?? false;
  const nodes = new Set([...group].flatMap(([path, { ids }]) => ids.map((id) => nodeOf(path, id))));
  const files = new Set(others.filter((file) => file.nodes.some((node) => nodes.has(node))).map(({ path }) => path));
  const outcomes = batch.outcomes.flatMap((outcome) => {
    const piece = group.get(outcome.path);
    if (!piece) return [];
    const changes = outcome.changes.filter(({ id }) => isOurs(outcome.path, id));
    return [{ ...withText(outcome, piece.text), changes, judgement: [], declined: [], counts: [], runsAgain: undefined }];
  });
  const part = {
    outcomes,
    ignoreFiles: batch.ignoreFiles.filter(({ path }) => files.has(path)),
    callerFiles: batch.callerFiles.filter(({ path }) => files.has(path)),
    // What is wanted is told with what wants it.
    callerNotes: batch.callerNotes.filter(({ dockerfile }) =>
      outcomes.some(({ path, changes }) => path === dockerfile && changes.some(({ wants }) => wants.length > 0)),
    ),
  };
  const ids = name.split(' + ');
  const [first = ''] = ids;
  const [outcome] = outcomes;
  const title = outcome && allTransforms(optionsOf(resolve(cwd, outcome.path))).find(({ id }) => id === first)?.title;
  return {
    name,
    title:
      ids.length === 1 && title !== undefined
        ? `${title} (${first})`
        : `${listed(ids)} in ${outcomes.length === 1 ? (outcome?.path ?? '') : `${outcomes.length} Dockerfiles`}`,
    batch: part,
    notes: ids.length === 1 ? [] : notesOn(group, { pieces, others }),
    alike: [],
    shown: part,
  };
}

/** Why transforms are together. */
function notesOn(group: Group, { pieces, others }: Pick<Parting, 'pieces' | 'others'>): string[] {
  const notes: string[] = [];
  const byIds = new Map<string, string[]>();
  for (const path of group.keys())
    for (const { ids } of pieces.get(path) ?? [])
      if (ids.length > 1 && group.get(path)?.ids.includes(ids[0] ?? ''))
        byIds.set(listed(ids.map(code)), [...(byIds.get(listed(ids.map(code))) ?? []), code(path)]);
  for (const [ids, paths] of byIds)
    notes.push(`${ids} are together: in ${listed(paths)} they change the same or neighbouring lines, or one does something else without the other.`);
  const nodes = new Set([...group].flatMap(([path, { ids }]) => ids.map((id) => nodeOf(path, id))));
  const shared = others.filter((file) => new Set(file.nodes).size > 1 && file.nodes.some((node) => nodes.has(node))).map(({ path }) => code(path));
  if (shared.length > 0) notes.push(`What asks for changes of ${listed(shared)} is together.`);
  return notes;
}

function code(text: string): string {
  return `\`${text}\``;
}
