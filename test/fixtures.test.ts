import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import builtIn from '../transforms/index.ts';
import { dockerfilesOf, expectedReport, factsOf, fixturesIn, reportOf, run, type Fixture } from './harness/fixture.ts';
import { variants } from './harness/variants.ts';
import type { Transform } from '../src/transform.ts';

const root = join(import.meta.dirname, '..', 'fixtures');

for (const transform of builtIn) {
  const fixtures = fixturesIn(join(root, transform.id));

  describe(transform.id, () => {
    test('has fixtures', () => expect(fixtures.length).toBeGreaterThan(0));

    for (const fixture of fixtures) {
      describe(fixture.name, () => {
        test('gives the expected bytes', () => expectBytes(fixture, transform));
        test('gives the expected report', () => {
          const actual = dockerfilesOf(fixture)
            .map((path) => reportOf(path, run(fixture, path, { level: 'safe', transforms: [transform] })))
            .join('');
          expect(expectedReport(fixture, actual), 'report.txt is missing: UPDATE_REPORTS=1 npm test writes it, read it before you commit').toBe(actual);
        });
        test('comes to rest, alone and with all others, at each level', () => expectLaws(fixture, transform));
        for (const [name, vary] of Object.entries(variants)) test(`is the same for ${name}`, () => expectVariant(fixture, transform, vary));
      });
    }

    for (const question of transform.asks ?? []) {
      for (const { id } of question.refusals) {
        test(`${question.id}: a fixture in which only "${id}" decides`, () => {
          expect(
            fixtures.some((fixture) => decides(fixture, transform, id)),
            `add fixtures/${transform.id}/… where switching "${id}" off makes a finding`,
          ).toBe(true);
        });
      }
    }
  });
}

test('every folder in fixtures/ belongs to something', () => {
  const known = new Set([...builtIn.map((transform) => transform.id), 'book', 'buildkit', 'command-line', 'docker', 'hostile']);
  expect(readdirSync(root).filter((name) => !known.has(name))).toEqual([]);
});

function expectBytes(fixture: Fixture, transform: Transform): void {
  const paths = dockerfilesOf(fixture);
  expect(paths.length, 'before/ holds a Dockerfile').toBeGreaterThan(0);
  for (const folder of [fixture.after, fixture.review ?? new Map<string, string>()]) {
    for (const [path, text] of folder) expect(fixture.before.get(path), `${path} is the same before and after`).not.toBe(text);
  }
  expect(existsSync(join(fixture.folder, 'review')) && fixture.review?.size === 0, 'review/ is empty').toBe(false);
  for (const path of paths) {
    const safe = run(fixture, path, { level: 'safe', transforms: [transform] });
    expect(safe.faults).toEqual([]);
    expect(safe.text).toBe(fixture.after.get(path) ?? fixture.before.get(path));
    const review = run(fixture, path, { level: 'review', transforms: [transform] });
    expect(review.faults).toEqual([]);
    expect(review.text).toBe(fixture.review?.get(path) ?? fixture.after.get(path) ?? fixture.before.get(path));
  }
}

function expectLaws(fixture: Fixture, transform: Transform): void {
  for (const path of dockerfilesOf(fixture)) {
    for (const transforms of [[transform], builtIn]) {
      const safe = run(fixture, path, { level: 'safe', transforms });
      expect(safe.faults).toEqual([]);
      expect(run(fixture, path, { level: 'safe', transforms, text: safe.text }).text).toBe(safe.text);
      const review = run(fixture, path, { level: 'review', transforms });
      expect(review.faults).toEqual([]);
      expect(run(fixture, path, { level: 'review', transforms, text: review.text }).text).toBe(review.text);
      const later = run(fixture, path, { level: 'review', transforms, text: safe.text });
      expect(run(fixture, path, { level: 'review', transforms, text: later.text }).text).toBe(later.text);
      expect(run(fixture, path, { level: 'safe', transforms, text: later.text }).text).toBe(later.text);
    }
  }
}

function expectVariant(fixture: Fixture, transform: Transform, vary: (text: string) => string | undefined): void {
  for (const path of dockerfilesOf(fixture)) {
    const before = vary(fixture.before.get(path) ?? '');
    const after = vary(fixture.after.get(path) ?? fixture.before.get(path) ?? '');
    if (before === undefined || after === undefined) continue;
    expect(run(fixture, path, { level: 'safe', transforms: [transform], text: before }).text).toBe(after);
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
  return [...transform.find(facts)].flatMap((found) =>
    found.kind === 'finding' && found.edits.length > 0 ? [`${found.at.startLine} ${found.message} ${JSON.stringify(found.edits)}`] : [],
  );
}
