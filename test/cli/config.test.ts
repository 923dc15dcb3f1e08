import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { copies, dockopt, folder, merged, program, repository, toJudge } from './built.ts';

const sources = { 'a.txt': '', 'b.txt': '' };
const off = '{ "transforms": { "merge-copies": "off" } }';
const mine = (file: string): string => `
import { writeFileSync } from 'node:fs';
import { defineTransform, finding } from 'dockopt';
writeFileSync(${JSON.stringify(file)}, '');
export default defineTransform({
  id: 'mine', title: 'Name a signal', level: 'safe', keeps: ['commands', 'files', 'stages', 'comments'],
  *find({ dockerfile }) {
    const last = dockerfile.instructions.at(-1);
    if (last?.keyword === 'CMD') yield finding(last, 'name a signal', { allowed: 'safe', because: 'it is the default' }, [{ start: last.range.end, end: last.range.end, text: '\\nSTOPSIGNAL SIGTERM' }]);
  },
});
`;

test.each([
  ['dockopt.config.json', `// Why: …\n${off.replace(' } }', ', } }')}`],
  ['package.json', `{ "name": "a", "dockopt": ${off} }`],
  ['dockopt.config.js', `export default ${off};`],
  ['dockopt.config.mjs', `export default ${off};`],
  ['dockopt.config.ts', `const config: object = ${off};\nexport default config;`],
  ['dockopt.config.ts', `import { defineConfig, type Config } from 'dockopt';\nconst config: Config = ${off};\nexport default defineConfig(config);`],
])('%s is read: %s', (name, text) => {
  const cwd = repository({ ...sources, Dockerfile: copies, [name]: text, 'sub/Dockerfile': copies });
  expect(dockopt(cwd, '--check')).toEqual({ code: 0, out: '', said: '' });
  expect(dockopt(join(cwd, 'sub'), '--check')).toMatchObject({ code: 0, out: '' });
  expect(dockopt(cwd, '--check', '--only', 'merge-copies', 'Dockerfile').code).toBe(1);
});

test('the nearest upwards holds, and none above the root of the checkout', () => {
  const above = folder({ 'dockopt.config.json': off, 'a/Dockerfile': copies, 'a/a.txt': '', 'a/b.txt': '', 'a/b/dockopt.config.json': '{}' });
  expect(dockopt(join(above, 'a'), '--check').code).toBe(1);
  mkdirSync(join(above, '.git'));
  expect(dockopt(join(above, 'a'), '--check').code).toBe(0);
  expect(dockopt(join(above, 'a/b'), '--check', '..').code).toBe(1);
  mkdirSync(join(above, 'a/.git'));
  expect(dockopt(join(above, 'a'), '--check').code).toBe(1);
});

test('level and context are those of the configuration, and of the command line where it names them; only a target that this names must be there', () => {
  const cwd = repository({
    Dockerfile: toJudge.replace(' && apt-get install -y jq', '\nRUN apt-get update && apt-get install -y jq'),
    'dockopt.config.json': '{ "level": "review", "context": "ctx", "target": "nowhere" }',
    'ctx/a': '',
  });
  const by = (...args: string[]): unknown => (JSON.parse(dockopt(cwd, '--format', 'json', ...args).out) as { files: unknown[] }).files[0];
  expect(by()).toMatchObject({ outcome: 'changed', judgement: [], context: { path: 'ctx', given: true, by: 'dockopt.config.json' } });
  expect(by('--level', 'safe', '--context', '.')).toMatchObject({ context: { path: '.', by: '--context' } });
  expect(by('--level', 'safe')).not.toMatchObject({ judgement: [] });
  expect(dockopt(cwd, '--target', 'nowhere').code).toBe(2);
});

