import { expect, test } from 'vitest';
import { noFindings, type Outcome } from '../../src/outcome.ts';
import { plain } from '../../src/report/layout.ts';
import { verificationPretty } from '../../src/report/verification.ts';
import type { Difference } from '../../src/verify/difference.ts';
import { nothingFound, type Verification } from '../../src/verify/verify.ts';

const outcome: Outcome = { ...noFindings, path: 'Dockerfile', status: 'changed', original: '', text: '' };

function shown(verification: Partial<Verification>): string {
  const all: Verification = { verdict: 'equal but for what was announced', ...nothingFound, ...verification };
  return verificationPretty([{ outcome, verification: all }], { width: 110, paint: plain, smoke: undefined, others: 0 });
}

function gone(name: string): Difference {
  return { part: 'files', name, aspect: 'presence', before: 'file', after: undefined };
}

test('what was announced is named, a folder with what lies in it', () => {
  const differences = [
    gone('/app/.git'),
    gone('/app/.git/HEAD'),
    gone('/app/.git/refs'),
    gone('/app/README.md'),
    { ...gone('/app/Dockerfile'), aspect: 'content', after: 'file' } as const,
  ];
  expect(shown({ announced: [{ id: 'hidden-files', title: 'hidden', because: 'unread', differences }] })).toContain(
    '    hidden: 4 gone (/app/.git with 2 paths in it, /app/README.md), 1 changed (/app/Dockerfile); unread\n',
  );
});

test('of many places the first are named', () => {
  const differences = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => gone(`/${name}`));
  expect(shown({ announced: [{ id: 'x', title: 'x', because: 'y', differences }] })).toContain('x: 8 gone (/a, /b, /c, /d, /e, /f, 2 more); y');
});

test('a log is shown without its colours', () => {
  expect(shown({ verdict: 'not comparable', log: '\u001b[33m1 warning found\u001b[0m' })).toContain('    | 1 warning found\n');
});
