import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ignoreFileOf, ignoreMatcher, readIgnoreFile } from '../../src/workspace/ignore.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';

/** What arrived of a tree by `COPY . /`, recorded from BuildKit. Folders end in a slash. */
interface Sent {
  readonly ignore: string;
  readonly absent?: readonly string[];
  readonly error?: string;
}

/** Which files arrived where several ignore files lie about. Paths are relative to one root. */
interface InForce {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly dockerfile: string;
  readonly context: string;
  readonly sent?: readonly string[];
  readonly error?: string;
}

function linesOf(name: string): string[] {
  return readFileSync(new URL(`../../fixtures/dockerignore/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
}

const [first = '', ...others] = linesOf('sent.jsonl');
const { tree }: { tree: string[] } = JSON.parse(first);
const cases = others.map((line): Sent => JSON.parse(line));

/** What does not arrive of some paths; undefined where the build fails. */
function absent(ignore: string, paths: readonly string[]): string[] | undefined {
  const reading = readIgnoreFile(ignore);
  if ('malformed' in reading) return undefined;
  const matcher = ignoreMatcher(reading.rules);
  const decided = paths.map((path) => ({ path, ...matcher.decide(path.replace(/\/$/, '')) }));
  if (decided.some(({ by }) => by && !by.matches)) return undefined;
  const seen = decided.filter(({ hidden }) => !hidden).map(({ path }) => path);
  return paths.filter((path) => !seen.some((one) => one === path || (path.endsWith('/') && one.startsWith(path))));
}

describe('what BuildKit sent', () => {
  test.each(cases)('$ignore', ({ ignore, absent: expected }) => expect(absent(ignore, tree)).toEqual(expected));

  test.each(linesOf('in-force.jsonl').map((line): InForce => JSON.parse(line)))('$name', ({ files, dockerfile, context, sent }) => {
    const ignore = ignoreFileOf(dockerfile, context, (path) => files[path]);
    const all = Object.keys(files).flatMap((path) => {
      const below = posix.relative(context, path);
      return below.startsWith('../') ? [] : [below];
    });
    const gone = absent(ignore?.text ?? '', all);
    expect(gone && all.filter((path) => !gone.includes(path)).toSorted()).toEqual(sent);
  });
});

test('a line of more than 65,535 bytes fails the build, a shorter one does not', () => {
  expect(absent(`b.md\n${'a'.repeat(65_535)}`, tree)).toEqual(['b.md']);
  expect(readIgnoreFile(`b.md\n${'é'.repeat(32_768)}`)).toEqual({ malformed: { line: 2, because: 'a line of more than 65535 bytes' } });
});

test('a rule knows its place in the file, and what decided is told', () => {
  const text = '\uFEFF# all\r\n*\r\n\n  ! /d/ \r\nd/x/';
  const reading = readIgnoreFile(text);
  if ('malformed' in reading) throw new Error(reading.malformed.because);
  const { rules } = reading;
  expect(rules.map(({ line, start, end, negated, pattern }) => ({ line, written: text.slice(start, end), negated, pattern }))).toEqual([
    { line: 2, written: '*', negated: false, pattern: '*' },
    { line: 4, written: '  ! /d/ ', negated: true, pattern: 'd' },
    { line: 5, written: 'd/x/', negated: false, pattern: 'd/x' },
  ]);
  const matcher = ignoreMatcher(rules);
  expect(['a/b', 'd', 'd/a', 'd/x/y'].map((path) => matcher.decide(path).by?.line)).toEqual([2, 4, 4, 5]);
  expect(ignoreMatcher([]).decide('a')).toEqual(expect.objectContaining({ hidden: false, by: undefined }));
});

test('any text is read and any path decided', () => {
  const letters = fc.constantFrom(...Array.from('ab/*?[]\\!^.-{}|(),1 \n\r\t#é'), '**/', '[:alpha:]', '\\Q', '\\E', '\\p{L}', '{2,}');
  const texts = fc.array(letters, { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, texts, (ignore, path) => {
      const reading = readIgnoreFile(ignore);
      if ('rules' in reading) ignoreMatcher(reading.rules).hides(path);
    }),
  );
  const hostile = `${'*a'.repeat(30)}b\n${'**/a/'.repeat(30)}b\n`;
  expect(absent(hostile, ['a'.repeat(250), `${'a/'.repeat(500)}a`])).toEqual([]);
});

test('a context in memory lacks what its ignore file hides', () => {
  const files = new Map([
    ['Dockerfile', 'FROM scratch\n'],
    ['a.sh', 'a\n'],
    ['d/b.sh', 'b\n'],
    ['d/c.sh', 'c\n'],
  ]);
  const seen = (ignore: Record<string, string>): readonly string[] => {
    const context = filesInMemory(new Map([...files, ...Object.entries(ignore)]), [], 'Dockerfile');
    for (const path of files.keys()) expect(context.size(path) !== undefined).toBe(context.below('').includes(path));
    return context.below('').filter((path) => context.text(path) !== undefined && path.endsWith('.sh'));
  };
  expect(seen({})).toEqual(['a.sh', 'd/b.sh', 'd/c.sh']);
  expect(seen({ '.dockerignore': 'd\n!d/c.sh\n' })).toEqual(['a.sh', 'd/c.sh']);
  expect(seen({ '.dockerignore': 'd\n', 'Dockerfile.dockerignore': 'a.sh' })).toEqual(['d/b.sh', 'd/c.sh']);
  expect(seen({ '.dockerignore': '[\n' })).toEqual([]);
});
