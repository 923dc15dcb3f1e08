import { expect, test } from 'vitest';
import { runPipeline, type PipelineOptions } from '../../src/pipeline/pipeline.ts';
import { defineTransform, type Transform } from '../../src/transform.ts';
import { noFiles } from '../../src/workspace/workspace.ts';
import builtIn from '../../transforms/index.ts';

const byItself = builtIn.filter((transform) => transform.default !== 'off');
const options: PipelineOptions = { path: 'Dockerfile', transforms: byItself, level: 'safe', context: noFiles };
const text = 'FROM debian:bookworm-slim\nRUN apt-get update\nRUN apt-get install -y curl\nCMD ["curl"]\n';

/** A transform that puts a text in place of another wherever it finds it. */
function replacing(id: string, from: string, to: string, more: Partial<Transform> = {}): Transform {
  return defineTransform({
    id,
    title: id,
    level: 'safe',
    keeps: ['commands', 'files', 'stages', 'config', 'comments'],
    *find({ dockerfile }) {
      const start = dockerfile.text.indexOf(from);
      const at = dockerfile.instructions.find((instruction) => instruction.range.start <= start && instruction.range.end >= start);
      if (start < 0 || !at) return;
      yield {
        kind: 'finding',
        at,
        message: `${from} becomes ${to}`,
        level: 'safe',
        because: 'a test says so',
        edits: [{ start, end: start + from.length, text: to }],
      };
    },
    ...more,
  });
}

test('findings carry the line of the original text, also when an earlier one moved it', () => {
  const { changes } = runPipeline(`# a\n${text}RUN apt-get update && apt-get install -y jq\n`, options);
  expect(changes.map((change) => change.finding)).toEqual([
    'chain-runs@Dockerfile:3',
    'clean-package-caches@Dockerfile:3',
    'clean-package-caches@Dockerfile:6',
  ]);
});

test('a transform goes on until it finds nothing more, before the next one sees the half of it', () => {
  const seen: string[] = [];
  const first = replacing('first', 'RUN a', 'RUN z', { keeps: ['stages'] });
  const second = defineTransform({
    ...replacing('second', 'none', 'none'),
    *find({ dockerfile }) {
      seen.push(dockerfile.text);
      yield* [];
    },
  });
  const { changes } = runPipeline('FROM debian\nRUN a\nRUN a\nRUN a\n', { ...options, transforms: [first, second] });
  expect(seen.slice(0, 1)).toEqual(['FROM debian\nRUN z\nRUN z\nRUN z\n']);
  expect(changes.map(({ finding }) => finding)).toEqual(['first@Dockerfile:2', 'first@Dockerfile:3', 'first@Dockerfile:4']);
});

test('at safe a transform that can only tell is asked once, of the settled text', () => {
  const seen: string[] = [];
  const telling = defineTransform({
    ...replacing('telling', 'none', 'none', { level: 'review' }),
    *find({ dockerfile }) {
      seen.push(dockerfile.text);
      yield* [];
    },
  });
  const acting = replacing('acting', 'RUN a', 'RUN z', { keeps: ['stages'] });
  runPipeline('FROM debian\nRUN a\nRUN a\n', { ...options, transforms: [telling, acting] });
  expect(seen).toEqual(['FROM debian\nRUN z\nRUN z\n']);
});

test('a finding at a better level than that of its transform is a fault', () => {
  const { text: result, faults } = runPipeline('FROM debian\nRUN a\n', {
    ...options,
    transforms: [replacing('better', 'RUN a', 'RUN z', { level: 'review' })],
  });
  expect(result).toBe('FROM debian\nRUN a\n');
  expect(faults).toEqual([{ id: 'better', message: 'a finding is at `safe`, which is better than the `level` of its transform: review' }]);
});

test('what the two readings of the result disagree about is undone, and the transform named', () => {
  const [fine, bad] = [replacing('fine', 'RUN a', 'RUN z', { keeps: [] }), replacing('bad', 'USER b', 'USER z\rUSER c', { keeps: [] })];
  const result = runPipeline('FROM debian\nRUN a\nUSER b\n', { ...options, transforms: [fine, bad] });
  expect(result.text).toBe('FROM debian\nRUN z\nUSER b\n');
  expect(result.faults).toEqual([{ id: 'bad', message: 'its edits were undone, they fail the check: the result is no Dockerfile any more' }]);
});

test('a heredoc that only the shell sees is left alone', () => {
  const odd = 'FROM debian:bookworm-slim\nRUN apt-get update &&<<E apt-get install -y curl\nRUN apt-get install -y jq\n';
  const { faults, text: after } = runPipeline(odd, options);
  expect(faults).toEqual([]);
  expect(after).toContain('&&<<E apt-get install -y curl\nRUN');
});

