import { describe, expect, test } from 'vitest';
import dropRoot from '../../transforms/drop-root.ts';
import { said } from './lying.ts';

describe('another user than root', () => {
  const before = 'FROM debian:bookworm-slim AS base\nRUN apt-get update\n\nFROM python:3.12-slim\nWORKDIR /srv\nCOPY tides.py ./\nCMD ["python", "tides.py"]\n';
  const files = { 'tides.py': 'print(1)\n' };
  const make = 'RUN useradd --system --user-group --no-create-home --shell /usr/sbin/nologin app\n';
  const made = before.replace('WORKDIR', `${make}WORKDIR`);
  const dropped = made.replace('CMD', 'USER app\nCMD');

  test('runs the program', () => expect(said(dropRoot, before, dropped, files)).toBe(''));

  test.each([
    ['that nobody makes', before.replace('CMD', 'USER app\nCMD')],
    ['of another name', dropped.replaceAll(' app\n', ' tides\n')],
    ['that is made too late', before.replace('CMD', `USER app\n${make}CMD`)],
    ['who copies', made.replace('COPY', 'USER app\nCOPY')],
    ['in a stage that only builds', before.replace('RUN', `${make}USER app\nRUN`)],
    ['made by a step that does more', dropped.replace(' app\nW', ' app && chmod 777 /srv\nW')],
    ['with another command', dropped.replace('"tides.py"]', '"tides.py", "-v"]')],
  ])('not one %s', (_what, after) => expect(said(dropRoot, before, after, files)).toContain('fail the check'));

  test('and not root again', () => expect(said(dropRoot, dropped, before, files)).toContain('fail the check'));
});
