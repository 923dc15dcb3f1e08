import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { copies, dockopt, folder, merged, program, repository } from '../cli/built.ts';
import { readYaml, root, wrongBy } from './schema.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly { readonly run: string; readonly if?: string; readonly env?: Readonly<Record<string, string>> }[] };
}

const action = readYaml('action.yml') as Action;
const [check, comment, fail] = action.runs.steps;
const writesAnnotations = (): boolean => dockopt(root, '--help').out.includes('"github"');

/** A stand-in for dockopt as npm installs it: notes its arguments, and lists names where annotations are not there. */
const standIn = (annotates: boolean): string => `
import { appendFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
const typed = process.argv.slice(2);
appendFileSync(process.env.NOTED, JSON.stringify(typed) + '\\n');
const passed = ${annotates} ? typed : typed.filter((word, index) => word !== 'github' && typed[index + 1] !== 'github');
process.exit(spawnSync(process.execPath, [${JSON.stringify(program)}, ...passed], { stdio: 'inherit' }).status);
`;

const fakeNpm = `#!/usr/bin/env bash
printf '%s %s\\n' "$PWD" "$*" >>"$NPM_NOTED"
mkdir -p node_modules/dockopt/dist
printf '{"type":"module"}' >node_modules/dockopt/package.json
cp "$STAND_IN" node_modules/dockopt/dist/cli.js
`;

const fakeGh = `#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$GH_NOTED"
[[ $2 != --paginate ]] || printf '%s' "\${GH_FOUND:-}"
`;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Arguments of each call of dockopt. */
  readonly calls: readonly (readonly string[])[];
  readonly npm: string;
  readonly gh: string;
  readonly temporary: string;
}

/** Runs the script of a step as a runner does, in a checkout. */
function run(step: Action['runs']['steps'][number] | undefined, checkout: string, env: Readonly<Record<string, string>> = {}): Ran {
  const temporary = folder({ 'bin/npm': fakeNpm, 'bin/gh': fakeGh, 'stand-in.mjs': standIn(writesAnnotations()), output: '', script: step?.run ?? 'exit 99' });
  for (const name of ['npm', 'gh']) chmodSync(join(temporary, 'bin', name), 0o755);
  const noted = (name: string): string => join(temporary, name);
  const text = (name: string): string => (existsSync(noted(name)) ? readFileSync(noted(name), 'utf8') : '');
  const inputs = { INPUT_PATHS: '.', INPUT_LEVEL: '', INPUT_BASELINE: '', INPUT_ONLY_NEW: '' };
  const runner = {
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_ACTION_PATH: root,
    GITHUB_REPOSITORY: 'a/b',
    GITHUB_OUTPUT: noted('output'),
    RUNNER_TEMP: temporary,
  };
  const notes = { NOTED: noted('calls'), NPM_NOTED: noted('npm-calls'), GH_NOTED: noted('gh-calls'), STAND_IN: noted('stand-in.mjs') };
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', noted('script')], {
    cwd: checkout,
    encoding: 'utf8',
    env: { PATH: join(temporary, 'bin') + delimiter + PATH, HOME: temporary, ...inputs, ...runner, ...notes, ...env },
  });
  const outputs = text('output')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('='));
  const calls = text('calls')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as string[]);
  return {
    code: status,
    out: stdout,
    said: stderr,
    outputs: Object.fromEntries(outputs) as Record<string, string>,
    calls,
    npm: text('npm-calls'),
    gh: text('gh-calls'),
    temporary,
  };
}

const pending = (): string => repository({ Dockerfile: copies, 'a.txt': '', 'b.txt': '' });

test('action.yml is one by its schema, and the schema is one that refuses', () => {
  expect(wrongBy('github-action', action)).toEqual([]);
  expect(wrongBy('github-action', { ...action, runs: { using: 'composite' } })).not.toEqual([]);
});

test('nothing is interpolated into a script: each input comes by a variable of the step', () => {
  for (const { run: script } of action.runs.steps) expect(script).not.toContain('${{');
  const given = Object.values(check?.env ?? {});
  for (const name of ['paths', 'level', 'baseline', 'only-new']) expect(given).toContain(`\${{ inputs.${name} }}`);
  expect(comment?.if).toContain('head.repo.full_name == github.repository');
});

test('where a change is pending it says so, with the patch, and fails in a step of its own', () => {
  const checkout = pending();
  const { code, outputs, calls, out } = run(check, checkout);
  expect({ code, pending: outputs['pending'] }).toEqual({ code: 0, pending: 'true' });
  expect(out).toContain('Dockerfile');
  expect(readFileSync(outputs['patch'] ?? '', 'utf8')).toContain('+COPY a.txt b.txt ./');
  expect(calls).toEqual([
    ['--check', '--format', 'github', '--no-code', '--', '.'],
    ['--format', 'patch', '--no-code', '--', '.'],
  ]);
  expect(run(fail, checkout).code).toBe(1);
  const done = run(check, repository({ Dockerfile: merged, 'a.txt': '', 'b.txt': '' }));
  expect(done).toMatchObject({ code: 0, outputs: { pending: 'false', patch: '' } });
});

