import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageData } from '../../src/report/html.ts';
import { dockopt, repository } from '../cli/built.ts';
import { folderForTests, runEverything, token } from './fixtures.ts';

const { below, remove } = folderForTests();
afterAll(remove);

test('the data of the page hold no credential, not even where a patch does', async () => {
  const { batch } = await runEverything(below);
  const data = pageData(batch);
  expect(JSON.stringify(data)).not.toContain(token);
  expect(data.files.find(({ path }) => path === 'leaks/Dockerfile')?.after).toContain('ENV GITHUB_TOKEN=***');
  expect(data.files.find(({ path }) => path === 'compose.yaml')?.patch).toContain('***');
  expect(data.files.find(({ path }) => path === 'template/Dockerfile')?.troubles[0]).toMatch(/^It is left alone/);
  expect(data.notes.map(({ file }) => file)).toContain('build.sh');
  // The files of a folder stand together.
  expect(data.files.map(({ path }) => path)).toEqual([
    'compose.yaml',
    '.github/workflows/ci.yml',
    'api/.dockerignore',
    'api/Dockerfile',
    'leaks/Dockerfile',
    'missing/Dockerfile',
    'template/Dockerfile',
  ]);
});

const program = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

/** A service with changes of two transforms. */
const service = 'FROM node:22\nWORKDIR /app\nCOPY a.txt ./\nCOPY b.txt ./\nRUN apt-get update && apt-get install -y curl\nCMD ["node", "a.txt"]\n';

function services(count: number): Record<string, string> {
  const all = Array.from({ length: count }, (_, index) => `services/s${String(index).padStart(3, '0')}`);
  return Object.fromEntries(
    all.flatMap((folder) =>
      (
        [
          ['Dockerfile', service],
          ['a.txt', ''],
          ['b.txt', ''],
        ] as const
      ).map(([name, text]) => [`${folder}/${name}`, text]),
    ),
  );
}

function paths(page: Page): Promise<string[]> {
  return page.locator('section.file:visible h2').allTextContents();
}

function colour(page: Page): Promise<string> {
  return page.evaluate('getComputedStyle(document.body).backgroundColor');
}

describe.skipIf(program === undefined)(`in a browser${program === undefined ? ' (skipped: there is no chromium)' : ''}`, () => {
  let browser: Browser;
  const asked: string[] = [];
  const faults: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  async function open(files: Readonly<Record<string, string>>, scheme: 'light' | 'dark' = 'light', ...more: readonly string[]): Promise<Page> {
    const cwd = repository(files);
    const path = join(cwd, 'report.html');
    writeFileSync(path, dockopt(cwd, '--format', 'html', '--level', 'review', ...more).out);
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1280, height: 800 } });
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => faults.push(message.text()));
    await page.goto(pathToFileURL(path).href);
    return page;
  }

  test('reasons stand above their lines, words that differ are marked, with syntax colours', async () => {
    const page = await open(services(1));
    await page.waitForSelector('table.diff');
    const rows = await page.locator('table.diff tr').evaluateAll((all) => all.map((row) => `${row.className}|${row.textContent?.trim() ?? ''}`));
    const joined = rows.findIndex((row) => row.startsWith('reason|') && row.includes('join 2 COPYs'));
    expect(rows[joined + 1]).toMatch(/^del\|3.*COPY a\.txt/);
    expect(await page.locator('table.diff .hljs-keyword').first().textContent()).toBe('FROM');
    expect(await page.locator('table.diff tr.ins ins').allTextContents()).toContain('-slim');
    expect(await page.locator('#sum').textContent()).toMatch(/^\d changes in 1 of 1 Dockerfile/);
    await page.close();
  });

  test('filters by transform, level, folder and text; what is not meant steps back', async () => {
    const page = await open({
      ...services(3),
      'other/Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY a.txt ./\nCOPY b.txt ./\n',
      'other/a.txt': '',
      'other/b.txt': '',
    });
    const all = await paths(page);
    expect(all).toContain('other/Dockerfile');
    await page.selectOption('#folder', 'other');
    expect(await paths(page)).toEqual(['other/Dockerfile']);
    await page.selectOption('#folder', '');
    await page.selectOption('#transform', 'skip-recommends');
    expect((await paths(page)).length).toBe(3);
    expect(await page.locator('#count').textContent()).toBe(`3 of ${all.length} files`);
    await page.waitForSelector('.why.dim');
    await page.click('#levels .review');
    expect(await paths(page)).toEqual([]);
    expect(await page.locator('#none').isVisible()).toBe(true);
    await page.click('#levels .review');
    await page.selectOption('#transform', '');
    await page.keyboard.press('Escape');
    await page.locator('body').press('/');
    await page.keyboard.type('s002 recommends');
    expect(await paths(page)).toEqual(['services/s002/Dockerfile']);
    await page.close();
  });

  test('keys move, switch the form and tell themselves', async () => {
    const page = await open(services(4));
    const current = (): Promise<string[]> => page.locator('#list a[aria-current]').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(current).toEqual(['#file-3']);
    await page.keyboard.press('k');
    await expect.poll(current).toEqual(['#file-2']);
    await page.keyboard.press('s');
    expect(await page.locator('table.diff.split').count()).toBeGreaterThan(0);
    expect(await page.locator('table.diff.unified').count()).toBe(0);
    await page.keyboard.press('u');
    expect(await page.locator('table.diff.split').count()).toBe(0);
    await page.keyboard.press('?');
    expect(await page.locator('#keys').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('#keys').isVisible()).toBe(false);
    await page.close();
  });

  test('is light or dark as the system is, until it is switched', async () => {
    const [light, dark] = [await open(services(1)), await open(services(1), 'dark')];
    const [day, night] = [await colour(light), await colour(dark)];
    expect(day).not.toBe(night);
    await light.click('#theme');
    await dark.click('#theme');
    expect([await colour(light), await colour(dark)]).toEqual([night, day]);
    await Promise.all([light.close(), dark.close()]);
  });

  test('of 300 files only those that are near are drawn', async () => {
    const page = await open(services(300), 'light', '--only', 'merge-copies');
    await page.waitForSelector('table.diff');
    expect(await page.locator('section.file').count()).toBeGreaterThanOrEqual(300);
    expect(await page.locator('table.diff').count()).toBeLessThan(40);
    await page.locator('#list a').last().click();
    await page.waitForFunction(
      "document.querySelectorAll('section.file table.diff').length > 0 && [...document.querySelectorAll('section.file')].at(-1).querySelector('table.diff, .why') !== null",
    );
    await page.close();
  });

  test('a text of the repository is never taken for markup', async () => {
    const evil = '</script><img src=x onerror=alert(1)>';
    const page = await open({ 'a.txt': '', 'b.txt': '', Dockerfile: `FROM node:22\nWORKDIR /app\nLABEL a="${evil}"\nCOPY a.txt ./\nCOPY b.txt ./\n` });
    await page.waitForSelector('table.diff');
    expect(await page.locator('table.diff').first().textContent()).toContain(evil);
    expect(await page.locator('img').count()).toBe(0);
    await page.close();
  });

  test('nothing was asked of the network, and nothing went wrong', () => {
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
    expect(faults).toEqual([]);
  });
});
