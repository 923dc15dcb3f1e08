import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { docker } from '../../src/verify/docker.ts';
import { removeAll, type Texts } from '../../src/verify/engine.ts';
import { verify } from '../../src/verify/verify.ts';
import { buildFolder, network, testEngine } from './engine.ts';

const root = join(import.meta.dirname, '..', '..', 'fixtures', 'link-copies');

const engine = await testEngine();
/** The containerd image store links for real, the classic one takes `--link` for a plain COPY. `.ci/run` starts an engine on each. */
const links = engine !== undefined && (await docker(['info', '--format', '{{.DriverStatus}}'])).stdout.includes('io.containerd.snapshotter');

const texts = (dockerfile: string): Texts => ({ dockerfile, ignoreFile: undefined });

describe.skipIf(!engine)(`linked copies ${links ? 'on the containerd image store' : 'on the classic image store'}`, () => {
  afterAll(async () => {
    if (engine) await removeAll(engine);
  });

  test.concurrent.each(['artefacts-of-a-build', 'folder-came-with-a-copy', 'link-made-by-a-run', 'made-by-a-run'])(
    '%s is the same image',
    { timeout: 300_000 },
    async (name) => {
      if (!engine) return;
      const context = join(root, name, 'before');
      const [before = '', after = ''] = ['before', 'review'].map((kind) => readFileSync(join(root, name, kind, 'Dockerfile'), 'utf8'));
      expect(after).toContain('COPY --link');
      const question = { before: texts(before), after: texts(after), announced: [], path: join(context, 'Dockerfile'), context, more: network };
      const { because, log, differences, varying } = await verify(question, engine, () => undefined);
      expect({ because, log, differences, varying }).toEqual({ because: undefined, log: undefined, differences: [], varying: [] });
    },
  );

  test(
    'a link of the image on the way to the destination is replaced where links are made, so that dockopt leaves it alone',
    { timeout: 300_000 },
    async () => {
      if (!engine) return;
      const folder = mkdtempSync(join(tmpdir(), 'dockopt-links-'));
      try {
        writeFileSync(join(folder, 'notes.txt'), 'notes\n');
        writeFileSync(join(folder, 'Dockerfile'), 'FROM debian:bookworm-slim\nCOPY --link notes.txt /bin/\n');
        const { tag } = await buildFolder(engine, folder);
        const { exitCode } = await docker(['run', '--rm', '--network=host', tag, '/bin/cat', '/bin/notes.txt']);
        expect(exitCode === 0).toBe(!links);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
