import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '..', '..');

export function readYaml(path: string): unknown {
  return parse(readFileSync(join(root, path), 'utf8'));
}

/** What a schema of `schemas/` has against a value; those are SchemaStore's, Apache-2.0: https://www.schemastore.org */
export function wrongBy(schema: 'github-action' | 'github-workflow', value: unknown): unknown {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const text = readFileSync(join(import.meta.dirname, 'schemas', `${schema}.json`), 'utf8');
  const validate = ajv.compile(JSON.parse(text) as object);
  return validate(value) ? [] : validate.errors;
}
