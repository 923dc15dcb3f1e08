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

test.each([
  ['there is no configuration', { 'package.json': {} }, 'there is no deno.json'],
  ['it has comments', { 'deno.json': '{ // none\n}' }, 'cannot be read'],
  ['an import is a file of the project', { 'deno.json': { imports: { ...imports, lib: './lib.ts' } } }, '`lib` stands for'],
  ['it has members', { 'deno.json': { workspace: ['./a'] } }, '`workspace`'],
  ['its lockfile has another name', { 'deno.json': { lock: './locks/deno.lock' } }, '`lock`'],
  ['its import map is not there', { 'deno.json': { importMap: './map.json' } }, 'import map'],
  ['package.json has workspaces', { 'deno.json': {}, 'package.json': { workspaces: ['a'] } }, 'workspaces'],
])('an install waits for the source where %s', (_what, tree, because) => {
  expect(needed('deno install', tree)).toMatch(/^no: /);
  expect(needed('deno install', tree)).toContain(because);
});
