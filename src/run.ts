import { lstatSync, readFileSync, statSync } from 'node:fs';
import type { Preference } from './bases/preferred-rows.ts';
import { relative, sep } from 'node:path';
import transforms from '../transforms/index.ts';
import type { Digest } from './bases/digests.ts';
import type { Images } from './bases/likened.ts';
import { builtWith, type BuildContext, type Built } from './contexts.ts';
import { readDockerfile } from './dockerfile/read.ts';
import type { Dockerfile, NotUnderstood } from './dockerfile/model.ts';
import type { Verdict } from './legality/question.ts';
import { noFindings, type Change, type Outcome } from './outcome.ts';
import { withOptions } from './options.ts';
import { realPath, realPathInside } from './root.ts';
import { firstFindings, rewriteDockerfile, type FirstFinding, type PipelineOptions } from './pipeline/pipeline.ts';
import { compareRuns } from './steps/compare-runs.ts';
import { masked, secretValuesIn } from './steps/secret-values.ts';
import { readFacts } from './steps/read.ts';
import type { Transform } from './transform.ts';
import type { InferredContext } from './infer-context.ts';
import type { Registry } from './registry/registry.ts';
import { contextFiles } from './workspace/repository.ts';
import type { ContextFiles } from './workspace/workspace.ts';

export interface RunOptions {
  readonly level: 'safe' | 'review';
  /** Ids of transforms, or of single findings (`id@path:line`). */
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  /** The build context, where it is given. */
  readonly context?: InferredContext | undefined;
  readonly target?: string | undefined;
  /** Transforms of the user's own, in order: built-in ones run only where `only` names them. */
  readonly transforms?: readonly Transform[] | undefined;
  /** More transforms of the user's own, from the configuration: they run beside the built-in ones, before them. */
  readonly used?: readonly Transform[] | undefined;
  /** Transforms that are switched on or off, by id. */
  readonly states?: Readonly<Record<string, 'on' | 'off'>> | undefined;
  /** What transforms are to get instead of their options' default values, by id. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  /** What images that dockopt cannot know are like. */
  readonly images?: Images | undefined;
  readonly prefers?: Preference | undefined;
  /** Where transforms that need it have the digests of images from; without one nothing is asked. */
  readonly registry?: Registry | undefined;
  /** What is said outside of this Dockerfile of its findings, by id. */
  readonly outside?: ReadonlyMap<string, Verdict> | undefined;
  /** As `2027-01-01`: from when on `# dockopt-ignore … until=` an earlier day silences no more. */
  readonly today?: string | undefined;
  readonly cwd: string;
}

/**
 * Runs the chosen transforms over one Dockerfile (an absolute path). Bytes stand in for what lies there: then nothing
 * need be. Never throws: what goes wrong is in the outcome.
 */
