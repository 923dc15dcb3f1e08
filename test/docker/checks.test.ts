import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import builtIn from '../../transforms/index.ts';
import { dockerfilesOf, fixturesIn, runAll } from '../../src/testing/fixture.ts';
import { buildChecks, hasBases, testEngine, without } from './engine.ts';

const root = join(import.meta.dirname, '..', '..', 'fixtures');
const fixtures = readdirSync(root)
  .toSorted()
  .flatMap((transform) => fixturesIn(join(root, transform)).map((fixture) => ({ ...fixture, name: `${transform}/${fixture.name}` })));

/** Transforms that are named as one of the checks. */
const mends = builtIn.filter(({ references = [] }) => references.some((one) => one.includes('/build-checks/')));

/** What each of these makes of its own fixtures. */
const mendings = mends.flatMap((transform) =>
  fixturesIn(join(root, transform.id))
    .filter((fixture) => fixture.after.has('Dockerfile') || fixture.review?.has('Dockerfile'))
    .map((fixture) => {
      const { files } = runAll(fixture, { level: 'review', transforms: [transform] });
      const [before, after] = [fixture.before.get('Dockerfile') ?? '', files.get('Dockerfile') ?? ''];
      return { id: transform.id, name: fixture.name, context: join(fixture.folder, 'before'), before, after };
    }),
);

/** Every text that any fixture becomes, at either level. */
const results = fixtures.flatMap((fixture) => {
  const become = (['safe', 'review'] as const).map((level) => runAll(fixture, { level, transforms: builtIn }).files);
  return dockerfilesOf(fixture).flatMap((path) => {
    const before = fixture.before.get(path) ?? '';
    const texts = become.map((files) => files.get(path) ?? '');
    return [...new Set(texts)]
      .filter((text) => text !== before)
      .map((after) => ({ name: `${fixture.name} ${path}`, context: join(fixture.folder, 'before'), before, after }));
  });
});

const engine = await testEngine();

describe.skipIf(!engine)('docker build --check', () => {
  test('has nothing to say of a result that it did not say of the original', { timeout: 240_000 }, async () => {
    const checked = await whereBases(results);
    const fresh = await buildChecks(checked.map(({ after, context }) => ({ text: after, context })));
    // Nothing can be more than nothing.
    const found = checked.flatMap((result, index) => (fresh[index]?.length ? [{ ...result, fresh: fresh[index] }] : []));
    const old = await buildChecks(found.map(({ before, context }) => ({ text: before, context })));
    const added = found.flatMap(({ name, after, fresh: all }, index) => {
      const more = without(all, old[index] ?? []);
      return more.length > 0 ? [{ name, more, after }] : [];
    });
    console.log(`${checked.length} of ${results.length} results checked, the others are built from bases that are not here`);
    expect(added).toEqual([]);
    expect(checked.length).toBeGreaterThan(results.length / 2);
  });

  test('finds less where a transform mends what it finds', { timeout: 240_000 }, async () => {
    const checked = await whereBases(mendings);
    const old = await buildChecks(checked.map(({ before, context }) => ({ text: before, context })));
    const fresh = await buildChecks(checked.map(({ after, context }) => ({ text: after, context })));
    const counts = checked.map(({ id, name, after }, index) => ({ id, name, after, old: named(id, old[index]), fresh: named(id, fresh[index]) }));
    expect(counts.filter((one) => one.fresh >= one.old)).toEqual([]);
    expect([...new Set(counts.map(({ id }) => id))].toSorted()).toEqual(mends.map(({ id }) => id).toSorted());
  });

  test('finds what is wrong', async () => {
    const texts = ['FROM scratch\nCMD echo a\nMAINTAINER me\nCMD ["b"]\n', 'FROM scratch\nCOPY a\n', 'FROM scratch\n'];
    const found = await buildChecks(texts.map((text) => ({ text, context: root })));
    expect(found[0]).toEqual(['JSONArgsRecommended', 'MaintainerDeprecated', 'MultipleInstructionsDisallowed']);
    expect(found[1]).toEqual([expect.stringMatching(/^ERROR: .* COPY requires at least two arguments/)]);
    expect(found[2]).toEqual([]);
  });
});

/** Those whose bases, before and after, the engine has. */
async function whereBases<Result extends { readonly before: string; readonly after: string }>(all: readonly Result[]): Promise<Result[]> {
  const there = await Promise.all(all.map(async ({ before, after }) => (await hasBases(before)) && (await hasBases(after))));
  return all.filter((_result, index) => there[index]);
}

/** How many of the findings are the one that a transform is named as. */
function named(id: string, found: readonly string[] = []): number {
  return found.filter((one) => one.toLowerCase() === id.replaceAll('-', '')).length;
}
