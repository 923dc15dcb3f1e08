import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readHcl, type Expression } from '../../src/callers/bake/hcl.ts';
import { readBake } from '../../src/callers/bake/read.ts';
import { valueOf } from '../../src/callers/bake/values.ts';
import { filesOf, read, shown } from './read.ts';

function targets(text: string, more: Readonly<Record<string, string>> = {}): string[] {
  return read(readBake, { 'docker-bake.hcl': text, ...more }).callers.map(shown);
}

function attribute(text: string): Expression | undefined {
  const body = readHcl(`a = ${text}\n`);
  return 'attributes' in body ? body.attributes.get('a')?.value : undefined;
}

test('targets with what they inherit; one that is only inherited from is none', () => {
  const text = `
variable "FOLDER" { default = "services" }
group "default" { targets = ["api", "web"] }
target "_common" {
  context = "."
  args = { A = "1", B = "2" }
}
target "api" {
  inherits = ["_common"]
  dockerfile = "\${FOLDER}/api/Dockerfile"
  target = "prod"
  args = { B = "3" }
}
/* not this
target "old" {} */
target "web" {
  inherits = ["api"] # the same
  context = "web"
  dockerfile = "x.Dockerfile"
}
`;
  const { callers, notes } = read(readBake, { 'a/docker-bake.hcl': text });
  expect(notes).toEqual([]);
  expect(callers.map(shown)).toEqual(['api 8: a a/services/api/Dockerfile prod', 'web 16: a/web a/web/x.Dockerfile prod']);
  const args = callers[0]?.declared.args ?? [];
  expect(args.map(({ name, value, start, end }) => [name, value, text.slice(start, end)])).toEqual([
    ['A', '1', 'A = "1"'],
    ['B', '3', 'B = "3"'],
  ]);
  expect(text.slice(callers[0]?.declared.dockerfile?.start, callers[0]?.declared.dockerfile?.end)).toBe('"${FOLDER}/api/Dockerfile"');
});

test('functions, conditions and variables without default are not guessed', () => {
  const text = `
variable "NONE" {}
variable "LOOP" { default = "\${LOOP}" }
target "a" { context = NONE }
target "b" { context = lower("B") }
target "c" { context = NONE != "" ? "x" : "y" }
target "d" { context = "\${upper(NONE)}/x" }
target "e" { context = LOOP }
target "f" {
  args = { for k, v in {} : k => v }
  dockerfile-inline = <<EOT
FROM scratch }
EOT
  platforms = ["linux/amd64", NONE]
}
target "g" { context = "https://github.com/a/b.git" }
target "h" { context = "cwd://x" }
`;
  const { callers } = read(readBake, { 'docker-bake.hcl': text });
  expect(callers.map(({ context }) => context)).toEqual([
    { is: 'unknown', what: 'NONE' },
    { is: 'unknown', what: 'lower("B")' },
    { is: 'unknown', what: 'NONE != "" ? "x" : "y"' },
    { is: 'unknown', what: '${upper(NONE)}/x' },
    { is: 'unknown', what: 'LOOP' },
    { is: 'here', path: '' },
    { is: 'elsewhere', what: 'https://github.com/a/b.git' },
    { is: 'here', path: 'x' },
  ]);
  expect(callers[5]?.dockerfile).toEqual({ is: 'elsewhere', what: 'an inline Dockerfile' });
  expect(callers[5]?.declared.platforms.map(({ value }) => value)).toEqual(['linux/amd64', undefined]);
});

test('a matrix that is written out makes a target each', () => {
  const text = `
target "app" {
  name = "app-\${item.name}"
  matrix = { item = [{ name = "a", dir = "x" }, { name = "b", dir = "y" }] }
  context = item.dir
}
target "lib" {
  matrix = { v = names() }
  dockerfile = "\${v}.Dockerfile"
}
`;
  expect(targets(text)).toEqual(['app 2: x x/Dockerfile -', 'app 2: y y/Dockerfile -', 'lib 7: . ?${v}.Dockerfile -']);
});

