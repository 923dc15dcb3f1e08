import { setTimeout as wait } from 'node:timers/promises';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { docker } from '../../src/verify/docker.ts';
import { removeAll, type Engine } from '../../src/verify/engine.ts';
import { readFixture, runAll } from '../../src/testing/fixture.ts';
import fixHealthcheckTool from '../../transforms/fix-healthcheck-tool.ts';
import { buildFolder, testEngine } from './engine.ts';

const root = join(import.meta.dirname, '..', '..', 'fixtures', 'fix-healthcheck-tool');

/** One of each program, and of each form. */
const cases = ['curl-on-alpine', 'curl-on-slim', 'curl-on-python', 'answer-is-read', 'answer-is-read-by-a-test', 'json-form', 'distroless-node'];

const engine = await testEngine();

describe.skipIf(!engine)('health checks', () => {
  afterAll(async () => {
    if (engine) await removeAll(engine);
  });

  test.each(cases)('%s is unhealthy before, healthy after', { timeout: 300_000 }, async (name) => {
    if (!engine) return;
    const fixture = readFixture(join(root, name), name);
    const { files } = runAll(fixture, { level: 'review', transforms: [fixHealthcheckTool] });
    expect(await healthOf(engine, name, fixture.before.get('Dockerfile') ?? '')).toBe('unhealthy');
    expect(await healthOf(engine, name, files.get('Dockerfile') ?? '')).toBe('healthy');
  });
});

/** What Docker says of a container behind its first checks. */
async function healthOf(tested: Engine, name: string, text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-health-'));
  let container = '';
  try {
    cpSync(join(root, name, 'before'), folder, { recursive: true });
    writeFileSync(join(folder, 'Dockerfile'), text);
    const { tag } = await buildFolder(tested, folder);
    const often = ['--health-interval=1s', '--health-timeout=20s', '--health-retries=4'];
    // The loopback is all that a check needs.
    const started = await docker(['run', '--detach', '--network=none', '--label', tested.label, ...often, tag]);
    expect(started).toMatchObject({ exitCode: 0 });
    container = started.stdout.trim();
    for (let i = 0; i < 60; i++) {
      const { stdout } = await docker(['inspect', '--format={{.State.Health.Status}}', container]);
      if (stdout.trim() !== 'starting') return stdout.trim();
      await wait(1000);
    }
    return 'starting';
  } finally {
    if (container !== '') await docker(['rm', '--force', container]);
    rmSync(folder, { recursive: true, force: true });
  }
}
