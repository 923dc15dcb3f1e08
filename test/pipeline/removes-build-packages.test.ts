import { describe, expect, test } from 'vitest';
import virtualBuildDependencies from '../../transforms/virtual-build-dependencies.ts';
import { said } from './lying.ts';

describe('build packages', () => {
  const debian = 'FROM debian:bookworm-slim\n';
  const apt = `${debian}RUN apt-get update && apt-get install -y gcc make libpq-dev libpq5 jq && make -C /src install\nCMD ["tally"]\n`;
  const gone = 'apt-mark auto gcc make libpq-dev && apt-get purge -y --auto-remove';
  const alpine = 'FROM alpine:3.20\n';
  const apk = `${alpine}RUN apk add --no-cache gcc musl-dev jq && make -C /src install\nCMD ["tally"]\n`;

  test('are taken out where they built', () => {
    expect(said(virtualBuildDependencies, apt, apt.replace('install\n', `install && ${gone}\n`))).toBe('');
    expect(
      said(
        virtualBuildDependencies,
        apk,
        apk.replace('gcc musl-dev jq', 'jq && apk add --no-cache --virtual .build-deps gcc musl-dev').replace('install\n', 'install && apk del .build-deps\n'),
      ),
    ).toBe('');
  });

  test.each([
    ['before the build', apt.replace('&& make', `&& ${gone} && make`)],
    ['with what runs', apt.replace('install\n', 'install && apt-mark auto gcc jq && apt-get purge -y --auto-remove\n')],
    ['with what nobody installed', apt.replace('install\n', 'install && apt-mark auto gcc cmake && apt-get purge -y --auto-remove\n')],
    ['with a library', apt.replace('install\n', 'install && apt-mark auto gcc libpq5 && apt-get purge -y --auto-remove\n')],
    ['and the library is gone', apt.replace(' libpq5', '').replace('install\n', `install && ${gone}\n`)],
    ['in another RUN', apt.replace('install\n', `install\nRUN ${gone}\n`)],
    ['and never installed', apt.replace('gcc make', 'make')],
    [
      'and installed behind the build',
      `${debian}RUN apt-get update && make -C /src install && apt-get install -y gcc make libpq-dev libpq5 jq && ${gone}\nCMD ["tally"]\n`,
    ],
    ['and the build is gone', `${debian}RUN apt-get update && apt-get install -y gcc make libpq-dev libpq5 jq && ${gone}\nCMD ["tally"]\n`],
  ])('not %s', (_what, after) => expect(said(virtualBuildDependencies, apt, after)).toContain('fail the check'));

  test('not with what was installed together with it', () => {
    const all = apk.replace('gcc musl-dev jq', '--virtual .build-deps gcc musl-dev jq').replace('install\n', 'install && apk del .build-deps\n');
    expect(said(virtualBuildDependencies, apk, all)).toContain('fail the check');
  });
});
