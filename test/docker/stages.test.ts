import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import builtIn from '../../transforms/index.ts';
import { readFixture, runAll } from '../../src/testing/fixture.ts';
import { removeAll, type Engine } from '../../src/verify/engine.ts';
import { answerOf, type Question } from './answers.ts';
import { buildFolder, sizeOf, standInsOf, testEngine } from './engine.ts';

interface App {
  readonly name: string;
  /** Where it serves, what it is asked; else what it says is compared. */
  readonly ask?: Question;
  /** After/before of the size at most. */
  readonly most: number;
  readonly inEachRun?: boolean;
}

/** Applications with what they depend on, each in one stage. All of them with STAGES=all; else one of each language. */
const apps: readonly App[] = [
  { name: 'app-express', ask: { port: 3000, path: '/berths/14' }, most: 0.4 },
  { name: 'app-esbuild', ask: { port: 8080, path: '/?after=1d' }, most: 0.4, inEachRun: true },
  { name: 'app-flask', ask: { port: 8000, path: '/' }, most: 0.7 },
  { name: 'app-starlette', ask: { port: 8080, path: '/items/note' }, most: 0.7, inEachRun: true },
  { name: 'app-chi', ask: { port: 8080, path: '/tides/14' }, most: 0.3 },
  { name: 'app-cobra', most: 0.3, inEachRun: true },
  { name: 'app-tiny-http', ask: { port: 8000, path: '/180' }, most: 0.3 },
  { name: 'app-pico-args', most: 0.3, inEachRun: true },
  { name: 'app-shade', ask: { port: 8080, path: '/gates' }, most: 0.8, inEachRun: true },
  { name: 'app-assembly', most: 0.8 },
];

const root = join(import.meta.dirname, '..', '..', 'fixtures', 'introduce-stages');
const byItself = builtIn.filter((transform) => transform.default !== 'off');
const made: string[] = [];
const engine = await testEngine();

describe.skipIf(!engine)('an application in stages, really built', () => {
  afterAll(async () => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
    if (engine) await removeAll(engine);
  });

  const chosen = apps.filter(({ inEachRun }) => inEachRun ?? process.env['STAGES'] === 'all');
  // Two at a time, as most of a build is waiting.
  test.concurrent.each(chosen)('$name', { timeout: 600_000 }, async ({ name, ask, most }) => {
    if (!engine) return;
    const fixture = readFixture(join(root, name), name);
    const { files, results } = runAll(fixture, { level: 'review', transforms: byItself });
    expect([...results.values()].flatMap(({ changes }) => changes.map(({ id }) => id))).toContain('introduce-stages');
    const bases = await standInsOf(join(root, name));
    const before = await buildTree(engine, fixture.before, bases);
    const after = await buildTree(engine, files, bases);
    const was = await answerOf(before, ask);
    const is = await answerOf(after, ask);
    expect(was.answer).not.toBe('');
    expect(is.answer).toBe(was.answer);
    if (is.user !== was.user) expect({ before: was.user, isRoot: is.user === '0' }).toEqual({ before: '0', isRoot: false });
    const ratio = (await sizeOf(after)) / (await sizeOf(before));
    console.log(`${name}: size ratio ${ratio.toFixed(3)}, user ${was.user} then ${is.user}, ${JSON.stringify(was.answer.slice(0, 60))}`);
    expect(ratio).toBeLessThanOrEqual(most);
  });
});

/** The tag of what a folder with these files builds. */
async function buildTree(used: Engine, tree: ReadonlyMap<string, string>, bases: (text: string) => string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-stages-'));
  made.push(folder);
  for (const [path, text] of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path === 'Dockerfile' ? bases(text) : text);
  }
  return (await buildFolder(used, folder)).tag;
}
