import { describe, expect, test } from 'vitest';
import { closureIn, needed, type Tree } from './project.ts';

const npm: Tree = { 'package.json': {}, 'package-lock.json': '', 'src/index.js': '' };
const withScripts = (scripts: Tree, more: Tree = {}): Tree => ({ ...npm, 'package.json': { scripts }, ...more });

describe('the files beside package.json', () => {
  test.each<[string, Tree, string]>([
    ['npm ci', npm, 'package.json package-lock.json'],
    ['npm install', { 'package.json': {}, 'yarn.lock': '' }, 'package.json yarn.lock'],
    ['npm ci', { ...npm, 'npm-shrinkwrap.json': '' }, 'package.json npm-shrinkwrap.json'],
    ['npm ci', { ...npm, '.npmrc': 'cafile=certs/ca.pem\n', 'certs/ca.pem': '' }, 'package.json package-lock.json .npmrc certs/ca.pem'],
    ['npm ci', { ...npm, '.npmrc': 'node-options=--require ./hook.js' }, 'no: the setting `node-options` loads code (.npmrc)'],
    ['npm ci', {}, 'no: the install needs a package.json that the build context does not hold (package.json)'],
    ['npm ci', { 'package.json': '{' }, 'no: the install needs a package.json that the build context does not hold (package.json)'],
    ['npm --prefix web ci', { ...npm, 'web/package.json': {}, 'web/package-lock.json': '' }, 'web/package.json web/package-lock.json'],
    ['yarn --frozen-lockfile', { 'package.json': {}, 'yarn.lock': '# yarn lockfile v1', '.npmrc': '' }, 'package.json yarn.lock .npmrc'],
    [
      'yarn',
      {
        'package.json': {},
        'yarn.lock': '',
        '.yarnrc': 'yarn-path ".yarn/releases/yarn-1.22.22.cjs"\nyarn-offline-mirror "./mirror"',
        '.yarn/releases/yarn-1.22.22.cjs': '',
        'mirror/ms.tgz': '',
      },
      'package.json yarn.lock .yarn/releases/yarn-1.22.22.cjs .yarnrc mirror/ms.tgz',
    ],
    [
      'yarn install --immutable',
      {
        'package.json': { dependencies: { ms: 'patch:ms@npm%3A2.1.3#~/.yarn/patches/ms.patch' } },
        'yarn.lock': '__metadata:',
        '.yarnrc.yml': 'nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.cjs\nplugins:\n  - path: .yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs\n',
        '.yarn/releases/yarn-4.cjs': '',
        '.yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs': '',
        '.yarn/patches/ms.patch': '',
      },
      'package.json yarn.lock .yarn/releases/yarn-4.cjs .yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs .yarnrc.yml .yarn/patches/ms.patch',
    ],
    [
      'yarn',
      { 'package.json': {}, 'yarn.lock': '', '.yarnrc.yml': 'yarnPath: x.cjs' },
      'no: the install needs a file that the build context does not hold (x.cjs)',
    ],
    [
      'yarn',
      { 'package.json': {}, '.yarnrc.yml': 'plugins: [./tools/plugin.cjs]', 'tools/plugin.cjs': '' },
      'no: the plugin may read any file (tools/plugin.cjs)',
    ],
    ['yarn', { 'package.json': {}, '.pnp.cjs': '' }, 'no: the packages are in the repository (.pnp.cjs)'],
    ['yarn', { 'package.json': {}, '.yarn/cache/ms.zip': '' }, 'no: the packages are in the repository (.yarn/cache/ms.zip)'],
    [
      'pnpm i --frozen-lockfile',
      {
        'package.json': { pnpm: { patchedDependencies: { ms: 'patches/ms.patch' } } },
        'pnpm-lock.yaml': '',
        'patches/ms.patch': '',
        '.pnpmfile.cjs': "module.exports = require('./hooks.cjs')",
        'hooks.cjs': '',
      },
      'package.json pnpm-lock.yaml patches/ms.patch .pnpmfile.cjs hooks.cjs',
    ],
    [
      'pnpm i',
      { 'package.json': {}, 'pnpm-workspace.yaml': 'patchedDependencies:\n  ms: fix.patch' },
      'no: the install needs a file that the build context does not hold (fix.patch)',
    ],
    ['pnpm i', { 'package.json': {}, 'pnpm-workspace.yaml': 'a: [' }, 'no: it cannot be read (pnpm-workspace.yaml)'],
    ['npm install --no-package-lock', { 'package.json': {}, 'package-lock.json': '' }, 'package.json'],
    ['pnpm fetch', { 'package.json': {}, 'pnpm-lock.yaml': '', 'a.js': '' }, 'pnpm-lock.yaml'],
    ['pnpm fetch', { 'package.json': { packageManager: 'pnpm@9.0.0' }, 'pnpm-lock.yaml': '', '.npmrc': '' }, 'pnpm-lock.yaml package.json .npmrc'],
    ['bun install', { 'package.json': {}, 'bun.lock': '', 'bunfig.toml': '', 'bun.lockb': '' }, 'package.json bun.lock bunfig.toml'],
    ['bun install', { 'package.json': {}, 'package-lock.json': '' }, 'package.json package-lock.json'],
    [
      'bun i',
      { 'package.json': { patchedDependencies: { ms: 'patches/ms.patch' } }, 'bun.lockb': '', 'patches/ms.patch': '' },
      'package.json bun.lockb patches/ms.patch',
    ],
  ])('%s', (line, tree, files) => {
    expect(needed(line, tree)).toBe(files);
  });

  test.each(['npm install express', 'yarn add x', 'pnpm add x', 'bun add x', 'npm --prefix $DIR ci', 'npm install -g ./tool', 'npm i -g tool.tgz'])(
    '%s installs no project',
    (line) => {
      expect(needed(line, npm)).toBeUndefined();
    },
  );

  test.each([
    ['npm install -g pm2', 'pm2'],
    ['npm install -g npm@10.8.2 @scope/a@1.2.3-rc.1', undefined],
    ['npm i -g pm2@^5.4.2', 'pm2@^5.4.2'],
    ['npm i -g pm2@$VERSION', undefined],
    ['yarn global add serve@14.2.3 x', 'x'],
    ['pnpm add -g turbo@2', 'turbo@2'],
    ['bun add -g elysia@1.1.4', undefined],
  ])('%s reads nothing of a project', (line, floating) => {
    expect(closureIn(line, npm)).toEqual({ files: [], outputs: [], floating });
  });

  const asking = { 'package.json': { devDependencies: { ms: '2.1.3' } } };
  test.each<[string, Tree, string | undefined]>([
    ['npm ci', { ...npm, ...asking }, undefined],
    ['npm install --no-package-lock', { ...npm, ...asking }, 'what package.json asks for'],
    ['npm install', asking, 'what package.json asks for'],
    ['npm install', { 'package.json': {} }, undefined],
    ['npm install', { 'package.json': { workspaces: ['a'] }, 'a/package.json': { dependencies: { ms: '2.1.3' } } }, 'what package.json asks for'],
    ['npm install', { ...npm, ...asking, '.npmrc': 'package-lock=false' }, 'what package.json asks for'],
    ['bun install', { ...asking, 'package-lock.json': '' }, 'what package.json asks for'],
  ])('%s may fetch others the next time', (line, tree, floating) => {
    expect(closureIn(line, tree)).toMatchObject({ floating });
  });

  test.each<[string, Tree, string[]]>([
    ['npm ci', npm, ['node_modules']],
    [
      'yarn',
      { 'package.json': {}, '.yarnrc.yml': 'nodeLinker: node-modules' },
      ['.yarn/cache', '.yarn/unplugged', '.yarn/install-state.gz', '.yarn/build-state.yml', 'node_modules'],
    ],
    ['npm ci', withScripts({ postinstall: 'node a.js' }, { 'a.js': "require('fs').writeFileSync('made.json', '')" }), ['node_modules', 'made.json']],
  ])('what %s writes', (line, tree, outputs) => {
    expect(closureIn(line, tree)).toMatchObject({ outputs });
  });
});

