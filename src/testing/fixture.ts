import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { mergeIgnoreFile, refusedBy, settledBy, type MergedIgnoreFile, type Outside, type Sharer } from '../batch/ignore-file.ts';
import type { ColdBuild, ColdBuilds } from '../build-input.ts';
import type { Preference } from '../bases/preferred-rows.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import type { Change } from '../outcome.ts';
import { isDockerfileName } from '../dockerfile-names.ts';
import { runPipeline, type PipelineResult } from '../pipeline/pipeline.ts';
import { readFacts } from '../steps/read.ts';
import type { Facts } from '../steps/facts.ts';
import type { Transform } from '../transform.ts';
import { givenIn, type FixtureGiven } from './given.ts';
import { ignoreFileOf } from '../workspace/ignore.ts';
import { filesInMemory, type ContextFiles } from '../workspace/workspace.ts';

/** A commit of a fixture. */
interface Commit {
  /** A line each. */
  readonly files: readonly string[];
  /** Lines that it put into each Dockerfile, behind a `+`. */
  readonly wrote: readonly string[];
}

/** A fixture on disk: `before/`, `after/` (only what changes at `safe`), `review/` (only what changes at `review`), `report.txt`, and where git has something to say `commits.txt`: the commits, the newest first, with an empty line in between. */
export interface Fixture {
  readonly name: string;
  readonly folder: string;
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  readonly review: ReadonlyMap<string, string> | undefined;
  readonly commits?: readonly Commit[] | undefined;
  /** What is asked for by `--prefer`, from its `case.json`. */
  readonly prefers?: Preference | undefined;
  /** What its callers build for, from its `case.json`. */
  readonly platforms?: readonly string[] | undefined;
  /** What registries say of images and what callers give to the build, from its `case.json`. */
  readonly given?: FixtureGiven | undefined;
  /** Builds in CI that begin without a cache, from its `case.json`. */
  readonly cold?: ColdBuilds | undefined;
  /** A folder of a checkout, not the root that holds git's own data. */
  readonly inCheckout?: boolean;
}

export function readFixture(folder: string, name: string): Fixture {
  const review = join(folder, 'review');
  const commits = join(folder, 'commits.txt');
  return {
    name,
    folder,
    before: readTree(join(folder, 'before')),
    after: readTree(join(folder, 'after')),
    review: existsSync(review) ? readTree(review) : undefined,
    prefers: preferenceOf(join(folder, 'case.json')),
    platforms: platformsOf(join(folder, 'case.json')),
    given: givenIn(join(folder, 'case.json')),
    cold: coldBuildsIn(join(folder, 'case.json')),
    commits: existsSync(commits) ? readFileSync(commits, 'utf8').split('\n\n').map(readCommit) : undefined,
  };
}

function preferenceOf(file: string): Preference | undefined {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return (['alpine', 'distroless'] as const).find((one) => text.includes(`"prefer": "${one}"`));
}

/** `"platforms": "linux/amd64,linux/arm64"` */
function platformsOf(file: string): readonly string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return /"platforms": "([^"]+)"/.exec(text)?.[1]?.split(',') ?? [];
}

/** `"cold": ".github/workflows/ci.yml:7 image, …"` */
function coldBuildsIn(file: string): ColdBuilds {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const places = /"cold": "([^"]+)"/.exec(text)?.[1]?.split(', ') ?? [];
  const builds = places.map((place): ColdBuild => {
    const [, path = '', line = '', name = ''] = /^([^:]+):(\d+) (.*)$/.exec(place) ?? [];
    return { file: path, line: Number(line), name, startedBy: path };
  });
  return { builds, amongOthers: false };
}

function readCommit(text: string): Commit {
  const lines = text.split('\n').filter((line) => line !== '');
  return { files: lines.filter((line) => !line.startsWith('+')), wrote: lines.flatMap((line) => (line.startsWith('+') ? [line.slice(1)] : [])) };
}

export function readTree(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(folder, path), readFileSync(path, 'utf8'));
  }
  return files;
}

export function fixturesIn(folder: string): Fixture[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => readFixture(join(folder, name), name));
}

export function dockerfilesOf(fixture: Fixture): string[] {
  return [...fixture.before.keys()].filter(isDockerfileName).toSorted();
}

function contextOf({ before: files, inCheckout = false, commits }: Fixture, path: string): ContextFiles {
  const others = [...files].filter(([name]) => isDockerfileName(name) && name !== path).map(([name, text]) => ({ path: name, text }));
  const context = { ...filesInMemory(files, others, path), holdsGit: !inCheckout };
  if (!commits) return context;
  const written = commits.map(({ wrote }) => wrote).filter((lines) => lines.length > 0);
  return { ...context, commits: () => commits.map((commit) => commit.files), history: () => ({ commits: commits.length, written }) };
}

