import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportedTransform } from '../src/exported-transform.ts';
import { withOptions, readOptions } from '../src/options.ts';
import { runPipeline, type PipelineResult } from '../src/pipeline/pipeline.ts';
import type { PlainTransform } from '../src/plain-transform.ts';
import type { Transform } from '../src/transform.ts';
import { noFiles } from '../src/workspace/workspace.ts';

const text = 'FROM a\n# why\nRUN b\nRUN c\n';
const plain = (run: PlainTransform, more: object = {}): Transform => exportedTransform({ default: run, ...more }, 'mine.ts');
const run = (transform: Transform, source = text): PipelineResult =>
  runPipeline(source, { path: 'api/Dockerfile', transforms: [transform], level: 'safe', context: noFiles });

const change: PlainTransform = ({ source }) => source.replace('RUN b', 'RUN x');
const uncomment: PlainTransform = ({ source }) => source.replace('# why\n', '');

const unused = (id: string): readonly number[] =>
  run(
    plain(() => undefined),
    text.replace('# why', `# dockopt-ignore ${id}`),
  ).unusedSuppressions;

describe('a plain function', () => {
  test('is one finding, with the file path and the source at hand', () => {
    const result = run(plain(({ path, source }) => source.replace('RUN b', `RUN echo ${path}`)));
    expect(result).toMatchObject({ text: text.replace('RUN b', 'RUN echo api/Dockerfile'), faults: [] });
    expect(result.changes).toMatchObject([{ id: 'mine', finding: 'mine@api/Dockerfile:3', level: 'safe', message: 'what mine.ts changes' }]);
  });

  test.each([undefined, text])('that returns %j changes nothing', (result) =>
    expect(run(plain(() => result))).toMatchObject({ text, changes: [], faults: [] }),
  );

  test.each<[string, PlainTransform, string]>([
    [
      'throws',
      () => {
        throw new Error('oh dear');
      },
      'oh dear',
    ],
    ['returns a promise', (() => Promise.resolve('')) as unknown as PlainTransform, 'promise'],
    ['returns a number', (() => 1) as unknown as PlainTransform, 'of type number'],
    ['makes no Dockerfile', () => 'HELLO\n', 'no Dockerfile any more'],
    ['never rests', ({ source }) => `${source}RUN x\n`, 'does not come to rest'],
  ])('that %s is a fault and changes nothing', (_what, transform, message) => {
    const result = run(plain(transform));
    expect(result.text).toBe(text);
    expect(result.faults).toMatchObject([{ id: 'mine' }]);
    expect(result.faults[0]?.message).toContain(message);
  });

  test('is found where it edits, and kept away there', () => {
    const insert = plain(({ source }, api) => {
      const root = api.dockerfile(source);
      if (root.find('LABEL').length > 0) return undefined;
      root.find('FROM').insertAfter('LABEL a=b');
      return root.toSource();
    });
    expect(run(insert).changes[0]?.finding).toBe('mine@api/Dockerfile:1');
    expect(run(insert, `# dockopt-ignore mine\n${text}`)).toMatchObject({ changes: [], unusedSuppressions: [] });
    expect(run(plain(({ source }) => (source.includes('USER') ? undefined : `${source}USER me\n`))).changes[0]?.finding).toBe('mine@api/Dockerfile:4');
  });

  test('says why, and what may differ, where its file does', () => {
    const [told] = run(plain(change, { level: 'review', because: 'x is better', differs: 'what b did' })).judgement;
    expect(told).toMatchObject({ level: 'review', because: 'x is better', differs: 'what b did' });
  });

  test('a comment that keeps away what did not run is not called unused', () => {
    expect([unused('mine'), unused('chain-runs'), unused('')]).toEqual([[2], [], [2]]);
  });

  test('is held to what it keeps', () => {
    expect(run(plain(uncomment)).text).toBe('FROM a\nRUN b\nRUN c\n');
    expect(run(plain(uncomment, { keeps: ['comments'] })).faults[0]?.message).toContain('a comment was lost');
  });

  test('is kept away by a comment, and not asked about a text that is no Dockerfile', () => {
    expect(
      run(
        plain(({ source }) => source.replace('RUN b', 'RUN x')),
        text.replace('# why', '# dockopt-ignore mine -- no'),
      ).changes,
    ).toEqual([]);
    expect(
      run(
        plain(() => {
          throw new Error('asked');
        }),
        '{{ template }}\n',
      ),
    ).toMatchObject({ faults: [], notUnderstood: { id: 'unknown-keyword' } });
  });

  test('reports and counts, once however often it runs', () => {
    const result = run(
      plain(({ source }, api) => {
        const root = api.dockerfile(source);
        root.find('RUN').forEach((one) => {
          api.report(`look at ${one.text}`, one);
          api.stats('runs');
        });
        return source.replace('RUN b', 'RUN x');
      }),
    );
    expect(result.judgement.map(({ level, message, line }) => [level, message, line])).toEqual([
      ['advice', 'look at RUN x', 3],
      ['advice', 'look at RUN c', 4],
    ]);
    expect(result.counts).toEqual([{ id: 'mine', name: 'runs', quantity: 2 }]);
  });

  test('whatever it returns is what comes out, or nothing changes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('FROM a', 'RUN b', 'RUN c \\', '  d', '# e', '', 'USER f')), fc.boolean(), (lines, ended) => {
        const wanted = lines.join('\n') + (ended ? '\n' : '');
        const result = run(plain(() => wanted));
        expect(result.text === wanted || (result.text === text && result.faults.length > 0)).toBe(true);
      }),
      { seed: 20261125 },
    );
  });
});

describe('options', () => {
  const transform = plain(() => undefined, { options: { name: 'a', most: 3, strict: false } });
  const other = exportedTransform({ default: () => undefined, options: { most: 1 } }, 'other.ts');

  test('are read by the type of their default', () => {
    const read = readOptions(['name=1=2', 'most=7', 'mine.strict=true'], [transform, other]);
    expect(withOptions(transform, read['mine'] ?? {}, '').options).toEqual({ name: '1=2', most: 7, strict: true });
    expect(withOptions(other, read['other'] ?? {}, '').options).toEqual({ most: 7 });
  });

  test.each([
    ['strict=maybe', 'true or false for strict, not "maybe"'],
    ['most=', 'a number for most'],
    ['mots=1', 'there are mine.name, mine.most, mine.strict, other.most'],
    ['other.name=b', 'other has no option name; it has most'],
    ['nobody.name=b', 'no transform here takes it'],
    ['most', 'the form name=value'],
  ])('%s is refused', (given, message) => expect(() => readOptions([given], [transform, other])).toThrow(message));
});
