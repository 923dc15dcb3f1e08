import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Dockerfile } from '../dockerfile/model.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import type { Verdict } from '../legality/question.ts';
import type { Outcome } from '../outcome.ts';
import { isBelow, realPath } from '../root.ts';
import { contextOf, runFile, type RunOptions } from '../run.ts';
import { readFacts } from '../steps/read.ts';
import type { Facts } from '../steps/facts.ts';
import type { IgnoreLine } from '../transform.ts';
import type { InferredContext } from '../workspace/infer-context.ts';
import { contextFiles, dockerfilesOf, repositoryOf } from '../workspace/repository.ts';
import { mergeIgnoreFile, type Sharer } from './ignore-file.ts';

/** What became of an ignore file. */
export interface IgnoreFileOutcome {
  /** Relative to the working directory, with forward slashes. */
  readonly path: string;
  /** The build context that it is in force for, in the same form. */
  readonly context: string;
  /** undefined where there is none yet. */
  readonly original: string | undefined;
  readonly text: string;
  readonly added: readonly IgnoreLine[];
  /** Dockerfiles of this run that ask for lines of it, by path. */
  readonly askedBy: readonly string[];
}

export interface Batch {
  /** In the order of the paths. */
  readonly outcomes: readonly Outcome[];
  readonly ignoreFiles: readonly IgnoreFileOutcome[];
}

/** Runs the chosen transforms over Dockerfiles (absolute paths), and merges what they ask of the ignore files that they share with all others of the repository. */
export async function runAll(paths: readonly string[], optionsOf: (path: string) => RunOptions, onFile: () => void): Promise<Batch> {
  const outcomes = new Map<string, Outcome>();
  const outside = new Map<string, Map<string, Verdict>>();
  for (const path of paths) {
    onFile();
    outcomes.set(path, await runFile(path, optionsOf(path)));
  }
  for (;;) {
    const members = [...outcomes].flatMap(([path, outcome]) => memberOf(path, outcome, optionsOf(path)) ?? []);
    const files = groups(members).map((group) => ({ ...group, merged: mergeIgnoreFile(group.original, sharersOf(group, members)) }));
    const again = new Set<string>();
    for (const { askers, merged } of files) {
      for (const { path, outcome } of askers) {
        const verdicts = merged.outside.get(outcome.path);
        if (!verdicts) continue;
        again.add(path);
        outside.set(path, new Map([...(outside.get(path) ?? []), ...verdicts]));
      }
    }
    for (const path of again) outcomes.set(path, await runFile(path, { ...optionsOf(path), outside: outside.get(path) }));
    if (again.size > 0) continue;
    for (const { askers, merged } of files) {
      for (const { path, outcome } of askers) {
        const settled = merged.settled.get(outcome.path);
        if (!settled) continue;
        const { changes, judgement, declined } = settled;
        outcomes.set(path, { ...outcome, changes, judgement: [...judgement, ...outcome.judgement], declined: [...outcome.declined, ...declined] });
      }
    }
    return {
      outcomes: [...outcomes.values()],
      ignoreFiles: files.flatMap(({ ignoreFile, folder, original, askers, merged: { text, added } }) => {
        const [first] = askers;
        if (!first || added.length === 0) return [];
        const shown = (path: string): string => relative(first.options.cwd, path).replaceAll(sep, '/') || '.';
        return [{ path: shown(ignoreFile), context: shown(folder), original, text, added, askedBy: askers.map(({ outcome }) => outcome.path) }];
      }),
    };
  }
}

/** A Dockerfile of the run. */
interface Member {
  readonly path: string;
  readonly place: string;
  readonly outcome: Outcome;
  readonly options: RunOptions;
  readonly context: InferredContext;
}

/** An ignore file of which something is asked. */
interface Group {
  /** Absolute. */
  readonly ignoreFile: string;
  readonly original: string | undefined;
  /** The build context, absolute. */
  readonly folder: string;
  readonly askers: readonly Member[];
}

function memberOf(path: string, outcome: Outcome, options: RunOptions): Member | undefined {
  if (outcome.status === 'failed') return undefined;
  const place = realPath(path);
  return { path, place, outcome, options, context: contextOf(place, dockerfileIn(outcome.original), options) };
}

function groups(members: readonly Member[]): Group[] {
  const found = new Map<string, Group & { readonly askers: Member[] }>();
  for (const member of members) {
    if (member.outcome.changes.every(({ ignores }) => ignores.length === 0)) continue;
    const { folder } = member.context;
    const ignoreFile = ignoreFileFor(member.place, folder);
    const group = found.get(ignoreFile);
    if (group) group.askers.push(member);
    else found.set(ignoreFile, { ignoreFile, original: existsSync(ignoreFile) ? readFileSync(ignoreFile, 'utf8') : undefined, folder, askers: [member] });
  }
  return [...found.values()];
}

function ignoreFileFor(dockerfile: string, context: string): string {
  const own = `${dockerfile}.dockerignore`;
  return existsSync(own) ? own : join(context, '.dockerignore');
}

/** Every Dockerfile of the repository for which the ignore file is in force, those of this run with the text that they are to have. */
function sharersOf({ ignoreFile, folder }: Group, members: readonly Member[]): Sharer[] {
  const repository = repositoryOf(folder);
  const ran = new Set(members.map(({ place }) => place));
  const others = dockerfilesOf(repository).flatMap(({ path, text }): Candidate[] => {
    const place = resolve(repository.root, path);
    if (ran.has(place) || !isBelow(place, folder)) return [];
    return [{ path, place, text, context: contextOf(place, dockerfileIn(text), {}), level: 'safe', changes: [], options: {} }];
  });
  const own = members.map(({ place, outcome, options, context }): Candidate => {
    const { path, text, changes } = outcome;
    return { path, place, text, context, level: options.level, changes, options };
  });
  return [...own, ...others].flatMap((one): Sharer[] => {
    const { path, place, text, context, level, changes, options } = one;
    if (ignoreFileFor(place, folder) !== ignoreFile) return [];
    const perhaps = context.folder !== folder;
    if (perhaps && (context.decided || !isBelow(dirname(place), folder))) return [];
    return [{ path, facts: factsIn(folder, place, text, context.decided, options), perhaps, level, changes: perhaps ? [] : changes }];
  });
}

interface Candidate extends Pick<Sharer, 'path' | 'level' | 'changes'> {
  readonly place: string;
  readonly text: string;
  readonly context: InferredContext;
  readonly options: Partial<RunOptions>;
}

function factsIn(folder: string, place: string, text: string, decided: boolean, { images, target }: Partial<RunOptions>): Facts | undefined {
  const dockerfile = dockerfileIn(text);
  return dockerfile && readFacts(dockerfile, { context: contextFiles(repositoryOf(folder), folder, place, decided), images, target });
}

function dockerfileIn(text: string): Dockerfile | undefined {
  const reading = readDockerfile(text);
  return 'dockerfile' in reading ? reading.dockerfile : undefined;
}
