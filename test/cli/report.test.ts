import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonReport } from '../../src/report/json.ts';
import { copies, dockopt, merged, repository, toJudge } from './built.ts';

const sources = { 'a.txt': '', 'b.txt': '' };

function pretty(cwd: string, ...args: string[]): string {
  return dockopt(cwd, '--format', 'pretty', ...args).out;
}

test('pretty: each change with its reason above its own edits', () => {
  const out = pretty(repository({ ...sources, Dockerfile: copies }));
  const [first, , head, ...rest] = out.split('\n');
  expect(first).toBe('Dockerfile   context . (holds a.txt and all other sources)');
  expect(head).toMatch(/^ {2}join 2 COPYs into \.\/ {2,}merge-copies {2}safe$/);
  expect(head).toHaveLength(100);
  expect(rest.join('\n')).toMatch(/^ {4}\S.*\n(?: {4}\S.*\n)*? {4}- COPY a\.txt \.\/\n {4}- COPY b\.txt \.\/\n {4}\+ COPY a\.txt b\.txt \.\/\n/);
  expect(out).toMatch(/\n\n1 change in 1 file\. Write it: npx dockopt --write\n$/);
  expect(out).not.toContain('\u001b');
});

test('pretty: with --why a finding has the name by which it can be left out', () => {
  const cwd = repository({ ...sources, Dockerfile: copies });
  expect(pretty(cwd, '--why')).toMatch(/^ {2}join 2 COPYs into \.\/ {2,}merge-copies@Dockerfile:3 {2}safe$/m);
  expect(pretty(cwd)).not.toContain('@');
});

function withBetween(between: string): string {
  return repository({
    'package.json': '{}',
    'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
    '.dockerignore': 'node_modules\n',
    Dockerfile: `FROM node:20\nWORKDIR /app\nCOPY . .\n${between}RUN npm ci\n`,
  });
}

test('pretty: lines that stay between two edits are shown with them, many are left out', () => {
  const few = pretty(withBetween('\n'), '--only', 'split-manifests');
  expect(few).toContain('    - COPY . .\n    + COPY package.json package-lock.json ./\n\n      RUN npm ci\n');
  expect(few).not.toMatch(/…| \n/);
  expect(pretty(withBetween('ENV A=1\nENV B=2\nENV C=3\nENV D=4\nENV E=5\n'), '--only', 'split-manifests')).toContain('\n    …\n');
});