const members: Tree = {
  'package.json': { workspaces: ['packages/*', '!packages/old'] },
  'packages/a/package.json': {},
  'packages/old/package.json': {},
  'packages/a/deep/package.json': {},
};

describe('workspaces', () => {
  test.each<[string, Tree, string]>([
    ['npm ci', members, 'package.json packages/a/package.json'],
    [
      'yarn',
      { ...members, 'package.json': { workspaces: { packages: ['./packages/**/'] } } },
      'package.json packages/a/package.json packages/old/package.json packages/a/deep/package.json',
    ],
    ['pnpm i', members, 'package.json'],
    ['pnpm -r i', members, 'package.json packages/a/package.json packages/old/package.json packages/a/deep/package.json'],
    [
      'pnpm i',
      { ...members, 'pnpm-workspace.yaml': 'packages: [packages/a]', 'packages/a/.npmrc': '' },
      'package.json pnpm-workspace.yaml packages/a/package.json packages/a/.npmrc',
    ],
    ['bun i', members, 'package.json packages/a/package.json'],
    ['npm ci', { ...members, 'packages/a/package.json': '{' }, 'no: the manifest of a member of the workspace cannot be read (packages/a/package.json)'],
    ['npm ci', { 'package.json': { workspaces: ['../a'] } }, 'no: members of the workspace lie outside of its root (`../a`) (package.json)'],
    [
      'npm ci',
      { ...members, 'packages/a/package.json': { scripts: { prepare: 'tsc' } } },
      'no: the install runs the script `prepare`, and that runs `tsc`, which may read any file (packages/a/package.json)',
    ],
    ['npm ci', { ...members, 'packages/a/package.json': { bin: { a: 'dist/a.js' } } }, 'package.json packages/a/package.json'],
    [
      'npm ci',
      { ...members, 'packages/a/package.json': { bin: { a: 'a.js' } }, 'packages/a/a.js': '' },
      'no: the install makes the command `a` executable, and the source would undo that (packages/a/a.js)',
    ],
    [
      'pnpm -r i',
      { 'package.json': {}, 'packages/a/package.json': { name: '@x/a', bin: './a.js' }, 'packages/a/a.js': '' },
      'package.json packages/a/package.json packages/a/a.js',
    ],
  ])('%s', (line, tree, files) => {
    expect(needed(line, tree)).toBe(files);
  });

  const ofMembers: Tree = {
    'package.json': { workspaces: ['apps/*', 'packages/*'], devDependencies: { '@x/lint': '*' } },
    'pnpm-workspace.yaml': 'packages: ["apps/*", "packages/*"]',
    'apps/api/package.json': { name: 'api', dependencies: { '@x/lib': 'workspace:*' } },
    'apps/web/package.json': { name: 'web', dependencies: { '@x/ui': 'workspace:*' } },
    'packages/lib/package.json': { name: '@x/lib', peerDependencies: { '@x/core': '*' } },
    'packages/core/package.json': { name: '@x/core' },
    'packages/ui/package.json': { name: '@x/ui' },
    'packages/lint/package.json': { name: '@x/lint' },
  };
  const [ofApi, ofUi] = ['apps/api packages/core packages/lib packages/lint', 'packages/lint packages/ui'].map((folders) =>
    folders.split(' ').map((folder) => `${folder}/package.json`),
  );
  test.each([
    ['npm ci -w api', ofApi],
    ['npm ci --workspace=apps/api', ofApi],
    ['npm ci -w ui', ofUi],
    ['pnpm install --frozen-lockfile --filter api...', ofApi],
    ['pnpm install --frozen-lockfile -F ./apps/api', ofApi],
    ['pnpm install --frozen-lockfile --filter @x/ui', ofUi],
    ...[
      'npm ci',
      'npm install -w api',
      'npm ci -w "$APP"',
      'npm ci -w missing',
      'pnpm install --filter api',
      'pnpm install --frozen-lockfile --filter "...api"',
      'pnpm install --frozen-lockfile --filter "!web"',
      'pnpm install --frozen-lockfile --filter "./packages/*"',
    ].map((line): [string, undefined] => [line, undefined]),
  ])('%s reads the manifests of what it names', (line, expected) => {
    const manifests = (needed(line, ofMembers) ?? '').split(' ').filter((path) => path.endsWith('/package.json'));
    const all = Object.keys(ofMembers).filter((path) => path.endsWith('/package.json'));
    expect(manifests.toSorted()).toEqual((expected ?? all).toSorted());
  });

  test('what pnpm keeps in node_modules names the members that are there', () => {
    expect(closureIn('pnpm install --frozen-lockfile --filter api...', ofMembers)).toMatchObject({ differs: expect.stringContaining('records') });
    expect(closureIn('npm ci -w api', ofMembers)).toMatchObject({ differs: undefined });
  });

  test('a command of a member is called by a script of pnpm, and keeps its mode', () => {
    const tree = { 'package.json': {}, 'packages/a/package.json': { name: 'a', bin: 'a.js' }, 'packages/a/a.js': '' };
    expect(closureIn('pnpm -r i', tree)).toMatchObject({ differs: expect.stringContaining('packages/a/a.js') });
    expect(closureIn('pnpm -r i', members)).toMatchObject({ differs: undefined });
  });

  test('an install in a member is one of the whole workspace', () => {
    const tree = { ...members, 'package-lock.json': '' };
    expect(needed('npm ci', tree, 'packages/a')).toBe('../../package.json ../../package-lock.json package.json');
    expect(needed('npm ci', tree, 'packages/old')).toBe('package.json');
    expect(needed('npm --prefix . ci', tree, 'packages/a')).toBe('package.json');
    expect(needed('pnpm i', { 'pnpm-workspace.yaml': 'packages: ["*"]', 'a/package.json': {} }, 'a')).toBe('../pnpm-workspace.yaml package.json');
  });
});

