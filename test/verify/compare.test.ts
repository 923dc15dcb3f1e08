import { describe, expect, test } from 'vitest';
import { compareImages, partVarying } from '../../src/verify/compare.ts';
import type { Image, TreeFile } from '../../src/verify/image.ts';
import { judge } from '../../src/verify/verify.ts';

type Files = Readonly<Record<string, Partial<TreeFile>>>;

const common = { kind: 'file', content: 'same', bytes: 4, mode: '0644', owner: '0:0', attributes: '' } as const;
const folder = { kind: 'folder', content: '' } as const;

function image(files: Files, more: Partial<Image> = {}): Image {
  const tree = { files: new Map(Object.entries(files).map(([path, file]) => [path, { ...common, ...file }])), homes: new Set(['/root', '/home/app']) };
  return { configuration: {}, size: { bytes: 1, layers: 1 }, smoke: undefined, ...more, tree };
}

/** What is shown, as `name aspect`, and the ids of the classes that took the rest. */
function judged(before: Files, after: Files) {
  const { verdict, differences, announced, always } = judge(image(before), image(after));
  return { verdict, shown: differences.map(({ name, aspect }) => `${name} ${aspect}`), classes: [...announced, ...always].map(({ id }) => id) };
}

function stamped(content: string, timeless?: string): Files {
  return { '/app/build.json': { content, ...(timeless ? { timeless } : {}) } };
}

function fields(before: Image['configuration'], after: Image['configuration']) {
  return compareImages(image({}, { configuration: before }), image({}, { configuration: after })).map((one) => [one.name, one.before, one.after]);
}

function ran(exitCode: number, stdout: string, stderr: string): Image {
  return image({}, { smoke: { exitCode, stdout, stderr } });
}

function parted([before, again, after]: readonly [Files, Files, Files]) {
  const { steady, varying } = partVarying(compareImages(image(before), image(after)), compareImages(image(before), image(again)));
  return { steady: steady.map(({ name, aspect }) => `${name} ${aspect}`), varying: varying.map(({ name, aspect }) => `${name} ${aspect}`) };
}

function made(name: string): Files {
  return { '/tmp': folder, [`/tmp/${name}`]: folder, [`/tmp/${name}/a`]: {} };
}

const equal = { verdict: 'equal', shown: [], classes: [] };

describe('files', () => {
  test('the same ones are equal', () => {
    expect(judged({ '/a': {}, '/b': folder }, { '/a': {}, '/b': folder })).toEqual(equal);
  });

  test.each([
    ['content', { content: 'other' }],
    ['mode', { mode: '4755' }],
    ['owner', { owner: '1000:1000' }],
    ['attributes', { attributes: 'security.capability=01' }],
    ['kind', { kind: 'link', content: '/b' }],
  ] as const)('another %s is shown', (aspect, file) => {
    expect(judged({ '/a': {} }, { '/a': file })).toEqual({ verdict: 'different', shown: [`/a ${aspect}`], classes: [] });
  });

  test('another target of a link is shown with both', () => {
    const [one] = compareImages(image({ '/a': { kind: 'link', content: '/b' } }), image({ '/a': { kind: 'link', content: '/c' } }));
    expect(one).toEqual({ part: 'files', name: '/a', aspect: 'content', before: 'link to /b', after: 'link to /c' });
  });
});

