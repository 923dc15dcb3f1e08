import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import dropRoot from '../../transforms/drop-root.ts';
import { readFixture, runAll } from '../../src/testing/fixture.ts';
import { docker } from '../../src/verify/docker.ts';
import { removeAll } from '../../src/verify/engine.ts';
import { buildText, testEngine } from './engine.ts';

const root = join(import.meta.dirname, '..', '..', 'fixtures', 'drop-root');

/** Servers, and how a container of theirs is asked from within. */
const cases: { name: string; user: string; ask: string[] }[] = [
  { name: 'node', user: 'node', ask: ['node', '-e', "fetch('http://127.0.0.1:3000').then((r) => r.text()).then((text) => console.log(text))"] },
  {
    name: 'npm-behind-an-entry-point',
    user: 'node',
    ask: ['node', '-e', "fetch('http://127.0.0.1:3000').then((r) => r.text()).then((text) => console.log(text))"],
  },
  { name: 'python', user: 'app', ask: ['python', '-c', "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000').read().decode())"] },
  { name: 'alpine', user: 'app', ask: ['wget', '-qO-', 'http://127.0.0.1:8080'] },
];

const engine = await testEngine();

describe.skipIf(!engine)('another user than root', () => {
  afterAll(async () => {
    if (engine) await removeAll(engine);
  });

  test.each(cases)('runs $name, and it answers the same', { timeout: 600_000 }, async ({ name, user, ask }) => {
    if (!engine) return;
    const fixture = readFixture(join(root, name), name);
    const { files } = runAll(fixture, { level: 'review', transforms: [dropRoot] });
    const context = join(root, name, 'before');
    const before = await answerOf(await buildText(engine, fixture.before.get('Dockerfile') ?? '', context), ask);
    const after = await answerOf(await buildText(engine, files.get('Dockerfile') ?? '', context), ask);
    expect(before).toEqual({ user: 'root', answer: before.answer });
    expect(before.answer).not.toBe('');
    expect(after).toEqual({ user, answer: before.answer });
  });
});

/** What a server says, and who it is, in a container that has no network but its own. */
async function answerOf(tag: string, ask: readonly string[]): Promise<{ user: string; answer: string }> {
  const container = (await docker(['run', '--detach', '--network=none', tag])).stdout.trim();
  try {
    for (let tries = 0; tries < 60; tries++) {
      const { exitCode, stdout } = await docker(['exec', container, ...ask]);
      if (exitCode === 0) return { user: (await docker(['exec', container, 'id', '-un'])).stdout.trim(), answer: stdout.trim() };
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`no answer: ${(await docker(['logs', container])).stderr}`);
  } finally {
    await docker(['rm', '--force', container]);
  }
}
