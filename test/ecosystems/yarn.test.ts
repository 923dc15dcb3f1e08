import { expect, test } from 'vitest';
import { leavingOf } from '../../src/ecosystems/index.ts';
import { read, told } from './call.ts';

const either = 'install, leaves yarn-cache-of-any-version';

test.each([
  ['yarn', either],
  ['yarn install', either],
  ['yarn add x', either],
  ['yarn add global', either],
  // Yarn 4 takes these with a warning: no marks.
  ['yarn install --frozen-lockfile', either],
  ['yarn --network-timeout 100000', either],
  ['yarn install --silent', either],
  ['yarn install --production', 'install, leaves yarn-cache'],
  ['yarn --frozen-lockfile --production=true', 'install, leaves yarn-cache'],
  ['yarn --prod', 'install, leaves yarn-cache'],
  ['yarn --pure-lockfile', 'install, leaves yarn-cache'],
  ['yarn install --non-interactive', 'install, leaves yarn-cache'],
  ['yarn install --ignore-engines', 'install, leaves yarn-cache'],
  ['yarn global add serve', 'install, leaves yarn-cache'],
  ['yarn install --cache-folder /c', 'install'],
  ['YARN_CACHE_FOLDER=/c yarn install --production', 'install'],
  ['yarn install --offline', 'install, needs yarn-cache yarn-cache-of-any-version'],
  ['yarn upgrade', 'upgrade, leaves yarn-cache-of-any-version'],
  ['yarn cache clean', 'clean, cleans yarn-cache yarn-cache-of-any-version'],
  ['yarn cache clean lodash', 'other'],
  ['yarn cache dir', 'other'],
  ['yarn config set registry https://example.com', 'other'],
  ['yarn --version', 'other'],
  ['yarn install --immutable', either],
  ['yarn --immutable --mode skip-build', either],
  ['yarn workspaces focus --production', 'not understood'],
  ['yarn dlx x', 'not understood'],
  ['yarn set version berry', 'not understood'],
  ['yarn build', 'not understood'],
  ['yarn run build', 'not understood'],
  ['yarn test', 'not understood'],
  ['yarn $WHAT', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test('where the version is not known nothing says how to clean up', () => {
  expect(leavingOf('yarn-cache-of-any-version')?.cleanUp).toBeUndefined();
});

test.each([
  ['yarn', ['package.json', 'yarn.lock', '.yarnrc', '.yarnrc.yml', '.npmrc']],
  ['yarn --cwd web install', ['web/package.json', 'web/yarn.lock', 'web/.yarnrc', 'web/.yarnrc.yml', 'web/.npmrc']],
  ['yarn --cwd $DIR', undefined],
  ['yarn global add serve', []],
])('the files that %s reads', (line, reads) => {
  expect(read(line)?.reads).toEqual(reads);
});
