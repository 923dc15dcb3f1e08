import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copies, dockopt, folder, merged, repository } from './built.ts';

test('the version and the help are a 0', () => {
  const cwd = folder({});
  expect(dockopt(cwd, '--version')).toMatchObject({ code: 0, out: '0.1.0\n', said: '' });
  const help = dockopt(cwd, '--help');
  expect(help).toMatchObject({ code: 0, said: '' });
  for (const word of ['--write', '--level', 'dockopt | git apply', 'Exit codes', 'explain <id>']) expect(help.out).toContain(word);
});

test('a folder without a Dockerfile is a 2', () => {
  const ran = dockopt(folder({ 'README.md': 'FROM here\n' }));
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.said).toContain('no Dockerfile found');
});

test.each([
  [['--frobnicate'], 'frobnicate'],
  [['--level', 'advice'], 'safe'],
  [['--level', 'safe', '--level', 'review'], 'once'],
  [['--write', '--check'], '--check'],
  [['--only', 'chain-run'], 'did you mean chain-runs?'],
  [['--skip', 'chain-run@Dockerfile:1'], 'did you mean chain-runs?'],
  [['--skip', 'chain-runs@Dockerfile'], 'id@file:line'],
  [['--context', 'nowhere'], 'no such folder'],
  [['-t', 'nowhere.ts'], 'no such file'],
  [['explain', 'merge-copy'], 'did you mean merge-copies?'],
  [['explain'], 'argument'],
  [['nowhere'], 'nowhere: there is no such file or folder'],
  [['inti'], 'did you mean init?'],
])('%j is a 2 and says why', (args, why) => {
  const ran = dockopt(repository({ Dockerfile: copies, 'a.txt': '', 'b.txt': '' }), ...args);
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.said).toContain(why);
});

test('list and explain name what there is', () => {
  const cwd = folder({});
  expect(dockopt(cwd, 'list').out).toMatch(/^merge-copies +safe +on +\S/m);
  const explained = dockopt(cwd, 'explain', 'chain-runs').out;
  for (const word of ['shell-state', 'Keeps', 'commands, files', 'dockopt-ignore chain-runs']) expect(explained).toContain(word);
});

test('--check names what would change and is a 1, then a 0', () => {
  const cwd = repository({ Dockerfile: copies, 'done/Dockerfile': merged, 'a.txt': '', 'b.txt': '' });
  expect(dockopt(cwd, '--check')).toMatchObject({ code: 1, out: 'Dockerfile\n' });
  expect(dockopt(cwd, '--write').code).toBe(0);
  expect(dockopt(cwd, '--check')).toMatchObject({ code: 0, out: '' });
});

test('a file that is not understood is a 3 only where it was named', () => {
  const cwd = repository({ Dockerfile: copies, 'b/Dockerfile': 'FROM a\n{% if b %}\nRUN c\n', 'a.txt': '', 'b.txt': '' });
  const found = dockopt(cwd);
  expect(found.code).toBe(0);
  expect(found.said).toMatch(/^dockopt: b\/Dockerfile:2 is left alone: /m);
  expect(dockopt(cwd, 'b/Dockerfile')).toMatchObject({ code: 3, out: '' });
});

test('a finding that is skipped is not made, one that is named is made alone', () => {
  const cwd = repository({ Dockerfile: copies, 'b/Dockerfile': copies, 'a.txt': '', 'b.txt': '', 'b/a.txt': '', 'b/b.txt': '' });
  const [finding, other] = [...dockopt(cwd).out.matchAll(/^# dockopt (\S+) safe: /gm)].map((match) => match[1] ?? '');
  expect(finding).toBe('merge-copies@Dockerfile:3');
  expect(dockopt(cwd, '--check', '--skip', `${finding},${other}`)).toMatchObject({ code: 0, out: '' });
  expect(dockopt(cwd, '--check', '--only', `${other}`)).toMatchObject({ code: 1, out: 'b/Dockerfile\n' });
  expect(dockopt(cwd, '--check', '--skip', 'merge-copies').out).toBe('');
});

test('a suppression that silences nothing is told', () => {
  const cwd = repository({ Dockerfile: `FROM a\n# dockopt-ignore chain-runs -- no reason\nCOPY a.txt ./\n`, 'a.txt': '' });
  expect(dockopt(cwd).said).toContain('Dockerfile:2: this dockopt-ignore silences nothing');
});

test('a suppression whose day is over is told and silences no more, on stderr and in JSON', () => {
  const cwd = repository({ Dockerfile: copies.replaceAll('COPY', '# dockopt-ignore until=2020-02-29 -- later\nCOPY'), 'a.txt': '', 'b.txt': '' });
  const { code, out, said } = dockopt(cwd, '--format', 'json');
  expect(code).toBe(0);
  expect(said).toContain('Dockerfile:3: this dockopt-ignore held until 2020-02-29 and silences no more\n');
  const over = [3, 5].map((line) => ({ line, until: '2020-02-29', is: 'over' }));
  expect(JSON.parse(out)).toMatchObject({ files: [{ outcome: 'changed', suppressionDates: over }] });
  writeFileSync(join(cwd, 'Dockerfile'), copies.replaceAll('COPY', '# dockopt-ignore until=9999-12-31\nCOPY'));
  expect(dockopt(cwd, '--check')).toMatchObject({ code: 0, out: '' });
  writeFileSync(join(cwd, 'Dockerfile'), copies.replaceAll('COPY', '# dockopt-ignore until=soon\nCOPY'));
  expect(dockopt(cwd, '--check').said).toContain('Dockerfile:3: until=soon is no date like 2027-01-31, so this dockopt-ignore holds without end\n');
});

test('a link that is named to what is not understood makes the exit code a 3', () => {
  const cwd = repository({ 'template/Dockerfile': 'FROM debian\n{{ range }}\n' });
  symlinkSync(join('template', 'Dockerfile'), join(cwd, 'Dockerfile'));
  const { code, said } = dockopt(cwd, 'Dockerfile');
  expect(said).toContain('template/Dockerfile:2 is left alone');
  expect(code).toBe(3);
});