test('what people prefer to ship on is that of the configuration, and of the command line where it names it', () => {
  const Dockerfile = 'FROM node:22\nCOPY server.js .\nCMD ["node", "server.js"]\n';
  const cwd = repository({ Dockerfile, 'server.js': 'setInterval(() => 0, 1000);\n', 'dockopt.config.json': '{ "level": "review", "prefer": "alpine" }' });
  expect(dockopt(cwd).out).toContain('+FROM node:22-alpine\n');
  expect(dockopt(cwd, '--prefer', 'distroless').out).toContain('+FROM node:22-slim\n');
  expect(dockopt(cwd, '--prefer', 'wolfi')).toMatchObject({ code: 2, out: '' });
});

test('what is excluded is passed over, and told where it was named', () => {
  const config = '{ "exclude": ["old/"] }';
  const cwd = repository({ ...sources, Dockerfile: copies, 'old/Dockerfile': copies, 'old/a.txt': '', 'old/b.txt': '', 'dockopt.config.json': config });
  expect(dockopt(cwd, '--check')).toEqual({ code: 1, out: 'Dockerfile\n', said: '' });
  const named = dockopt(cwd, '--write', 'old/Dockerfile');
  expect(named).toMatchObject({ code: 0, out: '', said: 'dockopt: old/Dockerfile is left alone: dockopt.config.json excludes it\n' });
  expect(dockopt(cwd, '--target', 'a', 'old').code).toBe(0);
  expect(readFileSync(join(cwd, 'old/Dockerfile'), 'utf8')).toBe(copies);
});

test('a private base that `images` likens to a known one lets a change be made', () => {
  const cleans = 'FROM registry.example/base/node:18\nWORKDIR /app\nRUN apt-get clean\n';
  const cwd = repository({ Dockerfile: cleans });
  const before = dockopt(cwd, '--why');
  expect(before.out).toContain('base-may-hold-it');
  expect(before.out).toContain('`images` in dockopt.config');
  writeFileSync(join(cwd, 'dockopt.config.json'), '{ "images": { "registry.example/base/node:*": { "like": "node:*-bookworm" } } }');
  const after = dockopt(cwd, '--why');
  expect(after.out).toContain('-RUN apt-get clean');
  expect(after.out).not.toContain('base-may-hold-it');
  const old = cleans.replace('apt-get clean', 'pip install requests');
  writeFileSync(join(cwd, 'Dockerfile'), old);
  expect(dockopt(cwd, '--only', 'clean-package-caches').out).toContain('--no-cache-dir');
  writeFileSync(join(cwd, 'dockopt.config.json'), '{ "images": { "registry.example/base/node:*": { "like": "node:8" } } }');
  expect(dockopt(cwd, '--why', '--only', 'clean-package-caches').out).toContain('unknown-option');
});

test('transforms of `use` run beside the built-in ones, can be switched off, and are told apart', () => {
  const cwd = repository({ ...sources, Dockerfile: copies });
  const own = (text: string): void => writeFileSync(join(cwd, 'dockopt.config.json'), text);
  writeFileSync(join(cwd, 'mine.ts'), mine(join(cwd, 'ran')));
  own('{ "use": ["./mine.ts"] }');
  const both = dockopt(cwd);
  expect(both).toMatchObject({ code: 0, said: '' });
  expect(both.out).toContain('+STOPSIGNAL');
  expect(both.out).toContain('+COPY a.txt b.txt ./');
  expect(dockopt(cwd, '--only', 'mine').out).not.toContain('+COPY');
  own('{ "use": ["./mine.ts"], "transforms": { "mine": "off" } }');
  expect(dockopt(cwd).out).not.toContain('+STOPSIGNAL');
  expect(dockopt(cwd, '-t', './mine.ts').out).toContain('+STOPSIGNAL');
  own('{ "use": ["./mine.ts", "./mine.ts", "./no.ts"], "levl": "safe" }');
  const wrong = dockopt(cwd);
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.said).toMatch(/use\[1\]: the id mine is that of mine\.ts, too.*\n {2}use\[2\]: there is no file no\.ts\n {2}levl: .*did you mean level\?/);
});

