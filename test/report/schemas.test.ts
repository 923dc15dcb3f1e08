import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonReport } from '../../src/report/json.ts';
import { chosenFixtures, folderForTests, runEverything, runFixtures, type Ran } from './fixtures.ts';

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

/** The same, with every field taken for a fault that is not described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)] as const);
  return Object.fromEntries('properties' in schema ? [...entries, ['additionalProperties', false]] : entries);
}
