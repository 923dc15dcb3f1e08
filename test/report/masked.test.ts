import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runAll } from '../../src/batch/batch.ts';
import { githubReport } from '../../src/report/github.ts';
import { pageData } from '../../src/report/html.ts';
import { jsonReport } from '../../src/report/json.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { plain } from '../../src/report/layout.ts';
import { patchReport } from '../../src/report/patch.ts';
import { prettyReport } from '../../src/report/pretty.ts';
import { sarifReport } from '../../src/report/sarif.ts';
import { secretValuesIn } from '../../src/steps/secret-values.ts';
import { fixturesIn, type Fixture } from '../../src/testing/fixture.ts';

const root = join(import.meta.dirname, '..', '..', 'fixtures');
const fixtures = ['mount-secrets', 'mount-ssh'].flatMap((id) => fixturesIn(join(root, id)));

function isLeaking({ before }: Fixture): boolean {
  return secretValuesIn(before.get('Dockerfile') ?? '').length > 0;
}

test('fixtures hold credentials as they are, and all of them are known by their values', () => {
  expect(fixtures.filter(isLeaking).length).toBeGreaterThan(10);
  const files = fixtures.flatMap(({ before }) => [...before]).filter(([path]) => !/\.[jt]s$/.test(path));
  expect(files.flatMap(([, text]) => secretValuesIn(text)).filter((value) => !value.includes('hunter'))).toEqual([]);
});

test('of a private key each line is one, however its breaks are written', () => {
  const [first, second] = ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'BKcwggSjAgEAAoIBAQC7+k/x='];
  const block = (gap: string): string => ['-----BEGIN RSA PRIVATE KEY-----', first, second, '-----END RSA PRIVATE KEY-----'].join(gap);
  for (const text of [block('\n'), JSON.stringify({ private_key: block('\n') }), `RUN echo '${block('\\n')}' > id_rsa`])
    expect(secretValuesIn(text).toSorted()).toEqual([second, first].toSorted());
});

test.each(fixtures.flatMap((fixture) => (['safe', 'review'] as const).map((level) => ({ fixture, level, name: fixture.name }))))(
  'no report of $name at $level holds a credential, but for patch and new text',
  async ({ fixture, level }) => {
    const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-')));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    cpSync(join(fixture.folder, 'before'), cwd, { recursive: true });
    execFileSync('git', ['init', '-q'], { cwd });
    const batch = await runAll([join(cwd, 'Dockerfile')], () => ({ level, cwd }));
    const options = { width: 100, paint: plain, command: '', written: false };
    const comments = [true, false].map((why) =>
      patchReport(batch, why)
        .split('\n')
        .filter((line) => line.startsWith('#'))
        .join('\n'),
    );
    const json = JSON.stringify(JSON.parse(jsonReport(batch, cwd)), (key, value: unknown) => (key === 'patch' || key === 'text' ? undefined : value));
    const reports = {
      pretty: prettyReport(batch, { ...options, why: true }),
      short: prettyReport(batch, { ...options, why: false }),
      comments: comments.join('\n'),
      json,
      markdown: markdownReport(batch),
      github: githubReport(batch, cwd),
      sarif: sarifReport(batch, cwd),
      html: JSON.stringify(pageData(batch)),
    };
    const formats = Object.entries(reports);
    expect(formats.filter(([, report]) => report.includes('hunter')).map(([format]) => format)).toEqual([]);
    if (!isLeaking(fixture)) return;
    const masked = formats.filter(([, report]) => report.replaceAll('\\', '').includes('***')).map(([format]) => format);
    // What is mounted is shown by its diff alone, what is told by every format.
    if (level === 'review') expect(masked).toEqual(expect.arrayContaining(['pretty', 'short', 'html']));
    if (batch.outcomes.some(({ judgement }) => judgement.some(({ message }) => message.includes('a credential stands here'))))
      expect(masked).toEqual(Object.keys(reports));
  },
);