test('inputs reach dockopt word by word, whatever a shell would make of them', () => {
  const wild = '$(touch pwned); `touch pwned` "x" \'y\'';
  const env = { INPUT_PATHS: `${wild}\n--write\n\nDocker file`, INPUT_LEVEL: 'review', INPUT_BASELINE: wild, INPUT_ONLY_NEW: `--output=${wild}` };
  const checkout = pending();
  const { code, calls } = run(check, checkout, env);
  expect(code).toBe(2);
  expect(calls).toEqual([
    ['--check', '--format', 'github', '--no-code', '--level=review', `--baseline=${wild}`, `--only-new=--output=${wild}`, '--', wild, '--write', 'Docker file'],
  ]);
  expect(existsSync(join(checkout, 'pwned'))).toBe(false);
});

test('what dockopt cannot do fails the step with its own code', () => {
  expect(run(check, folder({})).code).toBe(2);
  expect(run(check, pending(), { INPUT_ONLY_NEW: 'origin/main' })).toMatchObject({ code: 2, outputs: {} });
});

test('dockopt is installed in a folder of its own, at the version of the action, without scripts: no file of the checkout decides', () => {
  const checkout = pending();
  writeFileSync(join(checkout, '.npmrc'), 'registry=http://127.0.0.1:1/\n');
  mkdirSync(join(checkout, 'node_modules/dockopt/dist'), { recursive: true });
  writeFileSync(join(checkout, 'node_modules/dockopt/dist/cli.js'), 'process.exit(77);');
  const { code, npm, temporary } = run(check, checkout);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(code).toBe(0);
  const home = join(temporary, `dockopt-${version}`);
  expect(npm).toBe(`${home} install --silent --ignore-scripts --no-audit --no-fund --prefix ${home} dockopt@${version}\n`);
});

test('a configuration in code is not run', () => {
  const checkout = pending();
  writeFileSync(join(checkout, 'dockopt.config.ts'), `import { writeFileSync } from 'node:fs';\nwriteFileSync('pwned', '');\nexport default {};\n`);
  const { code, said } = run(check, checkout);
  expect(code).toBe(0);
  expect(said).toContain('passed over');
  expect(existsSync(join(checkout, 'pwned'))).toBe(false);
});

test('pull_request_target is refused before anything is read', () => {
  const { code, out, calls, npm } = run(check, pending(), { GITHUB_EVENT_NAME: 'pull_request_target' });
  expect({ code, calls, npm }).toEqual({ code: 2, calls: [], npm: '' });
  expect(out).toContain('::error title=dockopt::');
});

test('one comment is written, kept up to date, and fenced whatever the patch holds', () => {
  const checkout = pending();
  const patch = join(checkout, 'the.patch');
  writeFileSync(patch, ' # ````\n+RUN x # @team\n');
  const env = { GH_TOKEN: 'x', PULL_REQUEST: '7', PATCH: patch };
  const first = run(comment, checkout, env);
  expect(first.code).toBe(0);
  expect(first.gh).toContain('api --silent --method POST repos/a/b/issues/7/comments --field body=@');
  const body = readFileSync(join(first.temporary, 'dockopt-comment.md'), 'utf8');
  expect(body).toContain('<!-- dockopt -->\n');
  expect(body).toContain('`````diff\n # ````\n+RUN x # @team\n\n`````\n');
  const again = run(comment, checkout, { ...env, GH_FOUND: '123\n' });
  expect(again.gh).toContain('api --silent --method PATCH repos/a/b/issues/comments/123 --field body=@');
  expect(again.gh).not.toContain('POST');
  const settled = run(comment, checkout, { ...env, PATCH: '' });
  expect(settled.gh).not.toMatch(/POST|PATCH/);
  const cleared = run(comment, checkout, { ...env, PATCH: '', GH_FOUND: '123' });
  expect(readFileSync(join(cleared.temporary, 'dockopt-comment.md'), 'utf8')).toContain('nothing to change here any more');
  writeFileSync(patch, `+${'x'.repeat(200_000)}\n`);
  const long = readFileSync(join(run(comment, checkout, env).temporary, 'dockopt-comment.md'), 'utf8');
  expect(long.length).toBeLessThan(65_536);
  expect(long).toContain('goes on');
});

const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;

test.skipIf(!shellcheck)('shellcheck has nothing against the scripts', () => {
  for (const { run: script } of action.runs.steps) {
    const { stdout } = spawnSync('shellcheck', ['--shell=bash', '--severity=style', '--exclude=SC2016', '-'], { input: script, encoding: 'utf8' });
    expect(stdout).toBe('');
  }
});
