import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hiddenFiles } from '../../src/verify/hidden.ts';

const context = mkdtempSync(join(tmpdir(), 'dockopt-hidden-'));
const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY . .\nCOPY --from=tools /etc/motd /motd/\n';
const nothing = { files: new Map(), homes: new Set<string>() };

function announces(path: string, before?: string): boolean | undefined {
  const after = `${before ?? ''}docs\n**/node_modules\nDockerfile\n`;
  return hiddenFiles(dockerfile, 'Dockerfile', { context, before, after }).where?.(path, nothing, nothing);
}

beforeAll(() => {
  for (const folder of ['docs/api', 'node_modules/left-pad']) mkdirSync(join(context, folder), { recursive: true });
  for (const file of ['docs/api/index.md', 'node_modules/left-pad/index.js', 'Dockerfile', 'index.js']) writeFileSync(join(context, file), '');
});
afterAll(() => rmSync(context, { recursive: true, force: true }));

test('what the context holds and the new lines hide is announced, with the files of the patch itself', () => {
  expect(announces('/app/docs')).toBe(true);
  expect(announces('/app/docs/api/index.md')).toBe(true);
  expect(announces('/app/node_modules/left-pad/index.js')).toBe(true);
  expect(announces('/app/Dockerfile')).toBe(true);
  expect(announces('/app/.dockerignore')).toBe(true);
});

test('what is hidden by its name but was made in the image is not', () => {
  expect(announces('/app/node_modules/express/index.js')).toBe(false);
  expect(announces('/app/docs/made.html')).toBe(false);
});

test('what no new line hides, was hidden before, or lies where no COPY of the context brings it is not', () => {
  expect(announces('/app/index.js')).toBe(false);
  expect(announces('/app/docs/api/index.md', 'docs\n')).toBe(false);
  expect(announces('/motd/docs')).toBe(false);
  expect(announces('/docs/api/index.md')).toBe(false);
});
