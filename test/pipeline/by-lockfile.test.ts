import { describe, expect, test } from 'vitest';
import lockfileInstall from '../../transforms/lockfile-install.ts';
import { said } from './lying.ts';

describe('an install by the lockfile', () => {
  const files = {
    'package.json': '{"name":"a","version":"1.0.0","dependencies":{"ms":"^2.1.3"}}',
    'package-lock.json':
      '{"name":"a","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"a","version":"1.0.0","dependencies":{"ms":"^2.1.3"}},"node_modules/ms":{"version":"2.1.3"}}}',
  };
  const drifted = { ...files, 'package.json': '{"name":"a","version":"1.0.0","dependencies":{"ms":"^2.2.0"}}' };
  const base = 'FROM node:20-slim\nWORKDIR /app\nCOPY package*.json ./\n';

  test('is the same install', () => {
    expect(said(lockfileInstall, `${base}RUN npm install --omit=dev\n`, `${base}RUN npm ci --omit=dev\n`, files)).toBe('');
    expect(said(lockfileInstall, `${base}RUN echo a && npm i\n`, `${base}RUN echo a && npm ci\n`, files)).toBe('');
  });

  test.each([
    ['leaves packages out', 'npm install', 'npm ci --omit=dev'],
    ['drops an option', 'npm install --omit=dev', 'npm ci'],
    ['lost its scripts', 'npm install', 'npm ci --ignore-scripts'],
    ['goes elsewhere', 'npm install', 'npm ci --prefix /srv'],
    ['is gone', 'npm install && echo a', 'echo a'],
    ['is another', 'npm install', 'npm update'],
    ['is denied', '! npm install', 'npm ci'],
    ['is not denied', 'npm install', '! npm ci'],
    ['runs in the background', 'npm install && echo a', 'npm ci & echo a'],
    ['has packages of its own', 'npm install left-pad', 'npm ci'],
    ['has a variable less', 'NODE_ENV=production npm install', 'npm ci'],
    ['follows another', 'npm install express && npm install', 'npm install express && npm ci'],
    ['comes as a loop', 'npm install || npm install', 'npm ci || npm ci'],
  ])('not where it %s', (_what, before, after) =>
    expect(said(lockfileInstall, `${base}RUN ${before}\n`, `${base}RUN ${after}\n`, files)).toContain('fail the check'),
  );

  test('not where the lockfile is out of step, or not there', () => {
    expect(said(lockfileInstall, `${base}RUN npm install\n`, `${base}RUN npm ci\n`, drifted)).toContain('fail the check');
    expect(said(lockfileInstall, `${base}RUN npm install\n`, `${base}RUN npm ci\n`, { 'package.json': files['package.json'] })).toContain('fail the check');
    expect(
      said(lockfileInstall, `${base}RUN npm pkg delete dependencies.ms\nRUN npm install\n`, `${base}RUN npm pkg delete dependencies.ms\nRUN npm ci\n`, files),
    ).toContain('fail the check');
    expect(
      said(lockfileInstall, `${base}RUN sed -i s/2/3/ package.json && npm install\n`, `${base}RUN sed -i s/2/3/ package.json && npm ci\n`, files),
    ).toContain('fail the check');
  });
});