describe('classes', () => {
  const announced = 'equal but for what was announced';

  test.each([
    ['apt-lists', '/var/lib/apt/lists/deb.example_main_Packages'],
    ['apt-cache', '/var/cache/apt/pkgcache.bin'],
    ['apk-index', '/var/cache/apk/APKINDEX.066df28d.tar.gz'],
    ['dnf-cache', '/var/cache/dnf/packages.db'],
    ['pip-cache', '/root/.cache/pip/http-v2/a'],
    ['pip-cache', '/home/app/.cache/pip/http-v2/a'],
    ['npm-cache', '/root/.npm/_cacache/index-v5/a'],
    ['yarn-cache', '/usr/local/share/.cache/yarn/v6/a'],
    ['composer-cache', '/root/.composer/cache/files/acme/a.zip'],
    ['composer-cache', '/root/.cache/composer/repo/a.json'],
    ['uv-interpreters', '/root/.cache/uv/interpreter-v2/96fd107ee34b536c.msgpack'],
    ['uv-interpreters', '/root/.cache/uv/interpreter-v4/3470a12431a434f9/6ba0cdc24ef349b4.msgpack'],
    ['uv-cache', '/root/.cache/uv/archive-v0/a/b.py'],
    ['pnpm-store', '/root/.local/share/pnpm/store/v3/files/00/a'],
    ['pnpm-store', '/pnpm/store/v10/files/00/a'],
    ['pnpm-store', '/root/.cache/pnpm/metadata/a.json'],
    ['go-caches', '/go/pkg/mod/cache/download/a/@v/v1.0.0.zip'],
    ['go-caches', '/root/.cache/go-build/00/a-d'],
    ['cargo-downloads', '/usr/local/cargo/registry/cache/a/b-1.0.0.crate'],
    ['cargo-downloads', '/home/app/.cargo/git/db/a/HEAD'],
    ['backups', '/etc/passwd-'],
    ['backups', '/var/lib/dpkg/status-old'],
  ])('%s takes %s', (id, path) => {
    expect(judged({ [path]: {} }, {})).toEqual({ verdict: announced, shown: [], classes: [id] });
    expect(judged({ [path]: {} }, { [path]: { content: 'other' } })).toEqual({ verdict: announced, shown: [], classes: [id] });
  });

  test.each([
    ['/var/log/dpkg.log'],
    ['/var/log/apt/history.log'],
    ['/root/.npm/_logs/2026-01-01T00_00_00_000Z-debug-0.log'],
    ['/var/cache/ldconfig/aux-cache'],
  ])('every build writes its own %s', (path) => {
    expect(judged({ [path]: {} }, { [path]: { content: 'other' } })).toMatchObject({ verdict: 'equal', shown: [] });
  });

  test.each([
    ['a program keeps data there', '/var/cache/nginx/client_temp'],
    ['npx runs it from there', '/root/.npm/_npx/1a2b/node_modules/tool/index.js'],
    ['Yarn 2 runs packages from there', '/root/.yarn/berry/cache/a.zip'],
    ['a tool that was installed', '/root/.cargo/bin/tool'],
    ['a tool that Go installed', '/go/bin/tool'],
    ['a tool that pnpm installed', '/root/.local/share/pnpm/global/5/a'],
    ['a model', '/root/.cache/huggingface/model.bin'],
    ['nobody has that home', '/srv/app/.cache/pip/http-v2/a'],
    ['a log of a service', '/var/log/nginx/access.log'],
    ['what is installed', '/var/lib/dpkg/status'],
    ['accounts', '/etc/passwd'],
    ['only named alike', '/var/lib/apt/lists.txt'],
    ['a cache folder of another', '/var/cache/apt2/a'],
  ])('no class takes what is more: %s', (_why, path) => {
    expect(judged({ [path]: {} }, {})).toEqual({ verdict: 'different', shown: [`${path} presence`], classes: [] });
  });

  test.each([
    ['with --link-mode=symlink', '/root/.cache/uv/archive-v0/a/b.py', '/app/.venv/lib/a/b.py', '/root/.cache/uv/archive-v0/a/b.py'],
    ['with a global virtual store', '/pnpm/store/v10/links/a/index.js', '/app/node_modules/a', '../../pnpm/store/v10/links/a'],
  ])('a cache that a link leads into is shown: %s', (_why, path, link, content) => {
    const linked: Files = { [link]: { kind: 'link', content } };
    expect(judged({ [path]: {}, ...linked }, linked)).toEqual({ verdict: 'different', shown: [`${path} presence`], classes: [] });
  });

  test('owner and mode of a log or of the folder of a cache are shown', () => {
    const [log, cache] = ['/var/log/dpkg.log', '/root/.cache/pip'];
    expect(judged({ [log]: {}, [cache]: folder }, { [log]: { mode: '0600' }, [cache]: { ...folder, owner: '1000:1000' } }).shown).toEqual([
      `${cache} owner`,
      `${log} mode`,
    ]);
  });

  test('a folder that is gone goes with its cache, but not with anything beside it', () => {
    const cache = { '/root/.cache': folder, '/root/.cache/pip': folder, '/root/.cache/pip/a': {} };
    expect(judged(cache, {})).toEqual({ verdict: announced, shown: [], classes: ['pip-cache'] });
    expect(judged({ ...cache, '/root/.cache/model': {} }, {}).shown).toEqual(['/root/.cache presence', '/root/.cache/model presence']);
    expect(judged({ '/root/.cache': folder }, {}).shown).toEqual(['/root/.cache presence']);
  });

  test.each([
    ['/app/a.py', '/app/__pycache__/a.cpython-312.pyc'],
    ['/app/a.py', '/app/__pycache__/a.cpython-312.opt-1.pyc'],
    ['/app/a.b.py', '/app/__pycache__/a.b.pypy39.pyc'],
    ['/app/a.py', '/app/a.pyc'],
  ])('bytecode of %s tells nothing where that is the same, else it does: %s', (source, compiled) => {
    const [old, fresh] = [{ [compiled]: { content: 'old' } }, { [compiled]: { content: 'new' } }];
    expect(judged({ [source]: {}, ...old }, { [source]: {}, ...fresh })).toEqual({ verdict: 'equal', shown: [], classes: ['bytecode-times'] });
    expect(judged({ [source]: {}, ...old }, { [source]: {} })).toEqual({ verdict: announced, shown: [], classes: ['bytecode'] });
    expect(judged({ [source]: {}, ...old }, { [source]: { content: 'other' }, ...fresh }).shown).toHaveLength(2);
    expect(judged(old, fresh).shown).toEqual([`${compiled} content`]);
    expect(judged(old, {}).shown).toEqual([`${compiled} presence`]);
    expect(judged({ [source]: {}, ...old }, fresh).shown).toHaveLength(2);
  });

  test('time stamps in a text tell nothing where all else is the same', () => {
    expect(judged(stamped('1', 't'), stamped('2', 't'))).toEqual({ verdict: 'equal', shown: [], classes: ['times'] });
    expect(judged(stamped('1', 't'), stamped('2', 'u')).shown).toEqual(['/app/build.json content']);
    expect(judged(stamped('1'), stamped('2')).shown).toEqual(['/app/build.json content']);
  });
});

