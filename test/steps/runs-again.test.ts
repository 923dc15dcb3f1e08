import { describe, expect, test } from 'vitest';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { compareRuns } from '../../src/steps/compare-runs.ts';
import type { Facts } from '../../src/steps/facts.ts';
import { readFacts } from '../../src/steps/read.ts';
import { fatesAfter } from '../../src/steps/runs-again.ts';
import { typicalEdits } from '../../src/steps/typical-edits.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';

function factsOf(text: string, files: readonly string[] | Readonly<Record<string, string>> = [], target?: string): Facts {
  const reading = readDockerfile(text);
  if (!('dockerfile' in reading)) throw new Error(reading.notUnderstood.because);
  const texts = new Map(Array.isArray(files) ? files.map((path) => [path, '']) : Object.entries(files));
  return readFacts(reading.dockerfile, { context: filesInMemory(texts), targets: target === undefined ? [] : [target] });
}

/** The paths by the kind of edit. */
function chosen(text: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(typicalEdits(factsOf(text, files)).map(({ edit, path }) => [edit, path]));
}

/** `3 again, 4 unknown`: lines of the steps that are not cached, then how many are. */
function fates(facts: Facts, path: string): string {
  const all = [...fatesAfter(facts, path)];
  const others = all.filter(([, fate]) => fate !== 'cached');
  return [...others.map(([{ instruction }, fate]) => `${instruction.startLine} ${fate}`), `${all.length - others.length} cached`].join(', ');
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

describe('the steps of one stage', () => {
  test.each([
    ['a COPY that brings the file, and all below', ['COPY a /', 'RUN x', 'COPY b /', 'WORKDIR /w', 'RUN y'], '4 again, 5 again, 6 again, 2 cached'],
    ['the whole context', ['COPY . /', 'ENV A=b', 'USER 1', 'LABEL c=d', 'WORKDIR /', 'RUN x'], '2 again, 7 again, 0 cached'],
    ['from above the root', ['COPY ../b /', 'ADD /b /x'], '2 again, 3 again, 0 cached'],
    ['a wildcard', ['RUN x', 'COPY a* [c-d]* /', 'ADD ? /'], '4 again, 2 cached'],
    ['a heredoc, an address, another image', ['COPY <<b /x', 'b', 'ADD https://example.com/b /', 'COPY --from=alpine b /'], '3 cached'],
    ['a variable', ['ENV F=b', 'ARG G=b', 'COPY $F /', 'RUN x'], '4 again, 5 again, 0 cached'],
    ['a variable that the build may give', ['ARG G=a', 'COPY $G /', 'RUN x', 'COPY b /'], '3 unknown, 4 unknown, 5 again, 0 cached'],
    ['a linked COPY below another', ['COPY b /', 'COPY --link a /', 'RUN x'], '2 again, 3 unknown, 4 again, 0 cached'],
    ['a bind mount', ['RUN --mount=target=/w,src=a x', 'RUN --mount=type=bind,target=/w x'], '3 again, 1 cached'],
    ['other mounts', ['RUN --mount=type=cache,target=/b --mount=type=secret,id=b --mount=type=tmpfs,target=/c x'], '1 cached'],
    ['what is excluded', ['COPY --exclude=a . /x', 'COPY --exclude=? . /y', 'RUN x'], '2 again, 3 again, 4 again, 0 cached'],
    ['what is excluded in front', ['COPY --exclude=? . /y', 'RUN x'], '2 cached'],
  ])('%s', (_what, steps, expected) => {
    expect(fates(factsOf(lines('FROM alpine', ...steps), ['a', 'b']), 'b')).toBe(expected);
  });

  test('a folder above it', () => {
    const facts = factsOf(lines('FROM alpine', 'COPY di /', 'COPY dir/be /', 'COPY dir/b/c/d /', 'COPY ./dir/b/ /', 'COPY dir /'));
    expect(fates(facts, 'dir/b/c')).toBe('5 again, 6 again, 3 cached');
  });

  test('an excluded file that is copied by its own name comes all the same', () => {
    const facts = factsOf(lines('FROM alpine', 'COPY --exclude=b d/b /', 'RUN x'));
    expect(fates(facts, 'd/b')).toBe('2 again, 3 again, 0 cached');
    expect(fates(factsOf(lines('FROM alpine', 'COPY --exclude=b d /', 'RUN x')), 'd/b')).toBe('2 cached');
  });

  test('what the ignore file hides counts nowhere, be it tracked or not', () => {
    const text = lines('FROM alpine', 'COPY . /', 'RUN --mount=target=/w x');
    expect(fates(factsOf(text, { '.dockerignore': 'docs\n!docs/kept' }), 'docs/a')).toBe('2 cached');
    expect(fates(factsOf(text, { '.dockerignore': 'docs\n!docs/kept' }), 'docs/kept')).toBe('2 again, 3 again, 0 cached');
    expect(fates(factsOf(text), '.git/index')).toBe('2 again, 3 again, 0 cached');
    expect(fates(factsOf(text, { '.dockerignore': '.git' }), '.git/index')).toBe('2 cached');
  });
});

describe('steps of several stages', () => {
  const stages = lines(
    'FROM alpine AS one',
    'COPY . /src/',
    'FROM alpine AS two',
    'COPY --from=one /src/a /',
    'RUN x',
    'FROM alpine',
    'COPY --from=1 /out /',
    'RUN y',
  );

  test('what a stage copies is taken from it file by file, what its RUNs make is left open', () => {
    expect(fates(factsOf(stages, ['a', 'b']), 'b')).toBe('2 again, 4 cached');
    expect(fates(factsOf(stages, ['a', 'b']), 'a')).toBe('2 again, 4 again, 5 again, 7 unknown, 8 unknown, 0 cached');
  });

  test('stages that the build does not come to are none of it, but for one that is asked for', () => {
    const text = lines('FROM alpine AS one', 'COPY b /', 'FROM one AS lint', 'RUN x', 'FROM one', 'RUN y');
    expect(fates(factsOf(text), 'b')).toBe('2 again, 6 again, 0 cached');
    expect(fates(factsOf(text, [], 'lint'), 'b')).toBe('2 again, 4 again, 6 again, 0 cached');
  });

  test.each([
    ['a destination that may be a folder', ['COPY a /d', 'FROM alpine', 'COPY --from=one /d/a /'], '2 again, 4 unknown, 0 cached'],
    [
      'a COPY that may bring back what was there',
      ['COPY a /d/', 'COPY other /d/', 'FROM alpine', 'COPY --from=one /d/a /'],
      '2 again, 3 again, 5 unknown, 0 cached',
    ],
    ['a COPY beside it', ['COPY a /d/', 'COPY other /e/', 'FROM alpine', 'COPY --from=one /e /'], '2 again, 3 again, 1 cached'],
    ['a bind mount of it', ['COPY a /d/', 'FROM alpine', 'RUN --mount=from=one,target=/x,source=/d x'], '2 again, 4 again, 0 cached'],
    ['a cache mount that begins with it', ['COPY a /d/', 'FROM alpine', 'RUN --mount=type=cache,from=one,target=/x x'], '2 again, 4 again, 0 cached'],
    ['what ONBUILD does', ['ONBUILD COPY a /', 'RUN x', 'FROM one', 'RUN y'], '5 unknown, 1 cached'],
  ])('%s', (_what, steps, expected) => {
    expect(fates(factsOf(lines('FROM alpine AS one', ...steps), ['a', 'other']), 'a')).toBe(expected);
  });
});

describe('the files that stand for an edit', () => {
  const start = 'FROM node:20\nWORKDIR /app\n';
  const node = { 'package.json': '{}', 'package-lock.json': '{"lockfileVersion":3,"packages":{}}' };

  test('the source that the image starts, the first manifest, the readme', () => {
    const files = {
      ...node,
      'src/a.ts': '',
      'src/server.ts': '',
      'src/index.ts': '',
      'test/server.ts': '',
      'README.md': '',
      'docs/README.md': '',
      LICENSE: '',
    };
    const text = `${start}COPY . .\nRUN npm ci && npm run build\nCMD ["node", "dist/server.js"]\n`;
    expect(chosen(text, files)).toEqual({ source: 'src/server.ts', manifest: 'package.json', unneeded: 'README.md' });
  });

  test('without a name, what entries are called, in the language of most files', () => {
    expect(chosen(`${start}COPY . .\n`, { 'z.py': '', 'lib/index.js': '', 'main.py': '', 'src/main.py': '', 'conf.yml': '' })).toEqual({ source: 'main.py' });
    expect(chosen(`${start}COPY . .\n`, { 'b.go': '', 'a.js': '', 'x/c.go': '' })).toEqual({ source: 'b.go' });
  });

  test('only files that the build reads as they are: a text, not hidden, not named by a COPY for its own sake', () => {
    const files = { '.dockerignore': 'README.md', 'README.md': '', 'app/main.py': '', 'main.py': '', LICENSE: '' };
    expect(chosen(`${start}COPY app ./\nCOPY LICENSE README.md /licenses/\n`, files)).toEqual({ source: 'app/main.py' });
    expect(chosen(`${start}COPY src ./\n`, files)).toEqual({});
  });

  test('what an install reads is no source', () => {
    const files = { ...node, 'package.json': '{"scripts":{"postinstall":"node setup.js"}}', 'setup.js': '', 'worker.js': '' };
    expect(chosen(`${start}COPY . .\nRUN npm ci\n`, files)).toEqual({ source: 'worker.js', manifest: 'package.json' });
  });
});

test('before and after are told by lines, and what no longer runs by name', () => {
  const files = { 'package.json': '{}', 'package-lock.json': '{"lockfileVersion":3,"packages":{}}', 'index.js': '', 'README.md': '' };
  const before = factsOf(lines('FROM node:20', 'WORKDIR /app', 'COPY . .', 'RUN npm ci && rm -rf /tmp/x', 'RUN npm test'), files);
  const text = lines('FROM node:20', 'WORKDIR /app', 'COPY package*.json ./', 'RUN npm ci && rm -rf /tmp/x', 'COPY . .', 'RUN npm test');
  const [source, manifest, unneeded] = compareRuns(before, factsOf(text, { ...files, '.dockerignore': 'README.md' }));
  expect(source).toMatchObject({
    path: 'index.js',
    before: { again: [4, 5], of: 2 },
    after: { again: [6], perhaps: [], of: 2 },
    spared: ['npm ci'],
    added: [],
  });
  expect(manifest).toMatchObject({ path: 'package.json', before: { again: [4, 5] }, after: { again: [4, 6] }, spared: [], added: [] });
  expect(unneeded).toMatchObject({ path: 'README.md', before: { again: [4, 5] }, after: { again: [], of: 2 }, spared: ['npm ci', 'npm test'] });
});
