import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker } from '../../src/verify/docker.ts';
import { removeAll, type Engine } from '../../src/verify/engine.ts';
import { dockopt, folder } from '../cli/built.ts';
import { buildFolder, network, standIn, testEngine } from './engine.ts';

/** Debian's package of this name brings it: https://packages.debian.org/docker-registry */
const program = 'docker-registry';
const hasRegistry = spawnSync(program, ['--version']).status === 0;
if (!hasRegistry) console.log(`skipped: there is no \`${program}\` here; Debian has a package of that name`);

const engine = hasRegistry ? await testEngine() : undefined;
const only = ['--only', 'pin-base', '--level', 'review'];

interface Served {
  readonly host: string;
  stop(): Promise<void>;
}

/** A registry on localhost, which Docker talks to without TLS. */
async function serve(): Promise<Served> {
  const port = await freePort();
  const place = mkdtempSync(join(tmpdir(), 'dockopt-registry-'));
  const settings = join(place, 'config.yml');
  writeFileSync(settings, `version: 0.1\nstorage: { filesystem: { rootdirectory: '${place}' } }\nhttp: { addr: '127.0.0.1:${port}' }\n`);
  const child: ChildProcess = spawn(program, ['serve', settings], { stdio: 'ignore' });
  const host = `localhost:${port}`;
  for (let i = 0; i < 100 && !(await answers(host)); i++) await wait(100);
  return {
    host,
    async stop() {
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
      rmSync(place, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

async function answers(host: string): Promise<boolean> {
  return fetch(`http://${host}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function done(...args: string[]): Promise<string> {
  const ran = await docker(args);
  if (ran.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${ran.stderr.slice(-2000)}`);
  return ran.stdout;
}

/** What a build of a folder has of the word in its base. */
async function wordIn(tested: Engine, cwd: string): Promise<string> {
  const { tag } = await buildFolder(tested, cwd, ['--pull']);
  return (await done('run', '--rm', ...network, tag, 'cat', '/word')).trim();
}

describe.skipIf(!engine)('digests of a registry', () => {
  let registry: Served;
  const tags: string[] = [];

  /** Gives an image with a word in it a tag of the registry. */
  const push = async (name: string, word: string): Promise<string> => {
    const tag = `${registry.host}/${name}`;
    await done('tag', await standIn('debian:bookworm-slim', `RUN echo ${word} > /word`), tag);
    tags.push(tag);
    await done('push', '--quiet', tag);
    return tag;
  };

  beforeAll(async () => {
    registry = await serve();
  }, 60_000);
  afterAll(async () => {
    // What was under a tag that moved has its digest alone.
    const listed = await done('image', 'ls', '--digests', '--filter', `reference=${registry.host}/*`, '--format', '{{.Repository}}@{{.Digest}}');
    const digests = listed.split('\n').filter((one) => one.includes('@sha256:'));
    if (tags.length > 0) await docker(['image', 'rm', '--force', ...tags, ...digests]);
    if (engine) await removeAll(engine);
    await registry.stop();
  });

  test('what is pinned stays when its tag moves', { timeout: 300_000 }, async () => {
    if (!engine) return;
    const [one, two] = [await push('base:1', 'first'), await push('base:2', 'second')];
    const cwd = folder({
      Dockerfile: `FROM ${two} AS words\n\nFROM ${one}\nCOPY --from=${two} /word /second\nRUN --mount=from=${two},target=/mnt cat /mnt/word\n`,
    });
    expect(dockopt(cwd, ...only, '--write')).toMatchObject({ code: 0, said: '' });
    const text = readFileSync(join(cwd, 'Dockerfile'), 'utf8');
    expect(text.match(/@sha256:[0-9a-f]{64}\b/g)).toHaveLength(4);
    expect(await wordIn(engine, cwd)).toBe('first');
    await push('base:1', 'third');
    expect(await wordIn(engine, cwd)).toBe('first');
    const told = dockopt(cwd, ...only, '--why', '--format', 'json');
    expect(told.out).toContain(`${one} is another image now than the one that is pinned`);
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(text);
    const moving = folder({ Dockerfile: `FROM ${one}\n` });
    expect(await wordIn(engine, moving)).toBe('third');
  });

  test('the digest is that of the index', { timeout: 300_000 }, async () => {
    if (!engine) return;
    const one = await push('single:1', 'single');
    const several = `${registry.host}/several:1`;
    await done('buildx', 'imagetools', 'create', '--tag', several, one);
    const raw = await fetch(`http://${registry.host}/v2/several/manifests/1`, {
      headers: { accept: 'application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.index.v1+json' },
    });
    const digest = raw.headers.get('docker-content-digest') ?? '';
    const cwd = folder({ Dockerfile: `ARG BASE=${several}\nFROM \${BASE}\n` });
    expect(dockopt(cwd, ...only, '--write')).toMatchObject({ code: 0, said: '' });
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(`ARG BASE=${several}@${digest}\nFROM \${BASE}\n`);
    expect(await wordIn(engine, cwd)).toBe('single');
    const { manifests } = (await raw.json()) as { readonly manifests: readonly { readonly digest: string }[] };
    const alone = folder({ Dockerfile: `FROM ${several}@${manifests[0]?.digest}\n` });
    expect(dockopt(alone, ...only, '--format', 'json').out).toContain('is pinned to its image for linux/');
  });

  test('without an answer nothing is pinned, and that is told', () => {
    const gone = `${registry.host}/base:none`;
    const missing = folder({ Dockerfile: `FROM ${gone}\n` });
    expect(dockopt(missing, ...only, '--why', '--format', 'json')).toMatchObject({
      code: 0,
      said: '',
      out: expect.stringContaining('the registry has no such image'),
    });
    const nobody = folder({ Dockerfile: 'FROM localhost:1/base:1\n' });
    expect(dockopt(nobody, ...only)).toMatchObject({ code: 0, out: '', said: expect.stringContaining('localhost:1 could not be asked for digests') });
  });
});