test('updates that repeat each other go at once, however many', () => {
  const many = `FROM debian:bookworm-slim\nRUN apt-get update${' && apt-get install -y a && apt-get update'.repeat(30)} && rm -rf /var/lib/apt/lists/*\n`;
  const { faults, text: after } = runPipeline(many, options);
  expect(faults).toEqual([]);
  expect(after.match(/update/g)).toHaveLength(1);
});

test('only and skip choose single findings', () => {
  const two = `${text}ENV A=1\nRUN mkdir /a\nRUN mkdir /b\n`;
  const only = runPipeline(two, { ...options, onlyFindings: new Set(['chain-runs@Dockerfile:6']) });
  expect(only.changes.map((change) => change.finding)).toEqual(['chain-runs@Dockerfile:6']);
  const skip = runPipeline(two, { ...options, skipFindings: new Set(['chain-runs@Dockerfile:6']) });
  expect(skip.text).toContain('RUN mkdir /a\nRUN mkdir /b\n');
  expect(skip.text).toContain('rm -rf /var/lib/apt/lists');
});

test('a suppression silences the instruction below it, and one that silences nothing is reported', () => {
  const result = runPipeline(
    'FROM debian:bookworm-slim\n# dockopt-ignore clean-package-caches -- wanted\nRUN apt-get update && apt-get install -y curl\n# dockopt-ignore\nCMD ["curl"]\n',
    options,
  );
  expect(result.changes).toEqual([]);
  expect(result.unusedSuppressions).toEqual([4]);
});

const cleanable = (comment: string): string => `FROM debian:bookworm-slim\n# ${comment}\nRUN apt-get update && apt-get install -y curl\nCMD ["curl"]\n`;

test.each([
  'dockopt-ignore clean-package-caches until=2027-01-01 -- see #12',
  'dockopt-ignore clean-package-caches -- see #12, until=2027-01-01',
  'dockopt-ignore until=2027-01-01',
  'dockopt-ignore-file until=2027-01-01',
  'dockopt-ignore-file -- generated (until=2027-01-01)',
])('# %s: silences up to the end of that day', (comment) => {
  const on = (today: string): unknown => {
    const { changes, suppressionDates, unusedSuppressions } = runPipeline(cleanable(comment), { ...options, today });
    return { changed: changes.map(({ id }) => id), suppressionDates, unusedSuppressions };
  };
  const silent = { changed: [], suppressionDates: [], unusedSuppressions: [] };
  expect(on('2026-12-31')).toEqual(silent);
  expect(on('2027-01-01')).toEqual(silent);
  const over = [{ line: 2, until: '2027-01-01', is: 'over' }];
  expect(on('2027-01-02')).toEqual({ changed: ['clean-package-caches'], suppressionDates: over, unusedSuppressions: [] });
  expect(runPipeline(cleanable(comment), options).changes).toEqual([]);
});

test.each(['2027-02-29', '2027-1-1', 'tomorrow', ''])('until=%s is no date: it is told, and the comment holds', (until) => {
  const result = runPipeline(cleanable(`dockopt-ignore clean-package-caches until=${until} -- wanted`), { ...options, today: '2030-01-01' });
  expect(result).toMatchObject({ changes: [], unusedSuppressions: [], suppressionDates: [{ line: 2, until, is: 'no date' }] });
});

test.each([
  ['2027-06-01', false],
  ['2027-05-31', true],
])('on 2027-06-01 a comment until %s keeps steps apart no more: %s', (until, joined) => {
  const apart = text.replace('RUN apt-get install', `# dockopt-ignore chain-runs until=${until}\nRUN apt-get install`);
  const { changes } = runPipeline(apart, { ...options, today: '2027-06-01' });
  expect(changes.some(({ id }) => id === 'chain-runs')).toBe(joined);
});

test('what reads as a suppression inside a heredoc, or a line that a backslash continues, is none', () => {
  const inside = 'FROM debian:bookworm-slim\nRUN <<END\n# dockopt-ignore until=2020-01-01\ntrue\nEND\nRUN true \\\n# dockopt-ignore until=never\n  && true\n';
  expect(runPipeline(inside, { ...options, today: '2027-01-01' })).toMatchObject({ unusedSuppressions: [], suppressionDates: [] });
});

test('a whole file is left alone where it says so', () => {
  expect(runPipeline(`# dockopt-ignore-file -- generated\n\n${text}`, options).changes).toEqual([]);
});

