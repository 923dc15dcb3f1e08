import { describe, expect, test } from 'vitest';
import slimBase from '../../transforms/slim-base.ts';
import { said } from './lying.ts';

describe('run-time bases', () => {
  const install = 'RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*';
  const before =
    'FROM node:20 AS web\nWORKDIR /app\nRUN apt-get update && apt-get install -y jq unzip\nCOPY server.js ./\nHEALTHCHECK CMD curl -f http://localhost/\nCMD ["node", "server.js"]\n';
  const files = { 'server.js': 'console.log(1);\n' };
  const slim = before.replace('node:20', 'node:20-slim');

  test('are taken, with what is needed', () => {
    expect(said(slimBase, before, slim.replace('WORKDIR', `${install}\nWORKDIR`), files)).toBe('');
    expect(said(slimBase, before, slim.replace('jq', 'jq curl'), files)).toBe('');
  });

  test.each([
    ['without what is needed', slim],
    ['of another version', before.replace('node:20', 'node:22-slim')],
    ['of another distribution', before.replace('node:20', 'node:20-alpine')],
    ['under another name', slim.replace('AS web', 'AS app').replace('jq', 'jq curl')],
    ['with another package', slim.replace('jq', 'jq curl nginx')],
    ['with a package less', slim.replace('jq unzip', 'jq curl')],
    ['with another command', slim.replace('jq', 'jq curl').replace('"server.js"]', '"server.js", "-v"]')],
    ['with an install that does more', slim.replace('WORKDIR', `${install} && chmod 777 /\nWORKDIR`)],
  ])('not %s', (_what, after) => expect(said(slimBase, before, after, files)).toContain('fail the check'));

  test('and not left again', () => expect(said(slimBase, slim, before, files)).toContain('fail the check'));
});
