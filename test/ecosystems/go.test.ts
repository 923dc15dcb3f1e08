import { expect, test } from 'vitest';
import { fetchOf, told } from './call.ts';
import { closureOf } from './project.ts';

test.each([
  ['go mod download', 'install'],
  ['go mod download -x', 'install'],
  ['go mod download example.com/a@v1.0.0', 'other'],
  ['go version', 'other'],
  ['go mod tidy', 'not understood'],
  ['go mod vendor', 'not understood'],
  ['go get ./...', 'not understood'],
  ['go build ./...', 'not understood'],
  ['go mod download -modfile=other.mod', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test.each(['build -o /app .', 'install ./cmd/...', 'test ./...', 'vet ./...', 'run .', 'generate ./...', 'list -m all'])('go %s needs the modules', (line) => {
  expect(fetchOf(`go ${line}`)?.command).toBe('go mod download');
});

test.each([
  'go install example.com/tool@latest',
  'go run example.com/tool@v1',
  'go build -mod=vendor .',
  'go build --mod vendor .',
  'go build -modfile=other.mod .',
  'go build -modcacherw .',
  'go -C cmd build',
  'GOFLAGS=-mod=vendor go build .',
  'GO111MODULE=off go build .',
  'GOWORK=/other/go.work go build .',
  'go mod tidy',
  'go $WHAT',
])('nothing is fetched for %s', (line) => {
  expect(fetchOf(line)).toBeUndefined();
});

test.each([
  ['CGO_ENABLED=0 GOOS=$OS go build .', 'go mod download'],
  ['GOPROXY=https://proxy.example GOARCH=arm64 /usr/local/go/bin/go build .', 'GOPROXY=https://proxy.example /usr/local/go/bin/go mod download'],
  ['GOPROXY=$PROXY go build .', undefined],
])('what is fetched for %s', (line, command) => {
  expect(fetchOf(line)?.command).toBe(command);
});

test('GOFLAGS that are no matter of modules change nothing', () => {
  expect(fetchOf('GOFLAGS=-modcacherw go build .')).toBeDefined();
});

const one = {
  'go.mod': 'module example.com/app\n\ngo 1.22\n\nrequire example.com/a v1.2.0 // indirect\n',
  'go.sum': 'example.com/a v1.2.0 h1:x=\nexample.com/a v1.2.0/go.mod h1:y=\n',
};

test('a module is fetched by go.mod and go.sum', () => {
  expect(closureOf('go build .', one)).toBe('go.mod go.sum, exact');
  expect(closureOf('go mod download', one)).toBe('go.mod go.sum, exact');
});

test('what go.sum names by its go.mod alone, no build may fetch; what is called already fetches it anyway', () => {
  const files = { ...one, 'go.sum': 'example.com/a v1.2.0/go.mod h1:y=\n' };
  expect(closureOf('go build .', files)).toBe('go.sum has no checksum of example.com/a, so that it may be one that no build fetches (go.mod)');
  expect(closureOf('go mod download', files)).toBe('go.mod go.sum, exact');
});

test('nothing is fetched that is in the repository', () => {
  const files = { ...one, 'vendor/modules.txt': '' };
  expect(closureOf('go build .', files)).toBe('the modules are in the repository (vendor/modules.txt)');
  expect(closureOf('go mod download', files)).toBe('go.mod go.sum, exact');
});

test('nothing is fetched where nothing is required', () => {
  expect(closureOf('go build .', { 'go.mod': 'module example.com/app\ngo 1.22\n' })).toBe('no module is required that could be fetched (go.mod)');
});

test('a go.mod before Go 1.17 does not say all that is fetched', () => {
  expect(closureOf('go build .', { ...one, 'go.mod': 'module example.com/app\nrequire example.com/a v1.2.0\n' })).toBe('go.mod go.sum, exact, differs');
  expect(closureOf('go build .', { ...one, 'go.mod': 'module example.com/app\ngo 1.16\nrequire example.com/a v1.2.0\n' })).toBe(
    'go.mod go.sum, exact, differs',
  );
});

const replaced = (line: string): Record<string, string> => ({
  'go.mod': `module example.com/app\ngo 1.22\nrequire (\n\texample.com/a v1.2.0\n\texample.com/b v1.0.0\n)\n${line}\n`,
  'go.sum': 'example.com/b v1.0.0 h1:x=\nexample.com/fork v1.3.0 h1:z=\n',
  'libs/a/go.mod': 'module example.com/a\n',
  'libs/a/go.sum': '',
});

test.each([
  ['replace example.com/a => ./libs/a', 'go.mod go.sum libs/a/go.mod, exact'],
  ['replace (\n\texample.com/a v1.2.0 => ./libs/a // ours\n)', 'go.mod go.sum libs/a/go.mod, exact'],
  ['replace example.com/a => "./libs/a"', 'go.mod go.sum libs/a/go.mod, exact'],
  ['replace example.com/a => /app/libs/a', 'go.mod go.sum /app/libs/a/go.mod, exact'],
  ['replace example.com/a => example.com/fork v1.3.0', 'go.mod go.sum, exact'],
  ['replace example.com/a => example.com/fork v1.4.0', 'go.sum has no checksum of example.com/a, so that it may be one that no build fetches (go.mod)'],
  ['replace example.com/a v1.0.0 => ./libs/a', 'go.sum has no checksum of example.com/a, so that it may be one that no build fetches (go.mod)'],
  ['replace example.com/a => ../a', 'a module is replaced by a folder that the build context does not hold (../a/go.mod)'],
])('%s', (line, closure) => {
  expect(closureOf('go build .', replaced(line))).toBe(closure);
});

const workspace = {
  'go.work': 'go 1.22\n\nuse (\n\t./api\n\t./lib\n)\nuse ./tool\nreplace example.com/c => ./forks/c\n',
  'go.work.sum': 'example.com/a v1.2.0 h1:x=\n',
  'api/go.mod': 'module example.com/api\ngo 1.22\nrequire example.com/lib v0.0.0\nrequire example.com/a v1.2.0\nrequire example.com/c v1.0.0\n',
  'lib/go.mod': 'module example.com/lib\ngo 1.22\n',
  'lib/go.sum': '',
  'tool/go.mod': 'module example.com/tool\ngo 1.22\n',
  'forks/c/go.mod': 'module example.com/c\n',
};

test('a workspace is fetched by all of its modules', () => {
  const all = 'go.work api/go.mod lib/go.mod lib/go.sum tool/go.mod go.work.sum forks/c/go.mod, exact';
  expect(closureOf('go build ./api', workspace)).toBe(all);
  expect(closureOf('go mod download', workspace)).toBe(all);
});

test('a workspace and a module are found above the folder', () => {
  const below = Object.fromEntries(Object.entries(workspace).map(([path, text]) => [`../${path}`, text]));
  expect(closureOf('go build .', below)).toMatch(/^\.\.\/go\.work \.\.\/api\/go\.mod/);
  expect(closureOf('GOWORK=off go build .', { ...below, ...one })).toBe('go.mod go.sum, exact');
  expect(closureOf('go build .', { '../go.mod': one['go.mod'], '../go.sum': one['go.sum'] })).toBe('../go.mod ../go.sum, exact');
});

test('a member that is not there is in the way', () => {
  const { 'tool/go.mod': _tool, ...rest } = workspace;
  expect(closureOf('go build ./api', rest)).toBe('the build context does not hold the go.mod of the module (tool/go.mod)');
});
