import { describe, expect, test } from 'vitest';
import fixHealthcheckTool from '../../transforms/fix-healthcheck-tool.ts';
import { said } from './lying.ts';

describe('health checks by another program', () => {
  const before = 'FROM node:22-slim\nHEALTHCHECK --interval=5s CMD curl -f http://localhost:3000/health || exit 1\nCMD ["node", "server.js"]\n';
  const after = `FROM node:22-slim\nHEALTHCHECK --interval=5s CMD node -e "fetch('http://localhost:3000/health').then(r => process.exit(r.ok ? 0 : 1))" || exit 1\nCMD ["node", "server.js"]\n`;

  test('ask for the same', () => {
    expect(said(fixHealthcheckTool, before, after)).toBe('');
    expect(said(fixHealthcheckTool, before, after.replace('localhost', '127.0.0.1'))).toBe('');
    expect(said(fixHealthcheckTool, before, after.replace(/node -e .*" \|\|/, 'wget -q -O /dev/null http://127.0.0.1:3000/health ||'))).toBe('');
  });

  test.each([
    ['of another path', after.replace('/health', '/')],
    ['of another port', after.replace('3000', '3001')],
    ['of another server', after.replace('localhost', 'example.org')],
    ['over TLS', after.replace('http:', 'https:')],
    ['at other times', after.replace('5s', '6s')],
    ['that reads the answer', after.replace('process.exit(r.ok ? 0 : 1)', 'r.text()).then(console.log')],
    ['that always succeeds', after.replace('|| exit 1', '|| true')],
    ['of nothing', after.replace(/HEALTHCHECK.*\n/, '')],
    ['with another command', after.replace('server.js"', 'index.js"')],
  ])('and not %s', (_what, text) => expect(said(fixHealthcheckTool, before, text)).toContain('fail the check'));
});
