import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import builtIn from '../../transforms/index.ts';
import { removeAll, type Texts } from '../../src/verify/engine.ts';
import { hiddenFiles } from '../../src/verify/hidden.ts';
import type { DifferenceClass } from '../../src/verify/classes.ts';
import { verify } from '../../src/verify/verify.ts';
import { readFixture, runAll } from '../../src/testing/fixture.ts';
import { network, standInsOf, testEngine } from './engine.ts';

const root = join(import.meta.dirname, '..', '..', 'fixtures');

/** Packages that are not in the image any more, with what tells of them; what the program and its build left is elsewhere. */
const packagesGone: DifferenceClass = {
  id: 'packages-gone',
  title: 'packages that only the build needed',
  because: 'the RUN that built took them out again',
  files: /^\/(usr\/(bin|include|lib|lib64|libexec|sbin|share)|etc|lib64|var\/(lib|log))(\/|$)/,
  where: (path, before, after) => before.files.has(path) && (!after.files.has(path) || /^\/var\/(lib\/(dpkg|apt)|log)\/|^\/etc\/ld\.so\.cache$/.test(path)),
};

/** The run-time base, and what only the build had. */
const onlyWhatRuns: DifferenceClass = {
  id: 'only-what-runs',
  title: 'what is not there when the program runs',
  because: 'what runs is shipped on another base, and the rest of the build stays in its stage',
  files: /^\//,
  where: () => true,
};

/** Really built, before and after: the book cases that are reached, and fixtures of each transform. `level`: `safe` where it is not said. `most`: after/before of the size. `smoke`: a command that says the same in both; `gone`: what the image has no more; `configured`: what it is configured to in another way. */
const cases: { name: string; level?: 'safe' | 'review'; most: number; smoke?: string; gone?: DifferenceClass; configured?: string[] }[] = [
  { name: 'book/03-python-on-ubuntu', most: 0.95 },
  { name: 'book/06-apk-in-six-runs', most: 0.99 },
  { name: 'book/07-apt-in-four-runs', most: 0.9 },
  { name: 'book/08-compilers-left-behind', level: 'review', most: 0.4, gone: packagesGone, smoke: 'printf "b\\na\\nb\\n" | tally' },
  { name: 'book/11-copies-into-one-folder', most: 1 },
  { name: 'chain-runs/apk-is-united', most: 1 },
  { name: 'chain-runs/cd-in-the-last', most: 1 },
  { name: 'chain-runs/comments-go-along', most: 1 },
  { name: 'chain-runs/set-x-is-harmless', most: 1 },
  { name: 'chain-runs/update-with-its-install', most: 0.9 },
  { name: 'clean-package-caches/apk-index', most: 0.99 },
  { name: 'clean-package-caches/apt-lists', most: 0.9 },
  { name: 'clean-package-caches/option-in-place-of-update', most: 0.99 },
  { name: 'chown-while-copying/user-of-its-own', most: 1 },
  { name: 'chown-while-copying/folder-made-by-the-copy', most: 1 },
  { name: 'mount-caches/apt-in-a-build-stage', most: 1 },
  { name: 'mount-caches/go-in-every-run', most: 1 },
  { name: 'add-to-copy/files-and-folders', most: 1 },
  { name: 'legacy-key-value-format/over-several-lines', most: 1 },
  { name: 'legacy-key-value-format/values', most: 1 },
  { name: 'multiple-instructions-disallowed/three-commands', most: 1 },
  { name: 'no-empty-continuation/between-commands', most: 1 },
  { name: 'redundant-target-platform/two-stages', most: 1 },
  { name: 'stage-name-casing/references', most: 1 },
  { name: 'introduce-stages/node-typescript', level: 'review', most: 0.4, gone: onlyWhatRuns, smoke: 'node dist/server.js', configured: ['User "node"'] },
  {
    name: 'introduce-stages/static-site-served',
    level: 'review',
    most: 0.4,
    gone: onlyWhatRuns,
    smoke: `serve -s dist -l 8097 >/dev/null 2>&1 & sleep 3; node -e "fetch('http://127.0.0.1:8097/').then((one) => one.text()).then(console.log)"`,
  },
  { name: 'introduce-stages/node-as-its-user', level: 'review', most: 0.4, gone: onlyWhatRuns, smoke: 'node dist/server.js' },
  {
    name: 'introduce-stages/python-serves',
    level: 'review',
    most: 0.5,
    gone: onlyWhatRuns,
    configured: ['Env PATH "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'],
    smoke:
      'gunicorn --bind 127.0.0.1:8099 --daemon app:app && sleep 2 && python -c "import urllib.request as r; print(r.urlopen(\'http://127.0.0.1:8099/\').read())"',
  },
  { name: 'production-dependencies/npm-ci', level: 'review', most: 0.4, gone: onlyWhatRuns, smoke: 'node server.js', configured: ['User "node"'] },
  { name: 'virtual-build-dependencies/apt-neighbours', level: 'review', most: 0.6, gone: packagesGone, smoke: 'version' },
  { name: 'workdir-relative-path/first-stage', most: 1 },
  // npm's log of the install is a few bytes longer or shorter each time.
  { name: 'merge-copies/manifests', most: 1.001 },
  { name: 'merge-copies/one-folder', most: 1 },
  { name: 'merge-copies/wrapped', most: 1 },
  { name: 'order-by-change/one-name-set-again', level: 'review', most: 1 },
  { name: 'order-by-change/revision-above-installs', level: 'review', most: 1 },
  { name: 'order-by-change/source-above-packages', level: 'review', most: 1 },
];

