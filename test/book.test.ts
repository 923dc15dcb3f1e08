import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import builtIn from '../transforms/index.ts';
import { fixturesIn, readTree, runAll, type Fixture } from '../src/testing/fixture.ts';

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
    const far = readTree(join(fixture.folder, 'reached'));
    if (reached) {
      test(title, () => expectCase(fixture, 'safe', readTree(join(fixture.folder, 'safe'))));
      test(`${title}, at review`, () => expectCase(fixture, 'review', readTree(join(fixture.folder, 'review'))));
    } else test.todo(title);
    if (!reached && far.size > 0) test(`${title}, as far as the transforms that are there go`, () => expectCase(fixture, 'safe', far));
  });
}

function expectCase(fixture: Fixture, level: 'safe' | 'review', changed: ReadonlyMap<string, string>): void {
  const { results, files } = runAll(fixture, { level, transforms: builtIn });
  for (const { faults } of results.values()) expect(faults).toEqual([]);
  expect(files).toEqual(new Map([...fixture.before, ...changed]));
}
