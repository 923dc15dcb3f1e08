import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import builtIn from '../transforms/index.ts';
import { fixturesIn, readTree, runAll, type Fixture, type Options } from '../src/testing/fixture.ts';

interface BookCase {
  readonly title: string;
  /** Transforms by which it is reached: at `safe`, and what `review` needs more. */
  readonly needs: { readonly safe: readonly string[]; readonly review: readonly string[] };
  /** Transforms that run only where they are asked for, as they are here. */
  readonly asked?: readonly string[];
  /** Transforms that tell something and change nothing. */
  readonly told?: readonly string[];
  /** More of them, by the folder of the Dockerfile. */
  readonly toldIn?: Readonly<Record<string, readonly string[]>>;
}

/** The cases of every guide, written by hand before the code: reached where all transforms that they need are there. */
for (const fixture of fixturesIn(join(import.meta.dirname, '..', 'fixtures', 'book'))) {
  describe(fixture.name, () => {
    const { title, needs, asked = [], told = [], toldIn = {} } = JSON.parse(readFileSync(join(fixture.folder, 'case.json'), 'utf8')) as BookCase;
    const toldOf = (folder: string): readonly string[] => [...told, ...(toldIn[folder] ?? [])];
    for (const [level, ids] of [['safe', needs.safe] as const, ['review', [...needs.safe, ...needs.review]] as const]) {
      const reached = ids.every((id) => builtIn.some((transform) => transform.id === id));
      const transforms = builtIn.filter((transform) => transform.default !== 'off' || asked.includes(transform.id));
      if (reached) test(`${title}, at ${level}`, () => expectCase(fixture, { level, transforms }, readTree(join(fixture.folder, level)), toldOf));
      else test.todo(`${title}, at ${level}`);
    }
  });
}

/** Without a Dockerfile at its root it is a repository whose folders are each built on their own. */
function expectCase(fixture: Fixture, options: Options, changed: ReadonlyMap<string, string>, toldOf: (folder: string) => readonly string[]): void {
  const folders = new Set([...fixture.before.keys()].map((path) => (fixture.before.has('Dockerfile') ? '' : `${path.split('/')[0] ?? ''}/`)));
  for (const folder of folders) {
    const before = below(fixture.before, folder);
    const { results, files } = runAll({ ...fixture, before, inCheckout: folder !== '' }, options);
    expect(results.size).toBeGreaterThan(0);
    for (const { faults, judgement } of results.values()) {
      expect(faults).toEqual([]);
      expect([...new Set(judgement.filter(({ level }) => level === 'advice').map(({ id }) => id))].toSorted()).toEqual(toldOf(folder.slice(0, -1)).toSorted());
    }
    expect(files).toEqual(new Map([...before, ...below(changed, folder)]));
  }
}

function below(files: ReadonlyMap<string, string>, folder: string): Map<string, string> {
  return new Map([...files].flatMap(([path, text]): [string, string][] => (path.startsWith(folder) ? [[path.slice(folder.length), text]] : [])));
}
