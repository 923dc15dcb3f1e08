import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import * as v from 'valibot';
import { shownFrom } from '../contexts.ts';
import { realPath } from '../root.ts';
import { lastingFindings, type LastingFinding, type LastingFindings, type RunOptions } from '../run.ts';
import { UsageError } from '../usage-error.ts';

/** Findings that are accepted as they are, by transform and instruction. */
export interface BaselineEntry {
  /** Of the Dockerfile, relative to the folder of the baseline, with forward slashes. */
  readonly path: string;
  /** Of the transform. */
  readonly id: string;
  /** Of the instruction's text. */
  readonly fingerprint: string;
  /** How many instructions of the file with this text have such a finding. */
  readonly count: number;
}

/** A file with the findings that are accepted. */
export interface Baseline {
  /** Absolute. */
  readonly file: string;
  /** undefined where there is none yet. */
  readonly text: string | undefined;
  readonly entries: readonly BaselineEntry[];
}

const shape = v.object({
  version: v.literal(1),
  findings: v.array(
    v.object({
      path: v.string(),
      id: v.string(),
      fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
      count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
    }),
  ),
});

/** Reads the baseline at an absolute path. Throws a UsageError where there is none, unless it is to be written, and where it is not right. */
export function readBaseline(file: string, { cwd, writing }: { readonly cwd: string; readonly writing: boolean }): Baseline {
  const shown = shownFrom(cwd, file);
  if (!existsSync(file)) {
    if (writing) return { file, text: undefined, entries: [] };
    throw new UsageError(`${shown}: there is no such baseline; \`dockopt --write-baseline\` writes it`);
  }
  try {
    const text = readFileSync(file, 'utf8');
    const content: unknown = JSON.parse(text);
    return { file, text, entries: v.parse(shape, content).findings };
  } catch (error) {
    const because = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
    throw new UsageError(`${shown} is no baseline: ${because}. Delete it, and write it anew with \`dockopt --write-baseline\``);
  }
}

/** A line for each entry, in the order of paths, ids and fingerprints: what two branches add merges where it is not at one place. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  const lines = entries
    .map(({ path, id, fingerprint, count }) => ({ path, id, fingerprint, ...(count > 1 && { count }) }))
    .toSorted((a, b) => compare(a.path, b.path) || compare(a.id, b.id) || compare(a.fingerprint, b.fingerprint))
    .map((entry) => `    ${JSON.stringify(entry)}`);
  return `{\n  "version": 1,\n  "findings": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** What a baseline means for a run. */
export interface Acceptance {
  /** Ids of accepted findings (`id@path:line`), by the Dockerfile's path as it was given. */
  readonly accepted: ReadonlyMap<string, readonly string[]>;
  /** Entries, or how many of their count, of which nothing is found any more. */
  readonly stale: readonly BaselineEntry[];
}

/** Finds again what is accepted, in Dockerfiles by their absolute paths. `given`: bytes that stand in for what lies there. */
export async function acceptedBy(
  baseline: Baseline,
  paths: readonly string[],
  optionsOf: (path: string) => RunOptions,
  given?: Uint8Array,
): Promise<Acceptance> {
  const accepted = new Map<string, readonly string[]>();
  const stale = baseline.entries.filter(({ path }) => !existsSync(join(dirname(baseline.file), path)));
  const byPath = new Map<string, BaselineEntry[]>();
  for (const entry of baseline.entries) byPath.set(entry.path, [...(byPath.get(entry.path) ?? []), entry]);
  for (const path of paths) {
    const entries = byPath.get(nameIn(baseline, path)) ?? [];
    if (entries.length === 0) continue;
    const lasting = await atReview(path, optionsOf, given);
    if (!lasting) continue;
    const ids: string[] = [];
    for (const entry of entries) {
      const found = lasting.findings.filter(({ id, fingerprint }) => id === entry.id && fingerprint === entry.fingerprint).map(({ finding }) => finding);
      ids.push(...found.slice(0, entry.count));
      if (found.length < entry.count && !lasting.passedOver.has(entry.id)) stale.push({ ...entry, count: entry.count - found.length });
    }
    accepted.set(path, ids);
  }
  return { accepted, stale };
}

/** What the baseline is to hold once all is accepted that is found in Dockerfiles, by their absolute paths, at the level of each. What was not asked stays. */
export async function acceptingAll(
  baseline: Baseline,
  paths: readonly string[],
  optionsOf: (path: string) => RunOptions,
  onFile: () => void,
): Promise<BaselineEntry[]> {
  const kept = baseline.entries.filter(({ path }) => existsSync(join(dirname(baseline.file), path)));
  const entries = new Map(kept.map((entry) => [keyOf(entry), entry]));
  for (const path of paths) {
    onFile();
    const name = nameIn(baseline, path);
    const lasting = await atReview(path, optionsOf);
    if (!lasting) continue;
    const isWanted = wantedBy(optionsOf(path));
    const counts = new Map<string, BaselineEntry>();
    for (const found of lasting.findings) {
      const { id, fingerprint } = found;
      const entry = { path: name, id, fingerprint, count: 0 };
      const key = keyOf(entry);
      const before = entries.get(key)?.count ?? 0;
      const count = counts.get(key)?.count ?? 0;
      // What was accepted and is not asked for this time is not forgotten.
      if (isWanted(found) || count < before) counts.set(key, { ...entry, count: count + 1 });
    }
    for (const [key, entry] of entries) if (entry.path === name && !lasting.passedOver.has(entry.id)) entries.delete(key);
    for (const [key, entry] of counts) entries.set(key, entry);
  }
  return [...entries.values()];
}

async function atReview(path: string, optionsOf: (path: string) => RunOptions, given?: Uint8Array): Promise<LastingFindings | undefined> {
  return lastingFindings(path, { ...optionsOf(path), level: 'review' }, given);
}

/** Chosen by the options, and applied at their level, or advice. */
function wantedBy({ level, only = [], skip = [] }: RunOptions): (finding: LastingFinding) => boolean {
  const chosen = only.filter((id) => id.includes('@'));
  return ({ finding, level: own }) => (level === 'review' || own !== 'review') && (chosen.length === 0 || chosen.includes(finding)) && !skip.includes(finding);
}

function nameIn({ file }: Baseline, path: string): string {
  return relative(realPath(dirname(file)), realPath(path)).replaceAll(sep, '/');
}

function keyOf({ path, id, fingerprint }: BaselineEntry): string {
  return JSON.stringify([path, id, fingerprint]);
}
