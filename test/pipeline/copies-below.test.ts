import { describe, expect, test } from 'vitest';
import orderByChange from '../../transforms/order-by-change.ts';
import { said } from './lying.ts';

describe('a COPY below installs', () => {
  const base = 'FROM debian:bookworm-slim\nWORKDIR /srv\n';
  const install = 'RUN apt-get update && apt-get install -y jq\n';
  const before = `${base}COPY . .\n${install}RUN make\n`;

  test('is the same image', () => {
    expect(said(orderByChange, before, `${base}${install}COPY . .\nRUN make\n`)).toBe('');
    expect(said(orderByChange, `FROM debian\nCOPY a /srv/a\nWORKDIR /b\n${install}`, `FROM debian\nWORKDIR /b\n${install}COPY a /srv/a\n`)).toBe('');
  });

  test.each([
    ['below what reads it', `${base}${install}RUN make\nCOPY . .\n`],
    ['with an owner', `${base}${install}COPY --chown=app . .\nRUN make\n`],
    ['with other files', `${base}${install}COPY src .\nRUN make\n`],
    ['to another place', `${base}${install}COPY . ./app/\nRUN make\n`],
    ['in another folder', `FROM debian:bookworm-slim\n${install}COPY . .\nWORKDIR /srv\nRUN make\n`],
    ['that is gone', `${base}${install}RUN make\n`],
    ['twice', `${base}COPY . .\n${install}COPY . .\nRUN make\n`],
    ['with the install elsewhere', `${base}COPY . .\nRUN make\n${install}`],
    ['with another install', `${base}RUN apt-get update && apt-get install -y curl\nCOPY . .\nRUN make\n`],
  ])('not %s', (_what, after) => expect(said(orderByChange, before, after)).toContain('fail the check'));

  test.each([
    ['what configures the install', 'COPY own.list /etc/apt/sources.list.d/\n', install],
    ['the root', 'COPY . /\n', install],
    ['what the install names', 'COPY . .\n', 'RUN apt-get install -y ./jq.deb\n'],
    ['what a command reads', 'COPY . .\n', 'RUN apt-get install -y jq && cp /srv/a /b\n'],
  ])('not %s', (_what, copy, run) => expect(said(orderByChange, base + copy + run, base + run + copy)).toContain('fail the check'));

  test('not in another order than what it overlaps', () => {
    const two = `${base}COPY . .\nCOPY own/a /srv/a\n${install}`;
    expect(said(orderByChange, two, `${base}${install}COPY own/a /srv/a\nCOPY . .\n`)).toContain('fail the check');
  });
});
