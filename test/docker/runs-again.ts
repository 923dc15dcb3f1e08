import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import type { Facts, StageFacts, Step } from '../../src/steps/facts.ts';
import { readFacts } from '../../src/steps/read.ts';
import { fatesAfter, type Fate } from '../../src/steps/runs-again.ts';
import { typicalEdits } from '../../src/steps/typical-edits.ts';
import { readTree } from '../../src/testing/fixture.ts';
import { docker } from '../../src/verify/docker.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';
import { network } from './engine.ts';

/** A step of a build, what was said of it and what the builder did. */
export interface HeldStep {
  readonly step: Step;
  readonly predicted: Fate;
  readonly did: 'cached' | 'again';
}

export interface HeldEdit {
  /** What kind of edit, where the report would choose it. */
  readonly edit: string;
  readonly path: string;
  readonly steps: readonly HeldStep[];
}

interface CaseFile {
  readonly edits?: readonly string[];
}

/**
 * Builds a fixture as it is (or with what `over` replaces, a folder beside `before`), then again after each of its edits, and reads which steps the builder
 * found in its cache. The edits are those of `case.json`, else those that the report chooses. Throws where a build fails.
 */
export async function hold(fixture: string, over?: string): Promise<HeldEdit[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-runs-again-'));
  try {
    const place = join(fixture, 'case.json');
    const { edits }: CaseFile = existsSync(place) ? JSON.parse(readFileSync(place, 'utf8')) : {};
    const before = copied(fixture, [], folder);
    const facts = over === undefined ? before : copied(fixture, [over], folder);
    // Files that no repository can hold: git's own.
    for (const path of edits ?? []) if (!existsSync(join(folder, path))) write(join(folder, path), 'made for the test\n');
    await builtSteps(folder);
    const held: HeldEdit[] = [];
    for (const { edit, path } of edits?.map((one) => ({ edit: '', path: one })) ?? typicalEdits(before)) {
      const text = readFileSync(join(folder, path));
      appendFileSync(join(folder, path), blanks());
      held.push({ edit, path, steps: compared(facts, fatesAfter(facts, path), await builtSteps(folder)) });
      writeFileSync(join(folder, path), text);
    }
    return held;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copied(fixture: string, over: readonly string[], to: string): Facts {
  for (const part of ['before', ...over]) cpSync(join(fixture, part), to, { recursive: true });
  const files = readTree(to);
  const reading = readDockerfile(files.get('Dockerfile') ?? '');
  if (!('dockerfile' in reading)) throw new Error(`${fixture}: ${reading.notUnderstood.because}`);
  return readFacts(reading.dockerfile, { context: filesInMemory(files, [], 'Dockerfile') });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** An edit that no build saw before, and that changes no program. */
function blanks(): string {
  return `${[...randomBytes(8)].map((byte) => byte.toString(2).padStart(8, '0').replaceAll('0', ' ').replaceAll('1', '\n')).join('')}\n`;
}

interface Vertex {
  readonly digest: string;
  readonly name: string;
  readonly inputs?: readonly string[];
  readonly cached?: boolean;
  readonly error?: string;
}

/** What the builder says of a step. A first step on `scratch` has nothing to look up: where nobody needs what it makes it is done without being made. */
type Said = 'cached' | 'again' | 'nothing';

/** What the builder says of each step, by `<stage> <number>`, the stage empty where there is one alone. */
async function builtSteps(folder: string): Promise<Map<string, Said>> {
  const { exitCode, stderr } = await docker(['buildx', 'build', ...network, '--progress=rawjson', '--output=type=cacheonly', folder]);
  const vertexes = new Map<string, Vertex>();
  for (const line of stderr.split('\n')) {
    if (!line.startsWith('{')) continue;
    const event: { vertexes?: Vertex[] } = JSON.parse(line);
    for (const vertex of event.vertexes ?? []) vertexes.set(vertex.digest, { ...vertexes.get(vertex.digest), ...vertex });
  }
  if (exitCode !== 0) throw new Error(`docker build: ${[...vertexes.values()].find(({ error }) => error)?.error ?? stderr.slice(-2000)}`);
  const steps = new Map<string, Said>();
  for (const { name, inputs = [], cached = false } of vertexes.values()) {
    const [, stage = '', number] = /^\[(?:(\S+) +)? *(\d+)\/\d+\] /.exec(name) ?? [];
    if (number !== undefined) steps.set(`${stage} ${number}`, inputs.length === 0 ? 'nothing' : cached ? 'cached' : 'again');
  }
  return steps;
}

function compared(facts: Facts, fates: ReadonlyMap<Step, Fate>, did: ReadonlyMap<string, Said>): HeldStep[] {
  const steps = [...fates.keys()];
  return steps.flatMap((step) => {
    // Of steps that are the same in two stages, the builder makes one and gives it one of their names.
    const same = steps.filter((one) => historyOf(one) === historyOf(step));
    const [found] = same.flatMap((one) => namesOf(facts, one).flatMap((name) => did.get(name) ?? []));
    if (!found) throw new Error(`line ${step.instruction.startLine} is none of the steps that were built: ${[...did.keys()].join(', ')}`);
    return found === 'nothing' ? [] : [{ step, predicted: fates.get(step) ?? 'unknown', did: found }];
  });
}

/** The builder's names of a step: it counts what makes layers, a base from elsewhere and what ONBUILD brings included; the only stage may have no name. */
function namesOf({ stages }: Facts, { stage, instruction }: Step): string[] {
  const { base, index, name } = stage.stage;
  const first = stage.parent?.steps.filter((one) => one.instruction.keyword === 'ONBUILD').length ?? (base === 'scratch' ? 0 : 1);
  const number = first + layersOf(stage).filter((one) => one.instruction.index <= instruction.index).length;
  return [`${name ?? `stage-${index}`} ${number}`, ...(stages.length === 1 ? [` ${number}`] : [])];
}

function historyOf({ stage, instruction }: Step): string {
  const own = stage.steps.filter((one) => one.instruction.index <= instruction.index).map((one) => one.instruction.joined.text);
  const last = stage.parent?.steps.at(-1);
  return [last ? historyOf(last) : stage.stage.base, ...own].join('\n');
}

function layersOf({ steps }: StageFacts): readonly Step[] {
  return steps.filter(
    ({ instruction }) => /^(RUN|COPY|ADD)$/.test(instruction.keyword) || (instruction.keyword === 'WORKDIR' && instruction.argument.text !== '/'),
  );
}