export async function runFile(path: string, options: RunOptions, given?: Uint8Array): Promise<Outcome> {
  const base: Outcome = {
    ...noFindings,
    path: shownIn(path, options.cwd),
    status: 'unchanged',
    original: '',
    text: '',
  };
  const read = textOf(path, options, given);
  if ('error' in read) return { ...base, status: 'failed', error: read.error };
  if ('because' in read) return { ...base, status: 'not understood', notUnderstood: read };
  const original = read.text;
  try {
    return await outcomeOf(base, path, original, options);
  } catch (error) {
    return { ...base, original, text: original, status: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** A finding that can be met again in a text whose lines moved. */
export interface LastingFinding extends FirstFinding {
  /** Of the instruction's text, without credentials, whatever blanks stand in it. */
  readonly fingerprint: string;
}

export interface LastingFindings {
  /** In the order of their transforms and places, each once. */
  readonly findings: readonly LastingFinding[];
  /** Ids of transforms that are there and were not asked. */
  readonly passedOver: ReadonlySet<string>;
}

/** What each chosen transform finds in a Dockerfile (an absolute path) as it stands; undefined where that is not understood. Bytes stand in for what lies there. */
export async function lastingFindings(path: string, options: RunOptions, given?: Uint8Array): Promise<LastingFindings | undefined> {
  const read = textOf(path, options, given);
  const reading = 'text' in read ? readDockerfile(read.text) : undefined;
  if (!reading || !('dockerfile' in reading)) return undefined;
  const { dockerfile } = reading;
  const { pipeline, answered } = await prepared(path, shownIn(path, options.cwd), dockerfile, options);
  const { createHash } = await import('node:crypto');
  const secrets = secretValuesIn(dockerfile.text);
  const found = await answered(() => firstFindings(dockerfile, pipeline));
  const distinct = [...new Map(found.map((one) => [one.finding, one])).values()];
  const findings = distinct.map((one) => {
    const text = masked(dockerfile.text.slice(one.at.range.start, one.at.range.end), secrets).replace(/\s+/g, ' ').trim();
    return { ...one, fingerprint: createHash('sha256').update(text).digest('hex').slice(0, 16) };
  });
  const passedOver = new Set([...(options.transforms ?? []), ...(options.used ?? []), ...transforms].map(({ id }) => id));
  for (const { id } of pipeline.transforms) passedOver.delete(id);
  return { findings, passedOver };
}

function textOf(path: string, { cwd }: RunOptions, given: Uint8Array | undefined): { readonly text: string } | { readonly error: string } | NotUnderstood {
  try {
    if (realPathInside(path, cwd) === undefined) return { error: 'it is a link that leaves the root' };
    if (!given && !statSync(path).isFile()) return { error: 'it is no file' };
    return decode(given ?? readFileSync(path));
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function decode(bytes: Uint8Array): { readonly text: string } | NotUnderstood {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) return { id: 'not-utf-8', because: 'it is UTF-16, which no builder reads: save it as UTF-8' };
  if (bytes.includes(0)) return { id: 'binary', because: 'it holds NUL bytes' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { id: 'not-utf-8', because: 'it is not UTF-8' };
  }
}

/** As ids of findings name it. */
function shownIn(path: string, cwd: string): string {
  return relative(cwd, shownPath(path, cwd)).replaceAll(sep, '/');
}

/** Where a link inside the root leads to, which is what a patch has to name; other paths as they are. */
function shownPath(path: string, cwd: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? (realPathInside(path, cwd) ?? path) : path;
  } catch {
    return path;
  }
}

/** How a Dockerfile is run over. */
interface Prepared extends Built {
  /** Absolute, links followed. */
  readonly place: string;
  readonly pipeline: PipelineOptions;
  /** Runs something until it asks for no digest that is not known. */
  readonly answered: <Result>(run: () => Result) => Promise<Result>;
  /** Afterwards: it asked for digests, and there was no registry. */
  readonly asksRegistry: () => boolean;
}

async function prepared(path: string, shown: string, dockerfile: Dockerfile, options: RunOptions): Promise<Prepared> {
  const place = realPath(path);
  const built = await builtWith(place, dockerfile, options);
  const { repository, contexts, stages, platforms, given, cold } = built;
  const [context, ...otherContexts] = contexts;
  const filesOf = ({ folder, decided }: BuildContext): ContextFiles => contextFiles(repository, folder, place, decided);
  const wanted = new Set<string>();
  const digestOf = (image: string): Digest | undefined => {
    const known = options.registry?.digestOf(image);
    if (!known) wanted.add(image);
    return known;
  };
  const pipeline: PipelineOptions = {
    path: shown,
    context: filesOf(context),
    otherContexts: otherContexts.map((one) => ({ name: `${one.shown.path} (${one.shown.by})`, files: filesOf(one) })),
    targets: stages,
    images: options.images,
    prefers: options.prefers,
    platforms,
    given,
    digestOf,
    cold,
    today: options.today,
    transforms: chooseTransforms(options),
    level: options.level,
    onlyFindings: new Set(options.only?.filter(isFinding)),
    skipFindings: new Set(options.skip?.filter(isFinding)),
    outside: options.outside,
  };
  const answered = async <Result>(run: () => Result): Promise<Result> => {
    let result = run();
    // What one transform asks for may depend on what another one made of the text.
    while (options.registry && wanted.size > 0) {
      await options.registry.ask(wanted);
      wanted.clear();
      result = run();
    }
    return result;
  };
  return { ...built, place, pipeline, answered, asksRegistry: () => wanted.size > 0 };
}

async function outcomeOf(base: Outcome, path: string, original: string, options: RunOptions): Promise<Outcome> {
  const reading = readDockerfile(original);
  if ('notUnderstood' in reading) return { ...base, original, text: original, status: 'not understood', notUnderstood: reading.notUnderstood };
  const { place, pipeline, answered, asksRegistry, ...built } = await prepared(path, base.path, reading.dockerfile, options);
  const { contexts } = built;
  const [context] = contexts;
  const target = options.target?.toLowerCase();
  const hasTarget = target === undefined ? undefined : reading.dockerfile.stages.some((stage) => stage.name === target);
  const result = await answered(() => rewriteDockerfile(reading.dockerfile, pipeline));
  return masking({
    ...base,
    context: context.shown,
    contexts: contexts.map(({ shown }) => shown),
    hasTarget,
    original,
    status: result.text === original ? 'unchanged' : 'changed',
    ...result,
    asksRegistry: asksRegistry(),
    ...(result.changes.length > 0 && { runsAgain: runsAgainOf({ path: base.path, original, text: result.text }, place, built, options) }),
    secrets: secretValuesIn(original),
  });
}

/** Which RUNs of a Dockerfile at a real path run again, before and after; the Dockerfile is read when it is asked for. */
export function runsAgainOf(
  { path, original, text }: Pick<Outcome, 'path' | 'original' | 'text'>,
  place: string,
  { repository, contexts: [context], stages, platforms, given, cold }: Built,
  { images, prefers }: Pick<RunOptions, 'images' | 'prefers'>,
): NonNullable<Outcome['runsAgain']> {
  // Now: when it is asked for, the ignore file may have been written.
  const files = contextFiles(repository, context.folder, place, context.decided);
  return (ignoreFile) => {
    const [before, after] = [readDockerfile(original), readDockerfile(text)];
    if (!('dockerfile' in before && 'dockerfile' in after)) return [];
    const filesAfter = ignoreFile === undefined ? files : contextFiles(repository, context.folder, place, context.decided, ignoreFile);
    const seen = { path, targets: stages, images, prefers, platforms, given, cold };
    const facts = readFacts(before.dockerfile, { ...seen, context: files });
    const secrets = secretValuesIn(original);
    const mask = (command: string): string => masked(command, secrets);
    return compareRuns(facts, readFacts(after.dockerfile, { ...seen, context: filesAfter })).map((one) => ({
      ...one,
      spared: one.spared.map(mask),
      added: one.added.map(mask),
    }));
  };
}

/** With `***` in place of credentials in all that is said. */
function masking(outcome: Outcome): Outcome {
  const { secrets, changes, judgement, declined, faults } = outcome;
  if (secrets.length === 0) return outcome;
  const mask = (text: string): string => masked(text, secrets);
  const maskChange = (change: Change): Change => ({
    ...change,
    message: mask(change.message),
    because: mask(change.because),
    differs: change.differs && mask(change.differs),
    saves: change.saves && mask(change.saves),
  });
  return {
    ...outcome,
    changes: changes.map(maskChange),
    judgement: judgement.map(maskChange),
    declined: declined.map((one) => ({ ...one, because: mask(one.because) })),
    faults: faults.map((one) => ({ ...one, message: mask(one.message) })),
  };
}

function isFinding(id: string): boolean {
  return id.includes('@');
}

/** The transforms that the options choose, in order. */
function chooseTransforms({ only = [], skip = [], transforms: own = [], used = [], states = {}, options = {} }: RunOptions): readonly Transform[] {
  const wanted = new Set(only.map((id) => id.replace(/@.*$/, '')));
  const unwanted = new Set(skip.filter((id) => !isFinding(id)));
  const standing = [...used, ...transforms].filter(({ id, default: state }) =>
    wanted.size > 0 ? wanted.has(id) : own.length === 0 && (states[id] ?? state) !== 'off',
  );
  const some = own.some(({ id }) => wanted.has(id));
  const mine = own.filter(({ id }) => !some || wanted.has(id));
  return [...mine, ...standing].filter(({ id }) => !unwanted.has(id)).map((transform) => withOptions(transform, options[transform.id] ?? {}, transform.id));
}