test('pretty: what several findings differ in alike is said once', () => {
  const lock = '{ "name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "a", "version": "1.0.0" } } }';
  const manifest = '{ "name": "a", "version": "1.0.0" }';
  const each = { 'package.json': manifest, 'package-lock.json': lock };
  const below = { 'x/package.json': manifest, 'x/package-lock.json': lock };
  const out = pretty(repository({ ...each, ...below, 'x/Dockerfile': 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm install\n' }));
  expect(out.match(/the build context is a guess/g)).toHaveLength(1);
  expect(out).toMatch(/^ {4}`npm install` .*\n {4}the context loses node_modules .*\n {6}these differ: the build context is a guess/m);
});

test('pretty: what needs judgement is told and not applied', () => {
  const cwd = repository({ Dockerfile: toJudge.replace(' && apt-get install -y jq', '\nRUN apt-get update && apt-get install -y jq') });
  const out = pretty(cwd);
  expect(out).toMatch(/^ {2}Worth your judgement, not in this patch +dockopt --level review$/m);
  expect(out).toContain('differs: ');
});

test('pretty: where nothing can be done it says so', () => {
  expect(pretty(repository({ ...sources, Dockerfile: merged }))).toBe(
    'Dockerfile   context . (holds a.txt and all other sources)\n\n  Nothing to change here.\n\nNothing to change in 1 file.\n',
  );
});

test('pretty: the command to write repeats what was asked for', () => {
  const cwd = repository({ ...sources, 'it is/Dockerfile': copies });
  expect(pretty(cwd, '--level', 'review', '--context', '.', 'it is')).toContain("npx dockopt --write --level review --context . 'it is'\n");
  expect(pretty(cwd, '--write', '--context=.', 'it is')).toMatch(/\n1 change in 1 file written\.\n$/);
});

test('pretty: many files get a row a folder and a transform', () => {
  const files = Object.fromEntries(Array.from({ length: 24 }, (_, index) => [`s${index % 3}/Dockerfile.${index}`, copies]));
  const out = pretty(repository({ ...sources, ...files }), '--context', '.');
  expect(out).toMatch(/^24 of 24 Dockerfiles change: 24 changes, 24 safe\n/);
  expect(out).toMatch(/^By transform\n {2}merge-copies {2}24 changes in 24 Dockerfiles\n\nBy folder\n {2}s0\/ {2}8 changes in 8 Dockerfiles$/m);
  expect(out.split('\n').length).toBeLessThan(16);
});

test('pretty: what a terminal would obey is shown, not sent', () => {
  const out = pretty(repository({ ...sources, Dockerfile: copies.replace('COPY b.txt', '# \u001b[31m\nCOPY b.txt') }));
  expect(out).not.toContain('\u001b');
});

test('json: versioned, with text and patch', () => {
  const cwd = repository({ ...sources, Dockerfile: copies });
  const { version, files } = JSON.parse(dockopt(cwd, '--format', 'json').out) as JsonReport;
  expect(version).toBe(1);
  expect(files).toMatchObject([
    {
      path: 'Dockerfile',
      context: { path: '.', given: false },
      outcome: 'changed',
      changes: [{ id: 'merge-copies', finding: 'merge-copies@Dockerfile:3', level: 'safe', line: 3 }],
      judgement: [],
      faults: [],
      text: merged,
    },
  ]);
  expect(files[0]?.patch).toBe(dockopt(cwd).out.replace(/^#.*\n/gm, ''));
  expect(files[0]?.changes[0]).not.toHaveProperty('seen');
});

test('pretty and json: which RUNs run again is told where it differs', () => {
  const lock = '{"lockfileVersion":3,"packages":{}}';
  const files = { 'package.json': '{}', 'package-lock.json': lock, 'server.js': '', '.dockerignore': 'node_modules\n' };
  const cwd = repository({ ...files, Dockerfile: 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm test\nCMD ["node", "server.js"]\n' });
  const sentence = '  After a source edit (server.js) 1 of 2 RUNs runs again instead of both: no longer `npm ci`.\n';
  expect(pretty(cwd, '--only', 'split-manifests')).toContain(`\n\n${sentence}\n`);
  const { files: told } = JSON.parse(dockopt(cwd, '--only', 'split-manifests', '--format', 'json').out) as JsonReport;
  expect(told[0]?.runsAgain.map(({ edit, path, before, after }) => [edit, path, before.again, after.again])).toEqual([
    ['source', 'server.js', [4, 5], [6]],
    ['manifest', 'package.json', [4, 5], [4, 6]],
  ]);
  expect(pretty(repository({ ...sources, Dockerfile: copies }))).not.toContain('run again');
});

test('markdown: a comment with the patch, and the exit code of --check', () => {
  const cwd = repository({ ...sources, Dockerfile: copies });
  const { code, out } = dockopt(cwd, '--check', '--format', 'markdown');
  expect(code).toBe(1);
  expect(out).toContain('| `Dockerfile` | 3 | join 2 COPYs into ./ | `merge-copies` | safe |');
  expect(out).toContain('```diff\n--- a/Dockerfile\n');
});

test('sarif and github: paths from the root of the checkout, wherever it runs', () => {
  const cwd = repository({ 'api/a.txt': '', 'api/b.txt': '', 'api/Dockerfile': copies });
  expect(dockopt(join(cwd, 'api'), '--format', 'github').out).toMatch(
    /^::warning file=api\/Dockerfile,line=3,endLine=4,title=dockopt%3A merge-copies \(safe\)::/,
  );
  expect(dockopt(join(cwd, 'api'), '--format', 'sarif').out).toContain('"uri": "api/Dockerfile"');
});
