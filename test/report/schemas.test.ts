import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import AjvDraft04 from 'ajv-draft-04';
import type { Log, Result } from 'sarif';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runAll } from '../../src/batch/batch.ts';
import { jsonReport } from '../../src/report/json.ts';
import { sarifReport } from '../../src/report/sarif.ts';
import { secretValuesIn } from '../../src/steps/secret-values.ts';
import { applyEdits, Lines } from '../../src/text.ts';
import { chosenFixtures, folderForTests, runEverything, runFixtures, token, type Ran } from './fixtures.ts';

// With REPORTS=all each test goes through all of them.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const { below, remove } = folderForTests();
afterAll(remove);
const fixtures = chosenFixtures();
let runs: readonly Ran[] = [];
let everything: Ran;

beforeAll(async () => {
  everything = await runEverything(below);
  runs = [everything, ...(await runFixtures(fixtures, 'safe', below)), ...(await runFixtures(fixtures, 'review', below))];
}, 600_000);

function read(...path: readonly string[]): AnySchemaObject {
  return JSON.parse(readFileSync(join(import.meta.dirname, ...path), 'utf8')) as AnySchemaObject;
}

describe('docs/report.schema.json', () => {
  const schema = read('..', '..', 'docs', 'report.schema.json');

  test('is what reports are like, which have no field that it does not describe', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(closed(schema) as AnySchemaObject);
    const errors = runs.flatMap(({ batch, cwd }) => (validate(JSON.parse(jsonReport(batch, cwd))) === true ? [] : (validate.errors ?? [])));
    expect(errors.slice(0, 5)).toEqual([]);
    expect(runs.length).toBeGreaterThan(100);
  });

  test('describes no field that no report has', () => {
    const names = new Set<string>();
    for (const { batch, cwd } of runs)
      JSON.parse(jsonReport(batch, cwd), (key, value: unknown) => {
        names.add(key);
        return value;
      });
    const described = new Set<string>();
    JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
      if (key === 'properties') for (const name of Object.keys(value as object)) described.add(name);
      return value;
    });
    expect([...described].filter((name) => !names.has(name))).toEqual([]);
  });

  test('refuses another version and a change without a reason', () => {
    const validate = new Ajv2020({ strict: true }).compile(schema);
    const report = JSON.parse(jsonReport(everything.batch, everything.cwd)) as { version: number; files: { changes: { because?: string }[] }[] };
    expect(validate(report)).toBe(true);
    expect(validate({ ...report, version: 2 })).toBe(false);
    delete report.files[0]?.changes[0]?.because;
    expect(validate(report)).toBe(false);
  });
});

function logOf({ batch, cwd }: Ran): Log {
  return JSON.parse(sarifReport(batch, cwd)) as Log;
}

function resultsOf(run: Ran): Result[] {
  return logOf(run).runs[0]?.results ?? [];
}