test('JSON says the same, and the override file is read over it', () => {
  const json = JSON.stringify({ variable: { D: { default: 'api' } }, target: { api: { context: '${D}', dockerfile: 'a.Dockerfile' } } }, undefined, 2);
  const files = { 'docker-bake.json': json, 'docker-bake.override.hcl': 'target "api" { target = "dev" }\ntarget "more" {}\n' };
  const { callers } = read(readBake, files);
  expect(callers.map(shown)).toEqual(['api 8: api api/a.Dockerfile dev']);
  expect(json.slice(callers[0]?.declared.context?.start, callers[0]?.declared.context?.end)).toBe('"${D}"');
  expect(callers[0]?.declared.target?.file).toBe('docker-bake.override.hcl');
  expect(read(readBake, Object.fromEntries(Object.entries(files).toReversed())).callers.map(shown)).toEqual(['more 2: . Dockerfile -']);
});

test.each([
  ['"a\\tb\\u00e9 $${x} \\""', 'a\tbé ${x} "'],
  ['"${x}"', undefined],
  ['"%{ if x }a%{ endif }"', undefined],
  ['1.50', '1.50'],
  ['true', 'true'],
  ['null', undefined],
  ['<<-END\n  a\n  END', '  a\n'],
  ['"a" // comment', 'a'],
])('%s is %j', (text, value) => {
  const expression = attribute(text);
  expect(expression && valueOf(expression, () => undefined)).toBe(value);
});

test.each([
  ['target "a" {\n  context = \n}', 2, 'a value is missing'],
  ['target "a" {\n  context = "x\n}', 2, 'a text is not closed'],
  ['target "a" {\n', 2, 'a block is not closed'],
  ['a = [1,\n', 1, 'a bracket is not closed'],
  ['\n{{ x }}', 2, 'neither a block nor an attribute'],
  ['a = <<X\n', 2, 'the heredoc X is not closed'],
  ['a "b"\n', 1, 'neither followed by = nor by {'],
])('%j is a note at line %i', (text, line, because) => {
  const { callers, notes } = read(readBake, { 'docker-bake.hcl': text });
  expect(callers).toEqual([]);
  expect(notes).toEqual([{ file: 'docker-bake.hcl', line, because: expect.stringContaining(because) }]);
});

const pieces = 'target "a" { } [ ] " ${ %{ <<E = , inherits matrix x # /* */ ( ) \\ for E'.split(' ').concat([' ', '\n', 'E\n', '<<E\n']);
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join('')),
);

test.each(['', 'target "a" {\n  context = '])('no text makes it throw, behind %j', (before) => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(() => read(readBake, { 'docker-bake.hcl': before + text })).not.toThrow();
    }),
    { numRuns: 2000 },
  );
});

test.each(['[', '{', 'a {', '"${'])('a file full of %s is not read', (opening) => {
  expect(read(readBake, { 'docker-bake.hcl': `a = ${opening.repeat(20_000)}` }).callers).toEqual([]);
});

test('paths are relative to where bake runs: as told, else the own folder or the root, whichever makes the Dockerfile exist', () => {
  const text = 'target "a" {\n  context = "api"\n}\n';
  const files = { 'ci/docker-bake.hcl': text, 'api/Dockerfile': '' };
  expect(read(readBake, files).callers.map(shown)).toEqual(['a 1: api api/Dockerfile -']);
  expect(read(readBake, { ...files, 'ci/api/Dockerfile': '' }).callers.map(shown)).toEqual(['a 1: ci/api ci/api/Dockerfile -']);
  const told = readBake({ path: 'ci/docker-bake.hcl', text }, filesOf({ ...files, 'ci/api/Dockerfile': '' }), ['']);
  expect(told.callers.map(shown)).toEqual(['a 1: api api/Dockerfile -']);
});
