import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settle } from '../../src/batch/batch.ts';
import { runFile, type RunOptions } from '../../src/run.ts';
import transforms from '../../transforms/index.ts';
import { repository } from '../cli/built.ts';

const service = (name: string): Record<string, string> => ({
  [`${name}/Dockerfile`]: 'FROM node:20-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "server.js"]\n',
  [`${name}/package.json`]: '{}',
  [`${name}/package-lock.json`]: '{}',
  [`${name}/server.js`]: '',
});

test('what is awaited between Dockerfiles and ignore files ends the settling by what it throws', async () => {
  const cwd = repository({ ...service('api'), ...service('web') });
  const options: RunOptions = { cwd, level: 'review', transforms };
  const paths = ['api', 'web'].map((name) => join(cwd, name, 'Dockerfile'));
  const byPath = new Map(await Promise.all(paths.map(async (path) => [path, await runFile(path, options)] as const)));
  const settledWith = (between: () => Promise<void>) => settle(byPath, () => options, undefined, between);

  let waited = 0;
  const { ignoreFiles } = await settledWith(() => Promise.resolve(void waited++));
  expect(ignoreFiles).toHaveLength(2);
  expect(waited).toBe(6);

  for (let at = 0; at < waited; at++) {
    let calls = 0;
    await expect(settledWith(() => (calls++ === at ? Promise.reject(new Error('stopped')) : Promise.resolve()))).rejects.toThrow('stopped');
    expect(calls).toBe(at + 1);
  }
});
