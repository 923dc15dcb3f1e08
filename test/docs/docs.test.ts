import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { fixturesIn } from '../../src/testing/fixture.ts';
import builtIn from '../../transforms/index.ts';
import { transformPage } from './page.ts';
import { dockopt, repository } from '../cli/built.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, language = '', body = '']) => ({ language, text: body }));
}

/** A file of code, the command below it, and the Dockerfile before and after. */
function examplesOf(page: string): { name: string; code: string; command: string; before: string; after: string }[] {
  const blocks = blocksOf(page);
  return blocks.flatMap(({ language, text }, at) => {
    const name = /^\/\/ (\S+\.[jt]s)\n/.exec(text)?.[1];
    const [command, before, after] = blocks.slice(at + 1);
    if (language !== 'ts' || name === undefined || before?.language !== 'dockerfile before' || after?.language !== 'dockerfile after') return [];
    return [{ name, code: text, command: command?.text.trim() ?? '', before: before.text, after: after.text }];
  });
}

describe('docs/writing-a-transform.md', () => {
  const examples = examplesOf('writing-a-transform.md');
  test('has three examples', () => expect(examples.map(({ name }) => name)).toEqual(['raise-node.ts', 'label-author.ts', 'curl-fails.ts']));

  test.each(examples)('$name does what it says', ({ name, code, command, before, after }) => {
    const cwd = repository({ Dockerfile: before, [name]: code });
    const [npx, program, ...args] = command.split(' ');
    expect([npx, program]).toEqual(['npx', 'dockopt']);
    expect(dockopt(cwd, ...args, '--write')).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(after);
    expect(dockopt(cwd, ...args, '--check')).toMatchObject({ code: 0 });
  });

  test('its test runs with node:test', () => {
    const example = examples.find(({ name }) => name === 'raise-node.ts');
    const testFile = blocksOf('writing-a-transform.md').find(({ text }) => text.startsWith('// raise-node.test.ts'));
    const cwd = repository({
      'raise-node.js': transformSync(example?.code ?? '', { loader: 'ts' }).code,
      'raise-node.test.js': testFile?.text.replace('./raise-node.ts', './raise-node.js') ?? '',
      'package.json': '{ "type": "module" }',
      'fixtures/two-stages/before/Dockerfile': 'FROM node:18\n',
      'fixtures/two-stages/after/Dockerfile': 'FROM node:22\n',
    });
    mkdirSync(join(cwd, 'node_modules'));
    symlinkSync(join(docs, '..'), join(cwd, 'node_modules', 'dockopt'));
    const run = (): string =>
      execFileSync(process.execPath, ['--test', '--test-reporter=tap'], {
        cwd,
        encoding: 'utf8',
        env: { ...process.env, UPDATE_REPORTS: '1', NODE_TEST_CONTEXT: undefined },
      });
    expect(run()).toContain('# fail 0');
    expect(readFileSync(join(cwd, 'fixtures/two-stages/report.txt'), 'utf8')).toContain('safe line 1: build on a newer Node');
  });
});

describe('docs/transforms', () => {
  test.each(builtIn.map((transform) => ({ id: transform.id, transform })))('$id: the page is what the transform and its fixtures say', ({ id, transform }) => {
    const path = join(docs, 'transforms', `${id}.md`);
    const page = transformPage(transform, fixturesIn(join(docs, '..', 'fixtures', id)));
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, page);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : undefined, '`npm run docs` writes it').toBe(page);
  });
});

test('every link in the documentation leads somewhere', () => {
  const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(docs, name));
  const links = [join(docs, '..', 'README.md'), ...pages].flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(([, to = '']) => join(page, '..', to)),
  );
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((path) => !existsSync(path))).toEqual([]);
});