describe('SARIF', () => {
  test('is as the schema of the standard says', () => {
    const validate = new AjvDraft04.default({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false }).compile(
      read('sarif-schema-2.1.0.json'),
    );
    const errors = runs.flatMap((run) => (validate(logOf(run)) === true ? [] : (validate.errors ?? [])));
    expect(errors.slice(0, 5)).toEqual([]);
    expect(validate({ ...logOf(everything), version: '2.0.0' })).toBe(false);
  });

  test('every result has a rule, a place in the file, and a fingerprint that no other one of the file has', () => {
    for (const run of runs) {
      const [log] = logOf(run).runs;
      const rules = new Set(log?.tool.driver.rules?.map(({ id }) => id));
      const results = log?.results ?? [];
      const fingerprints = results.map(
        ({ ruleId, locations, partialFingerprints }) =>
          `${ruleId} ${locations?.[0]?.physicalLocation?.artifactLocation?.uri} ${partialFingerprints?.['dockoptFinding/v1']}`,
      );
      expect(new Set(fingerprints).size).toBe(fingerprints.length);
      for (const { ruleId = '', locations } of results) {
        expect(rules).toContain(ruleId);
        const { startLine = 0, endLine = startLine } = locations?.[0]?.physicalLocation?.region ?? {};
        expect(startLine).toBeGreaterThan(0);
        expect(endLine).toBeGreaterThanOrEqual(startLine);
      }
    }
  });

  test('the fix of the last change of a file makes the file that the patch makes', () => {
    let fixes = 0;
    for (const run of runs) {
      const results = resultsOf(run);
      for (const { path, original, text, changes } of run.batch.outcomes) {
        const last = changes.at(-1);
        // Changes that saw the same text are fixes of their own.
        if (!last || changes.filter(({ seen }) => seen === last.seen).length > 1) continue;
        const replacements = results.findLast(
          (one) => one.properties?.['inPatch'] === true && one.locations?.[0]?.physicalLocation?.artifactLocation?.uri === path,
        )?.fixes?.[0]?.artifactChanges[0]?.replacements;
        if (!replacements) continue;
        const lines = new Lines(original);
        const edits = replacements.map(({ deletedRegion: { startLine = 0, startColumn = 0, endLine = 0, endColumn = 0 }, insertedContent }) => ({
          start: lines.startOf(startLine) + startColumn - 1,
          end: lines.startOf(endLine) + endColumn - 1,
          text: insertedContent?.text ?? '',
        }));
        expect(applyEdits(original, edits)).toBe(text);
        fixes++;
      }
    }
    expect(fixes).toBeGreaterThan(50);
  });

  test('fingerprints stay when lines move, and paths are those of the checkout', async () => {
    const cwd = mkdtempSync(join(below, 'moved-'));
    mkdirSync(join(cwd, 'my apps'));
    const text = 'FROM debian:bookworm-slim\nWORKDIR /app\nCOPY a.txt ./\nCOPY b.txt ./\n';
    const seen = [];
    for (const dockerfile of [text, text.replace('WORKDIR', '# A comment\n\nLABEL a=b\nWORKDIR')]) {
      for (const [name, content] of Object.entries({ Dockerfile: dockerfile, 'a.txt': '', 'b.txt': '' })) writeFileSync(join(cwd, 'my apps', name), content);
      execFileSync('git', ['init', '-q'], { cwd });
      const folder = join(cwd, 'my apps');
      const batch = await runAll([join(folder, 'Dockerfile')], () => ({ level: 'safe', cwd: folder, only: ['merge-copies'] }));
      const [result] = resultsOf({ batch, cwd: folder });
      const { artifactLocation, region } = result?.locations?.[0]?.physicalLocation ?? {};
      seen.push([artifactLocation?.uri, region?.startLine, region?.endLine, result?.partialFingerprints?.['dockoptFinding/v1']]);
    }
    const [before = [], after = []] = seen;
    expect(before.slice(0, 3)).toEqual(['my%20apps/Dockerfile', 3, 4]);
    expect(after.slice(0, 3)).toEqual(['my%20apps/Dockerfile', 6, 7]);
    expect(before[3]).toMatch(/^[0-9a-f]{32}:1$/);
    expect(after[3]).toBe(before[3]);
  });

  test('no report holds a credential', () => {
    const credentials = new Set(runs.flatMap(({ batch }) => batch.outcomes.flatMap(({ original }) => secretValuesIn(original))));
    expect(credentials).toContain(token);
    const reports = runs.map(({ batch, cwd }) => sarifReport(batch, cwd)).join('');
    expect([...credentials].filter((value) => reports.includes(value))).toEqual([]);
    const fixed = resultsOf(everything).filter(({ fixes }) => fixes);
    expect(fixed.length).toBeGreaterThan(0);
  });

  test('tells what is to be done by hand, what could not be read, and what went wrong', () => {
    const [log] = logOf(everything).runs;
    expect(
      log?.results
        ?.filter(({ ruleId }) => ruleId === 'callers')
        .map(({ level, locations }) => [level, locations?.[0]?.physicalLocation?.artifactLocation?.uri]),
    ).toContainEqual(['warning', 'build.sh']);
    expect(log?.invocations?.[0]).toMatchObject({ executionSuccessful: false });
    const told = log?.invocations?.[0]?.toolExecutionNotifications?.map(({ level, message }) => `${level}: ${message.text}`).join('\n');
    expect(told).toMatch(/^error: It could not be read: /m);
    expect(told).toMatch(/^warning: It is left alone: /m);
    expect(told).toMatch(/^error: goes-wrong went wrong: it went wrong$/m);
  });
});

/** The same, with every field taken for a fault that is not described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)] as const);
  return Object.fromEntries('properties' in schema ? [...entries, ['additionalProperties', false]] : entries);
}
