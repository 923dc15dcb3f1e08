import { expect, test } from 'vitest';
import { readScript } from '../../src/shell/read.ts';

function read(text: string) {
  return readScript({ text, at: Array.from({ length: text.length + 1 }, (_, i) => i) });
}

test('a list is its items with what joins them', () => {
  const script = read('a 1 && b | c || ! d; e &');
  expect(script?.items.map((item) => [item.connector, item.pipeline.map((command) => command.words[0]?.value), item.negated, item.background])).toEqual([
    [undefined, ['a'], false, false],
    ['&&', ['b', 'c'], false, false],
    ['||', ['d'], true, false],
    [';', ['e'], false, true],
  ]);
});

test.each([
  ['a && b', ''],
  ['a;', ';'],
  ['a &', '&'],
  ['a # why', '# why'],
])('what stands behind the last command of `%s` is `%s`', (text, tail) => expect(read(text)?.tail).toBe(tail));

test('what does not parse is no script', () => {
  expect(read('if true; then a')).toBeUndefined();
  expect(read('echo "open')).toBeUndefined();
});

test.each(['[[ a == b ]]', 'echo {a,b}', 'a &> log', "echo $'\\t'", 'cat <<< x', 'a=(1 2)', 'echo ${x//a/b}', 'diff <(a) <(b)', 'a |& b', 'source x'])(
  '`%s` is read differently by shells',
  (text) => expect(read(text)?.bashism).toBeDefined(),
);

test.each(['[ a = b ]', 'echo ${x:-y} ${x%z}', 'a > log 2>&1', 'echo "$(b)" `c`', 'for i in a b; do c; done', 'f() { a; }'])(
  '`%s` is the same to all shells',
  (text) => expect(read(text)?.bashism).toBeUndefined(),
);

test('words have a value where nothing is expanded, and a pattern where only globs are', () => {
  const words = read(`rm -rf "/a b"/'c' /d/*.txt "$E"/f ~/g`)?.commands[0]?.words.slice(2);
  expect(words?.map((word) => [word.value, word.pattern])).toEqual([
    ['/a b/c', '/a b/c'],
    [undefined, '/d/*.txt'],
    [undefined, undefined],
    ['~/g', '~/g'],
  ]);
});

test('commands in compounds and substitutions are found and marked', () => {
  const script = read('a "$(b)" && if c; then d; fi');
  expect(script?.commands.map((command) => [command.words[0]?.value, command.nested])).toEqual([
    ['a', false],
    ['b', true],
    ['c', true],
    ['d', true],
  ]);
});