test('with --no-code nothing of the repository is run, and what holds no code is read', () => {
  const code = repository({ ...sources, Dockerfile: copies });
  writeFileSync(join(code, 'mine.ts'), mine(join(code, 'transform ran')));
  writeFileSync(
    join(code, 'dockopt.config.ts'),
    `import { writeFileSync } from 'node:fs';\nimport mine from './mine.ts';\nwriteFileSync(${JSON.stringify(join(code, 'config ran'))}, '');\nexport default { use: [mine], exclude: ['Dockerfile'] };\n`,
  );
  const passed = dockopt(code, '--check', '--no-code');
  expect(passed).toMatchObject({ code: 1, out: 'Dockerfile\n' });
  expect(passed.said).toMatch(/^dockopt: dockopt\.config\.ts is passed over, since it is code \(--no-code\).*\n$/);
  expect(dockopt(code, '--no-code', '--config', 'dockopt.config.ts').code).toBe(2);
  expect(dockopt(code, '--no-code', '-t', './mine.ts')).toMatchObject({ code: 2, out: '' });
  expect([existsSync(join(code, 'config ran')), existsSync(join(code, 'transform ran'))]).toEqual([false, false]);
  expect(dockopt(code, '--check').code).toBe(0);
  expect([existsSync(join(code, 'config ran')), existsSync(join(code, 'transform ran'))]).toEqual([true, true]);

  const data = repository({ ...sources, Dockerfile: copies });
  writeFileSync(join(data, 'mine.ts'), mine(join(data, 'ran')));
  writeFileSync(join(data, 'dockopt.config.json'), '{ "use": ["./mine.ts"], "transforms": { "mine": "on", "merge-copies": "off" } }');
  const read = dockopt(data, '--check', '--no-code');
  expect(read).toMatchObject({ code: 0, out: '' });
  expect(read.said).toContain('`use` are passed over');
  expect(existsSync(join(data, 'ran'))).toBe(false);
  expect(dockopt(data, '--check').code).toBe(1);
  expect(existsSync(join(data, 'ran'))).toBe(true);
});

test('code behind a link that leaves the repository is not run', () => {
  const outside = folder({});
  writeFileSync(join(outside, 'dockopt.config.mjs'), `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(join(outside, 'ran'))}, '');\n`);
  writeFileSync(join(outside, 'mine.ts'), mine(join(outside, 'ran')));
  const cwd = repository({ ...sources, Dockerfile: copies });
  symlinkSync(join(outside, 'dockopt.config.mjs'), join(cwd, 'dockopt.config.mjs'));
  expect(dockopt(cwd)).toMatchObject({ code: 2, out: '', said: 'dockopt: dockopt.config.mjs is a link that leaves the repository\n' });
  symlinkSync(join(outside, 'mine.ts'), join(cwd, 'mine.ts'));
  writeFileSync(join(cwd, 'other.json'), '{ "use": ["./mine.ts"] }');
  const linked = dockopt(cwd, '--config', 'other.json');
  expect(linked.code).toBe(2);
  expect(linked.said).toContain('use[0]: mine.ts lies outside the repository');
  expect(existsSync(join(outside, 'ran'))).toBe(false);
});

test('--config names a file wherever it lies, whose `use` stays beside it', () => {
  const cwd = repository({ ...sources, Dockerfile: copies });
  const outside = folder({ 'ours.mjs': `export default ${off};` });
  expect(dockopt(cwd, '--check', '--config', join(outside, 'ours.mjs'))).toEqual({ code: 0, out: '', said: '' });
  const around = folder({ 'inner/ours.json': '{ "use": ["./mine.ts"] }', 'inner/theirs.json': '{ "use": ["../mine.ts"] }' });
  for (const name of ['mine.ts', 'inner/mine.ts']) writeFileSync(join(around, name), mine(join(around, 'ran')));
  const theirs = dockopt(cwd, '--config', join(around, 'inner/theirs.json'));
  expect(theirs).toMatchObject({ code: 2, out: '' });
  expect(theirs.said).toContain('lies outside the repository');
  expect(existsSync(join(around, 'ran'))).toBe(false);
  expect(dockopt(cwd, '--config', join(around, 'inner/ours.json')).out).toContain('+STOPSIGNAL');
});

