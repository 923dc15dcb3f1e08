import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import builtIn from '../transforms/index.ts';
import { dockerfilesOf, fixturesIn, readTree, run, type Fixture } from '../src/testing/fixture.ts';

interface BookCase {
  readonly title: string;
  /** Transforms by which it is reached. */
  readonly needs: readonly string[];
}

/** The cases of every guide, written by hand before the code: reached where all transforms that they need are there. */
for (const fixture of fixturesIn(join(import.meta.dirname, '..', 'fixtures', 'book'))) {
  describe(fixture.name, () => {
    const { title, needs } = JSON.parse(readFileSync(join(fixture.folder, 'case.json'), 'utf8')) as BookCase;
    const reached = needs.every((id) => builtIn.some((transform) => transform.id === id));
    const first = readTree(join(fixture.folder, 'part1'));
    if (reached) test(title, () => expectCase(fixture, readTree(join(fixture.folder, 'safe')), readTree(join(fixture.folder, 'review'))));
    else test.todo(title);
    if (!reached && first.size > 0) test(`${title}, as far as the transforms that are there go`, () => expectCase(fixture, first, undefined));
  });
}

function expectCase(fixture: Fixture, safe: ReadonlyMap<string, string>, review: ReadonlyMap<string, string> | undefined): void {
  for (const path of dockerfilesOf(fixture)) {
    const result = run(fixture, path, { level: 'safe', transforms: builtIn });
    expect(result.faults).toEqual([]);
    expect(result.text).toBe(safe.get(path) ?? fixture.before.get(path));
    if (review) expect(run(fixture, path, { level: 'review', transforms: builtIn }).text).toBe(review.get(path) ?? fixture.before.get(path));
  }
}