/** One of each transform; all, with the book cases, where `BUILT=all` asks for them. */
const chosen = process.env['BUILT'] === 'all' ? cases : firstOfEach(cases.filter(({ name }) => !name.startsWith('book/')));

function firstOfEach<Case extends { readonly name: string }>(all: readonly Case[]): Case[] {
  const folders = new Set<string>();
  return all.filter(({ name }) => {
    const folder = name.slice(0, name.indexOf('/'));
    return !folders.has(folder) && folders.add(folder);
  });
}

/** What runs where nobody asks for more. */
const byItself = builtIn.filter((transform) => transform.default !== 'off');

const engine = await testEngine();

describe.skipIf(!engine)('real builds', () => {
  afterAll(async () => {
    if (engine) await removeAll(engine);
  });

  // Two at a time, as most of a build is waiting.
  test.concurrent.each(chosen)(
    '$name is the same image, only smaller',
    { timeout: 600_000 },
    async ({ name, level = 'safe', most, smoke, gone, configured = [] }) => {
      if (!engine) return;
      const fixture = readFixture(join(root, name), name);
      const { files } = runAll(fixture, { level, transforms: byItself });
      const textsOf = (tree: ReadonlyMap<string, string>): Texts => ({
        dockerfile: bases(tree.get('Dockerfile') ?? ''),
        ignoreFile: tree.get('.dockerignore'),
      });
      expect(files).not.toEqual(fixture.before);
      const context = join(root, name, 'before');
      const bases = await standInsOf(join(root, name));
      const [before, after] = [textsOf(fixture.before), textsOf(files)];
      const hidden =
        after.ignoreFile === undefined ? [] : [hiddenFiles(after.dockerfile, 'Dockerfile', { context, before: before.ignoreFile, after: after.ignoreFile })];
      const announced = [...hidden, ...(gone ? [gone] : [])];
      const question = { before, after, announced, smoke, path: join(context, 'Dockerfile'), context, more: network };
      const { because, log, differences, varying, sizes } = await verify(question, engine, () => undefined);
      const found = differences.map((one) => (one.part === 'configuration' ? `${one.name} ${one.after ?? ''}` : one));
      expect({ because, log, found }).toEqual({ because: undefined, log: undefined, found: configured });
      // What differs from build to build is only looked for where something else differs.
      if (configured.length === 0) expect(varying).toEqual([]);
      if (!sizes) throw new Error('nothing was built');
      const ratio = sizes.after.bytes / sizes.before.bytes;
      console.log(`${name}: ${sizes.before.layers} layers then ${sizes.after.layers}, size ratio ${ratio.toFixed(3)}`);
      expect(ratio).toBeLessThanOrEqual(most);
      expect(sizes.after.layers).toBeLessThanOrEqual(sizes.before.layers);
    },
  );
});