const on = (version: string, more: Tree): Tree => ({ 'package.json': { dependencies: { lib: version } }, ...more });

describe('packages of the project', () => {
  test.each<[string, Tree, string]>([
    ['npm ci', on('file:lib', { 'lib/package.json': {}, 'lib/index.js': '' }), 'package.json lib/package.json'],
    ['npm ci --install-links', on('file:lib', { 'lib/package.json': {}, 'lib/index.js': '' }), 'package.json lib/package.json lib/index.js'],
    ['yarn', on('file:./lib/', { 'lib/package.json': {}, 'lib/index.js': '' }), 'package.json lib/package.json lib/index.js'],
    ['yarn', on('link:./lib', { 'lib/package.json': {}, 'lib/index.js': '' }), 'package.json lib/package.json'],
    [
      'npm ci',
      on('./lib', { 'lib/package.json': { dependencies: { other: 'file:../other' } }, 'other/package.json': {} }),
      'package.json lib/package.json other/package.json',
    ],
    ['npm ci', on('file:lib.tgz', { 'lib.tgz': '' }), 'package.json lib.tgz'],
    ['npm ci', on('file:../lib', {}), 'no: the install needs a package that the build context does not hold (../lib)'],
    ['npm ci', on('file:lib.tgz', {}), 'no: the install needs a package that the build context does not hold (lib.tgz)'],
    ['npm ci', on('^1.2', {}), 'package.json'],
    ['npm ci', on('github:user/repo', {}), 'package.json'],
    ['npm ci', on('https://example.com/lib.tgz', {}), 'package.json'],
    ['npm ci', { 'package.json': { overrides: { a: { b: 'file:./b' } } }, 'b/package.json': {} }, 'package.json b/package.json'],
    [
      'npm ci',
      on('file:lib', { 'lib/package.json': { scripts: { install: 'make' } } }),
      'no: the install runs the script `install`, and that runs `make`, which may read any file (lib/package.json)',
    ],
    ['npm ci', on('file:lib', { 'lib/package.json': {}, 'lib/binding.gyp': '' }), 'no: the install builds the project itself (lib/binding.gyp)'],
    ['yarn', on('exec:./make.js', {}), 'no: what `exec:./make.js` reads is not known (package.json)'],
  ])('%s %j', (line, tree, files) => {
    expect(needed(line, tree)).toBe(files);
  });

  test('a folder of many files is not copied along', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`lib/${i}.js`, '']));
    expect(needed('yarn', on('file:lib', { 'lib/package.json': {}, ...many }))).toBe(
      'no: the install copies the folder, and it holds more than 50 files (lib)',
    );
  });
});