describe('configuration', () => {
  test('each field, variable and label is compared', () => {
    expect(fields({ User: '', Cmd: ['a'], Env: ['A=1', 'B=x=y'] }, { User: 'node', Cmd: ['a', 'b'], Env: ['B=x', 'C='], Labels: { l: 'm' } })).toEqual([
      ['Cmd', '["a"]', '["a","b"]'],
      ['Env A', '"1"', undefined],
      ['Env B', '"x=y"', '"x"'],
      ['Env C', undefined, '""'],
      ['Labels l', undefined, '"m"'],
      ['User', undefined, '"node"'],
    ]);
  });

  test('the order of variables, and how emptiness is written, say nothing', () => {
    expect(fields({ Env: ['A=1', 'B=2'], Cmd: null, Volumes: {}, Image: 'sha256:1' }, { Env: ['B=2', 'A=1'], User: '', Image: 'sha256:2' })).toEqual([]);
  });
});

test('exit code and output of the smoke command are compared', () => {
  expect(judge(ran(0, 'a', ''), ran(0, 'a', '')).verdict).toBe('equal');
  expect(judge(ran(0, 'a', ''), ran(1, 'b', 'c')).differences.map(({ name }) => name)).toEqual(['exit code', 'stdout', 'stderr']);
});

test('a smoke command that cannot be run leaves nothing proven', () => {
  const without = image({}, { smoke: { exitCode: 127, stdout: '', stderr: '', notRun: 'no sh' } });
  expect(judge(without, without)).toMatchObject({ verdict: 'not comparable', because: 'the smoke command cannot be run: no sh' });
});

describe('what two builds of the original already differ in', () => {
  test('is left out, in that aspect alone', () => {
    const [one, two] = [{ '/id': { content: '1' } }, { '/id': { content: '2' } }];
    expect(parted([one, two, { '/id': { content: '3' } }])).toEqual({ steady: [], varying: ['/id content'] });
    expect(parted([one, two, { '/id': { content: '3', mode: '0600' } }])).toEqual({ steady: ['/id mode'], varying: ['/id content'] });
    expect(parted([one, two, {}])).toEqual({ steady: ['/id presence'], varying: [] });
  });

  test('names that are new in each build are left out with what lies in them, others in the same place only where they are gone', () => {
    expect(parted([made('x1'), made('x2'), made('x3')]).steady).toEqual([]);
    expect(parted([{ ...made('x1'), '/tmp/kept': {} }, { ...made('x2'), '/tmp/kept': {} }, made('x3')]).steady).toEqual(['/tmp/kept presence']);
  });
});
