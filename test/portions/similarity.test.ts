import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clustersOf } from '../../src/portions/similarity.ts';
import type { Batch } from '../../src/batch/batch.ts';
import { noFindings, type Change, type Outcome } from '../../src/outcome.ts';

const change: Change = {
  id: 'merge-copies',
  finding: 'merge-copies@x:1',
  level: 'safe',
  message: '',
  because: '',
  line: 1,
  seen: '',
  edits: [],
  ignores: [],
  wants: [],
};

function outcome(path: string, original: string, id = 'merge-copies'): Outcome {
  const text = original.replace('COPY a ./\nCOPY b ./\n', 'COPY a b ./\n');
  return { ...noFindings, path, original, text, status: 'changed', changes: [{ ...change, id }] };
}

function clusters(outcomes: readonly Outcome[]): string[][] {
  const batch: Batch = { outcomes, ignoreFiles: [], callerFiles: [], callerNotes: [] };
  return clustersOf(
    outcomes.map((one) => ({ dockerfiles: [one], sharedFiles: [] })),
    batch,
  ).map(({ shown, others }) => [shown.dockerfiles[0]?.path ?? '', ...others.map(({ set, differences }) => `${set.dockerfiles[0]?.path ?? ''} ${differences}`)]);
}

function service(name: string, more = ''): string {
  return `FROM node:20\nWORKDIR /srv/${name}\nCOPY a ./\nCOPY b ./\nRUN make ${name}\nEXPOSE 80\nUSER node\nRUN one\nRUN two\nRUN three\n${more}CMD ["${name}"]\n`;
}

const some = [
  outcome('services/api/Dockerfile', service('api')),
  outcome('services/web/Dockerfile', service('web')),
  outcome('services/mail/Dockerfile', service('mail', 'LABEL own=1\n')),
  outcome('services/far/Dockerfile', service('far', 'RUN 1\nRUN 2\nRUN 3\nRUN 4\n')),
  outcome('services/other/Dockerfile', service('other'), 'add-to-copy'),
  outcome('docker/Dockerfile.jobs', service('jobs')),
];

test('names of folders and files count for nothing, few lines are told, other transforms stand apart', () => {
  expect(clusters(some)).toEqual([
    ['docker/Dockerfile.jobs', 'services/api/Dockerfile 0', 'services/mail/Dockerfile 1', 'services/web/Dockerfile 0'],
    ['services/far/Dockerfile'],
    ['services/other/Dockerfile'],
  ]);
});

test('a name that is a word of the text elsewhere makes no difference', () => {
  const app = outcome('services/app/Dockerfile', service('app').replaceAll('/srv/app', '/app'));
  const web = outcome('services/web/Dockerfile', service('web').replaceAll('/srv/web', '/app'));
  expect(clusters([app, web])).toEqual([['services/app/Dockerfile', 'services/web/Dockerfile 0']]);
});

test('the order in which they come counts for nothing', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(some, { minLength: some.length }), (shuffled) => {
      expect(clusters(shuffled)).toEqual(clusters(some));
    }),
  );
});