describe('scripts of the project', () => {
  test.each([
    'husky',
    'husky install || true',
    'is-ci || husky install',
    'npx only-allow pnpm',
    'echo done; exit 0',
    '[ -n "$CI" ] || husky',
    'npm run hooks',
    'yarn hooks',
    'yarn husky install',
    'patch-package',
    'node -e "console.log(\'hi\')"',
  ])('%s reads nothing', (postinstall) => {
    expect(needed('npm ci', withScripts({ postinstall, hooks: 'lefthook install' }))).toBe('package.json package-lock.json');
  });

  test.each<[string, Tree, string]>([
    ['patch-package', { 'patches/ms+2.1.3.patch': '' }, 'patches/ms+2.1.3.patch'],
    [
      'node scripts/a.js',
      { 'scripts/a.js': "require('./b'); import('../c.mjs')", 'scripts/b.js': '', 'c.mjs': "import './d.json' with { type: 'json' }", 'd.json': '' },
      'scripts/a.js scripts/b.js c.mjs d.json',
    ],
    [
      'cd tools && node a.js',
      { 'tools/a.js': "const fs = require('node:fs'); fs.readFileSync('b.txt'); fs.readFileSync(`${__dirname}/../c.txt`)", 'tools/b.txt': '', 'c.txt': '' },
      'tools/a.js tools/b.txt c.txt',
    ],
    [
      'node a.mjs',
      {
        'a.mjs':
          "import { readdirSync, readFileSync } from 'fs'; import path from 'path'; const dir = path.join(import.meta.dirname, 'data'); for (const f of readdirSync(dir)) readFileSync(path.join(dir, f))",
        'data/x': '',
        'data/y': '',
      },
      'a.mjs data/x data/y',
    ],
    ['node a', { 'a.js': "require('child_process').execSync('node b.js')", 'b.js': '' }, 'a.js b.js'],
    [
      'node a.js',
      { 'a.js': "const read = require('fs').readFileSync; read(new URL('t.txt', 'x')); read('t.txt')", 't.txt': '' },
      'no: the install runs it, and it calls `readFileSync` with a path that is computed (a.js)',
    ],
    [
      'node a.js',
      { 'a.js': "require('fs').readFileSync(process.argv[2])" },
      'no: the install runs it, and it calls `readFileSync` with a path that is computed (a.js)',
    ],
    ['node a.js', { 'a.js': "require('util').promisify(require('fs').readFile)" }, 'no: the install runs it, and it hands on `fs.readFile` (a.js)'],
    ['node a.js', { 'a.js': 'require(process.env.X)' }, 'no: the install runs it, and it loads a module by a computed name (a.js)'],
    ['node a.js', { 'a.js': "require('webpack')" }, 'no: the install runs it, and it loads `webpack`, which may read any file (a.js)'],
    [
      'node a.js',
      { 'a.js': "require('./lib').run(); const { x } = require('./m')", 'lib.js': "eval('1')", 'm.js': '' },
      'no: the install runs it, and it makes code (lib.js)',
    ],
    [
      'node a.js',
      { 'a.js': "require('fs').rmSync('src', { recursive: true })" },
      'no: the install runs it, and it removes src, which the source would bring back (a.js)',
    ],
    ['node a.js', { 'a.js': "require('child_process').spawn('make')" }, 'no: the install runs it, and it starts a program by `spawn` (a.js)'],
    ['node a.js', { 'a.js': 'let = ;' }, 'no: the install loads it, and it cannot be read (a.js)'],
    ['node a.js', {}, 'no: the install runs the script `postinstall`, and that runs a file that the build context does not hold: a.js (package.json)'],
    ['cd client && npm ci', { 'client/package.json': {}, 'client/package-lock.json': '' }, 'client/package.json client/package-lock.json'],
    ['npm install --prefix client', { 'client/package.json': {} }, 'client/package.json'],
    ['npm install', {}, 'no: a script of the install runs it again (package.json)'],
    ['prisma generate', { 'prisma/schema.prisma': 'generator c {\n  provider = "prisma-client-js"\n}' }, 'prisma/schema.prisma'],
    ['npx prisma generate --schema db/s.prisma', { 'db/s.prisma': '', 'prisma/schema.prisma': '' }, 'db/s.prisma'],
    [
      'prisma generate',
      { 'prisma/schema.prisma': 'generator c {\n  provider = "./gen.js"\n}' },
      'no: what the generator `./gen.js` reads is not known (prisma/schema.prisma)',
    ],
    ['nuxt prepare', {}, 'no: the install runs the script `postinstall`, and that runs `nuxt prepare`, which may read any file (package.json)'],
    ['cp .env.example .env', { '.env.example': '' }, '.env.example'],
    ['test -f a.txt', { 'a.txt': '' }, 'a.txt'],
  ])('%s %j', (postinstall, more, files) => {
    expect(needed('npm ci', withScripts({ postinstall }, more))).toBe(files.startsWith('no:') ? files : `package.json package-lock.json ${files}`);
  });

  test.each([
    'npm ci --ignore-scripts',
    'npm_config_ignore_scripts=true npm ci',
    'yarn --mode=skip-build',
    'pnpm i --ignore-scripts',
    'bun i --ignore-scripts',
  ])('%s runs none', (line) => {
    expect(needed(line, { 'package.json': { scripts: { prepare: 'tsc' } }, 'binding.gyp': '' })).toBe('package.json');
  });

  test('nor does one that an .npmrc keeps from it', () => {
    expect(needed('npm ci', withScripts({ prepare: 'tsc' }, { '.npmrc': 'ignore-scripts=true' }))).toBe('package.json package-lock.json .npmrc');
  });

  test('the client of Prisma generates when it is installed', () => {
    const tree = {
      'package.json': { dependencies: { '@prisma/client': '6' } },
      'prisma/schema.prisma': 'generator c {\n  provider = "prisma-client-js"\n  output = "../src/made"\n}',
    };
    expect(closureIn('npm ci', tree)).toMatchObject({ files: ['package.json', 'prisma/schema.prisma'], outputs: ['node_modules', 'src/made'] });
  });
});