export interface Options {
  readonly level: 'safe' | 'review';
  readonly transforms: readonly Transform[];
}

export interface FixtureResult {
  /** By the path of the Dockerfile. */
  readonly results: ReadonlyMap<string, PipelineResult>;
  /** All files as they would be. */
  readonly files: ReadonlyMap<string, string>;
}

/** All Dockerfiles of a fixture, with the ignore files that they share. */
export function runAll(fixture: Fixture, { level, transforms }: Options): FixtureResult {
  const results = new Map<string, PipelineResult>();
  const outside: Outside = new Map();
  let pending: Iterable<string> = dockerfilesOf(fixture);
  for (;;) {
    for (const path of pending) {
      const options = {
        path,
        level,
        transforms,
        context: contextOf(fixture, path),
        outside: outside.get(path),
        prefers: fixture.prefers,
        platforms: fixture.platforms,
        ...fixture.given,
        cold: fixture.cold,
      };
      results.set(path, runPipeline(fixture.before.get(path) ?? '', options));
    }
    const merged = ignoreFilesOf(fixture, results, level);
    const again = refusedBy(merged, outside);
    pending = again;
    if (again.size > 0) continue;
    const files = new Map(fixture.before);
    for (const { ignoreFile, added, text } of merged) if (added.length > 0) files.set(ignoreFile, text);
    const settled = settledBy(merged);
    for (const [path, result] of results) {
      results.set(path, settled(result, path));
      files.set(path, result.text);
    }
    return { results, files };
  }
}

function ignoreFilesOf(fixture: Fixture, results: ReadonlyMap<string, PipelineResult>, level: Options['level']): (MergedIgnoreFile & { ignoreFile: string })[] {
  const sharers = new Map<string, Sharer[]>();
  for (const [path, { text, changes }] of results) {
    const ignoreFile = ignoreFileOf(path, '', (one) => fixture.before.get(one))?.path ?? '.dockerignore';
    const facts = factsOf({ ...fixture, before: new Map([...fixture.before, [path, text]]) }, path, new Set());
    sharers.set(ignoreFile, [...(sharers.get(ignoreFile) ?? []), { path, facts, changes, level, perhaps: false }]);
  }
  return [...sharers].map(([ignoreFile, all]) => ({ ignoreFile, ...mergeIgnoreFile(fixture.before.get(ignoreFile), all) }));
}

export function factsOf(fixture: Fixture, path: string, without: ReadonlySet<string>): Facts | undefined {
  const reading = readDockerfile(fixture.before.get(path) ?? '');
  return 'dockerfile' in reading
    ? readFacts(reading.dockerfile, {
        context: contextOf(fixture, path),
        without,
        prefers: fixture.prefers,
        platforms: fixture.platforms,
        cold: fixture.cold,
        ...fixture.given,
      })
    : undefined;
}

/** What a person reads of a result: levels, reasons, declines. */
export function reportOf(path: string, result: PipelineResult): string {
  const lines = [path];
  for (const one of result.changes) lines.push(`  ${one.level} line ${one.line}: ${one.message}`, `    ${one.because}`, ...hidden(one));
  for (const one of result.judgement)
    lines.push(`  not applied, ${one.level} line ${one.line}: ${one.message}`, `    ${one.because}`, `    differs: ${one.differs ?? ''}`, ...hidden(one));
  for (const one of result.declined) lines.push(`  declined line ${one.line}: ${one.refusal}`, `    ${one.because}`);
  for (const line of result.unusedSuppressions) lines.push(`  unused suppression line ${line}`);
  if (result.notUnderstood) lines.push(`  not understood: ${result.notUnderstood.because}`);
  return `${lines.join('\n')}\n`;
}

function hidden({ ignores, wants }: Change): string[] {
  const caches = wants.flatMap((input) => (input.kind === 'cache' ? input.builds.map(({ file, line }) => `    caches: ${file}:${line}`) : []));
  return [...(ignores.length === 0 ? [] : [`    hides: ${ignores.map(({ pattern }) => pattern).join(' ')}`]), ...caches];
}

/** The report on disk; undefined where it is missing. Written anew with UPDATE_REPORTS=1. */
export function expectedReport(fixture: Fixture, actual: string): string | undefined {
  const path = join(fixture.folder, 'report.txt');
  if (process.env['UPDATE_REPORTS'] === '1') writeFileSync(path, actual);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
