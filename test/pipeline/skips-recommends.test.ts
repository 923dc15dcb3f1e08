import { describe, expect, test } from 'vitest';
import skipRecommends from '../../transforms/skip-recommends.ts';
import { said } from './lying.ts';

describe('recommended packages', () => {
  const before =
    'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl openssh-client && curl -O https://example.org/a\nRUN apt-get install -y --no-install-recommends jq\n';
  const option = '--no-install-recommends';

  test('are skipped, and kept by name', () => {
    expect(said(skipRecommends, before, before.replace('curl openssh-client', `${option} curl openssh-client ca-certificates`))).toBe('');
    const heredoc = 'FROM debian:bookworm-slim\nRUN <<EOF\nset -e\napt-get update\napt-get install -y wget\nwget https://example.org/a\nEOF\n';
    expect(said(skipRecommends, heredoc, heredoc.replace('-y wget', `-y ${option} ca-certificates wget`))).toBe('');
  });

  test.each([
    ['with what is in use lost', before.replace('-y curl', `-y ${option} curl`)],
    ['with a package less', before.replace('curl openssh-client', `${option} openssh-client`)],
    ['with a recommended package less', before.replace('curl openssh-client', `${option} curl ca-certificates`)],
    ['with another package', before.replace('curl openssh-client', `${option} curl openssh-client nginx`)],
    ['with another option', before.replace('curl openssh-client', `${option} --allow-downgrades curl openssh-client`)],
    ['without the option that was there', before.replace(` ${option}`, '')],
    [
      'with the install behind its use',
      before.replace(
        'apt-get install -y curl openssh-client && curl -O https://example.org/a',
        'curl -O https://example.org/a && apt-get install -y curl openssh-client',
      ),
    ],
    ['behind ||', before.replace('&& apt-get install', '|| apt-get install')],
  ])('not %s', (_what, after) => expect(said(skipRecommends, before, after)).toContain('fail the check'));
});
