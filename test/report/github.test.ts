import { afterAll, expect, test } from 'vitest';
import { noFindings, type Outcome } from '../../src/outcome.ts';
import { githubReport } from '../../src/report/github.ts';
import { folderForTests, runEverything, token } from './fixtures.ts';

const { below, remove } = folderForTests();
afterAll(remove);

function outcome(path: string, messages: readonly string[]): Outcome {
  const changes = messages.map((message, index) => ({
    id: 'merge-copies',
    finding: `merge-copies@${path}:${index + 1}`,
    level: 'safe' as const,
    message,
    because: 'it is right',
    line: index + 1,
    seen: '',
    edits: [],
    ignores: [],
    wants: [],
  }));
  return { ...noFindings, path, status: 'changed', original: 'FROM a\n', text: 'FROM b\n', changes };
}

function report(outcomes: readonly Outcome[]): string[] {
  return githubReport({ outcomes, ignoreFiles: [], callerFiles: [], callerNotes: [] }, below).split('\n');
}

test('a text ends neither a property nor the command', () => {
  expect(report([outcome('a,b:c%/Dockerfile', ['100% of\r\n::error::it'])])[0]).toBe(
    '::warning file=a%2Cb%3Ac%25/Dockerfile,line=1,endLine=1,title=dockopt%3A merge-copies (safe)::100%25 of%0D%0A::error::it%0Ait is right',
  );
});

test('what GitHub would show no more of is told below, and the runner obeys none of it', () => {
  const lines = report([outcome('a/Dockerfile', Array(9).fill('join')), outcome('::error::/Dockerfile', ['join', 'join ##[error]x', '::stop-commands::x'])]);
  expect(lines.filter((line) => line.startsWith('::'))).toHaveLength(10);
  expect(lines.slice(10)).toEqual([
    'dockopt: 2 more in 1 file, of which GitHub would show no annotation:',
    '- ::error::/Dockerfile:2 dockopt: merge-copies (safe): join ## [error]x',
    '- ::error::/Dockerfile:3 dockopt: merge-copies (safe): ::stop-commands::x',
    'dockopt: 12 changes in 2 files of 2 Dockerfiles.',
    '',
  ]);
});

test('what has to be done comes first, with files that change together, and no credential', async () => {
  const { batch, cwd } = await runEverything(below);
  const all = githubReport(batch, cwd);
  expect(all).not.toContain(token);
  const titles = [...all.matchAll(/^::(\w+) file=([^,]*),.*?title=([^:]*)::/gm)].map(([, kind, file, title]) => `${kind} ${file} ${title}`);
  expect(titles[0]).toMatch(/^error api\/Dockerfile dockopt%3A goes-wrong went wrong$/);
  expect(titles).toContain('error missing/Dockerfile dockopt%3A not read');
  expect(titles).toContain('warning template/Dockerfile dockopt%3A left alone');
  expect(titles).toContain('warning build.sh dockopt%3A to do by hand');
  expect(titles).toContain('notice compose.yaml dockopt%3A to know');
  expect(all).toMatch(/title=dockopt%3A every-field \(review\)::mount NPM_TOKEN%0A.*%0ATogether with .*compose\.yaml/);
  expect(all).toMatch(/^- api\/Dockerfile: After /m);
});