test.each([
  ['dockopt.config.json', '{\n  "level": safe\n}', 'dockopt.config.json could not be read: invalid character'],
  ['dockopt.config.json', '{\n  "level": safe\n}', 'at line 2:'],
  ['package.json', '{ "dockopt": { "levl": 1 } }', '\n  dockopt.levl: there is no such key; did you mean level?'],
  ['package.json', '{ "dockopt": { "level" } }', 'package.json could not be read'],
  ['dockopt.config.json', '{ "images": { "a.b/c": {} } }', '\n  images["a.b/c"].like: is missing'],
  ['dockopt.config.ts', 'export const a = 1;', 'has no default export'],
  ['dockopt.config.ts', 'export default {', 'could not be loaded'],
  [
    'dockopt.config.ts',
    "export default { use: [{ id: 'chain-runs', title: 'a', level: 'safe', keeps: [], find: () => [] }] };",
    'use[0]: the id chain-runs is that of a built-in transform',
  ],
])('what is wrong with %s is a 2: %s', (name, text, why) => {
  const ran = dockopt(repository({ ...sources, Dockerfile: copies, [name]: text }));
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.said).toContain(name);
  expect(ran.said).toContain(why);
});

test('two configurations in one folder, and one that is not there, are a 2', () => {
  const cwd = repository({ ...sources, Dockerfile: copies, 'dockopt.config.json': '{}', 'package.json': '{ "dockopt": {} }' });
  expect(dockopt(cwd)).toMatchObject({ code: 2, out: '' });
  expect(dockopt(cwd).said).toContain('keep one of them');
  expect(dockopt(cwd, '--config', 'none.json')).toMatchObject({ code: 2, said: 'dockopt: --config none.json: there is no such file\n' });
  expect(dockopt(cwd, '--config', 'a.txt').said).toContain('.json file');
});

/** What is loaded from the program's folder and from packages, in that folder. */
function loaded(cwd: string): string {
  const hooks = "import { writeSync } from 'node:fs'; export async function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); }";
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  const { stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(register)}`, program, '--check'], {
    cwd,
    encoding: 'utf8',
  });
  const files = stderr.split('\n').filter((url) => url.startsWith('file:'));
  return files.map((url) => `${url}\n${readFileSync(fileURLToPath(url), 'utf8')}`).join('\n');
}

test('without a configuration neither the library that checks it nor the one that loads code is loaded', () => {
  const cwd = repository({ ...sources, Dockerfile: merged });
  const without = loaded(cwd);
  expect(without).toContain('dist/cli.js');
  expect(without).not.toContain('must be a list of globs');
  expect(without).not.toContain('node_modules/jiti');
  writeFileSync(join(cwd, 'dockopt.config.mjs'), 'export default {};');
  const having = loaded(cwd);
  expect(having).toContain('must be a list of globs');
  expect(having).toContain('node_modules/jiti');
});

test('the examples of the page on configuration do what it says', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'configuration.md'), 'utf8');
  const [code = '', data = ''] = [...page.matchAll(/^```(?:ts|json)\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
  const cwd = repository({
    Dockerfile: copies,
    'services/api/Dockerfile': copies,
    'legacy/Dockerfile': copies,
    'a.tpl.Dockerfile': copies,
    ...sources,
    'dockopt.config.ts': code,
  });
  writeFileSync(join(cwd, 'label-author.ts'), mine(join(cwd, 'ran')));
  const ran = dockopt(cwd);
  expect(ran).toMatchObject({ code: 0, said: '' });
  expect(ran.out.match(/^# .*$/gm)).toEqual([
    expect.stringMatching(/^# dockopt mine@Dockerfile:5 /),
    expect.stringMatching(/^# dockopt mine@services\/api\/Dockerfile:5 /),
    expect.stringMatching(/^# dockopt merge-copies@services\/api\/Dockerfile:3 /),
  ]);
  const mirrored = repository({ Dockerfile: 'FROM registry.example/hub/library/debian:12\nRUN apt-get clean\n', 'dockopt.config.json': data });
  expect(dockopt(mirrored, '--check')).toMatchObject({ code: 1, said: '' });
});
