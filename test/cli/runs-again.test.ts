import { expect, test } from 'vitest';
import { dockopt, repository } from './built.ts';

const application = {
  Dockerfile: 'FROM node:20-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "server.js"]\n',
  'package.json': '{ "name": "app", "version": "1.0.0" }',
  'package-lock.json': '{ "name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "app", "version": "1.0.0" } } }',
  'server.js': '',
  'README.md': '# app\n',
  '.gitignore': 'node_modules\n',
};

interface Report {
  readonly files: readonly { readonly runsAgain: readonly { readonly edit: string }[] }[];
  readonly ignoreFiles: readonly unknown[];
}

function reportOf(text: string): Report {
  const report: Report = JSON.parse(text);
  return report;
}

test('what ran again before is told of the context as it was, also where its ignore file is written', () => {
  const cwd = repository(application);
  const dry = reportOf(dockopt(cwd, '--level', 'review', '--format', 'json').out);
  expect(dry.ignoreFiles).toHaveLength(1);
  expect(dry.files[0]?.runsAgain.map(({ edit }) => edit)).toContain('unneeded');
  const written = reportOf(dockopt(cwd, '--level', 'review', '--format', 'json', '--write').out);
  expect(written.files[0]?.runsAgain).toEqual(dry.files[0]?.runsAgain);
});
