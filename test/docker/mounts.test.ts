import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { removeAll, type Engine } from '../../src/verify/engine.ts';
import { verify } from '../../src/verify/verify.ts';
import { buildFolder, emptyMounts, isCached, network, runWith, testEngine } from './engine.ts';

interface App {
  readonly name: string;
  /** What its builds say of each package that comes from elsewhere, or how many of them did. */
  readonly fetches: RegExp;
  /** How many of them there are in the lockfile, or in what the distribution installs, at least. */
  readonly packages: number;
  readonly source: { readonly path: string; readonly comment: '#' | '//' };
  /** The edit of the manifest where that is the Dockerfile itself: a text in it and the new one; else `mounts/<manager>/` holds the files. */
  readonly inDockerfile?: readonly [string, string];
  /** Classes of differences that the patch announces. */
  readonly announced: readonly string[];
  /** The stage that is compared, where it is not the last one. */
  readonly target?: string;
  /** The mounts of this manager, which the first build has to fill, and whose the files on them are. */
  readonly mounts: readonly string[];
  readonly owner: number;
  readonly inEachRun?: true;
}

/** All of them with MOUNTS=all; else those that take little time. Each one fetches in a RUN that every edit of the source starts anew. */
const apps: readonly App[] = [
  {
    name: 'apt',
    fetches: /Get:\d+ \S+ \S+ \w+ \S+ \w+ \S+ \[/g,
    packages: 8,
    source: { path: 'tides.bc', comment: '#' },
    inDockerfile: ['make patch', 'make patch time'],
    announced: ['apt-cache', 'apt-lists'],
    target: 'build',
    mounts: ['/var/cache/apt', '/var/lib/apt/lists'],
    owner: 0,
    inEachRun: true,
  },
  {
    name: 'npm',
    fetches: /npm http fetch GET 200 \S+\.tgz /g,
    packages: 6,
    source: { path: 'src/ferry.js', comment: '//' },
    announced: ['npm-cache'],
    mounts: ['/home/node/.npm'],
    owner: 1000,
    inEachRun: true,
  },
  {
    // Packages that have no wheels: pip keeps those that it built even where the index forbids to keep what comes from it.
    name: 'pip',
    fetches: / Downloading \S+\.(?:whl|tar\.gz)/g,
    packages: 6,
    source: { path: 'kiosk/app.py', comment: '#' },
    announced: [],
    mounts: ['/root/.cache/pip'],
    owner: 0,
    inEachRun: true,
  },
  {
    name: 'go',
    fetches: /go: downloading /g,
    packages: 7,
    source: { path: 'main.go', comment: '//' },
    announced: [],
    mounts: ['/go/pkg/mod', '/root/.cache/go-build'],
    owner: 0,
    inEachRun: true,
  },
  {
    name: 'pnpm',
    fetches: /(?<=downloaded )[1-9]\d*(?=, added \d+, done)/g,
    packages: 6,
    source: { path: 'index.js', comment: '//' },
    announced: ['npm-cache', 'pnpm-store'],
    mounts: ['/root/.local/share/pnpm/store'],
    owner: 0,
  },
  {
    name: 'uv',
    fetches: /(?<=Prepared )\d+(?= packages?)/g,
    packages: 6,
    source: { path: 'tide.py', comment: '#' },
    announced: ['uv-cache', 'uv-interpreters'],
    mounts: ['/root/.cache/uv'],
    owner: 0,
  },
  {
    name: 'cargo',
    fetches: /Downloaded \S+ v/g,
    packages: 4,
    source: { path: 'src/main.rs', comment: '//' },
    announced: [],
    mounts: ['/usr/local/cargo/registry'],
    owner: 0,
  },
  {
    name: 'maven',
    fetches: /Downloaded from \S+ \S+\.jar /g,
    packages: 20,
    source: { path: 'src/main/java/example/Sluice.java', comment: '//' },
    announced: [],
    mounts: ['/root/.m2/repository'],
    owner: 0,
  },
];

const root = join(import.meta.dirname, '..', '..', 'fixtures', 'mount-caches');
const everything = process.env['MOUNTS'] === 'all';
const made: string[] = [];
const engine = await testEngine();

describe.skipIf(!engine)('a cache mount, really built', () => {
  afterAll(async () => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
    if (engine) await removeAll(engine);
  });

  const chosen = apps.filter(({ inEachRun }) => inEachRun ?? everything);
  // Two at a time, as most of a build is waiting.
  test.concurrent.each(chosen)('$name', { timeout: 600_000 }, async ({ name, fetches, packages, source, inDockerfile, announced, target, mounts, owner }) => {
    if (!engine) return;
    const context = folderOf(join(root, `app-${name}`, 'before'));
    const patched = folderOf(join(root, `app-${name}`, 'after'));
    const files = { before: join(context, 'Dockerfile'), after: join(patched, 'Dockerfile') };
    const inNamespace = emptyMounts();

    /** How many packages the patched text fetches behind a COPY that is new, after which both images are compared: those of the last state, where the mounts hold most, or of each one. */
    async function fetched(state: string): Promise<number> {
      if (!engine) return 0;
      const stage = target === undefined ? [] : ['--target', target];
      const { log: built } = await buildFolder(engine, context, [...inNamespace, '--file', files.after, ...stage]);
      expect({ state, copied: isCached(built, 'COPY ') }).toEqual({ state, copied: false });
      const sum = [...built.matchAll(fetches)].reduce((all, [said]) => all + (/^\d+$/.test(said) ? Number(said) : 1), 0);
      if (!everything && state !== 'manifest edited') return sum;
      const {
        because,
        log,
        differences,
        announced: found,
      } = await verify(
        {
          before: { dockerfile: readFileSync(files.before, 'utf8'), ignoreFile: undefined },
          after: { dockerfile: readFileSync(files.after, 'utf8'), ignoreFile: undefined },
          path: files.before,
          context,
          target,
          more: [...network, ...inNamespace],
        },
        engine,
        () => undefined,
      );
      const classes = found.map(({ id }) => id).filter((id) => !['backups', 'bytecode'].includes(id));
      expect({ state, because, log, differences, classes: classes.toSorted() }).toEqual({ state, differences: [], classes: announced });
      return sum;
    }

    // The namespace has no part in what makes a step another one: the copied source does that.
    const touch = (): void => appendFileSync(join(context, source.path), `${source.comment} ${randomUUID()}\n`);
    touch();
    const all = await fetched('cold');
    expect(all).toBeGreaterThanOrEqual(packages);

    const flags = [...new Set(readFileSync(files.after, 'utf8').match(/--mount=type=cache\S*/g))].join(' ');
    // A folder whose files have one owner holds some.
    for (const folder of mounts) expect({ folder, owners: await ownersIn(engine, folder, flags, inNamespace) }).toEqual({ folder, owners: [owner] });

    touch();
    expect(await fetched('source edited')).toBe(0);

    if (inDockerfile) for (const file of Object.values(files)) writeFileSync(file, readFileSync(file, 'utf8').replace(...inDockerfile));
    else cpSync(join(import.meta.dirname, 'mounts', name), context, { recursive: true });
    touch();
    const some = await fetched('manifest edited');
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all / 3);

    const folders = [...flags.matchAll(/target=([^, ]+)/g)].map(([, folder]) => folder);
    await runWith(engine, flags, `find ${folders.join(' ')} -mindepth 1 -delete`, inNamespace);
  });
});

/** User ids of the files that lie in a folder, as a RUN with these mounts sees them. */
async function ownersIn(used: Engine, folder: string, flags: string, more: readonly string[]): Promise<number[]> {
  const log = await runWith(used, flags, `find ${folder} -type f -printf 'owner %U\\n' | sort -u`, more);
  return [...log.matchAll(/^#\d+ [\d.]+ owner (\d+)$/gm)].map(([, user]) => Number(user));
}

/** A folder of its own with a tree in it. */
function folderOf(tree: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-mounts-'));
  made.push(folder);
  cpSync(tree, folder, { recursive: true });
  return folder;
}
