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
    ['twice', apt.replace('install\n', `install && ${gone} && ${gone}\n`)],
    ['in part', apt.replace('install\n', 'install && apt-mark auto gcc && apt-get purge -y --auto-remove\n')],
    ['with all that is automatic', apt.replace('install\n', 'install && apt-get purge -y --auto-remove\n')],
    ['by name', apt.replace('install\n', 'install && apt-get purge -y --auto-remove gcc make libpq-dev\n')],
    ['where the build failed', apt.replace('install\n', `install ; ${gone}\n`)],
    ['only where the build failed', apt.replace('install\n', `install || ${gone}\n`)],
    ['without the update', apt.replace('apt-get update && ', '')],
    ['and updated too late', apt.replace(/apt-get update && (apt-get install [^&]*)/, '$1&& apt-get update ')],
    ['and the build is gone', `${debian}RUN apt-get update && apt-get install -y gcc make libpq-dev libpq5 jq && ${gone}\nCMD ["tally"]\n`],
  ])('not %s', (_what, after) => expect(said(virtualBuildDependencies, apt, after)).toContain('fail the check'));

  test('not with what was installed together with it', () => {
    const all = apk.replace('gcc musl-dev jq', '--virtual .build-deps gcc musl-dev jq').replace('install\n', 'install && apk del .build-deps\n');
    expect(said(virtualBuildDependencies, apk, all)).toContain('fail the check');
  });

  test('go down to the build, past what only handles files and copies', () => {
    const above = 'RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n';
    const between = 'RUN mkdir /app\nCOPY a.c /app/\n';
    const early = `${debian}${above}${between}RUN gcc /app/a.c\n`;
    const late = `${debian}${between}${above.replace('*\n', '* && gcc /app/a.c && apt-mark auto gcc && apt-get purge -y --auto-remove\n')}`;
    expect(said(virtualBuildDependencies, early, late, { 'a.c': '' })).toBe('');
  });

  test.each([
    ['what calls a program', 'RUN jq -n 1 > /app.json\n'],
    ['another user', 'USER nobody\n'],
    ['a copy into folders of the system', 'COPY a.c /etc/apt/sources.list.d/\n'],
    ['a variable of the manager', 'ENV DEBIAN_FRONTEND=noninteractive\n'],
  ])('do not go past %s', (_what, between) => {
    const above = 'RUN apt-get update && apt-get install -y gcc jq\n';
    const late = `${debian}${between}${above.replace('jq\n', 'jq && gcc /a.c && apt-mark auto gcc && apt-get purge -y --auto-remove\n')}`;
    expect(said(virtualBuildDependencies, `${debian}${above}${between}RUN gcc /a.c\n`, late, { 'a.c': '' })).toContain('fail the check');
  });

  test('stay where a later RUN builds', () => {
    const twice = apt.replace('CMD', 'RUN make -C /src extra\nCMD');
    expect(said(virtualBuildDependencies, twice, twice.replace('install\n', `install && ${gone}\n`))).toContain('fail the check');
  });

  test('stay away where their author removed them', () => {
    const removed = apt.replace('install\n', `install && ${gone}\n`);
    expect(said(virtualBuildDependencies, removed, apt)).toContain('fail the check');
    expect(said(virtualBuildDependencies, apk.replace('install\n', 'install && apk del gcc\n'), apk)).toContain('fail the check');
  });
});
