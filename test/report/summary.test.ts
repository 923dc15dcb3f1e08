import { expect, test } from 'vitest';
import type { Batch } from '../../src/batch/batch.ts';
import { noFindings, type Change, type Declined, type Outcome } from '../../src/outcome.ts';
import { groupedReport } from '../../src/report/grouped.ts';
import { plain } from '../../src/report/layout.ts';
import { prettyReport, type PrettyOptions } from '../../src/report/pretty.ts';

const options: PrettyOptions = { width: 100, paint: plain, why: false, command: '', written: false };

function change(path: string, id: string, level: Change['level'] = 'safe'): Change {
  return { id, finding: `${id}@${path}:2`, level, message: id, because: 'it may', line: 2, seen: '', edits: [], ignores: [], wants: [] };
}

function declined(path: string, refusal: string, because: string): Declined {
  return { id: 'drop-root', finding: `drop-root@${path}:1`, refusal, because, line: 1 };
}

function outcome(path: string, changes: readonly Change[], more: Partial<Outcome> = {}): Outcome {
  const changed = changes.some(({ level }) => level !== 'advice');
  return { ...noFindings, path, status: changed ? 'changed' : 'unchanged', original: 'FROM a\n', text: changed ? 'FROM b\n' : 'FROM a\n', changes, ...more };
}

function batchOf(outcomes: readonly Outcome[], more: Partial<Batch> = {}): Batch {
  return { outcomes, ignoreFiles: [], callerFiles: [], callerNotes: [], ...more };
}

/** 300 Dockerfiles in two teams' folders and the root, of which 280 change. */
function monorepo(): Batch {
  const paths = Array.from({ length: 300 }, (_, index) =>
    index === 0 ? 'Dockerfile' : index % 3 === 0 ? `apps/web/s${index}/Dockerfile` : `services/t${index % 2}/s${index}/Dockerfile`,
  );
  const outcomes = paths.map((path, index) => {
    if (index >= 280) return outcome(path, [], { declined: [declined(path, 'no-user', 'the base image has no other user')] });
    const more = Array.from({ length: 14 }, (_, id) => (index < 14 - id ? [change(path, `x${String(id).padStart(2, '0')}`)] : [])).flat();
    return outcome(path, [change(path, 'chain-runs'), ...(index % 2 === 0 ? [change(path, 'slim-base', 'review')] : []), ...more], {
      judgement: index % 4 === 0 ? [change(path, 'pin-base', 'review')] : [change(path, 'no-healthcheck', 'advice')],
      declined: index % 2 === 0 ? [declined(path, 'binds-port', 'it listens on a port below 1024')] : [],
    });
  });
  const ignoreFiles = Array.from({ length: 40 }, (_, index) => ({
    path: `services/t0/s${index}/.dockerignore`,
    context: '.',
    original: index < 10 ? '' : undefined,
    text: 'a\n',
    added: [],
    askedBy: [],
  }));
  const callerFiles = ['compose.yaml', 'Makefile'].map((path) => ({ path, original: 'a\n', text: 'b\n', askedBy: [], leaked: [] }));
  const callerNotes = Array.from({ length: 25 }, (_, index) => ({
    dockerfile: 'Dockerfile',
    file: `ci/${index}.yaml`,
    line: 3,
    kind: index < 12 ? ('to do' as const) : ('to know' as const),
    text: 'add --secret id=token',
  }));
  return batchOf(outcomes, { ignoreFiles, callerFiles, callerNotes });
}

test('many files are summed up by transform, by folder and by reason, the most first, on about a screen', () => {
  const out = prettyReport(monorepo(), options);
  expect(out).toContain(`280 of 300 Dockerfiles change: 525 changes, 385 safe and 140 review

By transform
  chain-runs              280 changes in 280 Dockerfiles
  slim-base               140 changes in 140 Dockerfiles
  x00                      14 changes in 14 Dockerfiles
  x01                      13 changes in 13 Dockerfiles
  x02                      12 changes in 12 Dockerfiles
  x03                      11 changes in 11 Dockerfiles
  x04                      10 changes in 10 Dockerfiles
  x05                       9 changes in 9 Dockerfiles
  x06                       8 changes in 8 Dockerfiles
  x07                       7 changes in 7 Dockerfiles
  and 6 other transforms   21 changes in 6 Dockerfiles

By folder
  services/t0/  218 changes in 93 Dockerfiles
  apps/web/     165 changes in 93 Dockerfiles
  services/t1/  126 changes in 93 Dockerfiles
  ./             16 changes in 1 Dockerfile
`);
  expect(out).toContain('\nWith them change 40 ignore files (30 new) and 2 files that build them (compose.yaml, Makefile).\n');
  expect(out.match(/^ {2}ci\/\d+\.yaml:3$/gm)).toHaveLength(10);
  expect(out).toMatch(/^ {2}and 2 more +dockopt --why$/m);
  expect(out).toMatch(/^13 notes for those who keep files that build them +dockopt --why$/m);
  expect(out).toMatch(/^Worth your judgement, not in this patch +dockopt --level review\n {2}pin-base {2}70 changes in 70 Dockerfiles$/m);
  expect(out).toMatch(/^Advice, never applied +dockopt --why\n {2}no-healthcheck {2}210 changes in 210 Dockerfiles$/m);
  expect(out).toMatch(
    /^Left alone +dockopt explain <id>\n {2}drop-root {2}140 places in 140 Dockerfiles\n {4}it listens on a port below 1024\n {2}drop-root {2}20 places/m,
  );
  expect(out.split('\n').length).toBeLessThan(75);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('what a summary leaves out is one row, and no row stands for one alone', () => {
  const outcomes = Array.from({ length: 22 }, (_, index) => outcome(`s${index}/Dockerfile`, [change('', `x${index % 11}`)]));
  const out = prettyReport(batchOf(outcomes), options);
  expect(out.match(/^ {2}x\d+ +2 changes in 2 Dockerfiles$/gm)).toHaveLength(11);
  expect(out).not.toContain('other transform');
  expect(out).toMatch(/^ {2}\.\/ {2}22 changes in 22 Dockerfiles$/m);
});

test('with --why, and of as many files as a person reads, each is told', () => {
  expect(prettyReport(monorepo(), { ...options, why: true }).match(/^services\//gm)?.length).toBeGreaterThan(100);
  const few = batchOf(monorepo().outcomes.slice(0, 20));
  expect(prettyReport(few, options)).not.toContain('By transform');
});

test('many portions get their headings and what is done in them, and reasons stand once below all of them', () => {
  const batch = monorepo();
  const portions = batch.outcomes.slice(0, 280).map((one) => {
    const part = batchOf([one]);
    return { name: one.path, title: '', batch: part, notes: [], alike: [], shown: part };
  });
  const out = groupedReport(batch, portions, options);
  expect(out).toContain('=== apps/web/s15/Dockerfile: 1 change in 1 Dockerfile ===\n\n  chain-runs  1 change in 1 Dockerfile\n');
  expect(out.match(/^Left alone/gm)).toHaveLength(1);
});
