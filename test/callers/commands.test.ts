import { expect, test } from 'vitest';
import { readMakefile, readPackageScripts, readShellScript } from '../../src/callers/commands/files.ts';
import { read, shown } from './read.ts';

test('recipes of a Makefile run in its folder, with its variables', () => {
  const text = `DIR := api
image: deps
\t@docker build -t $(NAME) \\
\t  -f $(DIR)/Dockerfile --build-arg V=$$(git rev-parse HEAD) .
\tcd web && docker build .
other:
\tdocker build .
\tdocker build $(UNKNOWN)
`;
  const { callers } = read(readMakefile, { 'tools/Makefile': text });
  expect(callers.map(shown)).toEqual([
    'image 3: tools tools/api/Dockerfile -',
    'image 5: tools/web tools/web/Dockerfile -',
    'other 7: tools tools/Dockerfile -',
    'other 8: ?$(UNKNOWN) ?$(UNKNOWN) -',
  ]);
  expect(text.slice(callers[1]?.start, callers[1]?.end)).toBe('docker build .');
});

test('scripts of a package.json run in its folder', () => {
  const text = JSON.stringify({ scripts: { test: 'x', image: 'docker build -t "a" -f ../Dockerfile ..' } });
  const { callers } = read(readPackageScripts, { 'web/package.json': text });
  expect(callers.map(shown)).toEqual(['image 1: . Dockerfile -']);
  expect(text.slice(callers[0]?.declared.dockerfile?.start, callers[0]?.declared.dockerfile?.end)).toBe('../Dockerfile');
});

test('a shell script starts where its Dockerfile exists, or says where', () => {
  const build = 'docker build .\n';
  const script = 'scripts/build.sh';
  expect(read(readShellScript, { [script]: build, Dockerfile: '' }).callers.map(shown)).toEqual(['build.sh 1: . Dockerfile -']);
  expect(read(readShellScript, { [script]: build, 'scripts/Dockerfile': '' }).callers.map(shown)).toEqual(['build.sh 1: scripts scripts/Dockerfile -']);
  const both = { Dockerfile: '', 'scripts/Dockerfile': '' };
  const unknown = '?the folder that the script starts in';
  expect(read(readShellScript, { [script]: build, ...both }).callers.map(shown)).toEqual([`build.sh 1: ${unknown} ${unknown} -`]);
  const told = 'set -e\ncd "$(dirname "$0")"/..\nTAG=x\ndocker build --tag a:$TAG --file=$TAG.Dockerfile .\n';
  expect(read(readShellScript, { [script]: told, 'x.Dockerfile': '', ...both }).callers.map(shown)).toEqual(['build.sh 4: . x.Dockerfile -']);
});

test('a variable without quotes comes to several words, or to none', () => {
  const build = 'docker build $MORE "${meta[@]}" -f b/Dockerfile -t x c\n';
  for (const more of ['', '--build-arg A=1 --target prod'])
    expect(read(readShellScript, { 'build.sh': `MORE="${more}"\n${build}`, 'b/Dockerfile': '' }).callers.map(shown)).toEqual([
      `build.sh 2: c b/Dockerfile ${more === '' ? '-' : 'prod'}`,
    ]);
  const named = 'build=docker\nCONTEXT="my folder"\ndocker build -f b/Dockerfile "$CONTEXT"\n';
  expect(read(readShellScript, { 'build.sh': named, 'b/Dockerfile': '' }).callers.map(shown)).toEqual(['build.sh 3: my folder b/Dockerfile -']);
});

test('in a branch or a function the folder is not known afterwards', () => {
  const text = 'if x; then\n  cd a\nfi\ndocker build .\n';
  expect(read(readShellScript, { 'build.sh': text, Dockerfile: '', 'a/Dockerfile': '' }).callers[0]?.context.is).toBe('unknown');
});

test.each([
  ['docker build -t a -f b/Dockerfile c', 'build.sh 1: c b/Dockerfile -'],
  ['docker build --file b/Dockerfile --no-cache --cache-from x c', 'build.sh 1: c b/Dockerfile -'],
  ['docker --context remote build -fb/Dockerfile -- c', 'build.sh 1: c b/Dockerfile -'],
  ['env A=1 sudo -E docker buildx b -f=b/Dockerfile c', 'build.sh 1: c b/Dockerfile -'],
  ['DOCKER_BUILDKIT=1 docker build -qf b/Dockerfile c', 'build.sh 1: c b/Dockerfile -'],
  ['docker build $OPTIONS -f b/Dockerfile c', 'build.sh 1: c b/Dockerfile -'],
  ['docker build $OPTIONS c', 'build.sh 1: ?$OPTIONS ?$OPTIONS -'],
  ['for x in 1 2; do docker build -f b/Dockerfile c; done', 'build.sh 1: c b/Dockerfile -'],
])('%s', (text, expected) => {
  expect(read(readShellScript, { 'build.sh': text, 'b/Dockerfile': '' }).callers.map(shown)).toEqual([expected]);
});

test.each([
  ['docker build -f "$(dirname "$0")/Dockerfile" "$(dirname "$0")"/..', 'build.sh 1: . ci/Dockerfile -'],
  ['HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\ncd "$HERE/.."\ndocker build -f "$HERE/Dockerfile" .', 'build.sh 3: . ci/Dockerfile -'],
  ['TOP=$(git rev-parse --show-toplevel)\ncd /tmp\ndocker build -f $TOP/ci/Dockerfile $TOP/ci', 'build.sh 3: ci ci/Dockerfile -'],
  ['cd "$(dirname "$0")"\ndocker build -f "$PWD/Dockerfile" "$(pwd)"', 'build.sh 2: ci ci/Dockerfile -'],
  ['eval docker build -f ci/Dockerfile .', 'build.sh 1: . ci/Dockerfile -'],
])('the folders that a script knows: %j', (text, expected) => {
  expect(read(readShellScript, { 'ci/build.sh': text, 'ci/Dockerfile': '' }).callers.map(shown)).toEqual([expected]);
});

test('functions of make, one in another', () => {
  const text = 'image:\n\tdocker build $(if $(PUSH),--push) -t a:$(shell echo $(V) | cut -d . -f 1) -f $(CURDIR)/Dockerfile .\n';
  expect(read(readMakefile, { 'a/Makefile': text }).callers.map(shown)).toEqual(['image 2: a a/Dockerfile -']);
});

test.each([
  ['docker compose -f ci/stack.yml build', [{ format: 'compose', path: 'ci/stack.yml', folder: 'ci' }]],
  [
    'docker-compose -f a.yml --file=ci/b.yml up --build',
    [
      { format: 'compose', path: 'a.yml', folder: '' },
      { format: 'compose', path: 'ci/b.yml', folder: '' },
    ],
  ],
  ['docker compose --project-directory . -f ci/stack.yml up', [{ format: 'compose', path: 'ci/stack.yml', folder: '' }]],
  ['cd deploy && sudo docker buildx bake -f ../ci/release.hcl app', [{ format: 'bake', path: 'ci/release.hcl', folder: 'deploy' }]],
  ['docker buildx bake', []],
  ['docker run -f x', []],
  ['docker compose -f "$FILE" up', []],
])('%s', (text, named) => {
  const script = JSON.stringify({ scripts: { x: text } });
  expect(read(readPackageScripts, { 'package.json': script }).named).toEqual(named);
});
