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
