import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonReport } from '../../src/report/json.ts';
import type { JsonTargets } from '../../src/report/targets.ts';
import { copies, dockopt, merged, repository } from './built.ts';

const sources = { 'a.txt': '', 'b.txt': '' };
const compose =
  'services:\n  web:\n    build: .\n  api:\n    build:\n      context: api\n      dockerfile: ../Dockerfile\n      target: ${STAGE}\n  far:\n    build: https://example.org/far.git\n';
const several = { ...sources, Dockerfile: copies, 'api/a.txt': '', 'api/b.txt': '', 'compose.yaml': compose };

test('pretty names each context and its caller, seen from the working directory', () => {
  const cwd = repository(several);
  const heads = [cwd, join(cwd, 'api')].map((from) => dockopt(from, '--format', 'pretty', join(cwd, 'Dockerfile')).out.split('\n')[0]);
  expect(heads).toEqual([
    'Dockerfile   contexts . (compose.yaml:3 web), api (compose.yaml:5 api)',
    '../Dockerfile   contexts .. (../compose.yaml:3 web), . (../compose.yaml:5 api)',
  ]);
});

test('json lists each context, and the first one as before', () => {
  const { files } = JSON.parse(dockopt(repository(several), '--format', 'json').out) as JsonReport;
  const web = { path: '.', given: true, by: 'compose.yaml:3 web' };
  expect(files).toMatchObject([{ context: web, contexts: [web, { path: 'api', given: true, by: 'compose.yaml:5 api' }], text: merged }]);
});

test('a run says nothing of callers that cannot be read, targets does', () => {
  const cwd = repository({ ...sources, Dockerfile: copies, 'compose.yaml': 'services:\n  web:\n    build: [\n' });
  expect(dockopt(cwd, '--check')).toEqual({ code: 1, out: 'Dockerfile\n', said: '' });
  expect(dockopt(cwd, 'targets').said).toContain('compose.yaml:4: what it builds is not known');
});

test('targets says the same as a run', () => {
  const cwd = repository(several);
  const { out, said } = dockopt(cwd, 'targets');
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['DOCKERFILE', 'CONTEXT', 'STAGE', 'BUILT BY'],
    ['Dockerfile', '.', '-', 'compose.yaml:3 compose web'],
    ['Dockerfile', 'api', '-', 'compose.yaml:5 compose api'],
    [''],
  ]);
  expect(said).toBe('dockopt: compose.yaml:10: far builds https://example.org/far.git, which is not in this repository\n');
});

test('targets keeps a context that is not known, or lies elsewhere, apart', () => {
  const makefile = 'a:\n\tdocker build -f Dockerfile $(CONTEXT)\nb:\n\tdocker build -f Dockerfile --target x /srv\n';
  const { targets } = JSON.parse(dockopt(repository({ Dockerfile: copies, Makefile: makefile }), 'targets', '--format', 'json').out) as JsonTargets;
  expect(targets).toMatchObject([
    { context: { path: '.', given: false, by: 'the only Dockerfile, at the root' }, stage: null, callers: [{ name: 'a', line: 2 }] },
    { context: { path: '/srv', given: true, by: 'Makefile:4' }, stage: 'x', callers: [{ name: 'b', line: 4 }] },
  ]);
});
