import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import builtIn from '../../transforms/index.ts';
import { exportedTransform } from '../exported-transform.ts';
import { withOptions, type Options } from '../options.ts';
import type { PlainTransform } from '../plain-transform.ts';
import type { Transform } from '../transform.ts';
import { dockerfilesOf, expectedReport, factsOf, fixturesIn, reportOf, runAll, type Fixture, type FixtureResult } from './fixture.ts';
import { variants } from './variants.ts';

interface Exports {
  /** A function may take options of its own, and nothing here calls it: `never` lets any be given. */
  readonly default: Transform<never> | PlainTransform<never>;
}

export interface FixtureTests {
  /** A transform, or the exports of its file: `import * as mine from './mine.ts'`. */
  readonly transform: Transform | Exports;
  /** The folder with one folder a fixture: `new URL('fixtures/', import.meta.url)`. */
  readonly fixtures: string | URL;
  /** Options in place of its defaults. */
  readonly options?: Options | undefined;
  /** `test` of vitest, of `node:test` or of jest. */
  readonly test: (name: string, run: () => void) => unknown;
}

/**
 * Tests a transform by its fixtures: `<name>/before/` holds a Dockerfile with its build context, `after/` the files that
 * change at `safe` and `review/` those that change at `review` (none: nothing may change), `report.txt` what people are told.
 * Beside the exact bytes it tests that running twice is running once, alone and with all built-in transforms, that the same
 * Dockerfile saved in other ways (CRLF, a byte order mark …) changes in the same way, and that each refusal of the
 * transform's questions decides in some fixture.
 */
export function defineTests({ transform: given, fixtures: place, options = {}, test }: FixtureTests): void {
  const folder = place instanceof URL ? fileURLToPath(place) : place;
  const transform = withOptions(isExports(given) ? exportedTransform(given, basename(folder)) : given, options, 'defineTests');
  const fixtures = fixturesIn(folder);
  test(`${transform.id} has fixtures`, () => assert.ok(fixtures.length > 0, `${folder} holds no folder with a fixture`));
  for (const fixture of fixtures) {
    const named = (what: string): string => `${transform.id}: ${fixture.name} ${what}`;
    test(named('gives the expected bytes'), () => assertBytes(fixture, transform));
    test(named('gives the expected report'), () => assertReport(fixture, transform));
    test(named('comes to rest, alone and with all others, at each level'), () => assertLaws(fixture, transform));
    for (const [name, vary] of Object.entries(variants)) test(named(`is the same for ${name}`), () => assertVariant(fixture, transform, vary));
  }
  for (const question of transform.asks ?? []) {
    for (const { id } of question.refusals) {
      test(`${transform.id}: ${question.id} has a fixture in which only "${id}" decides`, () =>
        assert.ok(
          fixtures.some((fixture) => decides(fixture, transform, id)),
          `add one to ${folder} where switching "${id}" off makes a finding`,
        ));
    }
  }
}

function isBuiltIn({ id }: Transform): boolean {
  return builtIn.some((one) => one.id === id);
}

function isExports(given: Transform | Exports): given is Exports {
  return typeof given.default === 'object' || typeof given.default === 'function';
}

function assertBytes(fixture: Fixture, transform: Transform): void {
  const paths = dockerfilesOf(fixture);
  assert.ok(paths.length > 0, `${fixture.folder}/before holds no Dockerfile`);
  for (const folder of [fixture.after, fixture.review ?? new Map<string, string>()]) {
    for (const [path, text] of folder) assert.notEqual(fixture.before.get(path), text, `${path} is the same before and after: leave it out`);
  }
  assert.ok(!existsSync(join(fixture.folder, 'review')) || fixture.review?.size !== 0, `${fixture.folder}/review is empty`);
  const safe = runAll(fixture, { level: 'safe', transforms: [transform] });
  assertFiles(safe, [fixture.before, fixture.after]);
  const review = runAll(fixture, { level: 'review', transforms: [transform] });
  assertFiles(review, [fixture.before, fixture.after, fixture.review ?? new Map<string, string>()]);
}

/** Later layers stand over earlier ones. */
function assertFiles({ results, files }: FixtureResult, layers: readonly ReadonlyMap<string, string>[]): void {
  for (const { faults } of results.values()) assert.deepEqual(faults, []);
  const expected = new Map(layers.flatMap((layer) => [...layer]));
  for (const path of new Set([...files.keys(), ...expected.keys()])) assert.equal(files.get(path), expected.get(path), path);
}

function assertReport(fixture: Fixture, transform: Transform): void {
  const { results } = runAll(fixture, { level: 'safe', transforms: [transform] });
  const actual = [...results].map(([path, result]) => reportOf(path, result)).join('');
  assert.equal(actual, expectedReport(fixture, actual), `${fixture.folder}/report.txt: run with UPDATE_REPORTS=1 to write it, and read it before you commit`);
}

function assertLaws(fixture: Fixture, transform: Transform): void {
  const others = isBuiltIn(transform) ? builtIn : [transform, ...builtIn];
  for (const transforms of [[transform], others]) {
    const safe = applied(fixture, 'safe', transforms);
    assertAtRest(safe, 'safe', transforms);
    assertAtRest(applied(fixture, 'review', transforms), 'review', transforms);
    const later = applied(safe, 'review', transforms);
    assertAtRest(later, 'review', transforms);
    assertAtRest(later, 'safe', transforms);
  }
}

/** The fixture after a run. */
function applied(fixture: Fixture, level: 'safe' | 'review', transforms: readonly Transform[]): Fixture {
  const { results, files } = runAll(fixture, { level, transforms });
  for (const { faults } of results.values()) assert.deepEqual(faults, []);
  return { ...fixture, before: files };
}

function assertAtRest(fixture: Fixture, level: 'safe' | 'review', transforms: readonly Transform[]): void {
  assert.deepEqual(applied(fixture, level, transforms).before, fixture.before);
}

function assertVariant(fixture: Fixture, transform: Transform, vary: (text: string) => string | undefined): void {
  for (const path of dockerfilesOf(fixture)) {
    const before = vary(fixture.before.get(path) ?? '');
    const after = vary(fixture.after.get(path) ?? fixture.before.get(path) ?? '');
    if (before === undefined || after === undefined) continue;
    const varied = { ...fixture, before: new Map([...fixture.before, [path, before]]) };
    assert.equal(runAll(varied, { level: 'safe', transforms: [transform] }).files.get(path), after);
  }
}

/** With the refusal switched off the transform finds something that it did not find with it. */
function decides(fixture: Fixture, transform: Transform, refusal: string): boolean {
  return dockerfilesOf(fixture).some((path) => {
    const found = findings(fixture, path, transform, new Set());
    return findings(fixture, path, transform, new Set([refusal])).some((one) => !found.includes(one));
  });
}

function findings(fixture: Fixture, path: string, transform: Transform, without: ReadonlySet<string>): string[] {
  const facts = factsOf(fixture, path, without);
  if (!facts) return [];
  return [...transform.find(facts, transform.options ?? {})].flatMap((found) =>
    found.kind === 'finding' && found.edits.length + (found.ignores?.length ?? 0) + (found.wants?.length ?? 0) > 0
      ? [`${found.at.startLine} ${found.message} ${JSON.stringify([found.edits, found.ignores, found.wants])}`]
      : [],
  );
}
