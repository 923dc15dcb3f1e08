import { describe, expect, test } from 'vitest';
import removeInSameLayer from '../../transforms/remove-in-same-layer.ts';
import { said } from './lying.ts';

function bind(source: string, target = '/tmp/big.tar.gz'): string {
  return `--mount=type=bind,source=${source},target=${target}`;
}

describe('a file that is deleted again', () => {
  const base = 'FROM debian:bookworm\n';
  const files = { 'big.tar.gz': 'x', 'other.tar.gz': 'x', 'a/big.tar.gz': 'x' };
  const before = `${base}COPY big.tar.gz /tmp/big.tar.gz\nRUN tar -xzf /tmp/big.tar.gz -C /opt && rm /tmp/big.tar.gz\n`;
  const unpack = 'tar -xzf /tmp/big.tar.gz -C /opt';

  test('comes by a mount', () => {
    expect(said(removeInSameLayer, before, `${base}RUN ${bind('big.tar.gz')} ${unpack}\n`, files)).toBe('');
    expect(
      said(
        removeInSameLayer,
        `${base}COPY big.tar.gz /tmp/big.tar.gz\nRUN ${unpack}\nRUN rm /tmp/big.tar.gz\n`,
        `${base}RUN ${bind('big.tar.gz')} ${unpack}\n`,
        files,
      ),
    ).toBe('');
  });

  test.each([
    ['from another file', `RUN ${bind('other.tar.gz')} ${unpack}\n`],
    ['at another place', `RUN ${bind('big.tar.gz', '/tmp/other.tar.gz')} ${unpack}\n`],
    ['from a stage', `RUN ${bind('big.tar.gz')},from=debian ${unpack}\n`],
    ['with its writes lost', `RUN ${bind('big.tar.gz')},rw ${unpack}\n`],
    ['not at all', `RUN ${unpack}\n`],
    ['twice', `RUN ${bind('big.tar.gz')} ${bind('big.tar.gz')} ${unpack}\n`],
    ['with another beside', `RUN ${bind('big.tar.gz')} ${bind('other.tar.gz', '/opt')} ${unpack}\n`],
    ['copied and never deleted', `COPY big.tar.gz /tmp/big.tar.gz\nRUN ${unpack}\n`],
    ['copied and mounted', `COPY big.tar.gz /tmp/big.tar.gz\nRUN ${bind('big.tar.gz')} ${unpack}\n`],
    ['with nobody to unpack it', `RUN ${bind('big.tar.gz')} true\n`],
    ['deleted before it is read', 'COPY big.tar.gz /tmp/big.tar.gz\nRUN rm /tmp/big.tar.gz && tar -xzf /tmp/big.tar.gz -C /opt\n'],
  ])('not %s', (_what, after) => expect(said(removeInSameLayer, before, base + after, files)).toContain('fail the check'));

  test('is mounted for the RUN that reads it, and for no other', () => {
    const two = `${base}COPY big.tar.gz /tmp/big.tar.gz\nRUN ${unpack} && rm /tmp/big.tar.gz\nRUN echo done\n`;
    expect(said(removeInSameLayer, two, `${base}RUN ${unpack}\nRUN ${bind('big.tar.gz')} echo done\n`, files)).toContain('fail the check');
  });

  test('stays copied where another step needs it', () => {
    const again = `${base}COPY big.tar.gz /tmp/big.tar.gz\nRUN ${unpack}\nRUN sha256sum /tmp/big.tar.gz > /sum\nRUN rm /tmp/big.tar.gz\n`;
    expect(said(removeInSameLayer, again, `${base}RUN ${bind('big.tar.gz')} ${unpack}\nRUN sha256sum /tmp/big.tar.gz > /sum\n`, files)).toContain(
      'fail the check',
    );
  });

  test('stays deleted where an earlier RUN unpacked it', () => {
    const [brings, uses] = ['RUN curl -fsSLo /tmp/a.tar.gz https://example.org/a.tar.gz && tar -xzf /tmp/a.tar.gz -C /opt', 'RUN make -C /opt/a'];
    const apart = `${base}${brings}\n${uses} && rm /tmp/a.tar.gz\n`;
    expect(said(removeInSameLayer, apart, `${base}${brings} && ${uses.slice(4)} && rm /tmp/a.tar.gz\n`)).toBe('');
    expect(said(removeInSameLayer, apart, `${base}${brings}\n${uses}\n`)).toContain('fail the check');
    const summed = `${base}${brings}\nRUN sha256sum /tmp/a.tar.gz > /sum\nRUN rm /tmp/a.tar.gz\n`;
    expect(said(removeInSameLayer, summed, `${base}${brings} && rm /tmp/a.tar.gz\nRUN sha256sum /tmp/a.tar.gz > /sum\n`)).toContain('fail the check');
  });

  const fetched = 'RUN curl -fsSLo /tmp/a.tar.gz https://example.org/a.tar.gz && tar -xzf /tmp/a.tar.gz -C /opt';
  test('an archive goes in the RUN that unpacked it', () => {
    expect(said(removeInSameLayer, `${base}${fetched}\n`, `${base}${fetched} && rm /tmp/a.tar.gz\n`)).toBe('');
  });

  test.each([
    ['stays when it was deleted', `${fetched} && rm /tmp/a.tar.gz`, fetched],
    ['is deleted first', fetched, fetched.replace(' && tar', ' && rm /tmp/a.tar.gz && tar')],
    ['is deleted in passing', fetched, `${fetched} ; rm /tmp/a.tar.gz`],
    ['is deleted where unpacking failed', fetched, `${fetched} || rm /tmp/a.tar.gz`],
    ['takes its folder along', fetched, `${fetched} && rm -r /tmp`],
    ['takes what it held along', fetched, `${fetched} && rm -r /tmp/a.tar.gz /opt`],
    ['is read by a later step', `${fetched}\nRUN sha256sum /tmp/a.tar.gz > /sum`, `${fetched} && rm /tmp/a.tar.gz\nRUN sha256sum /tmp/a.tar.gz > /sum`],
    [
      'was only fetched',
      'RUN curl -fsSLo /tmp/a.tar.gz https://example.org/a.tar.gz',
      'RUN curl -fsSLo /tmp/a.tar.gz https://example.org/a.tar.gz && rm /tmp/a.tar.gz',
    ],
  ])('not where it %s', (_what, text, after) => expect(said(removeInSameLayer, `${base}${text}\n`, `${base}${after}\n`)).toContain('fail the check'));
});
