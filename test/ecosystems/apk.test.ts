import { expect, test } from 'vitest';
import { named, told } from './call.ts';

test.each([
  ['apk update', 'update, leaves apk-index, renews apk-index'],
  ['apk update --no-cache', 'update'],
  ['apk add --no-cache curl', 'install'],
  ['apk --no-cache add curl', 'install'],
  ['apk add -U curl', 'install, leaves apk-index, renews apk-index'],
  ['apk add -Uuv curl', 'install, leaves apk-index, renews apk-index'],
  ['apk --update add curl', 'install, leaves apk-index, renews apk-index'],
  ['apk add --update-cache curl', 'install, leaves apk-index, renews apk-index'],
  ['apk add -U --no-cache curl', 'install'],
  // apk 2.14 and later fetch an index that is missing or older than four hours.
  ['apk add curl', 'install, leaves apk-index, needs apk-index'],
  ['apk add -t .build gcc', 'install, leaves apk-index, needs apk-index'],
  ['apk add --no-network ./x.apk', 'install, needs apk-index'],
  ['apk upgrade', 'upgrade, leaves apk-index, needs apk-index'],
  ['apk -U upgrade', 'upgrade, leaves apk-index, renews apk-index'],
  ['apk upgrade --no-cache', 'upgrade'],
  ['apk del .build', 'remove'],
  ['apk cache clean', 'other'],
  ['apk info -v', 'other'],
  ['apk fetch --no-cache x', 'other'],
  ['apk search x', 'other, leaves apk-index, needs apk-index'],
  ['apk --print-arch', 'other'],
  ['apk --version', 'other'],
  ['apk add --root /out curl', 'not understood'],
  ['apk -p /out add curl', 'not understood'],
  ['apk add --cache-dir=/c curl', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test.each([
  ['apk add --no-cache curl py3-pip=~23 nginx@edge so:libc.musl-x86_64.so.1', ['curl', 'py3-pip=~23', 'nginx@edge', 'so:libc.musl-x86_64.so.1']],
  ['apk add -X http://mirror/edge curl', ['curl']],
  ['apk add --virtual .build gcc', undefined],
  ['apk add -t.build gcc', undefined],
  ['apk add --virtual=.build gcc', undefined],
  ['apk add ./local.apk', undefined],
  ['apk add $PACKAGES', undefined],
])('the packages of %s', (line, packages) => {
  expect(named(line).packages).toEqual(packages);
});
