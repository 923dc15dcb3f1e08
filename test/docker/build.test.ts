import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import builtIn from '../../transforms/index.ts';
import { readFixture, run } from '../../src/testing/fixture.ts';
import { build, buildChecks, differences, dockerfileIn, engineThere, inspect, standIn } from './engine.ts';

const root = join(import.meta.dirname, '..', '..', 'fixtures');

/** Really built, before and after: the book cases that are reached, and a fixture of each transform. `most`: after/before of the size. */
const cases = [
  { name: 'book/03-python-on-ubuntu', most: 0.95 },
  { name: 'book/06-apk-in-six-runs', most: 0.99 },
  { name: 'book/07-apt-in-four-runs', most: 0.9 },
  { name: 'book/11-copies-into-one-folder', most: 1 },
  { name: 'chain-runs/comments-go-along', most: 1 },
  { name: 'clean-package-caches/apt-lists', most: 0.9 },
  { name: 'merge-copies/one-folder', most: 1 },
];

const there = engineThere();
if (!there) console.log('test/docker was skipped: no Docker engine answers');

describe.skipIf(!there)('real builds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-build-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(cases)('$name is the same image, only smaller', { timeout: 600_000 }, ({ name, most }) => {
    const fixture = readFixture(join(root, name), name);
    const result = run(fixture, 'Dockerfile', { level: 'safe', transforms: builtIn });
    const [before, after] = ['before', 'after'].map((which) => {
      const copy = join(folder, name, which);
      cpSync(join(root, name, 'before'), copy, { recursive: true });
      if (which === 'after') writeFileSync(dockerfileIn(copy), result.text);
      withStandIns(copy, join(root, name, 'case.json'));
      return copy;
    }) as [string, string];
    expect(result.text).not.toBe(fixture.before.get('Dockerfile'));
    expect(buildChecks(after)).toEqual(buildChecks(before));
    const tag = `dockopt-test-${name.replace('/', '-')}`;
    const [old, fresh] = [build(before, `${tag}:before`), build(after, `${tag}:after`)];
    const differing = differences(old, fresh);
    expect(differing).toEqual([]);
    const ratio = inspect(fresh).Size / inspect(old).Size;
    console.log(`${name}: ${inspect(old).RootFS.Layers.length} layers then ${inspect(fresh).RootFS.Layers.length}, size ratio ${ratio.toFixed(3)}`);
    expect(ratio).toBeLessThanOrEqual(most);
  });
});

function withStandIns(folder: string, casePath: string): void {
  if (!existsSync(casePath)) return;
  const { standIn: needed = {} } = JSON.parse(readFileSync(casePath, 'utf8')) as { standIn?: Record<string, string> };
  for (const [base, lines] of Object.entries(needed)) {
    const path = dockerfileIn(folder);
    writeFileSync(path, readFileSync(path, 'utf8').replace(`FROM ${base}\n`, `FROM ${standIn(base, lines)}\n`));
  }
}
