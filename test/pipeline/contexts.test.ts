import { expect, test } from 'vitest';
import type { Instruction } from '../../src/dockerfile/model.ts';
import { runPipeline, type PipelineOptions, type PipelineResult } from '../../src/pipeline/pipeline.ts';
import { declined, defineTransform, finding, type Found, type Transform } from '../../src/transform.ts';
import type { Facts } from '../../src/steps/facts.ts';
import type { Edit } from '../../src/text.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';
import builtIn from '../../transforms/index.ts';

const text = 'FROM scratch\nENV A=1\nENV B=2\n';

/** A transform that reads from the context what becomes of `ENV A` and `ENV B`: a new value with its level, a reason not to, or nothing. */
const obeying: Transform = defineTransform({
  id: 'obeying',
  title: 'obeying',
  level: 'safe',
  keeps: [],
  *find({ dockerfile, context }: Facts): Iterable<Found> {
    for (const at of dockerfile.instructions) {
      const [name = '', value] = at.argument.text.split('=');
      const [to, level] = context.text(name)?.split(' ') ?? [];
      if (to === undefined || to === value) continue;
      if (to === 'no') yield declined(at, { refused: 'says-no', because: `${name} has to stay` });
      else {
        const allowed = level === 'review' ? 'review' : 'safe';
        yield finding(at, 'obey', { allowed, because: 'a file says so', differs: level && `${name} differs` }, [edit(at, `ENV ${name}=${to}`)]);
      }
    }
  },
});

function edit({ range }: Instruction, by: string): Edit {
  return { ...range, text: by };
}

type Files = Readonly<Record<string, string>>;

function run([first = {}, ...others]: readonly Files[], more: Partial<PipelineOptions> = {}): PipelineResult {
  const context = (files: Files): PipelineOptions['context'] => filesInMemory(new Map(Object.entries(files)));
  const otherContexts = others.map((files, index) => ({ name: `other${index + 1} (compose.yaml:${index + 4} web)`, files: context(files) }));
  return runPipeline(text, { path: 'Dockerfile', transforms: [obeying], level: 'safe', context: context(first), otherContexts, ...more });
}

function refusals({ declined: all }: PipelineResult): string[] {
  return all.map(({ refusal, line, because }) => `${line} ${refusal}: ${because}`);
}

test('what is the same with each context is made', () => {
  const result = run([{ A: '3' }, { A: '3' }, { A: '3' }]);
  expect(result.text).toBe(text.replace('A=1', 'A=3'));
  expect(result.changes).toMatchObject([{ finding: 'obeying@Dockerfile:2', level: 'safe' }]);
  expect(result.declined).toEqual([]);
});

test.each([
  ['refuses', 'no', 'A has to stay'],
  ['changes in another way', '4', 'there it would be another change'],
  ['leaves as it is', '1', 'there is nothing to change'],
])('what one context %s is refused in all, and the rest is made', (_what, A, why) => {
  const result = run([
    { A: '3', B: '3' },
    { A: '3', B: '3' },
    { A, B: '3' },
  ]);
  expect(result.text).toBe(text.replace('B=2', 'B=3'));
  expect(refusals(result)).toEqual([`2 other-context: with the context other2 (compose.yaml:5 web) it would not hold: ${why}`]);
});

test('what the first context alone would not change is told by the context that would', () => {
  const result = run([{}, { A: '3' }, { A: '3' }]);
  expect(result.text).toBe(text);
  expect(refusals(result)).toEqual([
    '2 other-context: it would hold with the context other1 (compose.yaml:4 web), but not with each other one that this is built with',
  ]);
});

test('what the first context refuses keeps its own reason', () => {
  expect(refusals(run([{ A: 'no' }, { A: '3' }]))).toEqual(['2 says-no: A has to stay']);
});

test.each([
  ['the first', [{ A: '3 review' }, { A: '3' }]],
  ['another one', [{ A: '3' }, { A: '3 review' }]],
])('the level is the worst one: that of %s', (_which, contexts) => {
  const safe = run(contexts);
  expect(safe.text).toBe(text);
  expect(safe.judgement).toMatchObject([{ level: 'review', differs: 'A differs' }]);
  expect(run(contexts, { level: 'review' }).text).toBe(text.replace('A=1', 'A=3'));
});

test('what one context needs hidden is asked of all, as each has an ignore file of its own', () => {
  const hiding = defineTransform({
    id: 'hiding',
    title: 'hiding',
    level: 'safe',
    keeps: [],
    *find({ dockerfile, context }) {
      const at = dockerfile.instructions.find(({ argument }) => argument.text === 'A=1');
      const pattern = context.text('hide') ?? '';
      const verdict = { allowed: 'safe', because: 'a test says so' } as const;
      if (at) yield { ...finding(at, 'hide', verdict, [edit(at, 'ENV A=2')]), ignores: [{ pattern, group: 'left by tools' }] };
    },
  });
  const { changes } = run([{ hide: 'x' }, { hide: 'y' }], { transforms: [hiding] });
  expect(changes.map(({ ignores }) => ignores.map(({ pattern }) => pattern))).toEqual([['x', 'y']]);
});

test('the check holds the result against each context', () => {
  const narrowing = defineTransform({
    id: 'narrowing',
    title: 'narrowing',
    level: 'safe',
    keeps: ['files'],
    does: ['splits'],
    *find({ dockerfile }) {
      const at = dockerfile.instructions.find(({ argument }) => argument.text === '. ./');
      if (at) yield finding(at, 'copy less', { allowed: 'safe', because: 'a test says so' }, [edit(at, 'COPY a ./')]);
    },
  });
  const before = 'FROM scratch\nWORKDIR /x\nCOPY . ./\n';
  const only = filesInMemory(new Map([['a', '']]));
  const more = { name: 'more', files: filesInMemory(new Map(Object.entries({ a: '', b: '' }))) };
  const options: PipelineOptions = { path: 'Dockerfile', transforms: [narrowing], level: 'safe', context: only };
  expect(runPipeline(before, options).text).toBe(before.replace('. ./', 'a ./'));
  const { text: after, faults } = runPipeline(before, { ...options, otherContexts: [more] });
  expect(after).toBe(before);
  expect(faults).toMatchObject([{ id: 'narrowing' }]);
});

test('every stage that is named is shipped, in any case', () => {
  const stages = ['one', 'two', 'three'].map((name) => `FROM debian:bookworm AS ${name}\nRUN apt-get update && apt-get install -y curl\n`).join('');
  const transforms = builtIn.filter(({ id }) => id === 'clean-package-caches');
  const options: PipelineOptions = { path: 'Dockerfile', transforms, level: 'safe', context: filesInMemory(new Map()) };
  const lines = (targets: readonly string[]): number[] => runPipeline(stages, { ...options, targets }).changes.map(({ line }) => line);
  expect(lines([])).toEqual([6]);
  expect(lines(['One'])).toEqual([2, 6]);
  expect(lines(['one', 'two', 'none'])).toEqual([2, 4, 6]);
});
