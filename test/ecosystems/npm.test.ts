import { expect, test } from 'vitest';
import { named, read, told } from './call.ts';

const spellings = 'install i in ins inst insta instal isnt isnta isntal isntall add ci clean-install ic install-clean isntall-clean'.split(' ');

test.each(spellings)('npm %s is an install', (word) => {
  expect(told(`npm ${word}`)).toBe('install, leaves npm-cache');
});

test.each([
  ['npm --prefix client ci', 'install, leaves npm-cache'],
  ['npm ci --omit dev', 'install, leaves npm-cache'],
  ['npm install --unsafe-perm true', 'install, leaves npm-cache'],
  ['npm --unsafe-perm true install', 'install, leaves npm-cache'],
  ['npm ci --prefer-offline', 'install, leaves npm-cache'],
  ['npm ci --offline', 'install, needs npm-cache'],
  ['npm_config_offline=true npm ci', 'install, needs npm-cache'],
  ['npm ci --cache /tmp/npm', 'install'],
  ['npm ci --cache=$DIR', 'install'],
  ['npm_config_cache=/tmp/npm npm ci', 'install'],
  ['NPM_CONFIG_CACHE=/tmp/npm npm ci', 'install'],
  ['NPM_CONFIG_CACHE= npm ci', 'install, leaves npm-cache'],
  ['npm update', 'upgrade, leaves npm-cache'],
  ['npm audit fix', 'upgrade, leaves npm-cache'],
  ['npm audit', 'other'],
  ['npm view express version', 'other, leaves npm-cache'],
  ['npm prune --omit=dev', 'remove'],
  ['npm uninstall x', 'remove'],
  ['npm cache clean --force', 'clean, cleans npm-cache'],
  ['npm cache clean -f', 'clean, cleans npm-cache'],
  ['npm cache clear --force', 'clean, cleans npm-cache'],
  ['npm cache clean --force x', 'other'],
  ['npm cache clean --force --cache /c', 'other'],
  ['npm cache verify', 'other'],
  ['npm config set registry https://example.com', 'other'],
  ['npm config set cache /c', 'not understood'],
  ['npm config set cache=/c', 'not understood'],
  ['npm -v', 'other'],
  ['npm ls', 'other'],
  ['npm run build', 'not understood'],
  ['npm test', 'not understood'],
  ['npm start', 'not understood'],
  ['npm rebuild', 'not understood'],
  ['npm exec tsc', 'not understood'],
  ['npm it', 'not understood'],
  ['npm cit', 'not understood'],
  ['npm link', 'not understood'],
  ['npm $WHAT', 'not understood'],
  ['npx prisma generate', 'not understood'],
  ['npx --version', 'other'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

const manifests = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'];

test.each([
  ['npm ci', manifests],
  ['npm install express', manifests],
  ['npm install ./lib', [...manifests, './lib']],
  ['npm install file:lib.tgz', [...manifests, 'lib.tgz']],
  ['npm --prefix client/ ci', manifests.map((name) => `client/${name}`)],
  ['npm ci -C client', manifests.map((name) => `client/${name}`)],
  ['npm install -g pm2', []],
  ['npm i --global pm2', []],
  ['npm i --global=true pm2', []],
  ['npm i --location=global pm2', []],
  ['npm i --location global pm2', []],
  ['npm i -g .', ['.']],
  ['npm i --global=false', manifests],
  ['npm --prefix $DIR ci', undefined],
  ['npm install $WHAT', undefined],
])('the files that %s reads', (line, reads) => {
  expect(read(line)?.reads).toEqual(reads);
});

test.each([
  ['npm install -g pm2 @angular/cli@17 typescript@^5.1', ['pm2', '@angular/cli@17', 'typescript@^5.1']],
  ['npm install -g npm@10', undefined],
  ['npm install npm-run-all', ['npm-run-all']],
  ['npm install', undefined],
  ['npm install user/repo', undefined],
  ['npm install git+https://example.com/x.git', undefined],
  ['npm install ./lib', undefined],
])('the packages of %s', (line, packages) => {
  expect(named(line).packages).toEqual(packages);
});