test.each([
  ['a command', replacing('lies', 'apt-get install', 'apt-get  download')],
  ['a comment', replacing('lies', 'CMD', '# new\nCMD')],
  ['the configuration', replacing('lies', '"curl"', '"wget"')],
  ['a stage', replacing('lies', 'bookworm-slim', 'bookworm')],
  ['the whole file', replacing('lies', 'FROM', 'FORM')],
])('a transform that changes %s against its word is undone and named', (_what, transform) => {
  const result = runPipeline(text, { ...options, transforms: [transform] });
  expect(result.text).toBe(text);
  expect(result.changes).toEqual([]);
  expect(result.faults.map((fault) => fault.id)).toEqual(['lies']);
});

test.each([
  ['commands', 'apt-get install', 'apt-get  remove'],
  ['config', '"curl"', '"wget"'],
  ['stages', 'bookworm-slim', 'bookworm'],
  ['comments', 'CMD', '# new\nCMD'],
] as const)('what it says it keeps is checked alone, too: %s', (kept, from, to) => {
  const result = runPipeline(text, { ...options, transforms: [replacing('lies', from, to, { keeps: [kept] })] });
  expect(result.text).toBe(text);
  expect(result.faults.map((fault) => fault.id)).toEqual(['lies']);
});

test('what it does not say it keeps may change', () => {
  const result = runPipeline(text, {
    ...options,
    transforms: [replacing('relabels', '["curl"]', '["curl", "-V"]', { keeps: ['commands', 'files', 'stages', 'comments'], find: once })],
  });
  expect(result.faults).toEqual([]);
  expect(result.text).toContain('["curl", "-V"]');
});

function* once({ dockerfile }: Parameters<Transform['find']>[0]): ReturnType<Transform['find']> {
  const at = dockerfile.instructions.at(-1);
  if (!at || dockerfile.text.includes('-V')) return;
  yield {
    kind: 'finding',
    at,
    message: 'asks for the version',
    level: 'safe',
    because: 'a test says so',
    edits: [{ ...at.range, text: 'CMD ["curl", "-V"]' }],
  };
}

test.each([
  ['no reason', { because: '' }, 'because'],
  ['no level', { level: 'great' }, 'allowed'],
  ['nothing that may differ at review', { level: 'review' }, 'differs'],
])('a finding with %s is a fault of its transform', (_what, lacking, named) => {
  const sloppy = defineTransform({
    id: 'sloppy',
    title: 'sloppy',
    level: 'safe',
    keeps: [],
    *find({ dockerfile }) {
      const [at] = dockerfile.instructions;
      if (at) yield { kind: 'finding', at, message: 'm', level: 'safe', because: 'b', edits: [], ...(lacking as object) };
    },
  });
  const { faults } = runPipeline(text, { ...options, transforms: [sloppy] });
  expect(faults[0]?.message).toContain(named);
});

test('a transform that never comes to rest is switched off, the others go on', () => {
  const restless = replacing('restless', '"curl"', '"curl", "-v"', { keeps: [] });
  const result = runPipeline(text, { ...options, transforms: [restless, ...builtIn] });
  expect(result.faults.map((fault) => fault.id)).toEqual(['restless']);
  expect(result.text).toBe(runPipeline(text, options).text);
});

test('two transforms that undo each other are both switched off', () => {
  const there = replacing('there', '"curl"', '"wget"', { keeps: [] });
  const back = replacing('back', '"wget"', '"curl"', { keeps: [] });
  const result = runPipeline(text, { ...options, transforms: [there, back] });
  expect(result.text).toBe(text);
  expect(result.faults.map((fault) => fault.id).toSorted()).toEqual(['back', 'there']);
});

test('an error in a transform is told and leaves the file to the others', () => {
  const broken = defineTransform({
    id: 'broken',
    title: 'broken',
    level: 'safe',
    keeps: [],
    find() {
      throw new Error('no such stage');
    },
  });
  const result = runPipeline(text, { ...options, transforms: [broken, ...builtIn] });
  expect(result.faults).toEqual([{ id: 'broken', message: 'no such stage' }]);
  expect(result.text).not.toBe(text);
});

test('what review would add is told at safe, on top of what safe does', () => {
  const result = runPipeline(
    'FROM debian:bookworm-slim\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends file\nRUN apt-get install -y --no-install-recommends jq\n',
    options,
  );
  expect(result.judgement.map((change) => [change.level, change.message])).toEqual([['review', 'unite 2 installs']]);
  expect(result.judgement[0]?.differs).toBeDefined();
});
