import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runAll } from '../../src/batch/batch.ts';
import { dockerfileHistory } from '../../src/workspace/history.ts';

function git(place: string, ...args: string[]): string {
  return execFileSync('git', ['-C', place, '-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'core.autocrlf=false', ...args], { encoding: 'utf8' });
}

function newFolder(): string {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'dockopt-')));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

/** A checkout with a commit for each text of its Dockerfile. */
function checkout(texts: readonly string[]): string {
  const place = newFolder();
  git(place, 'init', '-q');
  for (const text of texts) {
    writeFileSync(join(place, 'Dockerfile'), text);
    git(place, 'add', '-A');
    git(place, 'commit', '-qm', 'next');
  }
  return place;
}

function dockerfile(release: string, packages = 'curl ca-certificates'): string {
  return `FROM debian:bookworm-slim
ENV TOOL_RELEASE=${release} \\
    LEVEL=1
ARG FLAGS="-fsSL"
RUN apt-get update && apt-get install -y --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists/*
RUN curl $FLAGS https://example.com/tool-$TOOL_RELEASE -o /tool
`;
}

async function changesIn(place: string): Promise<{ text: string; because: string[] }> {
  const context = { folder: place, by: 'the test', decided: true };
  const { outcomes } = await runAll([join(place, 'Dockerfile')], () => ({ level: 'review', only: ['order-by-change'], cwd: place, context }));
  return { text: outcomes[0]?.text ?? '', because: outcomes[0]?.changes.map(({ because }) => because) ?? [] };
}

const releases = ['1.0', '1.1', '1.2', '2.0'].map((release) => dockerfile(release));

test('a value that commits changed often comes below what does not read it, and the reason says how often', async () => {
  const place = checkout(releases);
  const { text, because } = await changesIn(place);
  expect(text.indexOf('ENV TOOL_RELEASE')).toBeGreaterThan(text.indexOf('apt-get'));
  expect(text.indexOf('ARG FLAGS')).toBeLessThan(text.indexOf('apt-get'));
  expect(because[0]).toContain('TOOL_RELEASE changed 3 times in the last 4 commits');
  const clone = join(newFolder(), 'clone');
  git(place, 'clone', '-q', place, clone);
  expect(await changesIn(clone)).toEqual({ text, because });
});

const elsewhere = dockerfile('1.0').replace(/(ENV.*\n.*\n)(ARG.*\n)/, '$2$1');

test.each([
  ['few commits changed it', releases.slice(0, 3)],
  ['commits changed something else', ['curl', 'curl jq', 'curl jq git', 'curl jq git make'].map((packages) => dockerfile('1.0', packages))],
  ['commits only put it elsewhere', [dockerfile('1.0'), elsewhere, dockerfile('1.0'), elsewhere, dockerfile('1.0')]],
])('nothing comes of the history where %s', async (_what, texts) => {
  expect((await changesIn(checkout(texts))).because).toEqual([]);
});

test('a shallow clone has no history', async () => {
  const place = checkout(releases);
  const clone = join(newFolder(), 'clone');
  git(place, 'clone', '-q', '--depth=2', `file://${place}`, clone);
  expect(dockerfileHistory(clone)).toBeUndefined();
  expect((await changesIn(clone)).because).toEqual([]);
});

test('a clone that lacks contents has no history, and fetches none', () => {
  const place = checkout(releases);
  git(place, 'config', 'uploadpack.allowFilter', 'true');
  const clone = join(newFolder(), 'clone');
  git(place, 'clone', '-q', '--filter=blob:none', `file://${place}`, clone);
  expect(dockerfileHistory(clone)).toBeUndefined();
  expect(git(clone, 'rev-list', '--objects', '--missing=print', 'HEAD')).toContain('?');
});

test('a checkout without a commit has no history', () => {
  const place = newFolder();
  git(place, 'init', '-q');
  expect(dockerfileHistory(place)).toBeUndefined();
});

test('the lines that a commit added are told by file, the newest first', () => {
  const place = checkout(['FROM a\n', 'FROM b\n-- x\n++ y\n', 'FROM c\n-- x\n++ y\n']);
  expect(dockerfileHistory(place)?.get('Dockerfile')).toEqual({ commits: 3, written: [['FROM c'], ['FROM b', '-- x', '++ y']] });
});

function below(name: string): string {
  return `FROM debian:bookworm-slim\nWORKDIR /srv\nCOPY . .\nRUN apt-get update && apt-get install -y ${name}\n`;
}

/** A checkout with the source above the packages, and commits that change either. */
function sourceAbove(sources: number, packages: number): string {
  const place = newFolder();
  git(place, 'init', '-q');
  const commit = (name: string, content: string): void => {
    writeFileSync(join(place, name), content);
    git(place, 'add', '-A');
    git(place, 'commit', '-qm', 'next');
  };
  writeFileSync(join(place, '.dockerignore'), 'Dockerfile\nnotes\n');
  commit('Dockerfile', below('jq'));
  for (let i = 0; i < 8; i++) commit('notes', String(i));
  for (let i = 0; i < sources; i++) commit(i % 2 === 0 ? 'one.py' : 'two \u00e9.py', String(i));
  for (let i = 0; i < packages; i++) commit('Dockerfile', below(i % 2 === 0 ? 'curl jq' : 'jq'));
  return place;
}

test('the source comes below packages where commits changed it twice as often', async () => {
  const { text, because } = await changesIn(sourceAbove(6, 3));
  expect(text.indexOf('COPY')).toBeGreaterThan(text.indexOf('apt-get'));
  expect(because[0]).toContain('of the last 17 commits 6 changed what is copied, and 3 what is installed');
  const rarely = await changesIn(sourceAbove(5, 3));
  expect(rarely.text.indexOf('COPY')).toBeLessThan(rarely.text.indexOf('apt-get'));
});
