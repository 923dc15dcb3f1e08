import { expect, test } from 'vitest';
import { told } from './call.ts';
import { needed } from './project.ts';

const imports = { ms: 'npm:ms@2.1.3', '@std/path': 'jsr:@std/path@1', '@/': './' };

test.each([
  ['deno ci', 'install'],
  ['deno install --frozen', 'install'],
  ['deno --version', 'other'],
  ['deno cache main.ts', 'not understood'],
  ['deno install --entrypoint main.ts', 'not understood'],
  ['deno install -g -A jsr:@std/http/file-server', 'not understood'],
  ['deno install npm:ms', 'not understood'],
  ['deno install --node-modules-dir=auto', 'not understood'],
  ['deno ci --vendor', 'not understood'],
  ['deno compile -o app main.ts', 'not understood'],
])('%s: %s', (line, uses) => expect(told(line)).toBe(uses));

test('an install reads the configuration, its import map, the lockfile and package.json', () => {
  expect(needed('deno ci', { 'deno.json': { imports }, 'deno.lock': {}, 'main.ts': '' })).toBe('deno.json deno.lock');
  expect(needed('deno ci', { 'deno.jsonc': { importMap: './maps/import_map.json' }, 'maps/import_map.json': { imports } })).toBe(
    'deno.jsonc maps/import_map.json',
  );
  expect(needed('deno install', { 'deno.json': { imports }, 'package.json': {}, '.npmrc': '' })).toBe('deno.json package.json .npmrc');
});

test('comments and trailing commas are read over, and the configurations of members are manifests', () => {
  const root = `{ // all of them\n "workspace": ["./packages/*", "tools/", "!packages/old",], /* two */ "imports": { "ms": "npm:ms@2.1.3", }, }`;
  const tree = {
    'deno.json': root,
    'deno.lock': {},
    'packages/a/deno.json': { name: '@shop/a', exports: './mod.ts' },
    'packages/a/mod.ts': '',
    'packages/b/deno.jsonc': '{ "imports": { "@shop/a": "jsr:@shop/a@1" } } // of a',
    'packages/b/package.json': { dependencies: { ms: '2.1.3' } },
    'packages/old/deno.json': {},
    'packages/a/node_modules/x/package.json': {},
    'tools/package.json': {},
    'other/deno.json': {},
  };
  expect(needed('deno ci', tree)).toBe('deno.json packages/a/deno.json packages/b/deno.jsonc packages/b/package.json tools/package.json deno.lock');
  expect(needed('deno ci', { 'deno.json': { workspace: { members: ['a'] } }, 'a/deno.json': {}, '../deno.json': {} })).toBe('deno.json a/deno.json');
});

test.each([
  ['there is no configuration', { 'package.json': {} }, 'there is no deno.json'],
  ['it cannot be read', { 'deno.json': '{ "imports": ' }, 'cannot be read'],
  ['an import is a file of the project', { 'deno.json': { imports: { ...imports, lib: './lib.ts' } } }, '`lib` stands for'],
  ['a member is not there', { 'deno.json': { workspace: ['./a'] } }, 'has no configuration (a)'],
  ['members are named in other words', { 'deno.json': { workspace: ['./{a,b}'] }, 'a/deno.json': {} }, '`workspace`'],
  ['members lie outside', { 'deno.json': { workspace: ['../a'] }, '../a/deno.json': {} }, '`workspace`'],
  ['a member imports a file', { 'deno.json': { workspace: ['a'] }, 'a/deno.json': { imports: { lib: './lib.ts' } } }, '`lib` stands for'],
  ['a member cannot be read', { 'deno.json': { workspace: ['a'] }, 'a/deno.json': '{ "imports": ' }, 'cannot be read (a/deno.json)'],
  ['a member has an import map', { 'deno.json': { workspace: ['a'] }, 'a/deno.json': { importMap: './map.json' } }, '`importMap`'],
  ['it may be a member itself', { 'deno.json': {}, '../deno.jsonc': '{ "workspace": ["app"] // one\n}' }, 'a workspace above it'],
  ['its lockfile has another name', { 'deno.json': { lock: './locks/deno.lock' } }, '`lock`'],
  ['its import map is not there', { 'deno.json': { importMap: './map.json' } }, 'import map'],
  ['package.json has workspaces', { 'deno.json': {}, 'package.json': { workspaces: ['a'] } }, 'workspaces'],
])('an install waits for the source where %s', (_what, tree, because) => {
  expect(needed('deno install', tree)).toMatch(/^no: /);
  expect(needed('deno install', tree)).toContain(because);
});
