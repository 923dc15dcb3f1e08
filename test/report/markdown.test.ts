import { expect, test } from 'vitest';
import { noFindings, type Change } from '../../src/outcome.ts';
import { changesBody, markdownReport, mostCharacters, type Portion } from '../../src/report/markdown.ts';
import { code, codeBlock, prose } from '../../src/report/markdown-text.ts';

function change(line: number, more: Partial<Change> = {}): Change {
  const base = {
    id: 'merge-copies',
    finding: `merge-copies@Dockerfile:${line}`,
    level: 'safe',
    message: 'join 2 COPYs',
    because: 'both come from the context',
  } as const;
  return { ...base, line, seen: '', edits: [], ignores: [], wants: [], ...more };
}

function portion(more: Partial<Portion>): Portion {
  return { outcomes: [], ignoreFiles: [], callerFiles: [], callerNotes: [], ...more };
}

test('a body has a heading, a table, reasons once, and what may differ with its places', () => {
  const differs = 'the image has a user less';
  const body = changesBody(
    portion({
      outcomes: [
        {
          path: 'a/Dockerfile',
          changes: [change(3), change(7, { level: 'review', id: 'drop-root', message: 'run as `node`', because: 'it has one', differs })],
        },
        { path: 'b/Dockerfile', changes: [change(4)] },
        { path: 'c/Dockerfile', changes: [] },
      ],
      ignoreFiles: [
        { path: '.dockerignore', original: undefined, added: [{ pattern: 'node_modules', group: 'made again in the image' }], askedBy: ['a/Dockerfile'] },
      ],
      callerNotes: [{ dockerfile: 'a/Dockerfile', file: 'Makefile', line: 12, kind: 'to do', text: 'add `--secret id=token`' }],
    }),
  );
  expect(body).toBe(`## dockopt: 3 changes in 2 Dockerfiles and 1 other file

| Dockerfile | line | change | transform | level |
| --- | ---: | --- | --- | --- |
| \`a/Dockerfile\` | 3 | join 2 COPYs | \`merge-copies\` | safe |
|  | 7 | run as \`node\` | \`drop-root\` | review |
| \`b/Dockerfile\` | 4 | join 2 COPYs | \`merge-copies\` | safe |

### Why

- \`merge-copies\`: both come from the context (2 times)
- \`drop-root\`: it has one

### What may differ

- the image has a user less. In \`a/Dockerfile:7\`

### What changes with them

- \`.dockerignore\` (new) hides \`node_modules\`, for \`a/Dockerfile\`

### To do by hand, else these cannot build it

- [ ] \`Makefile:12\`: add \`--secret id=token\`
`);
});

test('a body says what builds run again', () => {
  const runs = { again: [], perhaps: [], of: 1 };
  const runsAgain = () => [{ edit: 'source' as const, path: 'a.js', before: { ...runs, again: [3] }, after: runs, spared: ['npm ci'], added: [] }];
  expect(changesBody(portion({ outcomes: [{ path: 'Dockerfile', changes: [change(3)], runsAgain }] }))).toContain(
    '### What builds run again\n\n- `Dockerfile`: After a source edit (a.js) no RUN runs again any more.\n',
  );
});

test('a body without changes says so', () => {
  expect(changesBody(portion({ outcomes: [{ path: 'Dockerfile', changes: [] }] }))).toBe('## dockopt: nothing to change in 1 Dockerfile\n');
});

function large(files: number, each: number): Portion['outcomes'] {
  return Array.from({ length: files }, (_, file) => ({
    path: `services/number-${file}/Dockerfile`,
    changes: Array.from({ length: each }, (_one, line) =>
      change(line, { because: `reason ${file} ${line} ${'long '.repeat(20)}`, differs: `this ${file} ${line}` }),
    ),
  }));
}

test.each([
  [300, 1],
  [300, 20],
  [3000, 3],
])('the body of %i files with %i changes each stays within the room, and counts what it leaves out', (files, each) => {
  const body = changesBody(portion({ outcomes: large(files, each) }));
  expect(body.length).toBeLessThanOrEqual(mostCharacters);
  expect(body).toContain(`${files * each} changes in ${files} Dockerfiles`);
  const rows = body.split('\n').filter((line) => line.startsWith('| `services/'));
  const [, left = '0'] = /…and (\d+) Dockerfiles more/.exec(body) ?? [];
  expect(rows.length + Number(left)).toBe(files);
  expect(body).toMatch(/^- …and \d+ more$/m);
});

test('a text of the repository ends no code, no cell and no block, and calls nobody', () => {
  expect(code('a|b')).toBe('`a\\|b`');
  expect(code('a`b')).toBe('``a`b``');
  expect(code('`')).toBe('`` ` ``');
  expect(code('a\nb')).toBe('`a b`');
  expect(prose('`x|y` and <img> *b* @team fixes #12, see https://x.test/a_b')).toBe(
    '`x\\|y` and \\<img\\> \\*b\\* @\u200bteam fixes #\u200b12, see https://x.test/a_b',
  );
  expect(prose('a ` b <script>')).toBe('a \\` b \\<script\\>');
  expect(codeBlock('diff', '+```\n+````\n')).toBe('`````diff\n+```\n+````\n`````');
});

const token = 'ghp_0123456789abcdefghij';

test('the patch of a file with a credential is left out, and that is told', () => {
  const leaking = `FROM a\nENV GITHUB_TOKEN=${token}\nCOPY a b\n`;
  const report = markdownReport({
    outcomes: [
      {
        ...noFindings,
        path: 'a/Dockerfile',
        status: 'changed',
        original: leaking,
        text: leaking.replace('COPY', 'ADD'),
        changes: [change(3)],
        secrets: [token],
      },
      { ...noFindings, path: 'b/Dockerfile', status: 'changed', original: 'FROM a\n', text: 'FROM b\n', changes: [change(1)], secrets: [] },
    ],
    ignoreFiles: [],
    callerFiles: [{ path: 'compose.yaml', original: `TOKEN: ${token}\n`, text: 'TOKEN: $TOKEN\n', askedBy: ['a/Dockerfile'], leaked: [] }],
    callerNotes: [],
  });
  expect(report).not.toContain(token);
  expect(report).toContain('<summary>The patch of 1 file</summary>\n\n```diff\n--- a/b/Dockerfile\n+++ b/b/Dockerfile\n@@ -1,1 +1,1 @@\n-FROM a\n+FROM b\n```');
  expect(report).toContain('Left out, since they hold a credential: `a/Dockerfile`, `compose.yaml`.');
});

test('a comment has room for whole patches alone, and counts the others', () => {
  const outcomes = Array.from({ length: 40 }, (_, index) => ({
    ...noFindings,
    path: `s${index}/Dockerfile`,
    status: 'changed' as const,
    original: `FROM a\n${'RUN x\n'.repeat(400)}`,
    text: `FROM a\n${'RUN y\n'.repeat(400)}`,
    changes: [change(2)],
    secrets: [],
    judgement: Array.from({ length: 50 }, (_one, line) => change(line, { message: 'long '.repeat(30) })),
    declined: [],
  }));
  const report = markdownReport({ outcomes, ignoreFiles: [], callerFiles: [], callerNotes: [] });
  expect(report.length).toBeLessThanOrEqual(mostCharacters);
  const shown = report.match(/^--- a\//gm)?.length ?? 0;
  const [, left = ''] = /the patches of (\d+) files/.exec(report) ?? [];
  expect(shown).toBeGreaterThan(2);
  expect(shown + Number(left)).toBe(40);
  expect(report).toMatch(/^- …and \d+ more$/m);
});
