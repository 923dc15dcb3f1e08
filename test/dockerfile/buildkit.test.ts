import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { asBuildkitSees, type BuildkitInstruction } from './buildkit.ts';

interface Case {
  name: string;
  source: string;
  escape?: string;
  error?: string;
  instructionError?: string;
  instructions?: BuildkitInstruction[];
}

// What BuildKit's own parser makes of 584 awkward files.
const lines = readFileSync(new URL('../../fixtures/buildkit/parser-cases.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const cases = lines.map((line): Case => JSON.parse(line));

describe("BuildKit's own readings", () => {
  test.each(cases)('$name', ({ source, escape, error, instructionError, instructions }) => {
    const reading = readDockerfile(source);
    // A refusal is right wherever BuildKit errs; elsewhere the test below bounds them.
    const expected = error ?? instructionError ?? ('notUnderstood' in reading ? undefined : { escape, instructions });
    const read = 'notUnderstood' in reading ? undefined : { escape: reading.dockerfile.escape, instructions: asBuildkitSees(reading.dockerfile) };
    expect(read).toEqual(typeof expected === 'string' ? undefined : expected);
  });

  test('are refused only where BuildKit errs or dockerfile-ast sees something else', () => {
    const refused = cases.filter(({ source }) => 'notUnderstood' in readDockerfile(source));
    expect(refused.length).toBeLessThanOrEqual(130);
    const valid = refused.filter((one) => one.error === undefined && one.instructionError === undefined);
    const names = new Set(valid.map((one) => one.name.replace(/@.*$/, '')));
    // A line of nothing but the escape character; a lone CR, which ends a line for dockerfile-ast alone; `<<-` without a word; `` `<<EOF ``.
    expect([...names]).toEqual(['linebs', 'lonecr', 'lonecr2', 'hddash', 'hdesc']);
  });
});
