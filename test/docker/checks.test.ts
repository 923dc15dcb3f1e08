import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import builtIn from '../../transforms/index.ts';
import { dockerfilesOf, fixturesIn, runAll } from '../../src/testing/fixture.ts';
import { atMost } from './at-most.ts';
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
    let checked = 0;
    const added: unknown[] = [];
    await atMost(4, results, async ({ name, context, before, after }) => {
      if (!(await hasBases(before))) return;
      const fresh = await buildChecks(after, context);
      // Nothing can be more than nothing.
      const more = fresh.length > 0 ? without(fresh, await buildChecks(before, context)) : [];
      if (more.length > 0) added.push({ name, more, after });
      checked++;
    });
    console.log(`${checked} of ${results.length} results checked, the others are built from bases that are not here`);
    expect(added).toEqual([]);
    expect(checked).toBeGreaterThan(results.length / 2);
  });

  test('finds less where a transform mends what it finds', { timeout: 240_000 }, async () => {
    const left: unknown[] = [];
    const mended = new Set<string>();
    await atMost(4, mendings, async ({ id, name, context, before, after }) => {
      if (!(await hasBases(before))) return;
      const named = (found: readonly string[]): number => found.filter((one) => one.toLowerCase() === id.replaceAll('-', '')).length;
      const [old, fresh] = [named(await buildChecks(before, context)), named(await buildChecks(after, context))];
      if (fresh < old) mended.add(id);
      else left.push({ name, old, fresh, after });
    });
    expect(left).toEqual([]);
    expect([...mended].toSorted()).toEqual(mends.map(({ id }) => id).toSorted());
  });

  test('finds what is wrong', async () => {
    expect(await buildChecks('FROM scratch\nCMD echo a\nMAINTAINER me\nCMD ["b"]\n', root)).toEqual([
      'JSONArgsRecommended',
      'MaintainerDeprecated',
      'MultipleInstructionsDisallowed',
    ]);
    expect(await buildChecks('FROM scratch\nCOPY a\n', root)).toHaveLength(1);
  });
});
